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
 * `both`, which is also what a line without one means.  Who is meant by what
 * is written is policy/address/address_entry.h's to say, as for every list.
 *
 * The day of `until` still counts, to its end in UTC; a line that is over is
 * no error and matches nothing.  Parsing is pure, a selection is immutable
 * and may be used by all threads.
 */

#include "base/text.h"
#include "policy/address/address_names.h"

enum { SELECT_FROM = 1 << 0, SELECT_TO = 1 << 1 };

enum { SELECTION_ENTRIES_MAX = 100000 }; /* far above any warrant; bounds memory */

struct selection;

/* False: *why says "file:line: what, what to do". */
bool selection_parse(struct slice content, const char *file, struct selection **ret,
    struct text *why) __attribute__((warn_unused_result));

/*
 * Whether a line that is not over at `now`, in seconds since 1970 (UTC), means
 * the address, which `direction` says is a sender or a recipient.
 */
bool selection_match(const struct selection *s, const struct address_names *a,
    unsigned direction, long long now);

/* The domains of its user@domain entries, each once; lives as long as it. */
const struct name_list *selection_domains(const struct selection *s);

/* Directions that any line asks for, over or not. */
unsigned selection_directions(const struct selection *s);

size_t selection_count(const struct selection *s);

void selection_free(struct selection *s); /* takes NULL */

#endif
