/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/logger/selection.h"

#include <stdlib.h>

#include "base/array.h"
#include "policy/address/address_domains.h"

/*
 * Each line is a key, as policy/address/address_entry.h has it, behind a byte
 * that is its form.  The keys are sorted, and an address is looked up once per
 * form that could mean it, so a long list costs no more than a short one.
 */

enum { FOREVER = -1 };

struct entry {
	struct slice key; /* owned */
	unsigned directions;
	long long last_day; /* days since 1970, or FOREVER */
};

struct selection {
	struct entry *entry;
	size_t count, room;
	unsigned directions, forms;
	struct address_domains domains;
	struct name_list domain_list; /* the same, finished */
};

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

/* The byte in front of a key: a bit number, since a form is one bit. */
static char
form_byte(enum address_form form)
{
	char n = 0;

	while (form >> n > 1)
		n++;
	return n;
}

static bool
add(struct selection *s, const struct address_entry *who, struct entry e)
{
	char *key = malloc(who->len + 1);
	struct slice bytes = { who->bytes, who->len };

	if (key == NULL || !array_room(&s->entry, s->count, &s->room, sizeof *s->entry)) {
		free(key);
		return false;
	}
	key[0] = form_byte(who->form);
	memcpy(key + 1, who->bytes, who->len);
	e.key = (struct slice){ key, who->len + 1 };
	s->entry[s->count++] = e;
	s->directions |= e.directions;
	s->forms |= who->form;
	/* cppcheck-suppress memleak ; the entry owns the key */
	return who->form != ADDRESS_FORM_ADDRESS ||
	       address_domains_add(
		   &s->domains, slice_from(bytes, slice_find_last(bytes, '@') + 1));
}

static const char *
parse_line(struct selection *s, struct slice line)
{
	struct entry e = { .directions = SELECT_FROM | SELECT_TO, .last_day = FOREVER };
	struct address_entry who;
	struct slice word = address_entry_word(&line);

	if (word.len == 0)
		return NULL;
	if (parse_direction(word, &e.directions))
		word = address_entry_word(&line);
	if (word.len == 0)
		return "names nobody, write an address or a domain";
	const char *fault = address_entry_read(word, &who);
	if (fault != NULL)
		return fault;
	struct slice until = address_entry_word(&line);
	if (until.len > 0) {
		if (!slice_equal_nocase(until, SLICE("until")))
			return "has a word too many, only 'until YYYY-MM-DD' may follow";
		if (!parse_day(address_entry_word(&line), &e.last_day))
			return "has no date after 'until', write YYYY-MM-DD";
		if (address_entry_word(&line).len > 0)
			return "goes on after the date, one entry stands on a line";
	}
	if (s->count == SELECTION_ENTRIES_MAX)
		return "is one entry too many, the limit is 100000";
	return add(s, &who, e) ? NULL : "does not fit into memory";
}

static int
compare(struct slice a, struct slice b)
{
	int d = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);

	return d != 0 ? d : (a.len > b.len) - (a.len < b.len);
}

static int
by_key(const void *a, const void *b)
{
	return compare(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

static const char *
parse_all(struct selection *s, struct slice content, unsigned *line_number)
{
	struct slice line;

	content = slice_behind_mark(content);
	for (*line_number = 1; slice_next_line(&content, &line); ++*line_number) {
		const char *fault = address_entry_line_fault(slice_trim(line));
		if (fault == NULL)
			fault = parse_line(s, line);
		if (fault != NULL)
			return fault;
	}
	return NULL;
}

bool
selection_parse(
    struct slice content, const char *file, struct selection **ret, struct text *why)
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
	s->domain_list = address_domains_finish(&s->domains);
	*ret = s;
	return true;
}

struct wanted {
	const struct selection *list;
	unsigned direction;
	long long day;
};

static bool
holds(void *self, enum address_form form, struct slice name)
{
	const struct wanted *w = self;
	const struct selection *s = w->list;
	char bytes[1 + sizeof((struct address_key *)0)->bytes];
	struct slice key = { bytes, name.len + 1 };
	size_t low = 0, high = s->count;

	if (name.len >= sizeof bytes)
		return false;
	bytes[0] = form_byte(form);
	memcpy(bytes + 1, name.ptr, name.len);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare(s->entry[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < s->count && slice_equal(s->entry[low].key, key); low++) {
		const struct entry *e = &s->entry[low];
		if ((e->directions & w->direction) != 0 &&
		    (e->last_day == FOREVER || w->day <= e->last_day))
			return true;
	}
	return false;
}

bool
selection_match(const struct selection *s, const struct address_names *a,
    unsigned direction, long long now)
{
	struct wanted w = { s, direction, now / 86400 };
	struct address_question q = { holds, &w, s->forms };

	return address_names_ask(a, &q);
}

const struct name_list *
selection_domains(const struct selection *s)
{
	return &s->domain_list;
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
		free((char *)(size_t)s->entry[i].key.ptr);
	address_domains_clear(&s->domains);
	free(s->entry);
	free(s);
}
