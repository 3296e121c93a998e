/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_SMTP_BLANK_H
#define SIM_SMTP_BLANK_H

/* blank - what parts words of a line, as MTAs have it: isspace() of the C locale. */

#include <stdbool.h>

static inline bool
blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

#endif
