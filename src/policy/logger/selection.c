/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/logger/selection.h"

#include <stdlib.h>

#include "base/address.h"

/*
 * Every line becomes a folded key: "user@domain", "@domain", ".domain" or
 * "<>".  The keys are sorted, and an address is looked up once per form that
 * could stand for it, so a long list costs no more than a short one.
 */

enum { FOREVER = -1, KEY_MAX = 512 };

struct entry {
	char *key;
	unsigned directions;
	long long last_day; /* days since 1970, or FOREVER */
};

struct selection {
	struct entry *entry;
	size_t count, cap;
	unsigned directions;
	char delimiters[16];
};

static struct slice
next_word(struct slice *line)
{
	*line = slice_trim(*line);
	size_t n = 0;

	while (n < line->len && line->ptr[n] != ' ' && line->ptr[n] != '\t')
		n++;
	struct slice word = slice_first(*line, n);
	*line = slice_from(*line, n);
	return word;
}

static bool
take_digits(struct slice s, size_t from, size_t n, int *ret)
{
	int value = 0;

	for (size_t i = from; i < from + n; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
		value = value * 10 + (s.ptr[i] - '0');
	}
	*ret = value;
	return true;
}

static int
days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* "2026-12-31" -> days since 1970-01-01 in the Gregorian calendar. */
static bool
parse_day(struct slice s, long long *ret)
{
	int year, month, day;

	if (s.len != 10 || s.ptr[4] != '-' || s.ptr[7] != '-' ||
	    !take_digits(s, 0, 4, &year) || !take_digits(s, 5, 2, &month) ||
	    !take_digits(s, 8, 2, &day))
		return false;
	if (year < 1970 || month < 1 || month > 12 || day < 1 ||
	    day > days_in_month(year, month))
		return false;
	long long days = day - 1;
	for (int y = 1970; y < year; y++)
		days += 337 + days_in_month(y, 2);
	for (int m = 1; m < month; m++)
		days += days_in_month(year, m);
	*ret = days;
	return true;
}

static bool
parse_direction(struct slice word, unsigned *ret)
{
	static const struct {
		struct slice word;
		unsigned directions;
	} known[] = {
		{ SLICE("from"), SELECT_FROM },
		{ SLICE("to"), SELECT_TO },
		{ SLICE("both"), SELECT_FROM | SELECT_TO },
	};

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (slice_equal_nocase(word, known[i].word)) {
			*ret = known[i].directions;
			return true;
		}
	}
	return false;
}

static char *
fold(struct slice prefix, struct slice rest)
{
	char *key = malloc(prefix.len + rest.len + 1);

	if (key == NULL)
		return NULL;
	memcpy(key, prefix.ptr, prefix.len);
	for (size_t i = 0; i < rest.len; i++)
		key[prefix.len + i] = ascii_lower(rest.ptr[i]);
	key[prefix.len + rest.len] = '\0';
	return key;
}

static const char *
who_fault(struct slice who)
{
	if (who.len == 0)
		return "names nobody, write an address or a domain";
	if (who.len >= KEY_MAX)
		return "is too long for an address, check the line";
	if (memchr(who.ptr, '\0', who.len) != NULL)
		return "holds a NUL byte, is this a text file?";
	if (slice_equal(who, SLICE("@")) || slice_equal(who, SLICE(".")))
		return "names no domain, write @domain or .domain";
	return NULL;
}

/* A bare word is a domain: users without one are written "user@". */
static char *
make_key(struct slice who)
{
	bool bare = slice_find(who, '@') == who.len;

	if (bare && who.ptr[0] != '.' && !slice_equal(who, SLICE("<>")))
		return fold(SLICE("@"), who);
	return fold(SLICE(""), who);
}

static bool
add(struct selection *s, struct entry e)
{
	if (s->count == s->cap) {
		size_t cap = s->cap != 0 ? s->cap * 2 : 16;
		struct entry *grown = realloc(s->entry, cap * sizeof *grown);
		if (grown == NULL)
			return false;
		s->entry = grown;
		s->cap = cap;
	}
	s->entry[s->count++] = e;
	s->directions |= e.directions;
	return true;
}

static const char *
parse_line(struct selection *s, struct slice line)
{
	struct entry e = { .directions = SELECT_FROM | SELECT_TO, .last_day = FOREVER };
	struct slice word = next_word(&line);

	if (parse_direction(word, &e.directions))
		word = next_word(&line);
	const char *fault = who_fault(word);
	if (fault != NULL)
		return fault;
	struct slice until = next_word(&line);
	if (until.len > 0) {
		if (!slice_equal_nocase(until, SLICE("until")))
			return "has a word too many, only 'until YYYY-MM-DD' may follow";
		if (!parse_day(next_word(&line), &e.last_day))
			return "has no date after 'until', write YYYY-MM-DD";
		if (slice_trim(line).len > 0)
			return "goes on after the date, one entry stands on a line";
	}
	e.key = make_key(word);
	if (e.key == NULL || !add(s, e)) {
		free(e.key);
		return "does not fit into memory";
	}
	return NULL;
}

static int
by_key(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

static const char *
parse_all(struct selection *s, struct slice content, unsigned *line_number)
{
	struct slice line;

	for (*line_number = 1; slice_next_line(&content, &line); ++*line_number) {
		if (line.len > SELECTION_LINE_MAX)
			return "is too long, is this a text file?";
		line = slice_trim(slice_first(line, slice_find(line, '#')));
		if (line.len == 0)
			continue;
		if (s->count == SELECTION_ENTRIES_MAX)
			return "is one entry too many, the limit is 100000";
		const char *fault = parse_line(s, line);
		if (fault != NULL)
			return fault;
	}
	return NULL;
}

bool
selection_parse(struct slice content, const char *file, const char *delimiters,
    struct selection **ret, struct text *why)
{
	struct selection *s = calloc(1, sizeof *s);
	unsigned line = 1;

	const char *fault =
	    s != NULL ? parse_all(s, content, &line) : "does not fit into memory";
	if (fault != NULL) {
		text_printf(why, "%s:%u: %s", file, line, fault);
		selection_free(s);
		return false;
	}
	if (s->count > 0)
		qsort(s->entry, s->count, sizeof *s->entry, by_key);
	size_t n = strlen(delimiters);
	if (n >= sizeof s->delimiters)
		n = sizeof s->delimiters - 1;
	memcpy(s->delimiters, delimiters, n);
	*ret = s;
	return true;
}

struct wanted {
	const struct selection *list;
	unsigned direction;
	long long day;
};

static bool
holds(const struct wanted *w, const char *key)
{
	const struct selection *s = w->list;
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(s->entry[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < s->count && strcmp(s->entry[low].key, key) == 0; low++) {
		const struct entry *e = &s->entry[low];
		if ((e->directions & w->direction) != 0 &&
		    (e->last_day == FOREVER || w->day <= e->last_day))
			return true;
	}
	return false;
}

/* The parts one behind the other, folded; an entry is never that long, so cut is fine. */
static bool
holds_parts(const struct wanted *w, const struct slice *part, size_t n)
{
	char key[KEY_MAX + 1];
	size_t len = 0;

	for (size_t p = 0; p < n; p++) {
		if (part[p].len > KEY_MAX - len)
			return false;
		for (size_t i = 0; i < part[p].len; i++)
			key[len++] = ascii_lower(part[p].ptr[i]);
	}
	key[len] = '\0';
	return strlen(key) == len && holds(w, key);
}

static bool
holds_domain(const struct wanted *w, struct slice domain)
{
	if (domain.len == 0)
		return false;
	if (holds_parts(w, (struct slice[]){ SLICE("@"), domain }, 2))
		return true;
	for (size_t dot = slice_find(domain, '.'); dot < domain.len;) {
		domain = slice_from(domain, dot);
		if (holds_parts(w, &domain, 1))
			return true;
		domain = slice_from(domain, 1);
		dot = slice_find(domain, '.');
	}
	return false;
}

bool
selection_match(
    const struct selection *s, struct slice path, unsigned direction, long long now)
{
	struct wanted w = { s, direction, now / 86400 };
	struct address a = address_parse(path);

	if (a.whole.len == 0)
		return holds(&w, "<>");
	struct slice user = address_user(a.local, s->delimiters);
	return holds_parts(&w, (struct slice[]){ a.local, SLICE("@"), a.domain }, 3) ||
	       holds_parts(&w, (struct slice[]){ user, SLICE("@"), a.domain }, 3) ||
	       holds_domain(&w, a.domain);
}

unsigned
selection_directions(const struct selection *s)
{
	return s->directions;
}

size_t
selection_count(const struct selection *s)
{
	return s->count;
}

void
selection_free(struct selection *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->count; i++)
		free(s->entry[i].key);
	free(s->entry);
	free(s);
}
