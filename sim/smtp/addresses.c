/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/addresses.h"

#include "base/put.h"
#include "sim/smtp/address_list.h"
#include "sim/smtp/meaning.h"

enum { LINE_WANTED = 70 };

/* --- addresses --- */

/* As it is meant, without quotes and backslashes. */
static void
put_meant(const struct token *t, struct text *out)
{
	for (size_t i = 0; i < t->text.len; i++) {
		if (t->kind != TOKEN_LITERAL && t->text.ptr[i] == '\\' &&
		    i + 1 < t->text.len)
			i++;
		put(out, (struct slice){ t->text.ptr + i, 1 });
	}
}

static void
put_address(const struct reading *r, const struct part *p, struct text *out)
{
	struct text whole = TEXT_INIT(out->limit);

	for (size_t i = p->first; i < p->end; i++) {
		const struct token *t = &r->token[i];
		if (t->kind == TOKEN_COMMENT)
			continue;
		put(&whole, t->kind == TOKEN_LITERAL ? SLICE("[") : SLICE(""));
		put_meant(t, &whole);
		put(&whole, t->kind == TOKEN_LITERAL ? SLICE("]") : SLICE(""));
	}
	if (whole.len != 0)
		meaning_outer(text_slice(&whole), out);
	text_clear(&whole);
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
	return p->address ||
	       (p->special == '\0' && r->token[p->first].kind != TOKEN_SPECIAL);
}

static void
put_token(const struct token *t, struct text *out)
{
	switch (t->kind) {
	case TOKEN_QUOTED: put(out, SLICE("\"")); break;
	case TOKEN_LITERAL: put(out, SLICE("[")); break;
	default: break;
	}
	put(out, t->text);
	switch (t->kind) {
	case TOKEN_QUOTED: put(out, SLICE("\"")); break;
	case TOKEN_LITERAL: put(out, SLICE("]")); break;
	default: break;
	}
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

/* True: it is another one than before. */
static bool
put_completed(
    const struct reading *r, const struct part *p, struct slice host, struct text *out)
{
	struct text read = TEXT_INIT(out->limit), made = TEXT_INIT(out->limit);

	put_address(r, p, &read);
	meaning_rewritten(text_slice(&read), host, &made);
	put(out, text_slice(&made));
	bool changed = !slice_equal(text_slice(&read), text_slice(&made));
	text_clear(&read);
	text_clear(&made);
	return changed;
}

/* True: an address was completed. */
static bool
put_part(
    const struct reading *r, const struct part *p, struct slice host, struct text *out)
{
	if (stands_for(r, p, ','))
		put(out, SLICE(",\n"));
	else if (!p->address)
		put_token(&r->token[p->first], out);
	else
		return put_completed(r, p, host, out);
	return false;
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
	for (size_t i = address_list_read(&r, value) ? r.parts : 0; i-- > 0;) {
		const struct part *p = &r.part[i], *next = i > 0 ? &r.part[i - 1] : NULL;
		completed = put_part(&r, p, host, &flat) || completed;
		put(&flat, spaced(&r, p, next) ? SLICE(" ") : SLICE(""));
	}
	address_list_clear(&r);
	text_clear(out);
	put_folded(&flat, out);
	text_drop(out, name.len + 1);
	text_clear(&flat);
	return completed;
}
