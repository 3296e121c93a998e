/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_UNIT_MILTER_SOURCE_H
#define T_UNIT_MILTER_SOURCE_H

/* Beginnings of transcripts that speak as the MTA, each one command longer. */

#include "sim/transcript/transcript.h"
#include "t/unit/runner.h"

#define HEAD  "speaks: milter\ntimeout: 60s\n"
#define SOON  "speaks: milter\ntimeout: 2s\n" /* where a time has to pass */
#define OFFER "M> OPTNEG version 6 actions all protocol all\nM< answer\n"
#define CONN  OFFER "M> CONNECT h inet 25 192.0.2.1\nM< answer\n"
#define MAIL  CONN "M> HELO h\nM< answer\nM> MAIL <a@b>\nM< answer\n"
#define RCPT  MAIL "M> RCPT <c@d>\nM< answer\n"
#define TEXT                                                                             \
	RCPT "M> HEADER Subject: x\nM< answer\nM> EOH\nM< answer\n"                      \
	     "M> BODY one\\r\\n\nM< answer\n"
#define EOM TEXT "M> BODYEOB\n"

static inline bool
read(struct transcript *t, const char *source)
{
	struct text why = TEXT_INIT(500);
	bool ok = transcript_read(t, "a.mta", slice_of(source), NULL, &why);

	ck_assert_msg(ok, "%s", text_cstr(&why));
	text_clear(&why);
	return ok;
}

#endif
