/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_REPORT_H
#define BASE_REPORT_H

/*
 * report - how a layer that must not log says that something is wrong.
 *
 * `cause` is a fixed word from the caller's own code ("maildirsize",
 * "disk-full"): equal causes are the same trouble, and the receiver may fold
 * many of them into one line a minute.  `text` is for a person and is already
 * escaped.  A report must be callable from any thread.  A NULL `say` is legal:
 * use report_say().
 */

#include <stddef.h>

struct report {
	void (*say)(void *self, const char *cause, const char *text);
	void *self;
};

static inline void
report_say(const struct report *r, const char *cause, const char *text)
{
	if (r != NULL && r->say != NULL)
		r->say(r->self, cause, text);
}

#endif
