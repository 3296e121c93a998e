/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/profile/forgives.h"

struct wire_rule_set
profile_forgives(const struct profile *p)
{
	const struct habits *h = &p->habits;
	const struct {
		bool taken;
		enum wire_rule rule;
	} row[] = {
		{ h->offer.version_max > PROTOCOL_VERSION, RULE_VERSION_HIGH },
		{ h->offer.protocol_fatal == 0, RULE_PROTOCOL },
		{ h->offer.actions_fatal == 0, RULE_ACTIONS },
		{ !h->reply.class_must_match, RULE_REPLY_ENHANCED },
		{ !h->edit.body_at_once, RULE_EDIT_BODY },
		{ h->reactions->at[CMD_RCPT][ANSWER_PROGRESS] == DO_MORE,
		    RULE_PROGRESS_STAGE },
	};
	struct wire_rule_set set = { 0 };

	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		if (row[i].taken)
			wire_rule_set_add(&set, row[i].rule);
	}
	return set;
}
