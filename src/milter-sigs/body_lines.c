/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter-sigs/body_lines.h"

void
body_lines_begin(struct body_lines *b)
{
	b->number = 0;
	b->in_body = false;
	b->too_long = false;
	b->held = 0;
}

static void
hold(struct body_lines *b, struct slice s)
{
	if (s.len > sizeof b->part - b->held)
		b->too_long = true;
	else if (s.len > 0)
		memcpy(b->part + b->held, s.ptr, s.len);
	b->held += b->too_long ? 0 : s.len;
}

static struct slice
without_cr(struct slice s)
{
	return s.len > 0 && s.ptr[s.len - 1] == '\r' ? slice_first(s, s.len - 1) : s;
}

static void
give(struct body_lines *b, struct slice line)
{
	bool usable = !b->too_long && line.len <= BODY_LINE_MAX;

	b->number++;
	b->held = 0;
	b->too_long = false;
	line = without_cr(line);
	if (b->in_body && usable)
		b->line(b->self, line, b->number);
	else if (line.len == 0 && usable)
		b->in_body = true;
}

void
body_lines_feed(struct body_lines *b, struct slice piece)
{
	while (piece.len > 0) {
		const char *lf = memchr(piece.ptr, '\n', piece.len);
		size_t n = lf != NULL ? (size_t)(lf - piece.ptr) : piece.len;
		struct slice line = slice_first(piece, n);

		if (b->held > 0 || b->too_long || lf == NULL) {
			hold(b, line);
			line = (struct slice){ b->part, b->held };
		}
		if (lf == NULL)
			return;
		give(b, line);
		piece = slice_from(piece, n + 1);
	}
}

void
body_lines_end(struct body_lines *b)
{
	if (b->held > 0)
		give(b, (struct slice){ b->part, b->held });
}

struct slice
body_finder_feed(struct body_finder *f, struct slice piece)
{
	while (!f->in_body && piece.len > 0) {
		char c = piece.ptr[0];

		f->in_body = c == '\n' && f->empty;
		f->empty = c == '\n' || (c == '\r' && f->empty);
		piece = slice_from(piece, 1);
	}
	return piece;
}
