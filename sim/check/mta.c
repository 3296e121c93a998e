/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/mta.h"

#include <string.h>

enum { ALLOWED = 8 };

static const struct {
	const char *name;
	enum wire_rule allowed[ALLOWED];
	size_t n;
} mtas[] = {
	{ "strict", { N_WIRE_RULES }, 0 },
	/*
	 * Takes a version above its own, passes a status code of another class on,
	 * and does not look behind the end of a payload without data.
	 */
	{ "sendmail-8.17", { RULE_VERSION_HIGH, RULE_REPLY_ENHANCED, RULE_EDIT_BODY },
	    3 },
	/* Takes steps it did not offer, and PROGRESS anywhere. */
	{ "postfix-3.7", { RULE_PROTOCOL, RULE_PROGRESS_STAGE }, 2 },
};

enum { MTAS = sizeof mtas / sizeof mtas[0] };

bool
mta_known(const char *profile)
{
	for (size_t i = 0; i < MTAS; i++) {
		if (strcmp(mtas[i].name, profile) == 0)
			return true;
	}
	return false;
}

const char *
mta_names(void)
{
	return "strict sendmail-8.17 postfix-3.7";
}

struct wire_rule_set
mta_allows(const char *profile)
{
	struct wire_rule_set set = { 0 };

	for (size_t i = 0; i < MTAS; i++) {
		if (strcmp(mtas[i].name, profile) != 0)
			continue;
		for (size_t k = 0; k < mtas[i].n; k++)
			wire_rule_set_add(&set, mtas[i].allowed[k]);
	}
	return set;
}
