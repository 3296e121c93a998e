/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MILTER_SIGS_WORTH_H
#define MILTER_SIGS_WORTH_H

/*
 * worth - whether a line of mail would make a good signature.
 *
 * Good is a whole line of base64 that looks random: machine code and packed
 * data do, and two programs share no such line.  Text, runs of zeros, and what
 * stands in every MIME message do not.  Randomness is measured as entropy of
 * the bytes against the most that a line of this length can have; text that
 * was put into base64 has nearly as much, so base64 is decoded and looked at.
 * Pure.
 */

#include "base/slice.h"

enum worth_fault {
	WORTH_FINE,
	WORTH_SHORT,     /* fewer than WORTH_SHORTEST bytes */
	WORTH_NO_ENTRY,  /* cannot stand in a signature file */
	WORTH_RUN,       /* one byte, or a few, again and again */
	WORTH_COMMON,    /* part of what stands in many harmless messages */
	WORTH_NO_RANDOM, /* too little entropy: text, or made by hand */
};

enum {
	WORTH_SHORTEST = 20,     /* bytes */
	WORTH_LEARN_LENGTH = 40, /* what milter-sigs takes at least by itself */
	/*
	 * Thousandths of the most entropy.  Measured: header fields reach 853,
	 * random base64 has 806 and more, the paper's SOBIG.B line 818.
	 */
	WORTH_RANDOM = 880,
	WORTH_RANDOM_BASE64 = 790,
	BASE64_LINE = 76, /* RFC 2045 6.8 */
};

/* Shannon's entropy of the bytes, in thousandths of a bit per byte. */
unsigned worth_entropy(struct slice line);

enum worth_fault worth_of(struct slice line);

/* "is too short" and so on; "" for WORTH_FINE. */
const char *worth_words(enum worth_fault fault);

/* The higher, the better the signature; for lines that are WORTH_FINE. */
unsigned worth_score(struct slice line);

#endif
