/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PARAMETERS_H
#define SIM_PARAMETERS_H

/*
 * parameters - is an ESMTP parameter one that this MTA takes?  Pure.
 */

#include <stdint.h>

#include "sim/profile/parameter.h"
#include "sim/profile/say.h"
#include "sim/smtp/command.h"

enum parameter_status {
	PARAMETER_OK,
	PARAMETER_UNKNOWN,
	PARAMETER_NO_VALUE,
	PARAMETER_BAD_VALUE,
	PARAMETER_TOO_LARGE, /* a number that is none any more */
};

struct parameter_found {
	const struct parameter_rule *rule; /* NULL: there is none */
	struct slice fault;                /* what of the value is wrong */
	enum say bad;                      /* ... and what is said of that */
	bool sized;                        /* the form is a size: */
	uint64_t number;
};

/*
 * Looks a parameter of MAIL or RCPT up in the rules.  `announced` holds the EHLO
 * keywords, one blank between.  *ret is filled in any case.
 */
enum parameter_status parameter_check(const struct parameter_rule *rules, bool rcpt,
    const struct parameter *p, struct slice announced, struct parameter_found *ret);

#endif
