/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/smtp_xclient.h"

#include "base/put.h"
#include "sim/smtp/smtp_say.h"
#include "sim/smtp/smtp_verbs.h"

/* Whoever is imitated: the command has one implementation, and these are its words. */
static const struct phrase busy = { "503", "5.5.1",
	"Error: MAIL transaction in progress" };
static const struct phrase empty = { "501", "5.5.4",
	"Syntax: XCLIENT attribute=value..." };
static const struct phrase faults[] = {
	[XCLIENT_NO_VALUE] = { "501", "5.5.4", "Error: attribute=value expected" },
	[XCLIENT_TOO_LONG] = { "501", "5.5.4", "Error: attribute value too long" },
	[XCLIENT_UNKNOWN] = { "501", "5.5.4", "Bad XCLIENT attribute name: %x" },
	[XCLIENT_BAD_VALUE] = { "501", "5.5.4", "Bad %p syntax: %x" },
};

static void
fault(struct smtp *s, const struct phrase *ph, struct slice word)
{
	smtp_say_phrase(s, ph, word);
	smtp_count_fault(s);
}

enum smtp_ask
smtp_xclient(struct smtp *s, struct slice argument)
{
	if (s->transaction || argument.len == 0) {
		fault(s, s->transaction ? &busy : &empty, SLICE(""));
		return SMTP_INPUT;
	}
	s->name = argument;
	return smtp_ask_owner(s, SMTP_XCLIENT);
}

void
smtp_bad_xclient(
    struct smtp *s, enum xclient_status status, const struct xclient_attribute *a)
{
	s->ask = SMTP_INPUT;
	s->parameter = xclient_word(a->name);
	fault(s, &faults[status], a->value);
}

void
smtp_renew(struct smtp *s, const struct smtp_newcomer *n)
{
	s->ask = SMTP_INPUT;
	text_clear(&s->helo);
	put(&s->helo, n->helo);
	s->greeted = n->helo.len != 0;
	s->esmtp = n->esmtp;
	s->extended = n->esmtp;
	s->shortly = false;
	text_clear(&s->refused);
	text_clear(&s->refused_mail);
	s->size = 0;
}
