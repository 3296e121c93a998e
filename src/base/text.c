/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/utf8.h"

/* Room for n more bytes and a terminator; the terminator is not in the limit. */
static enum text_status
reserve(struct text *t, size_t n)
{
	if (n > t->limit - t->len)
		return TEXT_FULL;
	size_t need = t->len + n + 1;
	if (need <= t->cap)
		return TEXT_OK;
	size_t cap = t->cap != 0 ? t->cap : 64;
	while (cap < need)
		cap *= 2;
	char *grown = realloc(t->ptr, cap);
	if (grown == NULL) {
		t->torn = true;
		return TEXT_NOMEM;
	}
	t->ptr = grown;
	t->cap = cap;
	return TEXT_OK;
}

enum text_status
text_append(struct text *t, struct slice bytes)
{
	if (bytes.len == 0)
		return TEXT_OK;
	enum text_status s = reserve(t, bytes.len);
	if (s != TEXT_OK)
		return s;
	memcpy(t->ptr + t->len, bytes.ptr, bytes.len);
	t->len += bytes.len;
	return TEXT_OK;
}

void
text_append_cut(struct text *t, struct slice bytes)
{
	if (text_append(t, bytes) != TEXT_FULL)
		return;
	size_t room = t->limit - t->len;
	if (text_append(t, slice_first(bytes, room)) == TEXT_OK && t->len >= 3)
		memcpy(t->ptr + t->len - 3, "...", 3);
}

void
text_printf(struct text *t, const char *format, ...)
{
	char small[512];
	va_list ap;

	va_start(ap, format);
	int n = vsnprintf(small, sizeof small, format, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n < sizeof small) {
		text_append_cut(t, (struct slice){ small, (size_t)n });
		return;
	}
	char *large = malloc((size_t)n + 1);
	if (large == NULL) {
		t->torn = true;
		return;
	}
	va_start(ap, format);
	(void)vsnprintf(large, (size_t)n + 1, format, ap);
	va_end(ap);
	text_append_cut(t, (struct slice){ large, (size_t)n });
	free(large);
}

/* `also`: printable ones that may not stand as they are. */
static bool
is_plain(char c, const char *also)
{
	while (*also != '\0' && *also != c)
		also++;
	return *also == '\0' && c >= ' ' && c <= '~' && c != '\\';
}

static struct slice
escape(char c, char buffer[4])
{
	static const char hex[] = "0123456789ABCDEF";
	static const struct {
		char byte;
		const char *shown;
	} named[] = { { '\n', "\\n" }, { '\r', "\\r" }, { '\t', "\\t" },
		{ '\\', "\\\\" } };

	for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
		if (c == named[i].byte)
			return slice_of(named[i].shown);
	}
	unsigned char u = (unsigned char)c;
	buffer[0] = '\\';
	buffer[1] = 'x';
	buffer[2] = hex[u >> 4];
	buffer[3] = hex[u & 15];
	return (struct slice){ buffer, 4 };
}

/* Bytes at the front that stand as they are. */
static size_t
plain_run(struct slice s, const char *also)
{
	size_t n = 0;

	while (n < s.len && is_plain(s.ptr[n], also))
		n++;
	return n;
}

static void
append_escaped(struct text *t, struct slice bytes, const char *also, size_t most)
{
	char buffer[4];

	for (size_t i = 0, n; i < bytes.len; i += n) {
		struct slice rest = slice_first(slice_from(bytes, i), most - i);

		/* Of what cannot fit, however long, the first byte shows the cut. */
		if (rest.len == 0 || t->len == t->limit) {
			text_append_cut(t, SLICE("..."));
			return;
		}
		n = plain_run(rest, also);
		text_append_cut(
		    t, n > 0 ? slice_first(rest, n) : escape(rest.ptr[0], buffer));
		n = n > 0 ? n : 1;
	}
}

void
text_append_escaped(struct text *t, struct slice bytes, size_t most)
{
	append_escaped(t, bytes, "", most);
}

void
text_append_bare(struct text *t, struct slice bytes, size_t most)
{
	append_escaped(t, bytes, " []'", most);
}

void
text_append_quotable(struct text *t, struct slice bytes, size_t most)
{
	char buffer[4];
	uint32_t c;

	for (size_t i = 0, n; i < bytes.len; i += n) {
		struct slice rest = slice_from(bytes, i);
		bool shown = (n = plain_run(slice_first(rest, most - i), "'")) > 0;

		if (!shown) {
			n = utf8_next(rest, &c);
			shown = n > 1 && utf8_is_printable(c);
			n = shown ? n : 1;
		}
		if (i + n > most) {
			text_append_cut(t, SLICE("..."));
			return;
		}
		text_append_cut(
		    t, shown ? slice_first(rest, n) : escape(rest.ptr[0], buffer));
	}
}

void
text_append_quoted(struct text *t, struct slice bytes, size_t most)
{
	text_append_cut(t, SLICE("'"));
	text_append_quotable(t, bytes, most);
	text_append_cut(t, SLICE("'"));
}

void
text_drop(struct text *t, size_t n)
{
	if (n > t->len)
		n = t->len;
	t->len -= n;
	if (n > 0 && t->len > 0)
		memmove(t->ptr, t->ptr + n, t->len);
}

const char *
text_cstr(struct text *t)
{
	if (t->ptr == NULL)
		return "";
	t->ptr[t->len] = '\0'; /* reserve() always leaves this byte */
	return t->ptr;
}

const char *
text_reason(struct text *t)
{
	return t->len > 0 ? text_cstr(t) : "out of memory";
}

void
text_clear(struct text *t)
{
	free(t->ptr);
	*t = (struct text)TEXT_INIT(t->limit);
}
