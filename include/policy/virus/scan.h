/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_VIRUS_SCAN_H
#define POLICY_VIRUS_SCAN_H

/*
 * scan - looks for many signatures at once in a text that comes in pieces.
 *
 * What is found is exactly what a search for each signature over the whole
 * text would find, wherever the text is cut and whatever bytes it holds.  If
 * several signatures stand in it, the hit is the one that ends first; of those
 * that end at the same byte, the one that comes first in the list.
 *
 * Between pieces a scan keeps the few last bytes that a signature may need (at
 * most LOOKBACK_MAX + GRAM_MOST), and more only while the text really ends in the
 * beginning of a longer signature; then no more than the longest signature and
 * LOOKBACK_MAX.  One thread at a time; the scanner is shared.
 */

#include "policy/virus/scanner.h"

enum scan_status {
	SCAN_CLEAN, /* none has ended yet */
	SCAN_HIT,   /* scan.hit says which; further pieces are not looked at */
	SCAN_NOMEM, /* the text cannot be judged any more; stays so */
};

struct scan_hit {
	uint32_t signature;  /* place in the list given to scanner_new() */
	uint64_t start, end; /* bytes of the text before it, and up to its end */
};

struct scan {
	const struct scanner *scanner;
	struct scan_hit hit; /* valid with SCAN_HIT */
	uint64_t seen;       /* bytes of the text so far */
	uint64_t next;       /* where the next look goes; may lie before `seen` */
	char *more;          /* the kept bytes when `few` is too small, or NULL */
	uint32_t room;       /* of `more` */
	uint32_t kept;       /* how many last bytes of the text are kept */
	enum scan_status status;
	char few[LOOKBACK_MAX + GRAM_MOST];
};

void scan_begin(struct scan *s, const struct scanner *scanner);
enum scan_status scan_feed(struct scan *s, struct slice piece);
void scan_end(struct scan *s); /* frees; safe to call twice */

#endif
