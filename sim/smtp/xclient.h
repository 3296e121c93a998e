/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_XCLIENT_H
#define SIM_XCLIENT_H

/*
 * xclient - the attributes of an XCLIENT command, one after the other.
 *
 * XCLIENT is Postfix's, its XCLIENT_README the definition; what that leaves open
 * is as smtpd 3.7.11 does it.  NAME=value pairs, blanks between; a value is xtext
 * (RFC 3461 4), and one that is no valid xtext stands for itself.  Pure.
 */

#include <stdint.h>

#include "base/text.h"

enum { XCLIENT_VALUE_MAX = 255 }; /* as typed */

/* In the order in which EHLO names them. */
enum xclient_name {
	XCLIENT_NAME,
	XCLIENT_ADDR,
	XCLIENT_PROTO,
	XCLIENT_HELO,
	XCLIENT_REVERSE_NAME,
	XCLIENT_PORT,
	XCLIENT_LOGIN,
	XCLIENT_DESTADDR,
	XCLIENT_DESTPORT,
	N_XCLIENT_NAMES
};

/* The EHLO line. */
#define XCLIENT_KEYWORD                                                                  \
	"XCLIENT NAME ADDR PROTO HELO REVERSE_NAME PORT LOGIN DESTADDR DESTPORT"

enum xclient_known { XCLIENT_GIVEN, XCLIENT_UNAVAILABLE, XCLIENT_TEMPUNAVAIL };

struct xclient_attribute {
	enum xclient_name name;
	enum xclient_known known;
	struct slice value;        /* XCLIENT_GIVEN: without IPV6: */
	unsigned char address[16]; /* XCLIENT_ADDR and _DESTADDR, network order */
	bool inet6;
};

enum xclient_status {
	XCLIENT_OK,
	XCLIENT_END,       /* there is no further one */
	XCLIENT_NO_VALUE,  /* not NAME=value */
	XCLIENT_TOO_LONG,  /* above XCLIENT_VALUE_MAX */
	XCLIENT_UNKNOWN,   /* ret->value: the name, as typed */
	XCLIENT_BAD_VALUE, /* ret->name, ret->value: which, decoded */
};

/*
 * Takes the next attribute off *rest.  *scratch, of any limit, holds what
 * ret->value borrows until the next call.
 */
enum xclient_status xclient_next(
    struct slice *rest, struct text *scratch, struct xclient_attribute *ret);

/* "NAME", "ADDR" ... */
struct slice xclient_word(enum xclient_name name);

#endif
