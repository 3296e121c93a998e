/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/quota/maildirsize.h"

#include "base/number.h"

/* "10000000S,1000C"; blanks at the ends are Courier's padding. */
static bool
take_quota(struct slice line, struct usage *u)
{
	line = slice_trim(line);
	if (line.len == 0)
		return false;
	while (line.len > 0) {
		struct slice item = slice_first(line, slice_find(line, ','));
		uint64_t n;

		if (item.len < 2 ||
		    !number_parse_capped(slice_first(item, item.len - 1), &n))
			return false;
		if (item.ptr[item.len - 1] == 'S')
			u->bytes_limit = n;
		else if (item.ptr[item.len - 1] == 'C')
			u->messages_limit = n;
		else
			return false;
		line = slice_from(line, item.len + 1);
	}
	return true;
}

struct sums {
	int64_t bytes, messages;
	size_t lines;
};

static bool
add_line(struct slice line, struct sums *s)
{
	int64_t bytes, messages;

	if (!number_parse_signed(slice_next_word(&line), &bytes) ||
	    !number_parse_signed(slice_next_word(&line), &messages) || line.len != 0)
		return false;
	s->lines++;
	return !__builtin_add_overflow(s->bytes, bytes, &s->bytes) &&
	       !__builtin_add_overflow(s->messages, messages, &s->messages);
}

enum maildirsize_status
maildirsize_parse(struct slice file, long age, struct usage *ret)
{
	struct usage u = { .kind = USAGE_NUMBERS };
	struct sums sums = { 0 };
	struct slice whole = slice_first(file, slice_find_last(file, '\n') + 1);
	struct slice line;

	if (slice_find(file, '\n') == file.len || !slice_next_line(&whole, &line) ||
	    !take_quota(line, &u))
		return MAILDIRSIZE_NO_QUOTA;
	*ret = u;
	if (file.len >= MAILDIRSIZE_MAX || slice_find(file, '\0') < file.len)
		return MAILDIRSIZE_RECOUNT;
	while (slice_next_line(&whole, &line)) {
		if (!add_line(line, &sums))
			return MAILDIRSIZE_RECOUNT;
	}
	if (sums.bytes < 0 || sums.messages < 0)
		return MAILDIRSIZE_RECOUNT;
	ret->bytes = (uint64_t)sums.bytes;
	ret->messages = (uint64_t)sums.messages;
	ret->certain =
	    sums.lines <= 1 && age <= MAILDIRSIZE_FRESH && age >= -MAILDIRSIZE_FRESH;
	return MAILDIRSIZE_OK;
}

bool
maildir_name_size(struct slice name, uint64_t *ret)
{
	/* A folder's flags may hold ",S" too: only what stands before the first ':'. */
	struct slice rest = slice_first(name, slice_find(name, ':'));

	while (rest.len > 0) {
		rest = slice_from(rest, slice_find(rest, ',') + 1);
		if (slice_starts(rest, SLICE("S=")))
			return number_parse_capped(
			    slice_first(slice_from(rest, 2),
				slice_find(slice_from(rest, 2), ',')),
			    ret);
	}
	return false;
}
