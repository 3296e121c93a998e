/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * What the filter thinks of mail.  A word in an address, a host name or the
 * header X-Verdict asks for an answer; besides there is a little of each of the
 * four kinds of filter, so that cases of `policy/` have something to hold on to.
 */

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "defect.h"
#include "session.h"

static const char signature[] = "REFMILTER-TEST-SIGNATURE-0123456789";
static const char listed_domain[] = "listed.example";

static const struct {
	const char *word;
	enum verdict verdict;
} words[] = { { "accept", VERDICT_ACCEPT }, { "reject", VERDICT_REJECT },
	{ "tempfail", VERDICT_TEMPFAIL }, { "discard", VERDICT_DISCARD },
	{ "reply", VERDICT_REPLY }, { "later", VERDICT_LATER },
	{ "hangup", VERDICT_HANG_UP }, { "lines", VERDICT_LINES } };

enum verdict
policy_word(const char *word)
{
	size_t n = strcspn(word, "@.> \t");

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (strlen(words[i].word) == n &&
		    strncasecmp(words[i].word, word, n) == 0)
			return words[i].verdict;
	}
	return CARRY_ON;
}

enum verdict
policy_host(const char *name)
{
	return policy_word(name);
}

enum verdict
policy_address(const char *address)
{
	return policy_word(address + (address[0] == '<'));
}

static bool
starts(const char *address, const char *local)
{
	size_t n = strlen(local);

	address += address[0] == '<';
	return strncasecmp(address, local, n) == 0 && strchr("@>", address[n]) != NULL;
}

/* A mailbox is full for all but the postmaster and bounces. */
enum verdict
policy_rcpt(const struct message *m, const char *address)
{
	bool spared = (starts(m->from, "postmaster") && !quirk(QUOTA_POSTMASTER)) ||
		      (starts(m->from, "mailer-daemon") && !quirk(QUOTA_POSTMASTER) &&
			  !quirk(QUOTA_DAEMON)) ||
		      (strcmp(m->from, "<>") == 0 && !quirk(QUOTA_NULL_SENDER));

	if (quirk(QUOTA_ALL) && m->refused)
		return VERDICT_FULL;
	if (starts(address, "full") && !spared)
		return VERDICT_FULL;
	if (starts(address, "room") && m->huge)
		return VERDICT_FULL;
	return policy_address(address);
}

/* A matcher that does not step back. */
static bool
plods(const unsigned char *bytes, size_t len)
{
	size_t n = 0;

	for (size_t i = 0; i < len && n < sizeof signature - 1; i++)
		n = bytes[i] == (unsigned char)signature[n] ? n + 1 : 0;
	return n == sizeof signature - 1;
}

bool
policy_virus_behind(const char *half, const unsigned char *bytes, size_t len)
{
	char whole[200];
	int n = snprintf(whole, sizeof whole, "%s%.*s", half, len < 100 ? (int)len : 100,
	    (const char *)bytes);

	return half[0] != '\0' && policy_virus((unsigned char *)whole, (size_t)n);
}

bool
policy_virus(const unsigned char *bytes, size_t len)
{
	const unsigned char *nul = quirk(VIRUS_TO_NUL) ? memchr(bytes, 0, len) : NULL;

	if (nul != NULL)
		len = (size_t)(nul - bytes);
	if (quirk(VIRUS_PLODS))
		return plods(bytes, len);
	size_t all = quirk(VIRUS_HALF) ? 19 : sizeof signature - 1;
	return len > 0 && memmem(bytes, len, signature, all) != NULL;
}

/* The header From: is its domain the listed one, or below it? */
bool
policy_listed(const struct message *m, const char *from)
{
	int (*same)(const char *, const char *, size_t) =
	    quirk(SPAM_CASE) ? strncmp : strncasecmp;
	size_t n = sizeof listed_domain - 1;
	int deep = 0; /* in comments */

	if (quirk(SPAM_SECOND_FROM) && m->froms > 1)
		return false;
	if (quirk(SPAM_ALL))
		return true;
	for (const char *at = from; *at != '\0'; at++) {
		if (quirk(SPAM_FIRST_ADDRESS) && *at == ',')
			break;
		deep += (*at == '(') - (*at == ')');
		if (deep > 0 && !quirk(SPAM_COMMENT))
			continue;
		bool label = at > from &&
			     (at[-1] == '@' || (at[-1] == '.' && !quirk(SPAM_SUBDOMAIN)));

		if (same(at, listed_domain, n) == 0 && (label || quirk(SPAM_SUFFIX)) &&
		    !isalnum((unsigned char)at[n]) && at[n] != '.' && at[n] != '-')
			return true;
	}
	return false;
}

struct answer
policy_answer(enum verdict v, char to)
{
	static const struct answer answers[] = {
		[CARRY_ON] = { 'c', "" },
		[VERDICT_ACCEPT] = { 'a', "" },
		[VERDICT_REJECT] = { 'r', "" },
		[VERDICT_TEMPFAIL] = { 't', "" },
		[VERDICT_DISCARD] = { 'd', "" },
		[VERDICT_REPLY] = { 'y', "550 5.7.1 Refused, 100%% on purpose" },
		[VERDICT_LATER] = { 'y', "451 4.7.1 Later, please" },
		[VERDICT_HANG_UP] = { 'y', "421 4.3.2 Closing now" },
		[VERDICT_LINES] = { 'y', "550-5.7.1 Refused\r\n550 5.7.1 on purpose" },
		[VERDICT_VIRUS] = { 'y', "550 5.7.0 VIRUS FOUND" },
		[VERDICT_FULL] = { 'y', "552 5.2.2 Mailbox full" },
		[VERDICT_LISTED] = { 'y', "550 5.7.1 Sender refused by the recipient" },
	};

	if (v == VERDICT_DISCARD && strchr("CHU", to) != NULL)
		return answers[CARRY_ON]; /* not defined there */
	if (v == VERDICT_ACCEPT && to == 'U')
		return answers[CARRY_ON];
	if ((v == VERDICT_VIRUS && quirk(VIRUS_PLAIN)) ||
	    (v == VERDICT_FULL && quirk(QUOTA_PLAIN)) ||
	    (v == VERDICT_LISTED && quirk(SPAM_PLAIN)))
		return answers[VERDICT_REJECT];
	if (v == VERDICT_VIRUS && quirk(VIRUS_OTHER_CODE))
		return (struct answer){ 'y', "554 5.6.0 VIRUS FOUND" };
	if (v == VERDICT_FULL && quirk(QUOTA_LATER))
		return (struct answer){ 'y', "452 4.2.2 Mailbox full" };
	return answers[v];
}
