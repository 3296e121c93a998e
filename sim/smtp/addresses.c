/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/addresses.h"

#include "base/put.h"
#include "sim/smtp/address_list.h"
#include "sim/smtp/meaning.h"

/* BESIDE_MAX: of what is no address, between two commas. */
enum { LINE_WANTED = 70, BESIDE_MAX = 250 };

/* --- addresses --- */

/* As it is meant, without quotes and backslashes; white space is a blank. */
static void
put_meant(const struct token *t, struct text *out)
{
	for (size_t i = 0; i < t->text.len; i++) {
		i += t->text.ptr[i] == '\\';
		if (i < t->text.len)
			put(out, address_blank(t->text.ptr[i])
				     ? SLICE(" ")
				     : (struct slice){ t->text.ptr + i, 1 });
	}
}

static bool
wordlike_token(const struct token *t)
{
	return t->kind != TOKEN_SPECIAL;
}

/* Is there a blank behind it in an address that is a text of its own? */
static bool
parted(const struct token *t, const struct token *next)
{
	bool comma = t->kind == TOKEN_SPECIAL && t->text.ptr[0] == ',';
	bool opens = next->kind == TOKEN_SPECIAL && next->text.ptr[0] == '<';

	return comma || opens || (wordlike_token(t) && wordlike_token(next));
}

/* Without a quote; then with quotes around the local part where it needs them. */
static void
put_tokens(const struct token *t, size_t count, bool blanks, struct text *out)
{
	struct text whole = TEXT_INIT(out->limit);

	for (size_t i = 0; i < count; i++) {
		put(&whole, t[i].kind == TOKEN_LITERAL ? SLICE("[") : SLICE(""));
		if (t[i].kind == TOKEN_COMMENT)
			put(&whole, blanks ? t[i].text : SLICE(""));
		else
			put_meant(&t[i], &whole);
		put(&whole, t[i].kind == TOKEN_LITERAL ? SLICE("]") : SLICE(""));
		if (blanks && i + 1 < count && parted(&t[i], &t[i + 1]))
			put(&whole, SLICE(" "));
	}
	meaning_outer(text_slice(&whole), out);
	text_clear(&whole);
}

/* Of nothing but quotes it is nothing. */
static void
put_address(const struct reading *r, const struct part *p, struct text *out)
{
	put_tokens(&r->token[p->first], p->end - p->first, false, out);
	if (slice_equal(text_slice(out), SLICE("\"\"")))
		text_clear(out);
}

/* Counts them; *ret is one.  Parts stand last to first, as they were read. */
static size_t
read_one(struct slice text, bool first, struct text *ret)
{
	struct reading r;
	size_t count = 0;

	text_clear(ret);
	if (address_list_read(&r, text)) {
		for (size_t i = 0; i < r.parts; i++) {
			if (!r.part[i].address)
				continue;
			if (count++ == 0 || first) {
				text_clear(ret);
				put_address(&r, &r.part[i], ret);
			}
		}
	}
	address_list_clear(&r);
	return count;
}

size_t
addresses_last(struct slice text, struct text *ret)
{
	return read_one(text, false, ret);
}

size_t
addresses_first(struct slice text, struct text *ret)
{
	return read_one(text, true, ret);
}

/* --- a list anew --- */

static bool
stands_for(const struct reading *r, const struct part *p, char c)
{
	if (p->address)
		return false;
	return p->special != '\0' ? p->special == c : address_list_is(r, p->first, c);
}

static bool
wordlike(const struct reading *r, const struct part *p)
{
	return p->address || (p->special == '\0' && wordlike_token(&r->token[p->first]));
}

static void
put_between(const char *ends, const char *marked, struct slice s, struct text *out)
{
	put(out, (struct slice){ ends, 1 });
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] != '\0' && strchr(marked, s.ptr[i]) != NULL)
			put(out, SLICE("\\"));
		put(out, (struct slice){ s.ptr + i, 1 });
	}
	put(out, (struct slice){ ends + 1, 1 });
}

/* A word with a letter in it that no word has. */
static bool
needs_quotes(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (ascii_unseen(s.ptr[i]) || address_special(s.ptr[i]))
			return true;
	}
	return false;
}

/* As it may stand in a header again, without what it did not need. */
static void
put_token(const struct token *t, struct text *out)
{
	struct text meant = TEXT_INIT(out->limit);

	put_meant(t, &meant);
	struct slice s = text_slice(&meant);
	if (t->kind == TOKEN_COMMENT || t->kind == TOKEN_SPECIAL)
		put(out, t->text);
	else if (t->kind == TOKEN_LITERAL)
		put_between("[]", "\\\r\n", s, out);
	else if (t->kind == TOKEN_QUOTED || needs_quotes(s))
		put_between("\"\"", "\"\\\r\n", s, out);
	else
		put(out, s);
	text_clear(&meant);
}

/* A line ends behind each comma; put together they are as full as may be. */
static void
put_folded(struct text *flat, struct text *out)
{
	struct slice rest = text_slice(flat), line;
	size_t begin = 0; /* of the line that is being filled */

	for (size_t i = 0; i < flat->len; i++) {
		if (flat->ptr[i] != '\n')
			continue;
		size_t end =
		    i + 1 + slice_find(slice_from(text_slice(flat), i + 1), '\n');
		if (end - begin < LINE_WANTED)
			flat->ptr[i] = ' ';
		else
			begin = i + 1;
	}
	for (; rest.len != 0; rest = slice_from(rest, line.len + 1)) {
		line = slice_first(rest, slice_find(rest, '\n'));
		put(out, rest.ptr == flat->ptr ? SLICE("") : SLICE("\n\t"));
		put(out, line);
	}
}

static bool
spaced(const struct reading *r, const struct part *p, const struct part *next)
{
	return next != NULL && !stands_for(r, p, ',') &&
	       (stands_for(r, p, ':') || stands_for(r, next, '<') ||
		   (wordlike(r, p) && wordlike(r, next)));
}

/* What an address that is a text of its own says. */
static void
put_settled(struct slice one, struct text *out)
{
	struct reading r;

	if (address_list_read(&r, one))
		put_tokens(r.token, r.tokens, true, out);
	address_list_clear(&r);
}

/* Its tokens as they came, then its domain, then as few quotes as may be. */
static bool
put_completed(
    const struct reading *r, const struct part *p, struct slice host, struct text *out)
{
	struct text read = TEXT_INIT(out->limit), full = TEXT_INIT(out->limit),
		    made = TEXT_INIT(out->limit);

	for (size_t i = p->first; i < p->end; i++) {
		if (r->token[i].kind != TOKEN_COMMENT)
			put_token(&r->token[i], &read);
	}
	if (read.len != 0) {
		meaning_rewritten(text_slice(&read), host, &full);
		put_settled(text_slice(&full), &made);
	}
	put_settled(text_slice(&made), out);
	bool changed = !slice_equal(text_slice(&read), text_slice(&made));
	text_clear(&read);
	text_clear(&full);
	text_clear(&made);
	return changed;
}

/* What stands between two commas, while it is put. */
struct expression {
	size_t begin;        /* in what is put */
	struct text address; /* the last one in it */
	bool any;
};

/* An address with too much of names and comments loses them. */
static void
end_expression(struct expression *e, struct text *flat)
{
	if (e->any && flat->len - e->address.len > e->begin + BESIDE_MAX) {
		flat->len = e->begin;
		put(flat, SLICE("<"));
		put(flat, text_slice(&e->address));
		put(flat, SLICE(">"));
	}
	text_clear(&e->address);
	e->any = false;
}

/* True: an address was completed. */
static bool
put_part(const struct reading *r, size_t i, struct slice host, struct expression *e,
    struct text *out)
{
	const struct part *p = &r->part[i], *next = i > 0 ? &r->part[i - 1] : NULL;
	bool completed = false;

	if (stands_for(r, p, ',')) {
		end_expression(e, out);
		put(out, SLICE(",\n"));
		e->begin = out->len;
	} else if (!p->address) {
		put_token(&r->token[p->first], out);
	} else {
		text_clear(&e->address);
		completed = put_completed(r, p, host, &e->address);
		put(out, text_slice(&e->address));
	}
	if (stands_for(r, p, '<') && next != NULL && stands_for(r, next, '>')) {
		text_clear(&e->address);
		e->any = true;
	}
	e->any = e->any || p->address;
	put(out, spaced(r, p, next) ? SLICE(" ") : SLICE(""));
	return completed;
}

bool
addresses_complete(
    struct slice name, struct slice value, struct slice host, struct text *out)
{
	struct text flat = TEXT_INIT(out->limit);
	struct reading r;
	bool completed = false;

	put(&flat, name);
	put(&flat, SLICE(": "));
	struct expression e = { flat.len, TEXT_INIT(out->limit), false };
	for (size_t i = address_list_read(&r, value) ? r.parts : 0; i-- > 0;)
		completed = put_part(&r, i, host, &e, &flat) || completed;
	end_expression(&e, &flat);
	address_list_clear(&r);
	text_clear(out);
	put_folded(&flat, out);
	text_drop(out, name.len + 1);
	text_clear(&flat);
	return completed;
}
