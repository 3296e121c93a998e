/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/milter_diff.h"

#include <stdlib.h>

#include "wire/frame.h"

enum {
	LINES_MAX = 20000,     /* of one message that is compared */
	DIFF_LINES_MAX = 2000, /* a table of their product: 4 million cells of 2 bytes */
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

enum milter_same
result_lines(struct variables *v, const struct step *s, size_t n, struct slice result,
    struct text *out)
{
	struct lines got = { NULL, 0 };
	enum milter_same same = RESULT_TOO_MUCH;

	if (split(result, &got))
		same = all_match(v, s, n, &got) ? RESULT_SAME : RESULT_OTHER;
	if (same == RESULT_OTHER)
		diff(v, s, n, &got, out);
	free(got.line);
	return same;
}

bool
result_same(
    struct variables *v, struct slice before, struct slice result, struct text *out)
{
	struct lines was = { NULL, 0 }, got = { NULL, 0 };
	struct step *lines = NULL;

	if (slice_equal(before, result))
		return true;
	if (split(before, &was) && split(result, &got) &&
	    (lines = calloc(was.count + 1, sizeof *lines)) != NULL) {
		for (size_t i = 0; i < was.count; i++) {
			lines[i].text = (struct text)TEXT_INIT(FRAME_PAYLOAD_1M);
			text_append_cut(&lines[i].text, was.line[i]);
		}
		diff(v, lines, was.count, &got, out);
		for (size_t i = 0; i < was.count; i++)
			text_clear(&lines[i].text);
	}
	free(lines);
	free(was.line);
	free(got.line);
	return false;
}
