/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_VIRUS_SECOND_H
#define POLICY_VIRUS_SECOND_H

/*
 * second - the second stage: a whole message, shown to a scanner that decodes.
 *
 * The scanner is given
 *
 *	From refmilter LF
 *	NAME: VALUE CRLF    each header field as the client sent it
 *	CRLF
 *	the body
 *
 * The first line makes clamd take any header for mail: it decodes MIME only in
 * what begins like a mail file, and "X-Odd:" in front does not.  A body without
 * its header would be looked at as it is, not decoded, and be called clean; so a
 * connection that was negotiated before the rules is not judged at all.
 *
 * A message is one thread's at a time; rules are shared.
 */

#include "base/report.h"
#include "policy/name_list.h"
#include "policy/virus/opinion.h"

#define SECOND_FIRST_LINE "From refmilter\n"

/* What happens to a message that nobody has judged. */
enum second_else { SECOND_TEMPFAIL, SECOND_ACCEPT, SECOND_REJECT };

struct second_rules {
	struct opinion_source source; /* .begin NULL: there is no second stage */
	unsigned long long max_size;  /* bytes, all that is shown */
	enum second_else fail;        /* TEMPFAIL or ACCEPT */
	enum second_else too_large;   /* any */
	struct name_list ignore;      /* names that do not count; '*': any bytes */
	const struct report *report;
};

struct second;

/* NULL when memory is out.  Nothing is kept before the first header or chunk. */
struct second *second_new(const struct second_rules *rules, const struct client *client);
void second_free(struct second *s); /* takes NULL */

void second_header(struct second *s, struct slice name, struct slice value);
void second_eoh(struct second *s);
void second_body(struct second *s, struct slice chunk);

/* The message is judged already: nothing of it is kept any longer. */
void second_forget(struct second *s);

/* At the end; asks, and counts the outcome.  Once for each message. */
enum second_outcome second_judge(struct second *s, const struct progress *progress);

/* Bytes of the message, as shown. */
unsigned long long second_size(const struct second *s);

/* What was found, of FOUND, IGNORED and LIMITS; as long as the message lives. */
struct slice second_found(const struct second *s);

#endif
