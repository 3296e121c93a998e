/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/candidate.h"

enum {
	FEW = 8,    /* signatures of a group that are tried one by one */
	STEP = 128, /* bytes compared at once while the first difference is looked for */
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

/* How many bytes of a signature the text has, if it begins at `start`. */
static ptrdiff_t
there_of(const struct window *w, ptrdiff_t start, const struct ranked *r)
{
	return w->len - start < (ptrdiff_t)r->len ? w->len - start : (ptrdiff_t)r->len;
}

/* A signature stands at `start` as far as the text goes. */
static void
fits(struct window *w, ptrdiff_t start, ptrdiff_t look, const struct ranked *r)
{
	ptrdiff_t end = start + (ptrdiff_t)r->len;

	if (end > w->len) {
		w->unfinished = look < w->unfinished ? look : w->unfinished;
		return;
	}
	/* The better of two hits: the one that ends first, then by the list. */
	if (w->end != 0 && (end > w->end || (end == w->end && r->index > w->signature)))
		return;
	w->start = start;
	w->end = end;
	w->signature = r->index;
}

/* A quick no, most often without a look at the signature's bytes. */
static bool
late_differs(const struct window *w, ptrdiff_t start, const struct ranked *r)
{
	ptrdiff_t at = start + (ptrdiff_t)r->late_at;

	return at >= 0 && at + LATE_BYTES <= w->len &&
	       gram_late(w->piece + at) != r->late;
}

/* Where the text is no more what the signature is; `start` + `len` when it is. */
static ptrdiff_t
first_difference(
    const struct window *w, ptrdiff_t start, const struct ranked *r, ptrdiff_t len)
{
	ptrdiff_t same = 0;

	while (same + STEP <= len && compare(w, start + same, r->ptr + same, STEP) == 0)
		same += STEP;
	while (same < len && compare(w, start + same, r->ptr + same, 1) == 0)
		same++;
	return start + same;
}

/*
 * Where text and signature part, or the piece ends.  A byte that broke the
 * signature breaks it where it begins whole periods earlier or later, too, as
 * long as the byte lies in it; and if it fits up to the end of the piece, it fits
 * whole periods later.
 */
static ptrdiff_t
same_until(struct window *w, ptrdiff_t start, const struct ranked *r, uint32_t rank)
{
	const struct tried *t = &w->tried;

	if (t->rank == rank && t->at > t->start &&
	    (t->start - start) % (ptrdiff_t)r->period == 0) {
		if (t->at == w->len ? start >= t->start
				    : t->at >= start && t->at - start < (ptrdiff_t)r->len)
			return t->at;
	}
	ptrdiff_t at = first_difference(w, start, r, there_of(w, start, r));
	w->tried = (struct tried){ rank, start, at };
	return at;
}

/*
 * A long signature that may begin at `start` or whole periods later, up to
 * `latest`.  What lies behind a difference is not compared again.
 */
static void
try_long(const struct scanner *s, struct window *w, ptrdiff_t start, ptrdiff_t latest,
    ptrdiff_t look, uint32_t rank)
{
	const struct ranked *r = &s->ranked[rank];
	ptrdiff_t period = (ptrdiff_t)r->period;

	if (start < w->first)
		start += (w->first - start + period - 1) / period * period;
	while (start <= latest) {
		ptrdiff_t at = same_until(w, start, r, rank);

		if (at == start + there_of(w, start, r)) {
			fits(w, start, look, r);
			return;
		}
		if (at >= latest)
			return;
		start += ((at - start) / period + 1) * period;
	}
}

static void
try_one(const struct scanner *s, struct window *w, uint64_t entry, ptrdiff_t look)
{
	struct gram_place p = gram_table_place(entry);
	const struct ranked *r = &s->ranked[p.rank];
	ptrdiff_t start = look - (ptrdiff_t)p.offset;

	if (p.offset >= REPEATING) {
		try_long(s, w, start + REPEATING, look - r->anchor, look, p.rank);
		return;
	}
	if (start < w->first || late_differs(w, start, r))
		return;
	if (r->len > RANKED_LONG)
		try_long(s, w, start, start, look, p.rank);
	else if (compare(w, start, r->ptr, (size_t)there_of(w, start, r)) == 0)
		fits(w, start, look, r);
}

/*
 * The signature of a group that fits at `start` as far as the text goes.  No
 * signature is a beginning of another, so the first that fits is the only one
 * that can be whole.
 */
static void
search(const struct scanner *s, struct window *w, const struct gram_group *group,
    ptrdiff_t look)
{
	ptrdiff_t start = look - (ptrdiff_t)group->offset;
	const uint64_t *at = group->at, *end = group->end;

	if (start < w->first)
		return;
	while (at < end) {
		const uint64_t *middle = at + (end - at) / 2;
		uint32_t rank = gram_table_place(*middle).rank;
		const struct ranked *r = &s->ranked[rank];
		int order = compare(w, start, r->ptr, (size_t)there_of(w, start, r));

		if (order == 0) {
			fits(w, start, look, r);
			return;
		}
		if (order < 0)
			at = middle + 1;
		else
			end = middle;
	}
}

/*
 * True: candidate_try() would find nothing.  Hardly has a branch that depends on
 * the text, so that it is quick where every look passes the filter.
 */
static inline bool
unlikely(const struct gram_bucket *bucket, uint64_t like, uint64_t hash, const char *p)
{
	unsigned none = like == 0;

	if (bucket->tags == GRAM_ELSEWHERE)
		return false;
	none |= gram_table_differs(bucket->entry[gram_bucket_first(like)], hash, p);
	for (like &= like - 1; like != 0; like &= like - 1)
		none &=
		    gram_table_differs(bucket->entry[gram_bucket_first(like)], hash, p);
	return none != 0;
}

void
candidate_try(const struct scanner *s, struct window *w, ptrdiff_t at, uint64_t hash)
{
	struct gram_group group = { 0 };

	while (gram_table_next(&s->table, hash, &group)) {
		if (group.end - group.at > FEW) {
			search(s, w, &group, at);
			continue;
		}
		for (; group.at < group.end; group.at++)
			try_one(s, w, *group.at, at);
	}
}

size_t
candidate_try_all(const struct scanner *s, struct window *w, const char *zero,
    struct candidate *c, size_t count)
{
	size_t likely = 0, like_any = 0;

	for (size_t i = 0; i < count; i++) {
		struct candidate this = c[i];
		const struct gram_bucket *bucket =
		    gram_table_bucket(&s->table, this.hash);
		uint64_t like = gram_bucket_like(bucket, this.hash);

		c[likely] = this;
		likely += !unlikely(bucket, like, this.hash, zero + this.at);
		like_any += like != 0;
	}
	for (size_t i = 0; i < likely; i++)
		candidate_try(s, w, c[i].at, c[i].hash);
	return like_any;
}
