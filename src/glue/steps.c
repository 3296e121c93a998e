/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/steps.h"

#include <libmilter/mfapi.h>
#include <stddef.h>

struct step_row {
	unsigned on;
	unsigned long no, no_reply;
};

static const struct step_row step_row[] = {
	{ ON_MAIL, SMFIP_NOMAIL, SMFIP_NR_MAIL },
	{ ON_RCPT, SMFIP_NORCPT, SMFIP_NR_RCPT },
	{ ON_DATA, SMFIP_NODATA, SMFIP_NR_DATA },
	{ ON_HEADER, SMFIP_NOHDRS, SMFIP_NR_HDR },
	{ ON_EOH, SMFIP_NOEOH, SMFIP_NR_EOH },
	{ ON_BODY, SMFIP_NOBODY, SMFIP_NR_BODY },
};

static unsigned
members(const struct policy *f)
{
	return (f->begin != NULL ? ON_MAIL : 0) | (f->rcpt != NULL ? ON_RCPT : 0) |
	       (f->data != NULL ? ON_DATA : 0) | (f->header != NULL ? ON_HEADER : 0) |
	       (f->eoh != NULL ? ON_EOH : 0) | (f->body != NULL ? ON_BODY : 0);
}

unsigned
steps_events(const struct policy *f, unsigned spared)
{
	return members(f) & ~spared;
}

/*
 * To an MTA that does not know the no-reply bits libmilter answers "continue"
 * itself and offers them all the same.  Then nothing would be saved and a
 * verdict lost; the bits came with SMFIP_RCPT_REJ, which it does not pretend.
 */
static unsigned long
without_pretence(unsigned long offered)
{
	for (size_t i = 0; i < sizeof step_row / sizeof step_row[0]; i++) {
		if (!(offered & SMFIP_RCPT_REJ))
			offered &= ~step_row[i].no_reply;
	}
	return offered;
}

unsigned long
steps_wanted(const struct policy *f, unsigned spared, unsigned long offered)
{
	unsigned long want = SMFIP_NOCONNECT | SMFIP_NOUNKNOWN;
	unsigned on = steps_events(f, spared);

	want |= f->wants_helo ? SMFIP_NR_HELO : SMFIP_NOHELO;
	for (size_t i = 0; i < sizeof step_row / sizeof step_row[0]; i++) {
		if (!(on & step_row[i].on))
			want |= step_row[i].no;
		else if (f->quiet & step_row[i].on)
			want |= step_row[i].no_reply;
	}
	if (f->exact_headers && !(spared & ON_HEADER))
		want |= SMFIP_HDR_LEADSPC;
	if (f->rejected_recipients)
		want |= SMFIP_RCPT_REJ;
	return want & without_pretence(offered);
}

bool
steps_quiet(unsigned long agreed, unsigned on)
{
	for (size_t i = 0; i < sizeof step_row / sizeof step_row[0]; i++) {
		if (step_row[i].on == on)
			return (agreed & step_row[i].no_reply) != 0;
	}
	return false;
}
