/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_MILTER_PLAY_H
#define SIM_PLAY_MILTER_PLAY_H

/*
 * milter_play - a transcript with `speaks: milter` against a milter.
 *
 * The play is the MTA: it connects to the milter, once for each connection of
 * the transcript, sends what the M> and M= lines say, and holds what comes
 * against the M< lines.  Every packet of either side is shown to a judge
 * (wire/judge.h): a rule broken by the milter is a failure unless the transcript
 * has it under allow:.  What milter-transcript(5) says of `speaks: milter` is
 * what happens.
 *
 *	struct transcript t;
 *	if (!file_transcript("case.mta", &t, &why)) ...    // names file and line
 *	struct milter_outcome o = MILTER_OUTCOME_INIT;
 *	struct milter_play_config config = { .transcript = &t, .address = &a };
 *	enum milter_end end = milter_play(&config, &o);
 *
 * One call plays the transcript once, or, where it has generate:, every variant
 * until one does not pass: o.variant then says which, in words from which it can
 * be repeated, and walks are made as short as they can be and still fail.
 *
 * It always ends: each M< line waits for answer_ms, all of it for total_ms, and
 * a milter that drips, floods, hangs or announces 2 GiB is an outcome, not a
 * delay.  Memory stays below 32 MiB whatever the milter sends: a packet is
 * refused by its length word, and no more than one is kept.
 *
 * Not thread-safe for one config; two plays in two threads do not know of each
 * other.  Nothing is printed.
 */

#include "sim/play/milter_case.h"

/* Always ends.  *o must be fresh or cleared. */
enum milter_end milter_play(
    const struct milter_play_config *config, struct milter_outcome *o);

#endif
