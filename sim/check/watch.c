/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/watch.h"

#include <stdlib.h>

#include "wire/codec.h"
#include "wire/notation.h"

enum {
	HEADER_LINE_MAX = 2047, /* sendmail's MAXLINE without its CRLF */
	LIST_NAMES_MAX = 50,    /* sendmail's MAXFILTERMACROS */
	INDEX_NEGATIVE = 0x7fffffff,
	WORDS_MAX = 2000,
};

struct watch_state *
watch_new(const char *rule)
{
	struct watch_state *w = calloc(1, sizeof *w);

	if (w != NULL) {
		w->rule = rule;
		w->got = (struct text)TEXT_INIT(WORDS_MAX);
	}
	return w;
}

void
watch_free(struct watch_state *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->messages; i++)
		text_clear(&w->message[i].words);
	for (size_t i = 0; i < WATCH_CONNECTIONS; i++)
		text_clear(&w->session[i].said.words);
	text_clear(&w->got);
	free(w);
}

static uint64_t
hash(uint64_t h, struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.ptr[i]) * UINT64_C(1099511628211);
	return h;
}

/* --- rules of one packet --- */

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

static bool
bad_fold(const struct watch_session *s, const struct packet *p)
{
	struct slice rest = p->header.value, line;
	bool first = true;

	(void)s;
	if (!one_of_edits(p))
		return false;
	while (slice_next_line(&rest, &line)) {
		if (!first &&
		    (line.len == 0 || (line.ptr[0] != ' ' && line.ptr[0] != '\t')))
			return true;
		first = false;
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

static bool
index_zero(const struct watch_session *s, const struct packet *p)
{
	(void)s;
	return p->kind == RPL_CHGHEADER && p->header.index == 0;
}

static bool
has_brackets(struct slice path)
{
	return path.len >= 2 && path.ptr[0] == '<' && path.ptr[path.len - 1] == '>';
}

static bool
bad_address(const struct watch_session *s, const struct packet *p)
{
	(void)s;
	switch (p->kind) {
	case RPL_ADDRCPT:
	case RPL_ADDRCPT_PAR:
	case RPL_DELRCPT:
		return !has_brackets(p->string.first) || p->string.first.len == 2;
	case RPL_CHGFROM: return !has_brackets(p->string.first);
	default: return false;
	}
}

static uint64_t
path_hash(struct slice path)
{
	return hash(UINT64_C(14695981039346656037), path);
}

/* DELRCPT of one that was not there, or no more. */
static bool
bad_delete(const struct watch_session *s, const struct packet *p)
{
	if (p->kind != RPL_DELRCPT)
		return false;
	for (size_t i = 0; i < s->recipients; i++) {
		if (s->recipient[i] == path_hash(p->string.first))
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
	static const char *const names[] = { "RET=", "ENVID=", "SIZE=", "BODY=" };

	(void)s;
	return p->kind == RPL_CHGFROM && !arguments_are(p, names, 4);
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

static bool
long_reply(const struct watch_session *s, const struct packet *p)
{
	enum { REPLY_LINE_MAX = 980 };
	struct slice rest, line;

	(void)s;
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
many_lines(const struct watch_session *s, const struct packet *p)
{
	enum { REPLY_LINES_MAX = 32 };
	struct slice rest, line;
	unsigned n = 0;

	(void)s;
	if (p->kind != RPL_REPLYCODE)
		return false;
	rest = p->string.first;
	while (slice_next_line(&rest, &line))
		n++;
	return n > REPLY_LINES_MAX;
}

static bool
ends_in_crlf(const struct watch_session *s, const struct packet *p)
{
	(void)s;
	return p->kind == RPL_REPLYCODE && p->string.first.len > 0 &&
	       p->string.first.ptr[p->string.first.len - 1] == '\n';
}

static bool
code_alone(const struct watch_session *s, const struct packet *p)
{
	(void)s;
	return p->kind == RPL_REPLYCODE &&
	       (p->string.first.len < 5 ||
		   (p->string.first.ptr[3] != ' ' && p->string.first.ptr[3] != '-'));
}

static bool
reply_8bit(const struct watch_session *s, const struct packet *p)
{
	(void)s;
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
	bool (*broken)(const struct watch_session *s, const struct packet *p);
} rows[] = {
	{ "mod/name", bad_name },
	{ "mod/value", bad_value },
	{ "mod/value-fold", bad_fold },
	{ "mod/length", bad_length },
	{ "mod/index", bad_index },
	{ "mod/index-one", index_zero },
	{ "mod/address", bad_address },
	{ "mod/delete-known", bad_delete },
	{ "mod/rcpt-arguments", bad_rcpt_arguments },
	{ "mod/from-arguments", bad_from_arguments },
	{ "mod/body-eol", bare_lf },
	{ "neg/unknown-bits", unknown_bits },
	{ "neg/list-names", long_list },
	{ "rep/code-length", long_reply },
	{ "rep/code-count", many_lines },
	{ "rep/code-eol", ends_in_crlf },
	{ "rep/code-text", code_alone },
	{ "rep/code-ascii", reply_8bit },
};

enum { ROWS = sizeof rows / sizeof rows[0] };

bool
watch_knows(const char *rule)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (strcmp(rows[i].rule, rule) == 0)
			return true;
	}
	return false;
}

/* --- what was asked, and what came of it --- */

static void
forget_recipient(struct watch_session *s, struct slice path)
{
	for (size_t i = 0; i < s->recipients; i++) {
		if (s->recipient[i] == path_hash(path))
			s->recipient[i] = s->recipient[--s->recipients];
	}
}

static void
asked(struct watch_session *s, const struct event *e)
{
	struct slice letter = { &e->letter, 1 };
	enum packet_kind k = packet_kind(TO_MILTER, e->letter);
	uint64_t *h = &s->message;

	switch (k) {
	case CMD_OPTNEG:
		text_clear(&s->said.words);
		*s = (struct watch_session){ .recipients = 0 };
		return;
	case CMD_CONNECT:
		h = &s->connect;
		*h = 0;
		break;
	case CMD_HELO:
		h = &s->helo;
		*h = 0;
		break;
	case CMD_MAIL:
		*h = 0;
		s->recipients = 0;
		break;
	case CMD_RCPT:
		if (s->recipients < WATCH_RECIPIENTS)
			s->recipient[s->recipients++] =
			    path_hash(slice_first(e->bytes, slice_find(e->bytes, '\0')));
		break;
	case CMD_BODY: letter.len = 0; break; /* however it is cut */
	case CMD_BODYEOB:
		s->ending = true;
		text_clear(&s->said.words);
		s->said = (struct watch_said){ .words = TEXT_INIT(WORDS_MAX) };
		*h = hash(hash(*h, e->bytes), letter); /* its bytes are body too */
		return;
	case CMD_HEADER:
	case CMD_EOH:
	case CMD_DATA: break;
	default: return; /* macros have ids; ABORT and QUIT are no part of it */
	}
	*h = hash(hash(*h, letter), e->bytes);
}

static void
keep_message(struct watch_state *w, struct watch_session *s)
{
	s->ending = false;
	s->said.asked = s->message ^ (s->connect * 3) ^ (s->helo * 5);
	if (w->messages < WATCH_MESSAGES) {
		w->message[w->messages++] = s->said;
		s->said.words = (struct text)TEXT_INIT(WORDS_MAX);
	}
}

static void
answered(struct watch_state *w, struct watch_session *s, const struct event *e)
{
	enum packet_kind k = packet_kind(TO_MTA, e->letter);

	if (!s->ending || k == RPL_PROGRESS)
		return;
	s->said.answered =
	    hash(hash(s->said.answered, (struct slice){ &e->letter, 1 }), e->bytes);
	payload_describe(&s->said.words, TO_MTA, e->letter, e->bytes);
	text_printf(&s->said.words, "\n");
	if (k < N_PACKETS && packet_rules[k].final)
		keep_message(w, s);
}

static void
hold(struct watch_state *w, struct watch_session *s, const struct event *e)
{
	struct packet p;

	if (packet_decode(TO_MTA, e->letter, e->bytes, &p) != CODEC_OK)
		return; /* the judge's */
	for (size_t i = 0; i < ROWS && w->got.len == 0; i++) {
		if (strcmp(rows[i].rule, w->rule) == 0 && rows[i].broken(s, &p))
			payload_describe(&w->got, TO_MTA, e->letter, e->bytes);
	}
	if (p.kind == RPL_DELRCPT)
		forget_recipient(s, p.string.first);
}

void
watch_event(struct watch_state *w, const struct event *e)
{
	if (e->what != EVENT_PACKET || e->conn >= WATCH_CONNECTIONS)
		return;
	struct watch_session *s = &w->session[e->conn];
	if (e->to == TO_MILTER) {
		asked(s, e);
		return;
	}
	hold(w, s, e);
	answered(w, s, e);
}

enum watch_same
watch_same(const struct watch_state *w, struct text *expected, struct text *got)
{
	size_t alike = 0;

	for (size_t i = 1; i < w->messages; i++) {
		const struct watch_said *first = &w->message[0], *m = &w->message[i];

		if (m->asked != first->asked)
			continue;
		if (m->answered != first->answered) {
			if (alike == 0)
				return SAME_UNKNOWN;
			text_append_cut(expected, text_slice(&first->words));
			text_append_cut(got, text_slice(&m->words));
			return SAME_NOT;
		}
		alike++;
	}
	return alike > 1 ? SAME : SAME_UNKNOWN;
}
