/* SPDX-License-Identifier: BSD-2-Clause */
/* R: lines: the message that results, held against them whole, and shown as a diff. */
#include <stdlib.h>

#include "sim/play/milter_state.h"

enum {
	LINES_MAX = 20000,     /* of one message that is compared */
	DIFF_LINES_MAX = 2000, /* a table of their product: 4 million cells of 2 bytes */
	CONTEXT = 3,
	RESULT_MAX = 16 * 1024 * 1024,
};

struct lines {
	struct slice *line;
	size_t count;
};

/* False: memory is out, or there are too many. */
static bool
split(struct slice text, struct lines *ret)
{
	struct slice line;

	*ret = (struct lines){ calloc(LINES_MAX, sizeof(struct slice)), 0 };
	if (ret->line == NULL)
		return false;
	while (slice_next_line(&text, &line)) {
		if (ret->count == LINES_MAX)
			return false;
		ret->line[ret->count++] = line;
	}
	return true;
}

static bool
is_rest(const struct step *s)
{
	return slice_equal(text_slice(&s->text), SLICE("..."));
}

static bool
line_matches(struct variables *v, const struct step *s, struct slice line)
{
	return pattern_match(text_slice(&s->text), line, v);
}

/*
 * Wildcards by the usual two fingers: after a line that does not fit, the last
 * "..." takes one line more.
 */
static bool
all_match(struct variables *v, const struct step *s, size_t n, const struct lines *got)
{
	size_t i = 0, k = 0, star = n, star_at = 0;

	while (k < got->count) {
		if (i < n && is_rest(&s[i])) {
			star = i++;
			star_at = k;
		} else if (i < n && line_matches(v, &s[i], got->line[k])) {
			i++;
			k++;
		} else if (star < n) {
			i = star + 1;
			k = ++star_at;
		} else {
			return false;
		}
	}
	while (i < n && is_rest(&s[i]))
		i++;
	return i == n;
}

/* --- the diff --- */

struct table {
	uint16_t *cell; /* longest common part of what is left */
	size_t width;
};

static uint16_t *
cell(const struct table *t, size_t i, size_t k)
{
	return &t->cell[i * t->width + k];
}

static void
fill_table(const struct table *t, struct variables *v, const struct step *s, size_t n,
    const struct lines *got)
{
	for (size_t i = n; i-- > 0;) {
		for (size_t k = got->count; k-- > 0;) {
			uint16_t down = *cell(t, i + 1, k), right = *cell(t, i, k + 1);
			*cell(t, i, k) = line_matches(v, &s[i], got->line[k])
					     ? (uint16_t)(*cell(t, i + 1, k + 1) + 1)
					     : (down > right ? down : right);
		}
	}
}

static void
put(struct text *out, char mark, struct slice line)
{
	text_append_cut(out, (struct slice){ &mark, 1 });
	text_append_cut(out, line);
	text_append_cut(out, SLICE("\n"));
}

static void
walk_table(const struct table *t, struct variables *v, const struct step *s, size_t n,
    const struct lines *got, struct text *out)
{
	size_t i = 0, k = 0;

	while (i < n || k < got->count) {
		if (i < n && k < got->count && line_matches(v, &s[i], got->line[k])) {
			put(out, ' ', got->line[k++]);
			i++;
		} else if (k == got->count ||
			   (i < n && *cell(t, i + 1, k) >= *cell(t, i, k + 1))) {
			put(out, '-', text_slice(&s[i++].text));
		} else {
			put(out, '+', got->line[k++]);
		}
	}
}

static void
diff(struct variables *v, const struct step *s, size_t n, const struct lines *got,
    struct text *out)
{
	struct table t = { .width = got->count + 1 };

	text_append_cut(out, SLICE("--- expected\n+++ the message that results\n"));
	if (n > DIFF_LINES_MAX || got->count > DIFF_LINES_MAX ||
	    (t.cell = calloc((n + 1) * t.width, sizeof *t.cell)) == NULL) {
		text_append_cut(out, SLICE("(too long to be compared line by line)\n"));
		return;
	}
	fill_table(&t, v, s, n, got);
	walk_table(&t, v, s, n, got, out);
	free(t.cell);
}

/* --- the lines --- */

static bool
comparable(struct mplay *p, const struct line_state *l, const struct step *s)
{
	if (l->message.before.len == 0 && !l->message.full) {
		mplay_not_reached(p, s, "the message did not come to its end");
		return false;
	}
	if (!l->message.full)
		return true;
	mplay_end(p, MILTER_FAIL, s, "a message that can be kept",
	    "the milter makes the message larger than any MTA would keep it");
	return false;
}

bool
mplay_result(struct mplay *p, struct strand *d, const struct step *s, size_t n)
{
	struct line_state *l = mplay_line(p, d, s->conn);
	struct text result = TEXT_INIT(RESULT_MAX);
	struct lines got = { NULL, 0 };
	bool same = false;

	if (!comparable(p, l, s))
		return false;
	mta_message_describe(&l->message, &result);
	if (!split(text_slice(&result), &got)) {
		mplay_end(p, MILTER_ERROR, s, NULL, "the message has too many lines");
	} else if (all_match(&d->variables, s, n, &got)) {
		p->outcome->answers++;
		mplay_reach(p);
		same = true;
	} else {
		diff(&d->variables, s, n, &got, &p->outcome->diff);
		mplay_differs(p, s, "another message, see the difference");
	}
	free(got.line);
	text_clear(&result);
	return same;
}

/* The same with what was sent in place of R: lines. */
bool
mplay_same(struct mplay *p, struct strand *d, const struct step *s)
{
	struct line_state *l = mplay_line(p, d, s->conn);
	struct text result = TEXT_INIT(RESULT_MAX);
	struct lines before = { NULL, 0 };
	struct step *lines = NULL;

	if (!comparable(p, l, s))
		return false;
	mta_message_describe(&l->message, &result);
	bool same = slice_equal(text_slice(&result), text_slice(&l->message.before));
	struct lines got = { NULL, 0 };
	if (!same && split(text_slice(&l->message.before), &before) &&
	    split(text_slice(&result), &got) &&
	    (lines = calloc(before.count + 1, sizeof *lines)) != NULL) {
		for (size_t i = 0; i < before.count; i++) {
			lines[i].text = (struct text)TEXT_INIT(FRAME_PAYLOAD_1M);
			text_append_cut(&lines[i].text, before.line[i]);
		}
		diff(&d->variables, lines, before.count, &got, &p->outcome->diff);
		for (size_t i = 0; i < before.count; i++)
			text_clear(&lines[i].text);
	}
	free(lines);
	free(before.line);
	free(got.line);
	text_clear(&result);
	if (same) {
		p->outcome->answers++;
		mplay_reach(p);
	} else {
		mplay_differs(p, s, "another message, see the difference");
	}
	return same;
}
