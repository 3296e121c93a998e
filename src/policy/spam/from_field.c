/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One small function per token says what it ends and begins.  Words collect in
 * `local`, behind an @ in `domain`; whatever ends an address yields the two.
 */
#include "policy/spam/from_field.h"

static void
part_add(struct from_part *p, char c)
{
	if (p->len < sizeof p->bytes)
		p->bytes[p->len] = c;
	if (p->len <= sizeof p->bytes)
		p->len++;
}

static bool
part_too_long(const struct from_part *p)
{
	return p->len > sizeof p->bytes;
}

static bool
part_ends_in_dot(const struct from_part *p)
{
	return p->len > 0 && !part_too_long(p) && p->bytes[p->len - 1] == '.';
}

static struct slice
part_slice(const struct from_part *p)
{
	return (struct slice){ p->bytes, part_too_long(p) ? 0 : p->len };
}

/*
 * A word without its quotes, their escapes undone, marks that nobody sees, folds
 * and the blanks of a literal.  A backslash that is bare escapes nothing that a reader
 * would show.
 */
static void
part_add_word(struct from_part *p, struct slice word)
{
	bool quoted = word.ptr[0] == '"';

	if (quoted)
		word = slice_from(slice_first(word, word.len - 1), 1);
	for (size_t i = 0; i < word.len; i++) {
		size_t mark = field_mark_length(slice_from(word, i));
		if (mark > 0) {
			i += mark - 1;
			continue;
		}
		if (quoted && word.ptr[i] == '\\' && i + 1 < word.len)
			i++;
		char c = word.ptr[i];
		if (quoted ? c != '\r' && c != '\n' : !ascii_unseen(c) && c != '\\')
			part_add(p, c);
	}
}

static void
start_over(struct from_field *r)
{
	r->local.len = r->domain.len = r->words = 0;
	r->in_host = r->route = false;
}

/* RFC 2047 section 5: none stands in an address, so alone it is a name. */
static bool
is_encoded_word(struct slice s)
{
	return slice_starts(s, SLICE("=?")) && slice_ends_nocase(s, SLICE("?="));
}

static bool
is_address(const struct from_field *r)
{
	if (r->in_host)
		return r->domain.len > 0 || r->local.len > 0;
	return r->words == 1 && r->local.len > 0 && (r->in_angle || r->lone) &&
	       !is_encoded_word(part_slice(&r->local));
}

static void
part_set(struct from_part *p, struct slice bytes)
{
	p->len = bytes.len;
	memmove(p->bytes, bytes.ptr, bytes.len); /* it may be a piece of itself */
}

/* sendmail shows "host!user" and "user%host" to filters as typed, and writes user@host.
 */
static void
turn_around(struct from_part *local, struct from_part *domain)
{
	struct slice all = part_slice(local);
	size_t bang = slice_find(all, '!'), percent = slice_find_last(all, '%');

	if (bang > 0 && bang + 1 < all.len) {
		part_set(domain, slice_first(all, bang));
		part_set(local, slice_from(all, bang + 1));
	} else if (percent > 0 && percent + 1 < all.len) {
		part_set(domain, slice_from(all, percent + 1));
		local->len = percent;
	}
}

/* Keeps what was read for the caller and begins anew; false: it was nothing. */
static bool
yield(struct from_field *r)
{
	bool any = is_address(r);

	if (any) {
		r->ret_local = r->local;
		r->ret_domain = r->domain;
		if (!r->in_host)
			turn_around(&r->ret_local, &r->ret_domain);
	}
	start_over(r);
	return any;
}

static bool
yield_if_host(struct from_field *r)
{
	if (r->in_host)
		return yield(r);
	start_over(r);
	return false;
}

/* More than quotes, blanks and backslashes. */
static bool
says_something(struct slice word)
{
	for (size_t i = 0; i < word.len; i++) {
		if (!ascii_unseen(word.ptr[i]) && word.ptr[i] != '"' &&
		    word.ptr[i] != '\\')
			return true;
	}
	return false;
}

/* Whether an address stands in the brackets that `look` is in: "<>" hides none. */
static bool
holds_address(struct field_scan *look)
{
	struct slice word;
	int t;

	do {
		t = field_scan_next(look, false, &word);
		if (t == FIELD_WORD && says_something(word))
			return true;
	} while (t == FIELD_WORD || t == '@');
	return false;
}

/*
 * Whether the words up to here are a display name: an address in brackets
 * follows before any separator.  Asked once between two separators, so time
 * stays linear.
 */
static bool
is_display(struct from_field *r)
{
	if (r->in_angle)
		return false;
	if (r->ahead == FROM_NOT_ASKED) {
		struct field_scan look = r->scan;
		struct slice word;
		int t;

		do
			t = field_scan_next(&look, false, &word);
		while (t == FIELD_WORD || t == '@');
		r->ahead = t == '<' && holds_address(&look) ? FROM_DISPLAY : FROM_PLAIN;
	}
	return r->ahead == FROM_DISPLAY;
}

static bool
yield_unless_display(struct from_field *r)
{
	bool display = is_display(r);
	bool any = yield(r);

	r->lone = false;
	return any && !display;
}

static bool
on_word(struct from_field *r, struct slice word)
{
	struct from_part *p = r->in_host ? &r->domain : &r->local;
	bool quoted = word.ptr[0] == '"';
	bool joined = p->len == 0 || part_ends_in_dot(p) || word.ptr[0] == '.' ||
		      (!r->scan.gap && !quoted);
	bool any = false;

	r->scan.gap = quoted; /* a quoted string ends where it ends */
	if (!joined && r->in_host)
		any = yield_unless_display(r);
	else if (!joined)
		r->local.len = 0;
	if (!joined || r->words == 0)
		r->words++;
	part_add_word(r->in_host ? &r->domain : &r->local, word);
	return any;
}

/* "a@b@c" may be read as a@b, or as "a@b"@c. */
static bool
on_second_at(struct from_field *r)
{
	struct from_part local = r->local, domain = r->domain;
	bool any = local.len > 0 && yield_unless_display(r);

	part_add(&local, '@');
	for (size_t i = 0; i < domain.len && i < sizeof domain.bytes; i++)
		part_add(&local, domain.bytes[i]);
	start_over(r);
	r->local = local;
	r->in_host = true;
	return any;
}

static bool
on_at(struct from_field *r, struct slice word)
{
	(void)word;
	if (r->in_host)
		return on_second_at(r);
	r->route = r->local.len == 0;
	r->in_host = true;
	return false;
}

/* The end of a stretch that is_display() looked over. */
static void
new_stretch(struct from_field *r, bool in_angle)
{
	r->in_angle = in_angle;
	r->lone = false;
	r->ahead = FROM_NOT_ASKED;
}

/* Asked at the < itself. */
static bool
is_bracket_of_address(const struct from_field *r)
{
	struct field_scan look = r->scan;

	return holds_address(&look);
}

static bool
on_open(struct from_field *r, struct slice word)
{
	/* "<a@b <c@d>", or "a@b <": else what stood before is a display name. */
	bool any = (r->in_angle || !is_bracket_of_address(r)) && yield_if_host(r);

	(void)word;
	start_over(r);
	new_stretch(r, true);
	return any;
}

static bool
on_close(struct from_field *r, struct slice word)
{
	bool any = r->in_angle ? yield(r) : yield_if_host(r); /* "a@b>" */

	(void)word;
	new_stretch(r, false);
	return any;
}

static bool
on_end(struct from_field *r, struct slice word)
{
	bool any = yield(r);

	(void)word;
	new_stretch(r, false);
	return any;
}

static bool
on_break(struct from_field *r, struct slice word)
{
	r->lone = false;
	return on_end(r, word);
}

static bool
on_separator(struct from_field *r, struct slice word)
{
	if (!r->in_angle || !r->route)
		return on_break(r, word);
	start_over(r); /* "<@a,@b:c@d>" */
	return false;
}

static bool
on_colon(struct from_field *r, struct slice word)
{
	bool route = r->route;

	(void)word;
	new_stretch(r, r->in_angle);
	if (!route)
		return yield_if_host(r); /* else the name of a group */
	start_over(r);
	return false;
}

static const struct {
	int token;
	bool (*step)(struct from_field *r, struct slice word);
} on[] = {
	{ FIELD_WORD, on_word },
	{ '@', on_at },
	{ '<', on_open },
	{ '>', on_close },
	{ ',', on_separator },
	{ ';', on_separator },
	{ ':', on_colon },
	{ FIELD_BREAK, on_break },
	{ FIELD_END, on_end },
};

static bool
step(struct from_field *r, int token, struct slice word)
{
	for (size_t i = 0; i < sizeof on / sizeof on[0]; i++) {
		if (on[i].token == token)
			return on[i].step(r, word);
	}
	return false;
}

void
from_field_begin(struct from_field *r, struct slice field)
{
	*r = (struct from_field){ .scan = field_scan_begin(field), .lone = true };
}

bool
from_field_next(struct from_field *r, struct from_address *ret)
{
	while (!r->done) {
		struct slice word = { 0 };
		bool literal = r->in_host && r->domain.len == 0;
		int token = field_scan_next(&r->scan, literal, &word);

		r->done = token == FIELD_END;
		if (!step(r, token, word))
			continue;
		ret->local = part_slice(&r->ret_local);
		ret->domain = part_slice(&r->ret_domain);
		if (part_too_long(&r->ret_domain))
			ret->local.len = 0;
		return true;
	}
	return false;
}
