/* SPDX-License-Identifier: BSD-2-Clause */
/* watch_replies - the rules of a REPLYCODE's text. */
#include "sim/check/watch.h"
#include "wire/codec.h"

static bool
long_reply(const struct packet *p)
{
	enum { REPLY_LINE_MAX = 980 };
	struct slice rest, line;

	if (p->kind != RPL_REPLYCODE)
		return false;
	rest = p->string.first;
	while (slice_next_line(&rest, &line)) {
		if (line.len > REPLY_LINE_MAX)
			return true;
	}
	return false;
}

static bool
many_lines(const struct packet *p)
{
	enum { REPLY_LINES_MAX = 32 };
	struct slice rest, line;
	unsigned n = 0;

	if (p->kind != RPL_REPLYCODE)
		return false;
	rest = p->string.first;
	while (slice_next_line(&rest, &line))
		n++;
	return n > REPLY_LINES_MAX;
}

static bool
ends_in_crlf(const struct packet *p)
{
	return p->kind == RPL_REPLYCODE && p->string.first.len > 0 &&
	       p->string.first.ptr[p->string.first.len - 1] == '\n';
}

static bool
bare_cr(const struct packet *p)
{
	if (p->kind != RPL_REPLYCODE)
		return false;
	for (size_t i = 0; i < p->string.first.len; i++) {
		if (p->string.first.ptr[i] == '\r' &&
		    (i + 1 == p->string.first.len || p->string.first.ptr[i + 1] != '\n'))
			return true;
	}
	return false;
}

static bool
code_alone(const struct packet *p)
{
	return p->kind == RPL_REPLYCODE &&
	       (p->string.first.len < 5 ||
		   (p->string.first.ptr[3] != ' ' && p->string.first.ptr[3] != '-'));
}

static bool
reply_8bit(const struct packet *p)
{
	if (p->kind != RPL_REPLYCODE)
		return false;
	for (size_t i = 0; i < p->string.first.len; i++) {
		if ((unsigned char)p->string.first.ptr[i] > '~')
			return true;
	}
	return false;
}

static const struct {
	const char *rule;
	bool (*broken)(const struct packet *p);
} rows[] = {
	{ "rep/code-length", long_reply },
	{ "rep/code-count", many_lines },
	{ "rep/code-eol", ends_in_crlf },
	{ "rep/code-cr", bare_cr },
	{ "rep/code-text", code_alone },
	{ "rep/code-ascii", reply_8bit },
};

bool
watch_reply_breaks(const char *rule, const struct packet *p)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (strcmp(rows[i].rule, rule) == 0)
			return rows[i].broken(p);
	}
	return false;
}
