/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/compare.h"

enum { BEFORE = 6, BEHIND = 3, SHOWN = 400 };

/* A line for a person: what is longer than that is cut. */
static void
put_line(struct text *out, char mark, const struct story *s, long line)
{
	struct slice words = story_words(s, (size_t)line);
	bool cut = words.len > SHOWN;

	words = slice_first(words, SHOWN);
	text_printf(
	    out, "%c %.*s%s\n", mark, (int)words.len, words.ptr, cut ? "..." : "");
}

static void
put_before(struct text *out, const struct story *s, size_t wire, long line)
{
	long first = line == STORY_NO_LINE ? (long)s->lines : line;

	for (size_t i = 0; i < BEFORE; i++) {
		long before = story_before(s, wire, (size_t)first);
		if (before == STORY_NO_LINE)
			break;
		first = before;
	}
	for (long i = story_next(s, wire, (size_t)first); i != STORY_NO_LINE && i != line;
	     i = story_next(s, wire, (size_t)i + 1))
		put_line(out, ' ', s, i);
}

static void
put_behind(struct text *out, char mark, const struct story *s, size_t wire, long line)
{
	if (line == STORY_NO_LINE)
		text_printf(out, "%c (end)\n", mark);
	for (size_t i = 0; i < BEHIND && line != STORY_NO_LINE; i++) {
		put_line(out, mark, s, line);
		line = story_next(s, wire, (size_t)line + 1);
	}
}

/* Where they part in that wire, or false. */
static bool
parts(const struct story *a, size_t wa, const struct story *b, size_t wb,
    struct comparison *ret)
{
	long i = story_next(a, wa, 0), k = story_next(b, wb, 0);

	while (i != STORY_NO_LINE && k != STORY_NO_LINE &&
	       slice_equal(story_words(a, (size_t)i), story_words(b, (size_t)k))) {
		ret->lines++;
		i = story_next(a, wa, (size_t)i + 1);
		k = story_next(b, wb, (size_t)k + 1);
	}
	if (i == STORY_NO_LINE && k == STORY_NO_LINE)
		return false;
	wire_describe(&ret->wire, wa < a->wires ? &a->wire[wa] : &b->wire[wb]);
	ret->line[0] = i != STORY_NO_LINE ? a->line[i].line : 0;
	ret->line[1] = k != STORY_NO_LINE ? b->line[k].line : 0;
	put_before(&ret->around, a, wa, i);
	put_behind(&ret->around, '-', a, wa, i);
	put_behind(&ret->around, '+', b, wb, k);
	return true;
}

bool
compare_stories(const struct story *a, const struct story *b, struct comparison *ret)
{
	for (size_t i = 0; i < a->wires; i++) {
		if (parts(a, i, b, story_find(b, &a->wire[i]), ret))
			return false;
	}
	for (size_t i = 0; i < b->wires; i++) {
		if (story_find(a, &b->wire[i]) == a->wires &&
		    parts(a, a->wires, b, i, ret))
			return false;
	}
	return true;
}

void
comparison_clear(struct comparison *c)
{
	text_clear(&c->wire);
	text_clear(&c->around);
}
