/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/bench/engines.h"

#include <stdlib.h>

#include "policy/virus/scan.h"

#ifdef HAVE_HYPERSCAN
#include <hs.h>
#endif
#ifdef __x86_64__
#include <immintrin.h>
#endif

static size_t
piece_len(size_t at, size_t len)
{
	return len - at < PIECE ? len - at : PIECE;
}

/* ours */

static void *
ours_build(const struct slice *patterns, size_t count)
{
	return scanner_new(patterns, count);
}

static bool
ours_scan(void *self, char *body, size_t len)
{
	struct scan s;

	scan_begin(&s, self);
	for (size_t at = 0; at < len; at += PIECE)
		(void)scan_feed(&s, (struct slice){ body + at, piece_len(at, len) });
	scan_end(&s);
	return s.status == SCAN_HIT;
}

static void
ours_drop(void *self)
{
	scanner_free(self);
}

static size_t
ours_state(const void *self)
{
	(void)self;
	return sizeof(struct scan);
}

const struct engine engine_ours = { "ours", ours_build, ours_scan, ours_drop, ours_state,
	false };

/* strstr, one after the other for each signature */

struct list {
	struct slice *pattern; /* each ends in a NUL, too */
	size_t count;
};

static void
list_drop(void *self)
{
	struct list *l = self;

	for (size_t i = 0; i < l->count; i++)
		free((char *)(size_t)l->pattern[i].ptr);
	free(l->pattern);
	free(l);
}

static void *
list_build(const struct slice *patterns, size_t count)
{
	struct list *l = calloc(1, sizeof *l);

	if (l == NULL || (l->pattern = calloc(count + 1, sizeof *l->pattern)) == NULL)
		abort();
	for (; l->count < count; l->count++)
		l->pattern[l->count] = (struct slice){ strndup(patterns[l->count].ptr,
							   patterns[l->count].len),
			patterns[l->count].len };
	return l;
}

static bool
strstr_scan(void *self, char *body, size_t len)
{
	const struct list *l = self;
	bool found = false;

	for (size_t at = 0; at < len && !found; at += PIECE) {
		size_t n = piece_len(at, len);
		char saved = body[at + n];

		body[at + n] = '\0';
		for (size_t i = 0; i < l->count && !found; i++)
			found = strstr(body + at, l->pattern[i].ptr) != NULL;
		body[at + n] = saved;
	}
	return found;
}

const struct engine engine_strstr = { "strstr loop, as in 2003", list_build, strstr_scan,
	list_drop, NULL, false };

/* limits: how fast the bytes can be read at all */

static void *
no_build(const struct slice *patterns, size_t count)
{
	static char something;

	(void)patterns;
	(void)count;
	return &something;
}

static void
no_drop(void *self)
{
	(void)self;
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static bool
read_avx2(const char *body, size_t len)
{
	__m256i a = _mm256_setzero_si256(), b = a, c = a, d = a;

	for (size_t at = 0; at + 128 <= len; at += 128) {
		const __m256i *p = (const __m256i *)(const void *)(body + at);

		a = _mm256_or_si256(a, _mm256_loadu_si256(p));
		b = _mm256_or_si256(b, _mm256_loadu_si256(p + 1));
		c = _mm256_or_si256(c, _mm256_loadu_si256(p + 2));
		d = _mm256_or_si256(d, _mm256_loadu_si256(p + 3));
	}
	a = _mm256_or_si256(_mm256_or_si256(a, b), _mm256_or_si256(c, d));
	return _mm256_movemask_epi8(a) == -1; /* no text has its highest bits all set */
}

static bool
read_scan(void *self, char *body, size_t len)
{
	(void)self;
	return read_avx2(body, len);
}

static void *
read_build(const struct slice *patterns, size_t count)
{
	return __builtin_cpu_supports("avx2") ? no_build(patterns, count) : NULL;
}
#else
static void *
read_build(const struct slice *patterns, size_t count)
{
	(void)patterns;
	(void)count;
	return NULL;
}
#define read_scan strstr_scan /* never called */
#endif

const struct engine engine_read = { "AVX2 read of all bytes", read_build, read_scan,
	no_drop, NULL, true };

/* Hyperscan, its literal interface over a stream */

#ifdef HAVE_HYPERSCAN
struct hyperscan {
	hs_database_t *database;
	hs_scratch_t *scratch;
	hs_stream_t *stream;
};

static void
hyperscan_drop(void *self)
{
	struct hyperscan *h = self;

	(void)hs_close_stream(h->stream, NULL, NULL, NULL);
	(void)hs_free_scratch(h->scratch);
	(void)hs_free_database(h->database);
	free(h);
}

static void *
hyperscan_build(const struct slice *patterns, size_t count)
{
	struct hyperscan *h = calloc(1, sizeof *h);
	const char **text = calloc(count, sizeof *text);
	size_t *len = calloc(count, sizeof *len);
	unsigned *flag = calloc(count, sizeof *flag), *id = calloc(count, sizeof *id);
	hs_compile_error_t *error = NULL;

	for (size_t i = 0; i < count; i++) {
		text[i] = patterns[i].ptr;
		len[i] = patterns[i].len;
		flag[i] = HS_FLAG_SINGLEMATCH;
		id[i] = (unsigned)i;
	}
	bool built = hs_compile_lit_multi(text, flag, id, len, (unsigned)count,
			 HS_MODE_STREAM, NULL, &h->database, &error) == HS_SUCCESS &&
		     hs_alloc_scratch(h->database, &h->scratch) == HS_SUCCESS &&
		     hs_open_stream(h->database, 0, &h->stream) == HS_SUCCESS;
	free(text);
	free(len);
	free(flag);
	free(id);
	if (built)
		return h;
	(void)hs_free_compile_error(error); /* a signature may be too long for it */
	free(h);
	return NULL;
}

static int
on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
    void *self)
{
	(void)id;
	(void)from;
	(void)to;
	(void)flags;
	*(bool *)self = true;
	return 1;
}

static bool
hyperscan_scan(void *self, char *body, size_t len)
{
	struct hyperscan *h = self;
	bool found = false;

	for (size_t at = 0; at < len && !found; at += PIECE)
		(void)hs_scan_stream(h->stream, body + at, (unsigned)piece_len(at, len),
		    0, h->scratch, on_match, &found);
	(void)hs_reset_stream(h->stream, 0, h->scratch, on_match, &found);
	return found;
}

static size_t
hyperscan_state(const void *self)
{
	const struct hyperscan *h = self;
	size_t size = 0;

	(void)hs_stream_size(h->database, &size);
	return size;
}

const char *
engine_hyperscan_version(void)
{
	return hs_version();
}
#else
const char *
engine_hyperscan_version(void)
{
	return "was not there";
}

static void *
hyperscan_build(const struct slice *patterns, size_t count)
{
	(void)patterns;
	(void)count;
	return NULL;
}
#define hyperscan_scan  strstr_scan /* never called */
#define hyperscan_drop  no_drop
#define hyperscan_state NULL
#endif

const struct engine engine_hyperscan = { "Hyperscan, stream", hyperscan_build,
	hyperscan_scan, hyperscan_drop, hyperscan_state, false };
