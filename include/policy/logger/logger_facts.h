/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_LOGGER_LOGGER_FACTS_H
#define POLICY_LOGGER_LOGGER_FACTS_H

/*
 * logger_facts - the envelope of one message, collected event by event.
 *
 * Values are copied into one growing buffer and listed once at the end; a
 * message that is not captured to its end pays for no list.  What does not fit
 * into LOGGER_FACTS_MAX, or into memory, is left out and `cut` says so.
 * Starts zeroed.  One message, one thread at a time.  Private to logger.c.
 */

#include "policy/logger/logger.h"

struct logger_facts {
	char *bytes; /* kind, length and value of each fact, one after the other */
	size_t len, cap, count;
	bool cut;
	struct logger_fact *list; /* made by logger_facts_list() */
};

void logger_facts_client(struct logger_facts *f, const struct client *client);
void logger_facts_mail(struct logger_facts *f, const struct envelope_event *ev);

/* False: the MTA says that it has refused this recipient itself. */
bool logger_facts_rcpt(struct logger_facts *f, const struct envelope_event *ev);

void logger_facts_eom(struct logger_facts *f, const struct macros *macros);

/* Valid until the next call with `f`; NULL when there is no memory for it. */
const struct logger_fact *logger_facts_list(struct logger_facts *f, size_t *ret_count);

void logger_facts_clear(struct logger_facts *f);

#endif
