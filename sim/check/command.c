/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/command.h"

#include <stdlib.h>

struct scan {
	const char *at;
	const struct command_values *values;
	struct text *word, *why;
};

static const char *
value_of(const struct command_values *v, struct slice name, bool *ret_known)
{
	const struct {
		const char *name, *value;
	} row[] = {
		{ "socket", v->socket },
		{ "path", v->path },
		{ "port", v->port },
		{ "dir", v->dir },
	};

	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		if (slice_equal(name, slice_of(row[i].name))) {
			*ret_known = true;
			return row[i].value;
		}
	}
	*ret_known = false;
	return NULL;
}

static bool
add(struct scan *s, struct slice bytes)
{
	if (text_append(s->word, bytes) == TEXT_OK)
		return true;
	text_printf(s->why, "the command is too long");
	return false;
}

/* At a brace: a placeholder, or a brace like any other character. */
static bool
placeholder(struct scan *s)
{
	struct slice rest = slice_of(s->at + 1);
	struct slice name = slice_first(rest, slice_find(rest, '}'));
	bool known = false;
	const char *value = NULL;

	if (name.len < rest.len)
		value = value_of(s->values, name, &known);
	if (!known) {
		s->at++;
		return add(s, SLICE("{"));
	}
	if (value == NULL) {
		text_printf(s->why, "{%.*s} has no meaning for this kind of socket",
		    (int)name.len, name.ptr);
		return false;
	}
	s->at += name.len + 2;
	return add(s, slice_of(value));
}

static bool
one(struct scan *s)
{
	if (*s->at == '{')
		return placeholder(s);
	return add(s, (struct slice){ s->at++, 1 });
}

/* Up to the closing quote; a backslash is nothing special in '...'. */
static bool
quoted(struct scan *s, char quote)
{
	for (s->at++; *s->at != quote;) {
		if (quote == '"' && s->at[0] == '\\' && s->at[1] != '\0') {
			s->at += 2;
			if (!add(s, (struct slice){ s->at - 1, 1 }))
				return false;
		} else if (*s->at == '\0') {
			text_printf(s->why, "a quote is not closed");
			return false;
		} else if (!one(s)) {
			return false;
		}
	}
	s->at++;
	return true;
}

static bool
one_word(struct scan *s)
{
	while (*s->at != '\0' && strchr(" \t\n", *s->at) == NULL) {
		bool ok;

		if (*s->at == '\'' || *s->at == '"') {
			ok = quoted(s, *s->at);
		} else if (s->at[0] == '\\' && s->at[1] != '\0') {
			s->at += 2;
			ok = add(s, (struct slice){ s->at - 1, 1 });
		} else {
			ok = one(s);
		}
		if (!ok)
			return false;
	}
	return true;
}

bool
command_read(
    struct command *c, const char *line, const struct command_values *v, struct text *why)
{
	struct text word = TEXT_INIT(COMMAND_BYTES);
	struct scan s = { line, v, &word, why };
	bool ok = true;

	c->words = 0;
	for (;;) {
		s.at += strspn(s.at, " \t\n");
		if (*s.at == '\0')
			break;
		ok = c->words < COMMAND_WORDS && one_word(&s) &&
		     (c->word[c->words] = strdup(text_cstr(&word))) != NULL;
		if (!ok)
			break;
		c->words++;
		text_clear(&word);
	}
	text_clear(&word);
	c->word[c->words] = NULL;
	if (why->len == 0 && (!ok || c->words == 0))
		text_printf(why, ok ? "the command is empty" : "too many words");
	return ok && c->words > 0;
}

void
command_clear(struct command *c)
{
	for (int i = 0; i < c->words; i++)
		free(c->word[i]);
	c->words = 0;
}

/* Does the line use {name}? */
static bool
uses(const char *line, const char *name)
{
	size_t n = strlen(name);

	for (const char *at = strchr(line, '{'); at != NULL; at = strchr(at + 1, '{')) {
		if (strncmp(at + 1, name, n) == 0 && at[n + 1] == '}')
			return true;
	}
	return false;
}

bool
command_fill(
    const char *line, const struct command_values *v, struct text *out, struct text *why)
{
	struct scan s = { line, v, out, why };
	bool ok = true;

	while (ok && *s.at != '\0')
		ok = one(&s);
	return ok;
}

bool
socket_kind_read(enum socket_kind *ret, const char *word, struct text *why)
{
	static const char *const names[] = {
		[SOCKET_UNIX] = "unix",
		[SOCKET_INET] = "inet",
		[SOCKET_INET6] = "inet6",
	};

	for (int i = SOCKET_UNIX; i <= SOCKET_INET6; i++) {
		if (strcmp(names[i], word) == 0) {
			*ret = (enum socket_kind)i;
			return true;
		}
	}
	text_printf(why, "is one of unix inet inet6");
	return false;
}

bool
command_socket_kind(const char *line, enum socket_kind *ret, struct text *why)
{
	bool port = uses(line, "port");

	if (!port && !uses(line, "socket") && !uses(line, "path")) {
		text_printf(why, "--spawn: the command says nowhere what its socket is: "
				 "{socket}, {path} or {port}");
		return false;
	}
	if (port && *ret == SOCKET_UNIX)
		*ret = SOCKET_INET;
	return true;
}
