/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

/*
 * text - bytes that we own, growing up to a limit.
 *
 * A text starts as TEXT_INIT(limit), limit in bytes, and ends with
 * text_clear().  Appends happen whole or not at all: on TEXT_FULL or
 * TEXT_NOMEM the content is what it was before the call, and after TEXT_NOMEM
 * `torn` stays true until text_clear(): what is built of several appends may
 * lack one of them.  Not thread-safe: one text, one thread at a time.
 */

#include <stdint.h>

#include "base/slice.h"

enum text_status { TEXT_OK, TEXT_FULL, TEXT_NOMEM };

struct text {
	char *ptr;
	size_t len, cap, limit;
	bool torn;
};

#define TEXT_INIT(max)                                                                   \
	{                                                                                \
		.limit = (max)                                                           \
	}

enum text_status text_append(struct text *t, struct slice bytes)
    __attribute__((warn_unused_result));

/* As much as fits; a cut is shown by "..." in place of the last bytes. */
void text_append_cut(struct text *t, struct slice bytes);

/* For messages to a person: what does not fit is left out, ends in "...". */
void text_printf(struct text *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Appends bytes from outside so that they can stand in a log line: printable
 * ASCII as it is, all else and the backslash as \n \r \t \\ or \xHH.  At most
 * `most` bytes of input are taken; if there are more, "..." follows.
 */
void text_append_escaped(struct text *t, struct slice bytes, size_t most);

/*
 * The same for a value without quotes, which a blank or a bracket would end:
 * " ", "[", "]" and "'" are \xHH too.
 */
void text_append_bare(struct text *t, struct slice bytes, size_t most);

/* Takes the first n bytes away; all of them when there are no more than n. */
void text_drop(struct text *t, size_t n);

/*
 * The same between two single quotes, for a line that others take apart: what
 * stands there cannot end the quotes, a ' is \x27.  Printable characters
 * beyond ASCII (base/utf8.h) stay as they are, and none is cut in two.
 */
void text_append_quoted(struct text *t, struct slice bytes, size_t most);

/* Without the quotes around it, for one of several between them. */
void text_append_quotable(struct text *t, struct slice bytes, size_t most);

/* The content as a C string, valid until the next change; "" when empty. */
const char *text_cstr(struct text *t);

/* For the words of a failure: there is none without, so empty means no memory. */
const char *text_reason(struct text *t);

static inline struct slice
text_slice(const struct text *t)
{
	return (struct slice){ t->ptr, t->len };
}

void text_clear(struct text *t); /* frees; safe to call twice; keeps the limit */

#endif
