/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/scan.h"

#include <stdlib.h>

#include "policy/virus/candidate.h"

enum {
	BATCH = 32, /* looks */
	FEW = 2,    /* of a batch: with fewer, look after look is quicker */
	CLOSE = 8,  /* looks from one that passed the filter to the next */
};

/* The highest position where a look can still change the outcome. */
static ptrdiff_t
last_look(const struct scanner *s, const struct window *w)
{
	return (w->end != 0 ? w->end : w->len) - (ptrdiff_t)s->shape.width;
}

/* The looks of a batch of which nothing is known; memory is asked for theirs. */
static size_t
take_all(const struct scanner *s, const char *zero, ptrdiff_t at, struct candidate *c)
{
	for (size_t i = 0; i < BATCH; i++, at += (ptrdiff_t)s->shape.stride) {
		c[i] = (struct candidate){ at,
			gram_hash(gram_at(zero + at, s->shape.width)) };
		gram_table_prefetch(&s->table, c[i].hash);
	}
	return BATCH;
}

/* Those that pass the filter.  `width` is the shape's, a constant where it is called. */
static inline size_t
take_passing(const struct scanner *s, const char *zero, ptrdiff_t at, unsigned width,
    struct candidate *c)
{
	struct gram_filter f = s->filter; /* so that it stays in registers */
	ptrdiff_t stride = (ptrdiff_t)f.shape.stride;
	size_t passed = 0;

	f.shape.width = width;
	for (size_t i = 0; s->is_large && i < BATCH; i++)
		gram_filter_prefetch(
		    &f, gram_at(zero + at + (ptrdiff_t)i * stride, width));
	for (size_t i = 0; i < BATCH; i++, at += stride) {
		uint64_t gram = gram_at(zero + at, width);

		c[passed] = (struct candidate){ at, gram_hash(gram) };
		passed += gram_filter_has(&f, gram);
	}
	for (size_t i = 0; s->is_large && i < passed; i++)
		gram_table_prefetch(&s->table, c[i].hash);
	return passed;
}

/*
 * Text in which look after look passes the filter: a batch of looks at a time, and
 * what they want from memory is fetched side by side.  Returns how many are grams
 * of the table.  Where most of them are, it is as quick to ask as the filter.
 */
static size_t
look_at_batch(const struct scanner *s, struct window *w, const char *zero, ptrdiff_t at,
    bool is_dense)
{
	struct candidate c[BATCH];
	size_t count = is_dense ? take_all(s, zero, at, c)
		       : s->shape.width == GRAM_WIDE
			   ? take_passing(s, zero, at, GRAM_WIDE, c)
			   : take_passing(s, zero, at, GRAM_NARROW, c);

	return candidate_try_all(s, w, zero, c, count);
}

/*
 * Goes on in batches as long as they are worth it, and have text around them;
 * returns where to go on.
 */
static ptrdiff_t
sweep_crowd(const struct scanner *s, struct window *w, const char *zero, ptrdiff_t at,
    ptrdiff_t last)
{
	ptrdiff_t batch = BATCH * (ptrdiff_t)s->shape.stride;
	ptrdiff_t around = batch - (ptrdiff_t)s->shape.stride + LATE_BEHIND + GRAM_WIDE;
	size_t found = BATCH;

	while (found >= FEW && at >= LATE_BEFORE && at + around <= w->len &&
	       at + batch <= last) {
		found = look_at_batch(s, w, zero, at, found > BATCH / 2);
		at += batch;
		last = last_look(s, w) < last ? last_look(s, w) : last;
	}
	return at;
}

/*
 * Looks from `at` on, up to and including `last`, where the text is in one
 * block; zero[at] is the byte at position `at`.  Returns where to go on.
 */
static ptrdiff_t
sweep(const struct scanner *s, struct window *w, const char *zero, ptrdiff_t at,
    ptrdiff_t last)
{
	ptrdiff_t stride = (ptrdiff_t)s->shape.stride;

	while (at <= last) {
		ptrdiff_t from = at;

		at +=
		    (ptrdiff_t)s->filter.next(&s->filter, zero + at, (size_t)(last - at));
		if (at > last)
			break;
		candidate_try(s, w, at, gram_hash(gram_at(zero + at, s->shape.width)));
		bool close = at - from < CLOSE * stride;
		at += stride;
		last = last_look(s, w) < last ? last_look(s, w) : last;
		if (close)
			at = sweep_crowd(s, w, zero, at, last);
		last = last_look(s, w) < last ? last_look(s, w) : last;
	}
	return at;
}

/* The looks at grams of which some bytes are kept and some in the piece. */
static ptrdiff_t
sweep_seam(const struct scanner *s, struct window *w, ptrdiff_t at)
{
	char bytes[GRAM_MOST];

	for (; at < 0 && at <= last_look(s, w); at += (ptrdiff_t)s->shape.stride) {
		memcpy(bytes, w->kept_end + at, (size_t)-at);
		memcpy(bytes + -at, w->piece, (size_t)(at + (ptrdiff_t)s->shape.width));
		uint64_t gram = gram_at(bytes, s->shape.width);
		if (gram_filter_has(&s->filter, gram))
			candidate_try(s, w, at, gram_hash(gram));
	}
	return at;
}

/* Looks from position `at` on; returns where the first look beyond the piece is. */
static ptrdiff_t
look_through(const struct scanner *s, struct window *w, ptrdiff_t at)
{
	at = sweep(s, w, w->kept_end, at, -(ptrdiff_t)s->shape.width);
	at = sweep_seam(s, w, at);
	return at < 0 ? at : sweep(s, w, w->piece, at, last_look(s, w));
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
