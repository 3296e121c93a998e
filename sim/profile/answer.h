/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PROFILE_ANSWER_H
#define SIM_PROFILE_ANSWER_H

/*
 * answer - what a milter's packet is to one MTA.
 *
 * The same bytes are a reply to one and none to another: a payload where none
 * belongs, SKIP that nobody offered, a code without a blank.  Pure but for memory.
 */

#include "base/text.h"
#include "sim/profile/habits.h"

/*
 * Which column of the reactions it is.  `kind` is N_PACKETS for a letter that no
 * packet has; `protocol` is what the milter answered to the offer.
 */
enum answer answer_of(const struct habits *h, uint32_t protocol, enum packet_kind kind,
    struct slice payload);

/*
 * The words of a REPLYCODE, appended to *ret as the client hears them: lines as the
 * milter sent them, %% undone.  `payload` has its NUL.  False: to this MTA it is no
 * reply, and struct reply_rules says what that does.
 */
bool answer_words(const struct reply_rules *r, struct slice payload, struct text *ret);

#endif
