/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/data.h"

enum {
	LINE_START, /* behind a CRLF, or at the very beginning */
	DOT,        /* a dot is the line's first byte, and is not passed on yet */
	DOT_CR,     /* a dot and a CR are all of the line so far */
	TEXT,       /* inside a line */
	TEXT_CR,    /* a CR came, or more of them, and is not passed on yet */
};

void
data_begin(struct data *d, size_t line_limit, bool loose)
{
	*d = (struct data){
		.state = LINE_START, .line_limit = line_limit, .loose = loose
	};
}

static void
keep(struct data *d, struct slice bytes, struct text *out)
{
	if (d->too_big)
		return;
	enum text_status status = text_append(out, bytes);
	d->too_big = status != TEXT_OK;
	d->no_memory = status == TEXT_NOMEM;
}

/* The longest run of bytes that mean nothing to SMTP. */
static size_t
plain_run(struct slice in)
{
	size_t n = 0;

	while (n < in.len && in.ptr[n] != '\r' && in.ptr[n] != '\n')
		n++;
	return n;
}

static void
pass_run(struct data *d, struct slice *in, struct text *out)
{
	struct slice run = slice_first(*in, plain_run(*in));

	if (run.len != 0 && memchr(run.ptr, '\0', run.len) != NULL)
		d->nul = true;
	d->line += run.len;
	d->column += run.len;
	if (d->line_limit != 0 && d->line + 2 > d->line_limit)
		d->too_long = true;
	keep(d, run, out);
	*in = slice_from(*in, run.len);
}

/* Of the CRs in front of an LF those that an earlier piece of the line ended in. */
static size_t
crs_apart(const struct data *d)
{
	size_t last = d->column + d->crs;
	size_t pieces = d->piece != 0 && last != 0 ? (last - 1) / d->piece * d->piece : 0;

	return pieces > d->column ? pieces - d->column : 0;
}

static void
end_line(struct data *d, struct text *out)
{
	for (size_t n = crs_apart(d); n != 0; n--)
		keep(d, SLICE(" "), out);
	keep(d, SLICE("\r\n"), out);
	d->line = d->column = d->crs = 0;
	d->state = LINE_START;
}

static enum data_status
text_byte(struct data *d, struct slice *in, struct text *out)
{
	pass_run(d, in, out);
	d->state = TEXT;
	if (in->len == 0)
		return DATA_MORE;
	if (in->ptr[0] == '\n' && !d->loose)
		return DATA_BARE_LF;
	d->state = TEXT_CR;
	d->crs = in->ptr[0] == '\r';
	if (in->ptr[0] == '\n')
		end_line(d, out);
	*in = slice_from(*in, 1);
	return DATA_MORE;
}

/* What follows a CR. */
static enum data_status
behind_cr(struct data *d, struct slice *in, struct text *out)
{
	if (in->ptr[0] == '\n') {
		*in = slice_from(*in, 1);
		end_line(d, out);
		return DATA_MORE;
	}
	if (!d->loose) {
		*in = slice_from(*in, 1);
		return DATA_BARE_CR;
	}
	if (in->ptr[0] == '\r') {
		d->crs++;
		*in = slice_from(*in, 1);
		return DATA_MORE;
	}
	d->column += d->crs;
	for (; d->crs != 0; d->crs--)
		keep(d, SLICE(" "), out);
	d->state = TEXT;
	return DATA_MORE;
}

/* What follows a dot and a CR at the start of a line. */
static enum data_status
behind_dot_cr(struct data *d, struct slice *in, struct text *out)
{
	bool end = in->ptr[0] == '\n';

	if (!end && d->loose && in->ptr[0] != '\r')
		return behind_cr(d, in, out);
	*in = slice_from(*in, 1);
	if (!end && d->loose) {
		d->crs++;
		return DATA_MORE;
	}
	return end ? DATA_END : DATA_BARE_CR;
}

static enum data_status
behind_dot(struct data *d, struct slice *in, struct text *out)
{
	bool end = in->ptr[0] == '\n' && d->loose;

	if (!end && in->ptr[0] != '\r')
		return text_byte(d, in, out);
	d->state = DOT_CR;
	d->crs = 1;
	*in = slice_from(*in, 1);
	return end ? DATA_END : DATA_MORE;
}

/*
 * The length of the line at the start of `in`, with its CRLF; 0 if it is not all there
 * or holds anything that has to be looked at.
 */
static size_t
ordinary_line(struct slice in)
{
	const char *lf = memchr(in.ptr, '\n', in.len);
	size_t text = lf != NULL ? (size_t)(lf - in.ptr) : 0;

	if (in.ptr[0] == '.' || text == 0 || lf[-1] != '\r')
		return 0;
	return memchr(in.ptr, '\r', text - 1) == NULL ? text + 1 : 0;
}

/* Nearly all of a message: ordinary lines, as many as there are, in one piece. */
static void
pass_lines(struct data *d, struct slice *in, struct text *out)
{
	struct slice rest = *in;
	size_t n;

	while (rest.len != 0 && (n = ordinary_line(rest)) != 0) {
		if (d->line_limit != 0 && n > d->line_limit)
			d->too_long = true;
		rest = slice_from(rest, n);
	}
	struct slice lines = slice_first(*in, in->len - rest.len);
	if (lines.len == 0)
		return;
	if (memchr(lines.ptr, '\0', lines.len) != NULL)
		d->nul = true;
	keep(d, lines, out);
	*in = rest;
}

/* One step; every step eats at least one byte or changes the state. */
static enum data_status
step(struct data *d, struct slice *in, struct text *out)
{
	switch (d->state) {
	case LINE_START:
		if (in->ptr[0] != '.' || d->chunked)
			return text_byte(d, in, out);
		d->state = DOT;
		d->column = 1;
		*in = slice_from(*in, 1);
		return DATA_MORE;
	case DOT: return behind_dot(d, in, out);
	case DOT_CR: return behind_dot_cr(d, in, out);
	case TEXT_CR: return behind_cr(d, in, out);
	default: return text_byte(d, in, out);
	}
}

enum data_status
data_feed(struct data *d, struct slice *in, struct text *out)
{
	enum data_status status = DATA_MORE;

	while (in->len != 0 && status == DATA_MORE) {
		if (d->state == LINE_START)
			pass_lines(d, in, out);
		if (in->len != 0)
			status = step(d, in, out);
	}
	return status;
}

void
data_finish(struct data *d, struct text *out)
{
	for (; d->state == TEXT_CR && d->loose && d->crs != 0; d->crs--)
		keep(d, SLICE(" "), out);
	if (d->state != LINE_START)
		end_line(d, out);
}
