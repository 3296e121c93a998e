/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/clamd_answer.h"

static bool
is_printable(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < ' ' || s.ptr[i] > '~')
			return false;
	}
	return s.len > 0;
}

/* The bytes before the end mark, NUL or LF; all of them when there is none yet. */
static struct slice
line_of(struct slice got)
{
	size_t nul = slice_find(got, '\0'), lf = slice_find(got, '\n');

	return slice_first(got, nul < lf ? nul : lf);
}

static bool
take_prefix(struct slice *rest, struct slice prefix)
{
	if (!slice_starts(*rest, prefix))
		return false;
	*rest = slice_from(*rest, prefix.len);
	return true;
}

/* "stream: ", or "fd[13]: ". */
static bool
take_subject(struct slice *rest)
{
	struct slice at = *rest;

	if (take_prefix(rest, SLICE("stream: ")))
		return true;
	if (!take_prefix(&at, SLICE("fd[")))
		return false;
	size_t digits = 0;
	while (digits < at.len && at.ptr[digits] >= '0' && at.ptr[digits] <= '9')
		digits++;
	at = slice_from(at, digits);
	if (digits == 0 || !take_prefix(&at, SLICE("]: ")))
		return false;
	*rest = at;
	return true;
}

static bool
take_suffix(struct slice *rest, struct slice suffix)
{
	if (rest->len <= suffix.len ||
	    !slice_equal(slice_from(*rest, rest->len - suffix.len), suffix))
		return false;
	*rest = slice_first(*rest, rest->len - suffix.len);
	return true;
}

/* A verdict ends in NUL, as every "z" answer but clamd's complaints does. */
static enum clamd_answer
judge(struct slice line, char end, struct slice *ret_words)
{
	struct slice rest = line;

	if (!is_printable(line))
		return CLAMD_NONSENSE;
	*ret_words = line;
	if (end != '\0' || !take_subject(&rest))
		return CLAMD_OTHER;
	if (slice_equal(rest, SLICE("OK")))
		return CLAMD_CLEAN;
	if (!take_suffix(&rest, SLICE(" FOUND")) || rest.len > CLAMD_NAME_MAX ||
	    slice_find(rest, ' ') == 0)
		return CLAMD_OTHER;
	*ret_words = rest;
	return CLAMD_FOUND;
}

enum clamd_answer
clamd_answer_read(struct slice got, struct slice *ret_words)
{
	struct slice line = line_of(got);

	if (line.len == got.len)
		return got.len < CLAMD_ANSWER_MAX ? CLAMD_INCOMPLETE : CLAMD_NONSENSE;
	if (got.len > line.len + 1 || got.len > CLAMD_ANSWER_MAX)
		return CLAMD_NONSENSE; /* what stands behind answers nothing of ours */
	return judge(line, got.ptr[line.len], ret_words);
}
