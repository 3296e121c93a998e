/* SPDX-License-Identifier: BSD-2-Clause */
/* watch_rules - the rules of what one packet of a milter holds. */
#include "sim/check/watch.h"
#include "wire/codec.h"

enum {
	HEADER_LINE_MAX = 2047, /* sendmail's MAXLINE without its CRLF */
	LIST_NAMES_MAX = 50,    /* sendmail's MAXFILTERMACROS */
	INDEX_NEGATIVE = 0x7fffffff,
};

static bool
one_of_edits(const struct packet *p)
{
	return p->kind == RPL_ADDHEADER || p->kind == RPL_INSHEADER ||
	       p->kind == RPL_CHGHEADER;
}

/* RFC 5322 2.2: printable US-ASCII but the colon. */
static bool
bad_name(const struct watch_session *s, const struct packet *p)
{
	(void)s;
	if (!one_of_edits(p))
		return false;
	for (size_t i = 0; i < p->header.name.len; i++) {
		unsigned char c = (unsigned char)p->header.name.ptr[i];
		if (c <= ' ' || c > '~' || c == ':')
			return true;
	}
	return p->header.name.len == 0;
}

static bool
bad_value(const struct watch_session *s, const struct packet *p)
{
	(void)s;
	return one_of_edits(p) && slice_find(p->header.value, '\r') < p->header.value.len;
}

/* Each line but the first begins with a blank and has something behind it. */
static bool
bad_fold(const struct watch_session *s, const struct packet *p)
{
	struct slice rest = p->header.value;

	(void)s;
	if (!one_of_edits(p))
		return false;
	for (size_t lf; (lf = slice_find(rest, '\n')) < rest.len;) {
		rest = slice_from(rest, lf + 1);
		struct slice line = slice_first(rest, slice_find(rest, '\n'));
		bool blank = line.len > 0 && (line.ptr[0] == ' ' || line.ptr[0] == '\t');

		if (!blank || slice_trim(line).len == 0)
			return true;
	}
	return false;
}

static bool
bad_length(const struct watch_session *s, const struct packet *p)
{
	struct slice rest = p->header.value, line;
	size_t name = p->header.name.len + 2;

	(void)s;
	if (!one_of_edits(p))
		return false;
	while (slice_next_line(&rest, &line)) {
		if (name + line.len > HEADER_LINE_MAX)
			return true;
		name = 0;
	}
	return false;
}

static bool
bad_index(const struct watch_session *s, const struct packet *p)
{
	(void)s;
	return (p->kind == RPL_INSHEADER || p->kind == RPL_CHGHEADER) &&
	       p->header.index > INDEX_NEGATIVE;
}

/* 1 with its bytes the wrong way round is 16,777,216; no message has so many fields. */
static bool
index_turned(const struct watch_session *s, const struct packet *p)
{
	(void)s;
	return (p->kind == RPL_INSHEADER || p->kind == RPL_CHGHEADER) &&
	       p->header.index > 0 && (p->header.index & 0xffff) == 0;
}

static bool
has_control(struct slice text, const char *allowed)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		if (c == 0x7f || (c < ' ' && (c == 0 || strchr(allowed, c) == NULL)))
			return true;
	}
	return false;
}

static bool
value_control(const struct watch_session *s, const struct packet *p)
{
	(void)s;
	return one_of_edits(p) && has_control(p->header.value, "\t\r\n");
}

/* It ends up in a log, in a queue file, and in what an administrator is shown. */
static bool
bad_reason(const struct watch_session *s, const struct packet *p)
{
	(void)s;
	return p->kind == RPL_QUARANTINE && has_control(p->string.first, "\t");
}

static bool
index_zero(const struct watch_session *s, const struct packet *p)
{
	(void)s;
	return p->kind == RPL_CHGHEADER && p->header.index == 0;
}

/* One path in its brackets; in quotes there may be anything but line breaks. */
static bool
is_path(struct slice path)
{
	bool quoted = false;

	if (path.len < 2 || path.ptr[0] != '<' || path.ptr[path.len - 1] != '>')
		return false;
	for (size_t i = 1; i + 1 < path.len; i++) {
		unsigned char c = (unsigned char)path.ptr[i];
		if (c < ' ' ||
		    (!quoted && strchr(" ,<>", c) != NULL && path.ptr[1] != '@'))
			return false;
		if (c == '"')
			quoted = !quoted;
		else if (c == '\\' && quoted)
			i++;
	}
	return true;
}

static bool
bad_address(const struct watch_session *s, const struct packet *p)
{
	(void)s;
	switch (p->kind) {
	case RPL_ADDRCPT:
	case RPL_ADDRCPT_PAR:
	case RPL_DELRCPT: return !is_path(p->string.first) || p->string.first.len == 2;
	case RPL_CHGFROM: return !is_path(p->string.first);
	default: return false;
	}
}

/* DELRCPT of one that was not there, or no more. */
static bool
bad_delete(const struct watch_session *s, const struct packet *p)
{
	if (p->kind != RPL_DELRCPT)
		return false;
	for (size_t i = 0; i < s->recipients; i++) {
		if (s->recipient[i] == watch_recipient(p->string.first))
			return false;
	}
	return true;
}

/* Words of ESMTP parameters, each beginning with one of the names. */
static bool
words_are(struct slice args, const char *const *name, size_t n)
{
	while (args.len > 0) {
		struct slice word = slice_first(args, slice_find(args, ' '));
		bool known = word.len == 0;
		for (size_t i = 0; i < n; i++)
			known = known || slice_starts_nocase(word, slice_of(name[i]));
		if (!known)
			return false;
		args = slice_from(args, word.len + 1);
	}
	return true;
}

/* One string of arguments at most, each of those that an MTA takes. */
static bool
arguments_are(const struct packet *p, const char *const *name, size_t n)
{
	struct slice rest = p->string.args, one;
	unsigned strings = 0;

	while (string_next(&rest, &one)) {
		if (++strings > 1 || !words_are(one, name, n))
			return false;
	}
	return true;
}

static bool
bad_rcpt_arguments(const struct watch_session *s, const struct packet *p)
{
	static const char *const names[] = { "NOTIFY=", "ORCPT=" };

	(void)s;
	return p->kind == RPL_ADDRCPT_PAR && !arguments_are(p, names, 2);
}

static bool
bad_from_arguments(const struct watch_session *s, const struct packet *p)
{
	static const char *const names[] = { "RET=", "ENVID=" };

	(void)s;
	return p->kind == RPL_CHGFROM && !arguments_are(p, names, 2);
}

static bool
bare_lf(const struct watch_session *s, const struct packet *p)
{
	(void)s;
	if (p->kind != RPL_REPLBODY)
		return false;
	for (size_t i = 1; i < p->bytes.len; i++) {
		if (p->bytes.ptr[i] == '\n' && p->bytes.ptr[i - 1] != '\r')
			return true;
	}
	return false;
}

static bool
unknown_bits(const struct watch_session *s, const struct packet *p)
{
	(void)s;
	return p->kind == RPL_OPTNEG &&
	       ((p->optneg.actions & ~(uint32_t)ACTIONS_ALL) != 0 ||
		   (p->optneg.protocol &
		       ~(uint32_t)(PROTO_ALL | PROTO_MDS_256K | PROTO_MDS_1M)) != 0);
}

static bool
long_list(const struct watch_session *s, const struct packet *p)
{
	struct slice rest = p->optneg.symlists, names;
	uint32_t stage;

	(void)s;
	if (p->kind != RPL_OPTNEG)
		return false;
	while (symlist_next(&rest, &stage, &names)) {
		size_t n = 0;
		for (size_t i = 0; i < names.len; i++)
			n += names.ptr[i] != ' ' && (i == 0 || names.ptr[i - 1] == ' ');
		if (n > LIST_NAMES_MAX)
			return true;
	}
	return false;
}

/* With HDR_LEADSPC nobody puts a blank in front of the value. */
static bool
no_blank(const struct watch_session *s, const struct packet *p)
{
	struct slice v = p->header.value;

	return one_of_edits(p) && (s->terms.protocol & PROTO_HDR_LEADSPC) != 0 &&
	       v.len > 0 && v.ptr[0] != ' ' && v.ptr[0] != '\t' && v.ptr[0] != '\n';
}

/* Without it the MTA does, and a blank of the milter's own is a second one. */
static bool
two_blanks(const struct watch_session *s, const struct packet *p)
{
	return one_of_edits(p) && (s->terms.protocol & PROTO_HDR_LEADSPC) == 0 &&
	       p->header.value.len > 0 && p->header.value.ptr[0] == ' ';
}

static bool
value_8bit(const struct watch_session *s, const struct packet *p)
{
	(void)s;
	if (!one_of_edits(p))
		return false;
	for (size_t i = 0; i < p->header.value.len; i++) {
		if ((unsigned char)p->header.value.ptr[i] > '~')
			return true;
	}
	return false;
}

/* A name of several letters has its braces, or it is that of its first letter. */
static bool
bare_macro(const struct watch_session *s, const struct packet *p)
{
	struct slice rest = p->optneg.symlists, names;
	uint32_t stage;

	(void)s;
	if (p->kind != RPL_OPTNEG)
		return false;
	while (symlist_next(&rest, &stage, &names)) {
		struct slice word;
		while ((word = slice_next_word(&names)).len > 0) {
			bool braces = word.ptr[0] == '{' && word.ptr[word.len - 1] == '}';
			if (word.len > 1 && !braces)
				return true;
		}
	}
	return false;
}

static const struct {
	const char *rule;
	bool (*broken)(const struct watch_session *s, const struct packet *p);
} rows[] = {
	{ "mod/name", bad_name },
	{ "mod/value", bad_value },
	{ "mod/value-fold", bad_fold },
	{ "mod/length", bad_length },
	{ "mod/leading-space", no_blank },
	{ "mod/own-blank", two_blanks },
	{ "mod/value-8bit", value_8bit },
	{ "mod/index", bad_index },
	{ "mod/index-one", index_zero },
	{ "mod/address", bad_address },
	{ "mod/delete-known", bad_delete },
	{ "mod/rcpt-arguments", bad_rcpt_arguments },
	{ "mod/from-arguments", bad_from_arguments },
	{ "mod/body-eol", bare_lf },
	{ "neg/unknown-bits", unknown_bits },
	{ "neg/list-names", long_list },
	{ "mod/index-order", index_turned },
	{ "mod/value-control", value_control },
	{ "mod/quarantine", bad_reason },
	{ "neg/list-spelling", bare_macro },
};

enum { ROWS = sizeof rows / sizeof rows[0] };

bool
watch_breaks(const char *rule, const struct watch_session *s, const struct packet *p)
{
	if (watch_reply_breaks(rule, p))
		return true;
	for (size_t i = 0; i < ROWS; i++) {
		if (strcmp(rows[i].rule, rule) == 0)
			return rows[i].broken(s, p);
	}
	return false;
}
