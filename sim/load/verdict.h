/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_LOAD_VERDICT_H
#define SIM_LOAD_VERDICT_H

/* verdict - what may become of a message or a recipient in a load. */

enum load_verdict {
	LOAD_ACCEPTED,
	LOAD_REFUSED,  /* for good: 5yz */
	LOAD_DEFERRED, /* 4yz */
	LOAD_DISCARDED,
	N_LOAD_VERDICTS, /* as an expectation: any */
	LOAD_ANY = N_LOAD_VERDICTS,
	LOAD_UNSAID /* as an expectation: none of its own */
};

/* Several of them: the sum of these. */
#define LOAD_MAY(verdict) (1U << (verdict))
enum { LOAD_MAY_ANY = (1U << N_LOAD_VERDICTS) - 1 };

/* "accepted"; the last is "any". */
extern const char *const load_verdict_names[N_LOAD_VERDICTS + 1];

#endif
