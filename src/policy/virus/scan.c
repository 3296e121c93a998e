/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/scan.h"

#include <stdlib.h>

/*
 * The piece at hand and what was kept of those before it.  Positions count
 * from the beginning of the piece; kept bytes have negative ones.
 */
struct window {
	const char *piece;
	ptrdiff_t len;
	const char *kept_end; /* one behind position -1 */
	ptrdiff_t first;      /* the lowest position there is */
	ptrdiff_t unfinished; /* first look whose signature goes beyond the piece */
	ptrdiff_t start, end; /* of the hit; end 0: none */
	uint32_t signature;
};

static int
compare(const struct window *w, ptrdiff_t at, const char *pattern, size_t len)
{
	if (at < 0) {
		size_t old = (size_t)-at < len ? (size_t)-at : len;
		int order = memcmp(pattern, w->kept_end + at, old);

		if (order != 0 || old == len)
			return order;
		pattern += old;
		len -= old;
		at = 0;
	}
	return memcmp(pattern, w->piece + at, len);
}

/*
 * A quick no: the last bytes are others.  A text made of signatures with their
 * ends changed would else cost a whole comparison at each.
 */
static bool
ends_otherwise(const struct window *w, ptrdiff_t start, const struct ranked *r)
{
	ptrdiff_t tail = start + (ptrdiff_t)r->len - GRAM;

	return tail >= 0 && tail + GRAM <= w->len &&
	       memcmp(w->piece + tail, r->ptr + r->len - GRAM, GRAM) != 0;
}

/*
 * The signature of a group that fits at `start` as far as the text goes.  No
 * signature is a beginning of another, so the first that fits is the only one
 * that can be whole.
 */
static const struct ranked *
search_group(const struct scanner *s, const struct window *w,
    const struct gram_group *group, ptrdiff_t start)
{
	size_t there = (size_t)(w->len - start);
	uint32_t at = group->at, end = group->end;

	if (end - at == 1 &&
	    ends_otherwise(w, start, &s->ranked[gram_table_rank(&s->table, at)]))
		return NULL;
	while (at < end) {
		uint32_t middle = at + (end - at) / 2;
		const struct ranked *r = &s->ranked[gram_table_rank(&s->table, middle)];
		int order = compare(w, start, r->ptr, r->len < there ? r->len : there);

		if (order == 0)
			return r;
		if (order < 0)
			at = middle + 1;
		else
			end = middle;
	}
	return NULL;
}

/* Keeps the better of two hits: the one that ends first, then by the list. */
static void
note_hit(struct window *w, ptrdiff_t start, const struct ranked *r)
{
	ptrdiff_t end = start + (ptrdiff_t)r->len;

	if (w->end != 0 && (end > w->end || (end == w->end && r->index > w->signature)))
		return;
	w->start = start;
	w->end = end;
	w->signature = r->index;
}

/* A look that has passed the filter. */
static void
look(const struct scanner *s, struct window *w, ptrdiff_t at, uint64_t hash)
{
	struct gram_group group = { 0 };

	while (gram_table_next(&s->table, hash, &group)) {
		ptrdiff_t start = at - (ptrdiff_t)group.offset;

		if (start < w->first)
			continue;
		const struct ranked *r = search_group(s, w, &group, start);
		if (r == NULL)
			continue;
		if (start + (ptrdiff_t)r->len <= w->len)
			note_hit(w, start, r);
		else if (at < w->unfinished)
			w->unfinished = at;
	}
}

/* The highest position where a look can still change the outcome. */
static ptrdiff_t
last_look(const struct window *w)
{
	return (w->end != 0 ? w->end : w->len) - GRAM;
}

/*
 * Looks from `at` on, up to and including `last`, where the text is in one
 * block; zero[at] is the byte at position `at`.  Returns where to go on.
 */
static ptrdiff_t
sweep(const struct scanner *s, struct window *w, const char *zero, ptrdiff_t at,
    ptrdiff_t last)
{
	while (at <= last) {
		at += (ptrdiff_t)gram_filter_next(
		    &s->filter, zero + at, (size_t)(last - at), s->stride);
		if (at > last)
			break;
		look(s, w, at, gram_hash(zero + at));
		at += (ptrdiff_t)s->stride;
		if (last_look(w) < last)
			last = last_look(w);
	}
	return at;
}

/* The looks at grams of which some bytes are kept and some in the piece. */
static ptrdiff_t
sweep_seam(const struct scanner *s, struct window *w, ptrdiff_t at)
{
	char gram[GRAM];

	for (; at < 0 && at <= last_look(w); at += (ptrdiff_t)s->stride) {
		memcpy(gram, w->kept_end + at, (size_t)-at);
		memcpy(gram + -at, w->piece, (size_t)(at + GRAM));
		uint64_t hash = gram_hash(gram);
		if (gram_filter_has(&s->filter, hash))
			look(s, w, at, hash);
	}
	return at;
}

/* Looks from position `at` on; returns where the first look beyond the piece is. */
static ptrdiff_t
look_through(const struct scanner *s, struct window *w, ptrdiff_t at)
{
	at = sweep(s, w, w->kept_end, at, -GRAM);
	at = sweep_seam(s, w, at);
	return at < 0 ? at : sweep(s, w, w->piece, at, last_look(w));
}

static char *
kept_bytes(struct scan *s)
{
	return s->more != NULL ? s->more : s->few;
}

/* Makes room for `need` kept bytes; what is kept now stays. */
static bool
make_room(struct scan *s, size_t need)
{
	size_t room = s->more != NULL ? s->room : sizeof s->few;

	if (need <= room)
		return true;
	room = need > 2 * room ? need : 2 * room;
	char *more = realloc(s->more, room);
	if (more == NULL)
		return false;
	if (s->more == NULL)
		memcpy(more, s->few, s->kept);
	s->more = more;
	s->room = (uint32_t)room;
	return true;
}

/* Keeps the text from position `from` on. */
static bool
keep(struct scan *s, const struct window *w, ptrdiff_t from)
{
	size_t old = from < 0 ? (size_t)-from : 0;
	size_t fresh = (size_t)(from < 0 ? w->len : w->len - from);

	if (from >= w->len) {
		s->kept = 0;
		return true;
	}
	if (!make_room(s, old + fresh))
		return false;
	char *kept = kept_bytes(s);
	if (old < s->kept)
		memmove(kept, kept + s->kept - old, old);
	memcpy(kept + old, w->piece + w->len - fresh, fresh);
	s->kept = (uint32_t)(old + fresh);
	return true;
}

void
scan_begin(struct scan *s, const struct scanner *scanner)
{
	s->scanner = scanner;
	s->hit = (struct scan_hit){ 0 };
	s->seen = s->next = 0;
	s->more = NULL;
	s->room = s->kept = 0;
	s->status = SCAN_CLEAN;
}

enum scan_status
scan_feed(struct scan *s, struct slice piece)
{
	if (s->status != SCAN_CLEAN || piece.len == 0 || s->scanner->count == 0)
		return s->status;

	struct window w = {
		.piece = piece.ptr,
		.len = (ptrdiff_t)piece.len,
		.kept_end = kept_bytes(s) + s->kept,
		.first = -(ptrdiff_t)s->kept,
		.unfinished = PTRDIFF_MAX,
	};
	ptrdiff_t at = look_through(s->scanner, &w, (ptrdiff_t)(s->next - s->seen));

	if (w.end != 0) {
		s->hit = (struct scan_hit){ w.signature, s->seen + (uint64_t)w.start,
			s->seen + (uint64_t)w.end };
		return s->status = SCAN_HIT;
	}
	if (w.unfinished < at)
		at = w.unfinished;
	ptrdiff_t from = at - (ptrdiff_t)s->scanner->lookback;
	if (!keep(s, &w, from > w.first ? from : w.first))
		return s->status = SCAN_NOMEM;
	s->next = s->seen + (uint64_t)at;
	s->seen += piece.len;
	return SCAN_CLEAN;
}

void
scan_end(struct scan *s)
{
	free(s->more);
	s->more = NULL;
	s->room = s->kept = 0;
}
