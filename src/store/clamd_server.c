/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/clamd_server.h"

#include <stdlib.h>

#include "base/socket_name.h"

/* Where its name leads now; a failure leaves what there was. */
static void
resolve(struct clamd_server *s, struct text *why)
{
	struct socket_name name;
	struct clamd_address a;

	if (!socket_name_parse(slice_of(s->name), &name, why) ||
	    !socket_name_address(&name, &a.at, &a.len, why))
		return;
	pthread_mutex_lock(&s->lock);
	s->address = a;
	pthread_mutex_unlock(&s->lock);
}

bool
clamd_server_init(
    struct clamd_server *s, const char *name, struct text *ret_warning, struct text *why)
{
	struct socket_name parsed;

	if (!socket_name_parse(slice_of(name), &parsed, why))
		return false;
	if (parsed.family == AF_UNIX ? parsed.path.ptr[0] != '/' : parsed.port == 0) {
		text_printf(
		    why, "'%s' is no server: write unix:/path or inet:port@host", name);
		return false;
	}
	*s = (struct clamd_server){ .name = strdup(name) };
	if (s->name == NULL || pthread_mutex_init(&s->lock, NULL) != 0) {
		free(s->name);
		s->name = NULL;
		text_printf(why, "out of memory");
		return false;
	}
	resolve(s, ret_warning);
	return true;
}

void
clamd_server_clear(struct clamd_server *s)
{
	if (s->name == NULL)
		return;
	(void)pthread_mutex_destroy(&s->lock);
	free(s->name);
	s->name = NULL;
}

struct clamd_address
clamd_server_address(struct clamd_server *s)
{
	pthread_mutex_lock(&s->lock);
	struct clamd_address a = s->address;
	pthread_mutex_unlock(&s->lock);
	return a;
}

bool
clamd_server_is_local(struct clamd_server *s)
{
	return clamd_server_address(s).at.ss_family == AF_UNIX;
}

/* A question of the watch; nobody waits for it. */
static bool
ask(struct clamd_server *s, const struct clamd_limits *limits, const char *command,
    struct clamd_link *l)
{
	struct clamd_address a = clamd_server_address(s);
	struct patience sum =
	    patience_begin(limits->connect + limits->send + limits->answer, NULL);

	*l = (struct clamd_link){ .address = &a, .limits = limits, .sum = &sum };
	return clamd_link_ask(l, command);
}

static bool
is_away(struct clamd_server *s, const struct clamd_link *l, struct text *line)
{
	if (atomic_exchange(&s->state, CLAMD_AWAY) == CLAMD_AWAY)
		return false;
	text_printf(line, "%s does not answer: ", s->name);
	clamd_link_explain(l, line);
	return true;
}

/* Its version tells of a fresh database too. */
static bool
is_up(struct clamd_server *s, struct slice version, struct text *line)
{
	bool same = slice_equal(slice_of(s->version), version);

	if (atomic_exchange(&s->state, CLAMD_UP) == CLAMD_UP && same)
		return false;
	memcpy(s->version, version.ptr, version.len);
	s->version[version.len] = '\0';
	text_printf(line, "%s answers: ", s->name);
	text_append_escaped(line, version, 120);
	return true;
}

bool
clamd_server_look(
    struct clamd_server *s, const struct clamd_limits *limits, struct text *line)
{
	struct text why = TEXT_INIT(200);
	struct clamd_link l;

	resolve(s, &why);
	text_clear(&why);
	bool pong = ask(s, limits, "PING", &l);
	if (pong && !slice_equal(l.words, SLICE("PONG"))) {
		l.trouble = CLAMD_NONSENSE_TROUBLE;
		l.error = 0;
		pong = false;
	}
	return pong && ask(s, limits, "VERSION", &l) ? is_up(s, l.words, line)
						     : is_away(s, &l, line);
}
