/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef WIRE_DIALOGUE_H
#define WIRE_DIALOGUE_H

/*
 * dialogue - the rules of one milter session, kept or broken.
 *
 * First the terms: what both sides agreed on.  Then every packet of either side
 * is shown to the dialogue, which says whether it was in order and remembers
 * where the session stands.  It judges and never repairs: a packet that broke
 * a rule leaves the dialogue as it was, so the caller decides what follows.
 *
 * Pure; a dialogue belongs to one thread at a time.
 */

#include "wire/codec.h"

/* What was agreed.  Zero: nothing yet. */
struct terms {
	uint32_t version;
	uint32_t actions;  /* ACTION_* both sides named */
	uint32_t protocol; /* PROTO_* both sides named */
};

/* Ways in which an answer to OPTNEG goes beyond the offer; bits. */
enum {
	TERMS_VERSION_LOW = 1 << 0,  /* below 2; libmilter and sendmail end there */
	TERMS_VERSION_HIGH = 1 << 1, /* above the offer: Postfix ends, sendmail goes on */
	TERMS_ACTIONS = 1 << 2,      /* actions not offered: both MTAs end */
	TERMS_PROTOCOL = 1 << 3, /* steps not offered: sendmail ends, Postfix goes on */
	TERMS_SYMLIST = 1 << 4,  /* macro lists without SETSYMLIST in both */
	TERMS_SYMLIST_TWICE = 1 << 5 /* two lists for one stage */
};

/*
 * What offer and answer come to.  *ret is always filled, with what is in both;
 * the result says what the answer had no right to, 0 when it kept to the offer.
 */
unsigned terms_settle(
    const struct optneg *offer, const struct optneg *answer, struct terms *ret);

/* Is the command to be sent at all?  No: it is masked, or of a later version. */
bool terms_send(const struct terms *t, enum packet_kind command);

/* Will the milter answer the command? */
bool terms_answer(const struct terms *t, enum packet_kind command);

/* The longest payload, one of FRAME_PAYLOAD_*. */
size_t terms_payload_max(const struct terms *t);

enum dialogue_status {
	DIALOGUE_OK,
	DIALOGUE_TOLERATED,    /* not libmilter's order, but an MTA does this */
	DIALOGUE_OUT_OF_ORDER, /* command: not in this stage */
	DIALOGUE_MASKED,       /* command: the milter said that it does not want it */
	DIALOGUE_WAITING,      /* command: the last one has no answer yet */
	DIALOGUE_UNASKED,      /* reply: no answer is due; a second one, or after NR */
	DIALOGUE_WRONG_REPLY,  /* reply: no answer to this command */
	DIALOGUE_NOT_AGREED,   /* reply: needs an action or a bit that is not agreed */
};

struct dialogue {
	enum stage stage;
	enum packet_kind due; /* the command without an answer; N_PACKETS: none */
	bool skipped;         /* SKIP came: no more BODY of this message */
	struct terms terms;
};

void dialogue_init(struct dialogue *d);

/* After an answered OPTNEG the caller sets d->terms. */
enum dialogue_status dialogue_command(struct dialogue *d, enum packet_kind command)
    __attribute__((warn_unused_result));
enum dialogue_status dialogue_reply(struct dialogue *d, enum packet_kind reply)
    __attribute__((warn_unused_result));

#endif
