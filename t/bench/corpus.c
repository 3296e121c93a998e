/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/bench/corpus.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	LINE_MOST = 200,
	LARGEST = 1 << 20,
	SMALLEST_BITS = 10,
	LARGEST_BITS = 20,
	BODY_OF_LINES = 1 << 16,
};

static void *
must(void *p)
{
	if (p == NULL) {
		fprintf(stderr, "bench: out of memory\n");
		exit(1);
	}
	return p;
}

uint32_t
random_below(struct random *r, uint32_t n)
{
	r->state = r->state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((r->state >> 32) * n >> 32);
}

void
random_base64(struct random *r, char *to, size_t n)
{
	static const char digit[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i++)
		to[i] = digit[random_below(r, 64)];
}

static size_t
end_line(char *to, size_t n)
{
	memcpy(to + n, "\r\n", 2);
	return n + 2;
}

/* One line in twelve is zeros, which base64 writes as AAAA. */
static size_t
base64_line(struct random *r, char *to)
{
	random_base64(r, to, 76);
	if (random_below(r, 12) == 0)
		memset(to, 'A', 76);
	return end_line(to, 76);
}

static size_t
words(struct random *r, char *to, size_t most)
{
	static const char *const word[] = { "the", "of", "and", "a", "to", "in", "is",
		"you", "that", "it", "was", "for", "on", "are", "with", "meeting",
		"Monday", "please", "attached", "information", "university", "would",
		"between", "2003", "I", "budget", "students,", "regards.", "office",
		"however,", "see" };
	size_t n = 0;

	while (n + 14 < most) {
		const char *w = word[random_below(r, sizeof word / sizeof word[0])];
		size_t len = strlen(w);

		memcpy(to + n, w, len);
		to[n + len] = ' ';
		n += len + 1;
	}
	return n;
}

static size_t
text_line(struct random *r, char *to)
{
	uint32_t kind = random_below(r, 8);

	if (kind == 0)
		return end_line(to, 0);
	if (kind == 1) {
		memset(to, '-', 72);
		return end_line(to, 72);
	}
	return end_line(to, words(r, to, 40 + random_below(r, 36)));
}

static size_t
html_line(struct random *r, char *to)
{
	static const char *const tag[] = { "<td align=3D\"left\" width=3D\"50%\">",
		"<font face=3D\"Arial\" size=3D2>", "<br>&nbsp;=20", "</td></tr><tr>",
		"<a href=3D\"http://www.example.org/index.html\">" };
	size_t n = (size_t)snprintf(
	    to, LINE_MOST / 2, "%s", tag[random_below(r, sizeof tag / sizeof tag[0])]);

	n += words(r, to + n, n < 60 ? 75 - n : 15);
	to[n++] = '=';
	return end_line(to, n);
}

static size_t
fill_body(struct random *r, char *to, size_t size)
{
	static size_t (*const line[10])(struct random *, char *) = { base64_line,
		base64_line, base64_line, base64_line, base64_line, base64_line,
		text_line, text_line, html_line, html_line };
	uint32_t kind = random_below(r, 10);
	size_t n = 0;

	while (n < size)
		n += line[kind](r, to + n);
	return n;
}

struct corpus
corpus_new(size_t size, uint64_t seed)
{
	struct random r = { seed };
	struct corpus c = { .bytes = must(malloc(size + LARGEST + LINE_MOST + 1)) };
	size_t room = size >> SMALLEST_BITS;

	c.body = must(malloc(room * sizeof *c.body));
	while (c.size < size && c.count < room) {
		size_t octave = (size_t)1
				<< (SMALLEST_BITS +
				       random_below(&r, LARGEST_BITS - SMALLEST_BITS));
		size_t n = fill_body(
		    &r, c.bytes + c.size, octave + random_below(&r, (uint32_t)octave));

		c.body[c.count++] = (struct slice){ c.bytes + c.size, n };
		c.size += n;
	}
	return c;
}

struct corpus
corpus_of_lines(size_t size, size_t (*line)(void *self, size_t n, char *to), void *self)
{
	struct corpus c = { .bytes =
				must(malloc(size + 2 * BODY_OF_LINES + LINE_MOST + 1)) };
	size_t number = 0;

	c.body = must(malloc((size / BODY_OF_LINES + 2) * sizeof *c.body));
	while (c.size < size) {
		char *begin = c.bytes + c.size;
		size_t n = 0;

		while (n < BODY_OF_LINES)
			n += end_line(begin + n, line(self, number++, begin + n));
		c.body[c.count++] = (struct slice){ begin, n };
		c.size += n;
	}
	return c;
}

void
corpus_free(struct corpus *c)
{
	free(c->bytes);
	free(c->body);
}

void
corpus_plant(struct corpus *c, size_t n, struct slice what)
{
	size_t at = (size_t)(c->body[n].ptr - c->bytes) + c->body[n].len / 2;

	if (c->body[n].len / 2 > what.len)
		memcpy(c->bytes + at, what.ptr, what.len);
}
