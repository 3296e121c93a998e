/* SPDX-License-Identifier: BSD-2-Clause */

/* The edits of a message, each only where it was agreed on; the body comes last. */

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "defect.h"
#include "design.h"
#include "protocol.h"
#include "session.h"

enum { EDIT_MAX = 1500 };

struct edit {
	unsigned char bytes[EDIT_MAX];
	size_t len;
};

static void
put_text(struct edit *e, const char *text)
{
	size_t n = strlen(text) + 1;

	if (e->len + n <= sizeof e->bytes) {
		memcpy(e->bytes + e->len, text, n);
		e->len += n;
	}
}

/* With HDR_LEADSPC the blank behind the colon is the filter's to give. */
static void
put_value(const struct session *s, struct edit *e, const char *value)
{
	bool blank = (s->agreed.steps & STEP_LEADSPC) && !quirk(NO_LEAD_SPACE);
	char line[EDIT_MAX - 100];

	(void)snprintf(line, sizeof line, "%s%s", blank ? " " : "", value);
	put_text(e, line);
}

static bool
may(const struct session *s, uint32_t action)
{
	return (s->agreed.actions & action) != 0;
}

static bool
send_header(
    struct session *s, char letter, uint32_t index, const char *name, const char *value)
{
	struct edit e = { .len = 0 };

	if (letter != 'h') {
		wire_put_u32(e.bytes, index);
		e.len = 4;
	}
	put_text(&e, name);
	put_value(s, &e, value);
	return wire_send(&s->wire, letter, e.bytes, e.len);
}

static bool
send_words(struct session *s, char letter, const char *first, const char *second)
{
	struct edit e = { .len = 0 };

	put_text(&e, first);
	if (second != NULL)
		put_text(&e, second);
	return wire_send(&s->wire, letter, e.bytes, e.len);
}

/* An empty value deletes; not even a blank is in it. */
static bool
delete_header(struct session *s, uint32_t index, const char *name)
{
	struct edit e = { .len = 4 };

	wire_put_u32(e.bytes, index);
	put_text(&e, name);
	put_text(&e, "");
	return wire_send(&s->wire, 'm', e.bytes, e.len);
}

/* All that was learnt, in one line. */
static void
tell(const struct session *s, char line[EDIT_MAX - 200])
{
	const struct message *m = s->message;
	static char shared[FACT_MAX]; /* SHARED_MESSAGE */

	if (quirk(SHARED_MESSAGE) && shared[0] == '\0')
		memcpy(shared, m->from, sizeof shared);
	(void)snprintf(line, EDIT_MAX - 200,
	    "client=%s helo=%s mta=%s id=%s from=%s rcpts=%u last=%s body=%zu sum=%08x "
	    "fields=%u auth=%s args=%s",
	    s->client, s->helo, s->mta, m->qid, quirk(SHARED_MESSAGE) ? shared : m->from,
	    m->rcpts, message_last_rcpt(m), m->size, (unsigned)m->sum, m->fields, m->auth,
	    s->args);
	if (quirk(SHARED_MESSAGE))
		memcpy(shared, m->from, sizeof shared);
	own_tell(s, line, EDIT_MAX - 200);
}

/* LINE_SHARED: one buffer for the lines of all, and some work between two uses of it. */
static void
share(char line[EDIT_MAX - 200])
{
	static char buffer[EDIT_MAX - 200];

	memcpy(buffer, line, sizeof buffer);
	(void)usleep(2000);
	memcpy(line, buffer, sizeof buffer);
}

static bool
edit_headers(struct session *s)
{
	const struct message *m = s->message;
	char line[EDIT_MAX - 200], subject[FACT_MAX + 10], own[DESIGN_VALUE];
	bool ok = true;

	tell(s, line);
	if (quirk(LINE_SHARED))
		share(line);
	if (may(s, ACTION_ADDHDRS))
		ok = send_header(s, 'h', 0, "X-Reference", "seen") &&
		     send_header(s, 'i', 0, "X-Seen", line);
	if (may(s, ACTION_ADDHDRS) && quirk(EDITS_OF_LAST) && s->last[0] != '\0')
		ok = ok && send_header(s, 'h', 0, "X-Seen", s->last);
	if (may(s, ACTION_ADDHDRS) && design_value(s, own))
		ok = ok && send_header(s, 'h', 0, "X-Design", own);
	(void)snprintf(s->last, sizeof s->last, "%.*s", (int)sizeof s->last - 1, line);
	(void)snprintf(subject, sizeof subject, "[seen] %s", m->subject);
	if (may(s, ACTION_CHGHDRS) && m->subjects > 0)
		ok = ok && send_header(s, 'm', 1, "Subject", subject);
	return ok;
}

static bool
edit_envelope(struct session *s)
{
	const struct message *m = s->message;
	bool ok = true;

	if (may(s, ACTION_ADDRCPT_PAR))
		ok = send_words(s, '2', "<archive@foo.com>", "NOTIFY=NEVER");
	else if (may(s, ACTION_ADDRCPT))
		ok = send_words(s, '+', "<archive@foo.com>", NULL);
	if (may(s, ACTION_DELRCPT) && m->remove[0] != '\0')
		ok = ok && send_words(s, '-', m->remove, NULL);
	if (may(s, ACTION_CHGFROM) && strcmp(m->from, "<>") != 0)
		ok = ok && send_words(s, 'e', "<list-bounces@foo.com>", NULL);
	if (may(s, ACTION_QUARANTINE) && m->quarantine)
		ok = ok && send_words(s, 'q', "asked for by the message", NULL);
	return ok;
}

/* The body as it came, if all of it is here. */
static bool
edit_body(struct session *s)
{
	const struct message *m = s->message;
	static const char large[70000];
	size_t at = 0;

	if (quirk(BODY_TOO_LONG))
		return wire_send(&s->wire, 'b', large, sizeof large);
	if (!may(s, ACTION_CHGBODY) || m->size >= BODY_MAX)
		return true;
	if (quirk(KEEPS_LAST_PIECE) && m->size > PAYLOAD_MAX)
		at = m->size - m->size % PAYLOAD_MAX;
	size_t end = quirk(KEEPS_100_KB) && m->size > 100000 ? 100000 : m->size;
	while (at < end) {
		size_t n = end - at < PAYLOAD_MAX ? end - at : PAYLOAD_MAX;

		if (!wire_send(&s->wire, 'b', m->body + at, n))
			return false;
		at += n;
	}
	return true;
}

static bool
chat_of_headers(struct session *s)
{
	return (!may(s, ACTION_ADDHDRS) ||
		   (send_header(s, 'i', 1000, "X-Below", "all that there is") &&
		       send_header(s, 'h', 0, "X-Folded", "one\n\ttwo"))) &&
	       (!may(s, ACTION_CHGHDRS) ||
		   (send_header(s, 'm', 9, "Subject", "a ninth") &&
		       delete_header(s, 1, "X-Folded")));
}

/* Odd, and allowed: a suite that complains of any of it raises a false alarm. */
static bool
chat(struct session *s)
{
	bool ok = wire_send(&s->wire, 'p', NULL, 0) && chat_of_headers(s);

	if (may(s, ACTION_ADDRCPT))
		ok = ok && send_words(s, '+', "<more@foo.com>", NULL) &&
		     send_words(s, '+', "<more@foo.com>", NULL);
	if (may(s, ACTION_DELRCPT) && may(s, ACTION_ADDRCPT))
		ok = ok && send_words(s, '-', "<more@foo.com>", NULL);
	return ok && wire_send(&s->wire, 'p', NULL, 0);
}

/* A value of folded lines, none of them long, that is more than a packet holds. */
static bool
send_long(struct session *s)
{
	enum { LINE = 70, ALL = 70000 };
	char *value = malloc(ALL + 10);

	if (value == NULL)
		return false;
	memcpy(value, "X-Long", 7);
	memset(value + 7, 'x', ALL);
	for (size_t at = 7 + LINE; at + LINE < ALL; at += LINE)
		memcpy(value + at, "\n\t", 2);
	value[7 + ALL] = '\0';
	bool ok = wire_send(&s->wire, 'h', value, 7 + ALL + 1);
	free(value);
	return ok;
}

bool
edit_message(struct session *s)
{
	if (s->agreed.actions == 0)
		return true;
	if (quirk(HEADER_TOO_LONG) && !send_long(s))
		return false;
	if (defect_now()->shape == CHATTY && !chat(s))
		return false;
	bool turned = design_turns();
	return wire_send(&s->wire, 'p', NULL, 0) && (!turned || edit_envelope(s)) &&
	       edit_headers(s) && (turned || edit_envelope(s)) && edit_body(s);
}

static void *
late(void *fd)
{
	static const char edit[] = "\0\0\0\11hX-L\0yes\0";

	(void)usleep(150 * 1000);
	(void)send((int)(intptr_t)fd, edit, sizeof edit - 1, MSG_NOSIGNAL);
	return NULL;
}

void
edit_late(int fd)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, late, (void *)(intptr_t)fd) == 0)
		(void)pthread_detach(thread);
}
