/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PROFILE_PARAMETER_H
#define SIM_PROFILE_PARAMETER_H

/*
 * parameter - the ESMTP parameters that an MTA takes with MAIL and RCPT
 * (RFC 1870, 2852, 3461, 4954, 6152), as a table: what a value may be, and what
 * is said of one that is none.
 */

#include <stdbool.h>

enum parameter_form {
	FORM_NOTHING,      /* has no value: SMTPUTF8 */
	FORM_ANY,          /* whatever it says */
	FORM_SIZE,         /* RFC 1870: 1 to 20 digits */
	FORM_DIGITS,       /* ... any number of them, as long as the number fits */
	FORM_BEGINS,       /* ... the number it begins with; 0 if it does with none */
	FORM_WORD,         /* one of `words` */
	FORM_XTEXT,        /* RFC 3461 4: printable, + in front of two hex digits */
	FORM_XTEXT_PLUS,   /* ... anything but + where no digits follow, and not empty */
	FORM_XTEXT_LOOSE,  /* ... or empty, the digits in either case */
	FORM_NOTIFY,       /* NEVER, or of SUCCESS FAILURE DELAY some, commas between */
	FORM_NOTIFY_LOOSE, /* ... commas anywhere, a word more than once */
	FORM_ORCPT,        /* a type, a semicolon, xtext */
	FORM_ORCPT_PLUS,   /* ... anything but such a + behind it */
	FORM_ORCPT_LOOSE,  /* ... or nothing behind it */
	FORM_BY,           /* RFC 2852: seconds, a semicolon, R or N, T */
};

/* Is it there till the transaction ends, though MAIL be refused?  Any of these. */
enum sticks {
	STICKS_NEVER = 0,
	STICKS_GOOD = 1, /* one that is good */
	STICKS_ANY = 2,
	TWICE_FIRST = 4, /* a second one is too much, whatever it says */
};

struct parameter_rule {
	const char *keyword;   /* NULL ends the table */
	bool rcpt;             /* of RCPT, else of MAIL */
	const char *extension; /* known only if EHLO announces it; NULL: always */
	unsigned char form;    /* enum parameter_form */
	const char *words;     /* of FORM_WORD */
	/* enum say: without a value, with a wrong one, a second time (0: no matter). */
	unsigned char no_value, bad, twice;
	unsigned char sticks; /* enum sticks */
};

#endif
