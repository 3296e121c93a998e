/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_LOGGER_SELECTION_H
#define POLICY_LOGGER_SELECTION_H

/*
 * selection - whose mail the logger keeps: addresses and domains, each for
 * a direction and for a time.
 *
 *	# direction  who                     end of the warrant
 *	to           jones@example.org       until 2026-12-31
 *	from         smith+list@example.org
 *	both         @example.net
 *	.example.com
 *	from         <>
 *
 * The direction is `from` (envelope sender), `to` (envelope recipient) or
 * `both`, which is also what a line without one means.  An address without
 * detail stands for every detail (jones+any@example.org); one with detail for
 * that alone.  @domain or domain is that domain, .domain is every domain
 * below it.  `user@` is an address without domain, as local mail has.  <> is
 * the null sender.  Case is folded (ASCII), also in local parts.
 *
 * The day of `until` still counts, to its end in UTC; a line that is over is
 * no error and matches nothing.  Parsing is pure, a selection is immutable
 * and may be used by all threads.
 */

#include "base/text.h"

enum { SELECT_FROM = 1 << 0, SELECT_TO = 1 << 1 };

enum {
	SELECTION_ENTRIES_MAX = 100000, /* far above any warrant; bounds memory */
	SELECTION_LINE_MAX = 1024,      /* RFC 5321 4.5.3.1: a path has 256 octets */
};

struct selection;

/*
 * `delimiters` are the characters that begin a detail ("+"), "" for none.
 * False: *why says "file:line: what, what to do".
 */
bool selection_parse(struct slice content, const char *file, const char *delimiters,
    struct selection **ret, struct text *why) __attribute__((warn_unused_result));

/* `path` as MAIL or RCPT carried it; `now` in seconds since 1970 (UTC). */
bool selection_match(
    const struct selection *s, struct slice path, unsigned direction, long long now);

/* Directions that any line asks for, over or not. */
unsigned selection_directions(const struct selection *s);

size_t selection_count(const struct selection *s);

void selection_free(struct selection *s); /* takes NULL */

#endif
