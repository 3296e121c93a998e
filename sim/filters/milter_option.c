/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/filters/filter.h"

#include <stdlib.h>

#include "base/value.h"

static const struct filter_config defaults = {
	.policy = POLICY_IGNORE,
	.connect_ms = 5 * 60 * 1000,
	.send_ms = 10 * 1000,
	.read_ms = 10 * 1000,
	.eom_ms = 5 * 60 * 1000,
};

/* Takes the part up to `stop` off *rest, blanks around it removed. */
static struct slice
part(struct slice *rest, char stop)
{
	struct slice got = slice_first(*rest, slice_find(*rest, stop));

	*rest = slice_from(*rest, got.len + 1);
	return slice_trim(got);
}

static bool
seconds(struct slice s, long *ret_ms)
{
	const long long week = 7 * 86400;
	long long n;

	if (!value_seconds(s, &n) || n > week)
		return false;
	*ret_ms = (long)n * 1000;
	return true;
}

static bool
time_limits(struct slice value, struct filter_config *f, struct text *why)
{
	while (value.len != 0) {
		struct slice one = part(&value, ';');
		long *where = NULL;
		if (one.len > 2 && one.ptr[1] == ':') {
			switch (one.ptr[0]) {
			case 'C': where = &f->connect_ms; break;
			case 'S': where = &f->send_ms; break;
			case 'R': where = &f->read_ms; break;
			case 'E': where = &f->eom_ms; break;
			}
		}
		if (where != NULL && seconds(slice_from(one, 2), where))
			continue;
		text_printf(why,
		    "'T=%.*s' is not a time limit: write C:, S:, R: or E: and a number "
		    "with "
		    "s, m, h or d, at most 7d, with ';' between",
		    (int)one.len, one.ptr);
		return false;
	}
	return true;
}

static bool
failure_policy(struct slice value, struct filter_config *f, struct text *why)
{
	static const struct {
		char letter;
		enum filter_policy policy;
	} letters[] = { { 'T', POLICY_TEMPFAIL }, { 'R', POLICY_REJECT },
		{ '4', POLICY_SHUTDOWN }, { 'Q', POLICY_QUARANTINE } };

	if (value.len == 0) {
		f->policy = POLICY_IGNORE;
		return true;
	}
	for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
		if (value.len != 1 || value.ptr[0] != letters[i].letter)
			continue;
		f->policy = letters[i].policy;
		return true;
	}
	text_printf(why,
	    "'F=%.*s' is no failure policy: leave it out, or write F=T, F=R, F=4, F=Q",
	    (int)value.len, value.ptr);
	return false;
}

/* "unix:/run/x F=T" would be a path that nobody listens on, and mail would pass. */
static bool
lacks_comma(struct slice socket, struct text *why)
{
	size_t blank = slice_find_last(socket, ' ');
	struct slice word = slice_trim(slice_from(socket, blank + 1));

	if (word.len < 2 || word.ptr[1] != '=' || memchr("SFT", word.ptr[0], 3) == NULL ||
	    blank == socket.len)
		return false;
	text_printf(why, "'S=%.*s': a comma is missing before %.*s", (int)socket.len,
	    socket.ptr, (int)word.len, word.ptr);
	return true;
}

static bool
one_word(struct slice word, struct filter_config *f, struct text *why)
{
	struct slice value = slice_trim(slice_from(word, 2));

	if (slice_starts(word, SLICE("S=")) && lacks_comma(value, why))
		return false;
	if (slice_starts(word, SLICE("S=")) && value.len != 0) {
		free(f->socket);
		f->socket = strndup(value.ptr, value.len);
		return f->socket != NULL;
	}
	if (slice_starts(word, SLICE("F=")))
		return failure_policy(value, f, why);
	if (slice_starts(word, SLICE("T=")))
		return time_limits(value, f, why);
	text_printf(why, "'%.*s': expected S=socket, F=policy or T=limits", (int)word.len,
	    word.ptr);
	return false;
}

bool
filter_config_parse(struct slice words, struct filter_config *ret, struct text *why)
{
	*ret = defaults;
	while (words.len != 0) {
		if (!one_word(part(&words, ','), ret, why))
			return false;
	}
	if (ret->socket == NULL)
		text_printf(why, "no socket: write S=unix:/path or S=inet:port@host");
	return ret->socket != NULL;
}

void
filter_config_clear(struct filter_config *f)
{
	free(f->socket);
	f->socket = NULL;
}
