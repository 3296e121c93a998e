/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/profile/profile.h"

#include "base/address.h"
#include "base/put.h"
#include "base/utf8.h"

static const struct profile *const profiles[] = {
	&profile_rfc2821,
	&profile_sendmail_8_17,
	&profile_postfix_3_7,
	&profile_strict,
};

const struct profile *
profile_named(struct slice name)
{
	for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++) {
		if (slice_equal(slice_of(profiles[i]->name), name))
			return profiles[i];
	}
	return NULL;
}

const char *
profile_names(void)
{
	return "rfc2821 sendmail-8.17 postfix-3.7 strict";
}

enum { SHOWN_MAX = 2048, SHOWN_CLEAN_MAX = 400, PATH_END = 100 };

/* A reply line must stay one line, whatever the client typed. */
static void
append_clean(struct text *out, struct slice s, const struct say_values *v)
{
	char c;

	/* Whoever makes seven bits of it does nothing else. */
	bool whole = v->seven_bits || v->whole_replies;
	size_t most = whole ? SHOWN_MAX : SHOWN_CLEAN_MAX;

	for (size_t i = 0; i < s.len && i < most; i++) {
		c = v->seven_bits ? (char)(s.ptr[i] & 0x7f) : s.ptr[i];
		bool never = c == '\0' || c == '\r' || c == '\n';
		bool wide = v->whole_replies && (c & 0x80) != 0;
		if (v->seven_bits ? never : (c < ' ' || c > '~') && !wide)
			c = v->whole_replies ? ' ' : '?';
		put(out, (struct slice){ &c, 1 });
	}
}

/* As it was typed; where seven bits do, the middle of a long one is left out. */
static void
append_ends(struct text *out, struct slice path, const struct say_values *v)
{
	if (!v->seven_bits || path.len <= 2 * PATH_END + 3) {
		append_clean(out, path, v);
		return;
	}
	append_clean(out, slice_first(path, PATH_END), v);
	put(out, SLICE("..."));
	append_clean(out, slice_from(path, path.len - PATH_END), v);
}

/* The address that it means: no brackets, no quotes. */
static void
append_bare(struct text *out, const struct say_values *v)
{
	struct slice whole = address_parse(v->path).whole;
	struct text bare = TEXT_INIT(whole.len + 1);
	bool quoted = false;

	for (size_t i = 0; i < whole.len; i++) {
		char c = whole.ptr[i];
		if (c == '"') {
			quoted = !quoted;
			continue;
		}
		if (quoted && c == '\\' && i + 1 < whole.len)
			c = whole.ptr[++i];
		put(&bare, (struct slice){ &c, 1 });
	}
	append_clean(out, text_slice(&bare), v);
	text_clear(&bare);
}

static void
append_value(struct text *out, char letter, const struct say_values *v)
{
	const struct {
		char letter;
		struct slice value;
	} values[] = {
		{ 'h', v->host },
		{ 'n', v->client_name },
		{ 'c', v->client },
		{ 'm', v->client_host },
		{ 'r', v->client_resolve },
		{ 'f', v->sender },
		{ 'q', v->queue_id },
		{ 't', v->date },
		{ 'x', v->word },
		{ 'p', v->parameter },
		{ '%', SLICE("%") },
	};

	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		if (values[i].letter == letter)
			append_clean(out, values[i].value, v);
	}
	if (letter == 'b')
		append_bare(out, v);
	if (letter == 'a' || letter == 'o')
		append_ends(out, v->path, v);
	if (letter == 'w')
		append_ends(out, v->word, v);
	if (letter == 'o' && v->path.len != 0)
		put(out, SLICE("... "));
}

static void
append_text(const struct phrase *ph, const struct say_values *v, struct text *out)
{
	const char *at = ph->text;

	for (; *at != '\0'; at++) {
		if (*at == '%' && at[1] != '\0')
			append_value(out, *++at, v);
		else
			put(out, (struct slice){ at, 1 });
	}
}

const struct phrase *
profile_phrase(const struct profile *p, enum say what)
{
	return p->say[what].code != NULL ? &p->say[what] : &rfc2821_say[what];
}

void
profile_say_text(
    const struct profile *p, enum say what, const struct say_values *v, struct text *out)
{
	append_text(profile_phrase(p, what), v, out);
}

void
profile_say_phrase(const struct phrase *ph, const struct say_values *v, struct text *out)
{
	text_printf(out, "%s ", ph->code);
	if (v->enhanced && ph->enhanced != NULL)
		text_printf(out, "%s ", ph->enhanced);
	append_text(ph, v, out);
	text_printf(out, "\r\n");
}

void
profile_say(
    const struct profile *p, enum say what, const struct say_values *v, struct text *out)
{
	profile_say_phrase(profile_phrase(p, what), v, out);
}

/* Length of `d.ddd.ddd` and its blank at the start of s, or 0. */
static size_t
status_code_length(struct slice s)
{
	size_t n = 0;

	for (int part = 0; part < 3; part++) {
		size_t digits = 0;
		while (n + digits < s.len && s.ptr[n + digits] >= '0' &&
		       s.ptr[n + digits] <= '9')
			digits++;
		if (digits == 0 || digits > (part == 0 ? 1u : 3u))
			return 0;
		if (part == 0 && strchr("245", s.ptr[0]) == NULL)
			return 0;
		n += digits;
		if (n == s.len || s.ptr[n] != (part < 2 ? '.' : ' '))
			return 0;
		n++;
	}
	return n;
}

static bool
code_in(struct slice code, const char *codes)
{
	for (; codes != NULL && *codes != '\0'; codes += codes[3] != '\0' ? 4 : 3) {
		if (slice_equal(code, (struct slice){ codes, 3 }))
			return true;
	}
	return false;
}

static bool
names_path(const struct profile *p, struct slice code, enum moment when,
    const struct say_values *v)
{
	bool may = when == MOMENT_MAIL || when == MOMENT_RCPT || when == MOMENT_MESSAGE;

	return may && v->path.len != 0 && code_in(code, p->path_codes);
}

static void
next_line(struct slice line, struct text *out)
{
	put(out, line);
	text_printf(out, "\r\n");
}

/* The place of the first CRLF; s.len: there is none. */
static size_t
crlf_at(struct slice s)
{
	size_t n = 0;

	while (n < s.len && !slice_starts(slice_from(s, n), SLICE("\r\n")))
		n++;
	return n;
}

/*
 * Where the MTA sees to the hyphens: the fourth byte from where a line begins is one,
 * and be it a byte of the next line.  A CRLF at the end stays, and its CR is a NUL.
 */
static void
mend_lines(struct text *out, size_t begin)
{
	size_t end = out->len;

	for (size_t at = begin; !out->torn;) {
		struct slice rest = slice_from(text_slice(out), at);
		size_t n = crlf_at(rest);
		bool more = n + 2 < rest.len;
		if (more && at + 3 < end)
			out->ptr[at + 3] = '-';
		else if (!more && n < rest.len)
			out->ptr[at + n] = '\0';
		if (!more)
			break;
		at += n + 2;
	}
	text_printf(out, "\r\n");
}

static void
first_line(const struct profile *p, enum moment when, struct slice line,
    const struct say_values *v, struct text *out)
{
	struct slice code = slice_first(line, 3), rest = slice_from(line, 4);
	size_t status = status_code_length(rest);

	put(out, slice_first(line, 3));
	bool hyphen = line.len > 3 && line.ptr[3] == '-';
	put(out, hyphen ? SLICE("-") : SLICE(" "));
	put(out, slice_first(rest, status));
	if (status == 0 && p->complete_replies)
		text_printf(out, "%c.0.0 ", line.ptr[0]);
	if (names_path(p, code, when, v)) {
		append_ends(out, v->path, v);
		text_printf(out, "... ");
	}
	put(out, slice_from(rest, status));
	text_printf(out, "\r\n");
}

/* A filter's bytes that are none of a reply line, as this MTA has them. */
/* Bytes of the character there, as far as one byte can tell; 0: none that is shown. */
static size_t
shown_length(struct slice s)
{
	unsigned char c = (unsigned char)s.ptr[0];
	size_t n = 1;

	if (c < 0x80)
		return c >= ' ' && c != 127;
	while (n < s.len && (s.ptr[n] & 0xc0) == 0x80)
		n++;
	return c >= 194 && c <= 254 && n > 1 ? n : 0;
}

static void
own_bytes(const struct profile *p, enum moment when, struct text *out, size_t from)
{
	bool blanks = p->blank_replies && when == MOMENT_MESSAGE;

	for (size_t i = from, n; i < out->len; i += n) {
		n = shown_length(slice_from(text_slice(out), i));
		char c = out->ptr[i];
		if (p->seven_bits)
			out->ptr[i] = (char)(c & 0x7f);
		else if (blanks && n == 0 && c != '\r' && c != '\n')
			out->ptr[i] = ' ';
		n = n == 0 || p->seven_bits ? 1 : n;
	}
}

static void
own_lines(const struct profile *p, enum moment when, struct slice reply,
    const struct say_values *v, struct text *out)
{
	struct slice line;
	bool ended = reply.len != 0 && reply.ptr[reply.len - 1] == '\n';

	if (!slice_next_line(&reply, &line))
		return;
	first_line(p, when, line, v, out);
	while (slice_next_line(&reply, &line))
		next_line(line, out);
	if (ended && p->empty_reply_line)
		text_printf(out, "\r\n");
}

static void
own_words(const struct profile *p, enum moment when, struct slice reply,
    const struct say_values *v, struct text *out)
{
	size_t before = out->len;

	if (p->mends_replies)
		put(out, reply);
	else
		own_lines(p, when, reply, v, out);
	own_bytes(p, when, out, before);
	if (p->mends_replies)
		mend_lines(out, before);
}

static enum objection
objection_of(const struct profile *p, enum moment when, const struct outcome *o)
{
	bool early = p->early_closing_codes != NULL &&
		     (when == MOMENT_CONNECT || when == MOMENT_HELO);
	const char *closing = early ? p->early_closing_codes : p->closing_codes;

	switch (o->kind) {
	case OUTCOME_GO:
	case OUTCOME_DISCARD:
	case OUTCOME_HOLD:
	case OUTCOME_DIE: break;
	case OUTCOME_REJECT: return OBJECTION_REJECT;
	case OUTCOME_TEMPFAIL: return OBJECTION_TEMPFAIL;
	case OUTCOME_SHUTDOWN: return OBJECTION_SHUTDOWN;
	case OUTCOME_SPOILT: return OBJECTION_SPOILT;
	case OUTCOME_MISCONFIGURED: return OBJECTION_MISCONFIGURED;
	case OUTCOME_FAILED_REJECT: return OBJECTION_FAILED_REJECT;
	case OUTCOME_FAILED_TEMPFAIL: return OBJECTION_FAILED_TEMPFAIL;
	case OUTCOME_REPLY:
		if (code_in(slice_first(o->reply, 3), closing))
			return OBJECTION_CLOSE;
		return o->reply.ptr[0] == '4' ? OBJECTION_4YZ : OBJECTION_5YZ;
	}
	return N_OBJECTIONS;
}

const struct refusal *
profile_refusal(const struct profile *p, enum moment when, const struct outcome *o)
{
	enum objection objection = objection_of(p, when, o);
	bool in_header = when == MOMENT_MESSAGE && o->in_header;

	when = in_header ? MOMENT_HEADER : when;
	return objection != N_OBJECTIONS ? &p->refusals[when][objection] : NULL;
}

void
profile_refuse(const struct profile *p, enum moment when, const struct outcome *o,
    const struct say_values *v, struct text *out)
{
	const struct refusal *r = profile_refusal(p, when, o);

	if (r == NULL)
		return;
	unsigned char say = r->now != SAY_USUAL ? r->now : r->later;
	if (say == SAY_OWN)
		own_words(p, when, o->reply, v, out);
	else
		profile_say(p, say, v, out);
}
