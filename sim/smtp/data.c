/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/data.h"

enum {
	LINE_START, /* behind a CRLF, or at the very beginning */
	DOT,        /* a dot is the line's first byte, and is not passed on yet */
	DOT_CR,     /* a dot and a CR are all of the line so far */
	TEXT,       /* inside a line */
	TEXT_CR,    /* a CR came, and is not passed on yet */
};

void
data_begin(struct data *d, size_t line_limit)
{
	*d = (struct data){ .state = LINE_START, .line_limit = line_limit };
}

static void
keep(struct data *d, struct slice bytes, struct text *out)
{
	if (!d->too_big && text_append(out, bytes) != TEXT_OK)
		d->too_big = true;
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
	if (d->line_limit != 0 && d->line + 2 > d->line_limit)
		d->too_long = true;
	keep(d, run, out);
	*in = slice_from(*in, run.len);
}

static enum data_status
end_line(struct data *d, char c, struct text *out)
{
	if (c != '\n')
		return DATA_BARE_CR;
	keep(d, SLICE("\r\n"), out);
	d->line = 0;
	d->state = LINE_START;
	return DATA_MORE;
}

static enum data_status
text_byte(struct data *d, struct slice *in, struct text *out)
{
	pass_run(d, in, out);
	d->state = TEXT;
	if (in->len == 0)
		return DATA_MORE;
	if (in->ptr[0] == '\n')
		return DATA_BARE_LF;
	d->state = TEXT_CR;
	*in = slice_from(*in, 1);
	return DATA_MORE;
}

/* One step; every step but DOT's eats at least one byte or changes the state. */
static enum data_status
step(struct data *d, struct slice *in, struct text *out)
{
	char c = in->ptr[0];

	switch (d->state) {
	case LINE_START:
		if (c != '.')
			return text_byte(d, in, out);
		d->state = DOT;
		break;
	case DOT:
		if (c != '\r')
			return text_byte(d, in, out);
		d->state = DOT_CR;
		break;
	case DOT_CR: *in = slice_from(*in, 1); return c == '\n' ? DATA_END : DATA_BARE_CR;
	case TEXT_CR: *in = slice_from(*in, 1); return end_line(d, c, out);
	default: return text_byte(d, in, out);
	}
	*in = slice_from(*in, 1);
	return DATA_MORE;
}

enum data_status
data_feed(struct data *d, struct slice *in, struct text *out)
{
	enum data_status status = DATA_MORE;

	while (in->len != 0 && status == DATA_MORE)
		status = step(d, in, out);
	return status;
}
