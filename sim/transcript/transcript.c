/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/transcript/transcript.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"
#include "sim/transcript/transcript_parts.h"
#include "wire/words.h"

bool
reader_room(struct reader *r, void *array, size_t used, size_t *room, size_t size)
{
	if (array_room(array, used, room, size))
		return true;
	text_printf(r->why, "out of memory");
	return false;
}

bool
reader_keep(struct reader *r, struct text *ret, struct slice s)
{
	return words_append(ret, s, r->why);
}

static bool
read_comment(struct reader *r, struct slice line)
{
	struct text *title = &r->t->title;
	struct slice words = slice_trim(slice_from(line, 1));

	if (title->len > 0 || r->t->steps > 0 || words.len == 0)
		return true;
	text_append_escaped(title, words, 200);
	if (title->len > 0)
		return true;
	text_printf(r->why, "out of memory");
	return false;
}

static bool
read_line(struct reader *r, struct slice line)
{
	while (line.len > 0 && (line.ptr[0] == ' ' || line.ptr[0] == '\t'))
		line = slice_from(line, 1);
	if (line.len == 0)
		return true;
	if (line.ptr[0] == '#')
		return read_comment(r, line);
	bool is_head;
	bool ok = reader_head(r, line, &is_head);
	if (is_head)
		return ok;
	return r->t->speaks == SPEAKS_MILTER ? reader_mta_line(r, line)
					     : reader_session_line(r, line);
}

/* --- blocks that repeat --- */

/* The innermost counter of that name; NULL: it is none. */
static const unsigned *
counter_named(const struct reader *r, struct slice name)
{
	for (int i = r->blocks - 1; i >= 0; i--) {
		if (slice_equal(r->counter[i], name))
			return &r->count[i];
	}
	return NULL;
}

/* The line with ${NAME} of the counters filled in. */
static bool
fill_counters(struct reader *r, struct slice line, struct text *out)
{
	while (line.len > 0) {
		size_t dollar = slice_find(line, '$');
		struct slice brace = slice_from(line, dollar + 1);
		size_t end = slice_find(brace, '}');
		struct slice name = slice_from(slice_first(brace, end), 1);
		const unsigned *n =
		    brace.len > 0 && brace.ptr[0] == '{' && end < brace.len
			? counter_named(r, name)
			: NULL;

		if (!words_append(out, slice_first(line, dollar), r->why))
			return false;
		line = slice_from(line, dollar);
		if (n != NULL) {
			text_printf(out, "%u", *n);
			line = slice_from(line, end + 2);
		} else if (line.len > 0) {
			if (!words_append(out, slice_first(line, 1), r->why))
				return false;
			line = slice_from(line, 1);
		}
	}
	return true;
}

static bool
read_filled(struct reader *r, struct slice line)
{
	struct text filled = TEXT_INIT(TRANSCRIPT_BYTES);

	if (++*r->lines > TRANSCRIPT_LINES_MAX) {
		text_printf(r->why, "too many lines, those of blocks that repeat counted "
				    "each time");
		return false;
	}
	if (r->blocks == 0)
		return read_line(r, line);
	bool ok = fill_counters(r, line, &filled) && read_line(r, text_slice(&filled));
	text_clear(&filled);
	return ok;
}

/* "1000", "1000 as k" */
static bool
begin_block(struct reader *r, struct slice rest, unsigned *ret_times)
{
	struct slice times, as, name;

	if (!words_next(&rest, &times, r->why) || !words_next(&rest, &as, r->why) ||
	    !words_next(&rest, &name, r->why) || !words_done(rest, r->why))
		return false;
	bool named = slice_equal_nocase(as, SLICE("as")) && name.len > 0;
	*ret_times = 0;
	if ((as.len > 0 && !named) ||
	    !reader_number(r, &times, TRANSCRIPT_REPEATS, ret_times) || *ret_times == 0 ||
	    times.len > 0) {
		if (r->why->len == 0)
			text_printf(r->why,
			    "repeat: wants a number, or a number, as, and "
			    "a name for the counter");
		return false;
	}
	if (r->blocks == TRANSCRIPT_BLOCKS) {
		text_printf(r->why, "more than %d blocks one inside the other",
		    TRANSCRIPT_BLOCKS);
		return false;
	}
	r->counter[r->blocks] = named ? name : SLICE("n");
	r->blocks++;
	return true;
}

static struct slice
plain(struct slice line)
{
	while (line.len > 0 && (line.ptr[0] == ' ' || line.ptr[0] == '\t'))
		line = slice_from(line, 1);
	return line;
}

static bool read_lines(struct reader *r, struct slice *source);

/* From behind repeat: to behind its end:, so many times. */
static bool
read_block(struct reader *r, struct slice rest, struct slice *source)
{
	struct slice body = *source;
	unsigned first = r->line, times;

	if (!begin_block(r, rest, &times))
		return false;
	for (unsigned i = 1; i <= times; i++) {
		*source = body;
		r->line = first;
		r->count[r->blocks - 1] = i;
		if (!read_lines(r, source))
			return false;
	}
	r->blocks--;
	return true;
}

/* To the end of the file, or in a block to its end: line. */
static bool
read_lines(struct reader *r, struct slice *source)
{
	bool inside = r->blocks > 0;
	struct slice line;

	while (slice_next_line(source, &line)) {
		struct slice word = plain(line);
		r->line++;
		if (slice_equal(slice_trim(word), SLICE("end:"))) {
			if (!inside || r->blocks == r->blocks_outside) {
				text_printf(r->why, "end: without its repeat:");
				return false;
			}
			return true;
		}
		bool ok = slice_starts(word, SLICE("repeat:"))
			      ? read_block(r, slice_from(word, strlen("repeat:")), source)
			      : read_filled(r, line);
		if (!ok)
			return false;
	}
	if (r->blocks == r->blocks_outside)
		return true;
	text_printf(r->why, "repeat: without its end:");
	return false;
}

/* A copy that lives as long as the transcript: steps point at it. */
static const char *
keep_file(struct reader *r, const char *name)
{
	struct transcript *t = r->t;

	for (size_t i = 0; i < t->files; i++) {
		if (strcmp(t->file[i], name) == 0)
			return t->file[i];
	}
	if (t->files == TRANSCRIPT_INCLUDES) {
		text_printf(r->why, "more than %d files", TRANSCRIPT_INCLUDES);
		return NULL;
	}
	char *copy = strdup(name);
	if (copy == NULL)
		text_printf(r->why, "out of memory");
	else
		t->file[t->files++] = copy;
	return copy;
}

/* Puts "file:line: " in front of what *why says. */
static void
tell_where(struct reader *r)
{
	struct text what = TEXT_INIT(1000);

	text_printf(&what, "%s:%u: %s", r->file, r->line, text_cstr(r->why));
	text_clear(r->why);
	text_printf(r->why, "%s", text_cstr(&what));
	text_clear(&what);
	r->where_told = true;
}

bool
reader_source(struct reader *r, const char *name, struct slice source)
{
	r->file = keep_file(r, name);
	if (r->file == NULL)
		return false;
	r->line = 0;
	r->blocks_outside = r->blocks;
	if (read_lines(r, &source))
		return true;
	if (!r->where_told)
		tell_where(r);
	return false;
}

/* A case that does not say what it is about could pass without having shown it. */
static bool
is_whole(const struct transcript *t, const char *name, struct text *why)
{
	if (t->speaks != SPEAKS_MILTER || t->head.id.len == 0 || t->pointed)
		return true;
	text_printf(why,
	    "%s:1: a case with an id: needs a point: line in front of what "
	    "it is about",
	    name);
	return false;
}

bool
transcript_read(struct transcript *t, const char *name, struct slice source,
    const struct transcript_loader *loader, struct text *why)
{
	unsigned long lines = 0;

	*t = (struct transcript){
		.title = TEXT_INIT(1000),
		.options = TEXT_INIT(16 * 1024),
		.head = { .id = TEXT_INIT(64),
		    .says = TEXT_INIT(400),
		    .source = TEXT_INIT(1000),
		    .known = TEXT_INIT(200),
		    .profiles = TEXT_INIT(200),
		    .generator = { .n = 1, .times = 1 } },
		.timeout_ms = TRANSCRIPT_TIMEOUT_MS,
	};
	struct reader r = { .t = t, .loader = loader, .why = why, .lines = &lines };

	return reader_source(&r, name, source) && is_whole(t, name, why);
}

static void
head_clear(struct transcript_head *h)
{
	text_clear(&h->id);
	text_clear(&h->says);
	text_clear(&h->source);
	text_clear(&h->known);
	text_clear(&h->profiles);
	generator_clear(&h->generator);
}

void
transcript_clear(struct transcript *t)
{
	text_clear(&t->title);
	text_clear(&t->options);
	head_clear(&t->head);
	for (size_t i = 0; i < t->params; i++) {
		text_clear(&t->param[i].name);
		text_clear(&t->param[i].value);
	}
	for (int i = 0; i < TRANSCRIPT_MILTERS; i++)
		text_clear(&t->milter[i]);
	for (size_t i = 0; i < t->steps; i++)
		text_clear(&t->step[i].text);
	for (size_t i = 0; i < t->rules; i++)
		action_clear(&t->rule[i].action);
	for (size_t i = 0; i < t->answers; i++)
		action_clear(&t->answer[i]);
	for (size_t i = 0; i < t->files; i++)
		free(t->file[i]);
	free(t->step);
	free(t->rule);
	free(t->answer);
	*t = (struct transcript){ .steps = 0 };
}
