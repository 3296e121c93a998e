/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/transcript/transcript.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/transcript/transcript_parts.h"
#include "wire/words.h"

bool
reader_room(struct reader *r, void *array, size_t used, size_t *room, size_t size)
{
	void **at = array;

	if (used < *room)
		return true;
	size_t more = *room != 0 ? 2 * *room : 32;
	void *grown = realloc(*at, more * size);
	if (grown == NULL) {
		text_printf(r->why, "out of memory");
		return false;
	}
	*at = grown;
	*room = more;
	return true;
}

bool
reader_keep(struct reader *r, struct text *ret, struct slice s)
{
	return words_append(ret, s, r->why);
}

static bool
head_option(struct reader *r, struct slice rest)
{
	struct text *o = &r->t->options;

	return (o->len == 0 || words_append(o, SLICE(" "), r->why)) &&
	       words_append(o, rest, r->why);
}

static bool
head_milter(struct reader *r, struct slice rest)
{
	struct transcript *t = r->t;

	for (int i = 0; i < TRANSCRIPT_MILTERS; i++) {
		if (t->milter[i].limit != 0)
			continue;
		t->milter[i] = (struct text)TEXT_INIT(1000);
		if (t->milters < i + 1)
			t->milters = i + 1;
		return words_append(&t->milter[i], rest, r->why);
	}
	text_printf(r->why, "more than %d milters", TRANSCRIPT_MILTERS);
	return false;
}

static bool
head_expect(struct reader *r, struct slice rest)
{
	if (slice_equal(rest, SLICE("every packet")))
		r->t->expect = EXPECT_PACKETS;
	else if (slice_equal(rest, SLICE("every packet and macro")))
		r->t->expect = EXPECT_MACROS_TOO;
	else {
		text_printf(
		    r->why, "expect: wants 'every packet' or 'every packet and macro'");
		return false;
	}
	return true;
}

static bool
head_timeout(struct reader *r, struct slice rest)
{
	return time_read(rest, &r->t->timeout_ms, r->why);
}

/* A name relative to the folder of the file that has the include. */
static bool
beside(struct reader *r, struct slice name, struct text *ret)
{
	struct slice here = slice_of(r->file);
	size_t slash = slice_find_last(here, '/');
	bool absolute = slice_starts(name, SLICE("/"));

	return (absolute || slash == here.len ||
		   words_append(ret, slice_first(here, slash + 1), r->why)) &&
	       words_append(ret, name, r->why);
}

static bool
head_include(struct reader *r, struct slice rest)
{
	struct text name = TEXT_INIT(4096), source = TEXT_INIT(TRANSCRIPT_BYTES);
	struct reader inner = *r;
	bool ok = false;

	if (r->loader == NULL)
		text_printf(r->why, "include: is not possible here");
	else if (r->depth >= 4)
		text_printf(r->why, "includes nested too deep");
	else if (rest.len == 0 || slice_find(rest, '\0') != rest.len)
		text_printf(r->why, "include: wants the name of a file");
	else if (beside(r, rest, &name) &&
		 r->loader->load(r->loader->self, text_cstr(&name), &source, r->why)) {
		inner.depth++;
		ok = reader_source(&inner, text_cstr(&name), text_slice(&source));
		r->where_told = inner.where_told;
	}
	r->packet = r->t->steps;
	text_clear(&name);
	text_clear(&source);
	return ok;
}

static bool
keep_head(struct reader *r, struct slice line)
{
	return words_append(&r->t->head, line, r->why) &&
	       words_append(&r->t->head, SLICE("\n"), r->why);
}

static const struct {
	struct slice word;
	bool (*read)(struct reader *r, struct slice rest);
	bool whole_line;
} heads[] = {
	{ SLICE("option:"), head_option, false },
	{ SLICE("milter:"), head_milter, false },
	{ SLICE("expect:"), head_expect, false },
	{ SLICE("timeout:"), head_timeout, false },
	{ SLICE("include:"), head_include, false },
	{ SLICE("id:"), keep_head, true },
	{ SLICE("level:"), keep_head, true },
	{ SLICE("says:"), keep_head, true },
	{ SLICE("source:"), keep_head, true },
};

static bool
read_comment(struct reader *r, struct slice line)
{
	struct text *title = &r->t->title;

	if (title->len == 0 && r->t->steps == 0)
		text_append_escaped(title, slice_trim(slice_from(line, 1)), 200);
	return true;
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
	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
		if (!slice_starts(line, heads[i].word))
			continue;
		struct slice rest = slice_from(line, heads[i].word.len);
		return heads[i].read(r, heads[i].whole_line ? line : slice_trim(rest));
	}
	return reader_session_line(r, line);
}

/* A copy that lives as long as the transcript: steps point at it. */
static const char *
keep_file(struct reader *r, const char *name)
{
	struct transcript *t = r->t;

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
	struct slice line;

	r->file = keep_file(r, name);
	if (r->file == NULL)
		return false;
	for (r->line = 1; slice_next_line(&source, &line); r->line++) {
		if (read_line(r, line))
			continue;
		if (!r->where_told)
			tell_where(r);
		return false;
	}
	return true;
}

bool
transcript_read(struct transcript *t, const char *name, struct slice source,
    const struct transcript_loader *loader, struct text *why)
{
	*t = (struct transcript){
		.title = TEXT_INIT(1000),
		.options = TEXT_INIT(16 * 1024),
		.head = TEXT_INIT(16 * 1024),
		.timeout_ms = TRANSCRIPT_TIMEOUT_MS,
	};
	struct reader r = { .t = t, .loader = loader, .why = why };

	return reader_source(&r, name, source);
}

void
transcript_clear(struct transcript *t)
{
	text_clear(&t->title);
	text_clear(&t->options);
	text_clear(&t->head);
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
