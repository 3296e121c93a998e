/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef WIRE_JUDGE_H
#define WIRE_JUDGE_H

/*
 * judge - every packet of one milter connection held against the rules.
 *
 * Show it each packet of either side in the order in which the sides took them;
 * it says which rules of wire/rules.h the packet broke: order and masks
 * (wire/dialogue.h), letter and shape (wire/codec.h), what was negotiated, and
 * what a reply's text may be.  The first offer and its answer settle the terms.
 *
 * It judges and never repairs.  A change that broke a rule leaves the command
 * waiting; a final answer that did is still the answer, since no other will come.
 * After a command that broke one nobody can say what the
 * milter owes: from there on (`lost`) only letters and shapes are judged, and that
 * there are no more final answers than commands; after bytes that were no packet
 * (`blind`) not even that.
 *
 * Pure; a judge belongs to one thread at a time.
 */

#include "wire/dialogue.h"
#include "wire/rules.h"

enum { JUDGE_BREACHES = 8 }; /* at most by one packet */

struct judge {
	struct dialogue dialogue; /* terms and stage: for all to read */
	enum packet_kind last;    /* the last command that has answers; N_PACKETS: none */
	bool agreed;              /* OPTNEG was answered */
	bool lost, blind;
	unsigned open; /* commands without a final answer, in their right order or not */
	struct optneg offer;        /* without its lists */
	bool body_begun, body_over; /* REPLBODY came; something else came behind it */
};

void judge_init(struct judge *j);

/* How many breaches are in ret; 0: the packet is in order. */
size_t judge_packet(struct judge *j, enum direction to, char letter, struct slice payload,
    struct breach ret[JUDGE_BREACHES]);

/* A frame_decode() that failed, as a breach. */
struct breach judge_frame(const struct judge *j, enum direction to, enum frame_status s);

/*
 * An answer that stands there before a command asks for one, and which the next one
 * will take.  `letter` is its own, NUL where it has not come yet.
 */
struct breach judge_early(const struct judge *j, char letter);

/* The longest payload by what was agreed, one of FRAME_PAYLOAD_*. */
size_t judge_payload_max(const struct judge *j);

/*
 * The rules that the text of a REPLYCODE breaks; `text` without its NUL.
 * Appends to the n breaches in ret; returns the new number.
 */
size_t judge_reply_text(struct slice text, enum packet_kind command,
    struct breach ret[JUDGE_BREACHES], size_t n);

#endif
