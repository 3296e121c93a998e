/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/address_list.h"

#include <stdlib.h>

#include "base/array.h"

/* Of one field; what is behind them is left out. */
enum { TOKENS_MAX = 10240 };

/* --- tokens --- */

bool
address_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool
address_special(char c)
{
	return c != '\0' && strchr("()<>@,;:\\\".[]|%!", c) != NULL;
}

/* To the letter that closes what byte 0 opens, or to the end; *inside is without both. */
static size_t
enclosed(struct slice s, char close, struct slice *inside)
{
	size_t n = 1, deep = 1;

	for (; n < s.len && deep > 0; n++) {
		if (s.ptr[n] == '\\' && n + 1 < s.len)
			n++;
		else if (s.ptr[n] == close)
			deep--;
		else if (close == ')' && s.ptr[n] == '(')
			deep++;
	}
	*inside = slice_first(slice_from(s, 1), n - 1 - (deep == 0));
	return n;
}

static size_t
word_length(struct slice s)
{
	size_t n = 0;

	while (n < s.len && !address_blank(s.ptr[n]) &&
	       (s.ptr[n] == '\\' || !address_special(s.ptr[n])))
		n += s.ptr[n] == '\\' && n + 1 < s.len ? 2 : 1;
	return n;
}

static struct token
token_at(struct slice s, size_t *ret_size)
{
	struct slice inside;

	switch (s.ptr[0]) {
	case '(':
		*ret_size = enclosed(s, ')', &inside);
		return (struct token){ TOKEN_COMMENT, slice_first(s, *ret_size) };
	case '"':
		*ret_size = enclosed(s, '"', &inside);
		return (struct token){ TOKEN_QUOTED, inside };
	case '[':
		*ret_size = enclosed(s, ']', &inside);
		return (struct token){ TOKEN_LITERAL, inside };
	default:
		*ret_size = word_length(s);
		if (*ret_size != 0)
			return (struct token){ TOKEN_WORD, slice_first(s, *ret_size) };
		*ret_size = 1;
		return (struct token){ TOKEN_SPECIAL, slice_first(s, 1) };
	}
}

static bool
scan(struct reading *r, struct slice s)
{
	while (s.len != 0 && r->tokens < TOKENS_MAX) {
		size_t size = 1;
		if (!address_blank(s.ptr[0])) {
			if (!array_room(
				&r->token, r->tokens, &r->tokens_room, sizeof *r->token))
				return false;
			r->token[r->tokens++] = token_at(s, &size);
		}
		s = slice_from(s, size);
	}
	return true;
}

bool
address_list_is(const struct reading *r, size_t token, char c)
{
	return r->token[token].kind == TOKEN_SPECIAL && r->token[token].text.ptr[0] == c;
}

static bool
is_word(const struct reading *r, size_t n)
{
	return r->token[n].kind == TOKEN_WORD || r->token[n].kind == TOKEN_QUOTED ||
	       r->token[n].kind == TOKEN_LITERAL;
}

/* --- parts --- */

/* Each token makes two at most, an address and a comma; there is room for them. */
static void
push(struct reading *r, struct part p)
{
	r->part[r->parts++] = p;
}

static void
push_token(struct reading *r, size_t n)
{
	push(r, (struct part){ .first = n, .end = n + 1 });
}

/* What stands between two that part addresses is one, if it is anything. */
static void
push_address(struct reading *r, size_t first, size_t end, bool comma)
{
	bool any = false;

	for (size_t i = first; i < end && !any; i++)
		any = r->token[i].kind != TOKEN_COMMENT;
	if (any)
		push(r, (struct part){ .address = true, .first = first, .end = end });
	if (any && comma)
		push(r, (struct part){ .special = ',' });
}

/*
 * n is a >.  What it encloses is one address, and what stands in front of that is a
 * name.  Returns the token from which reading goes on, the one behind it.
 */
static size_t
read_route(struct reading *r, size_t n)
{
	size_t open = n;

	push_token(r, n);
	while (open > 0 && !address_list_is(r, open - 1, '<')) {
		open--;
		if (r->token[open].kind == TOKEN_COMMENT)
			push_token(r, open);
	}
	push_address(r, open, n, false);
	for (n = open; n > 0 && !address_list_is(r, n - 1, '>') &&
		       !address_list_is(r, n - 1, ';') &&
		       !address_list_is(r, n - 1, ',') && !address_list_is(r, n - 1, ':');
	     n--)
		push_token(r, n - 1);
	return n;
}

/* n is the colon of a group; in front of it is the group's name. */
static size_t
read_group_name(struct reading *r, size_t n)
{
	push_token(r, n);
	while (n > 0 && !address_list_is(r, n - 1, ','))
		push_token(r, --n);
	return n;
}

/* From right to left: only there it shows whether words in a row are a name. */
static void
divide(struct reading *r)
{
	size_t end = r->tokens; /* of the address that is being read */
	bool word_due = true, group = false;

	for (size_t n = r->tokens; n-- > 0;) {
		if (r->token[n].kind == TOKEN_COMMENT) {
			push_token(r, n);
		} else if (is_word(r, n)) {
			if (!word_due) {
				push_address(r, n + 1, end, true);
				end = n + 1;
			}
			word_due = false;
		} else if (address_list_is(r, n, '>')) {
			push_address(r, n + 1, end, true);
			end = n = read_route(r, n);
			word_due = true;
		} else if (address_list_is(r, n, ':') && group) {
			push_address(r, n + 1, end, false);
			end = n = read_group_name(r, n);
		} else if (address_list_is(r, n, ',') || address_list_is(r, n, ';')) {
			push_address(r, n + 1, end, address_list_is(r, n, ';'));
			push_token(r, n);
			end = n;
			group = group || address_list_is(r, n, ';');
			word_due = true;
		} else {
			word_due = true;
		}
	}
	push_address(r, 0, end, false);
}

bool
address_list_read(struct reading *r, struct slice text)
{
	*r = (struct reading){ 0 };
	if (!scan(r, text))
		return false;
	r->part = calloc(2 * r->tokens + 1, sizeof *r->part);
	if (r->part != NULL)
		divide(r);
	return r->part != NULL;
}

void
address_list_clear(struct reading *r)
{
	free(r->token);
	free(r->part);
}
