/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/healthy.h"

static const char session[] = "speaks: milter\n"
			      "param: client = 127.0.0.1\n"
			      "param: helo = bar.com\n"
			      "param: from = <Smith@bar.com>\n"
			      "param: to = <Jones@foo.com>\n"
			      "M> OPTNEG version 6 actions all protocol all\n"
			      "M< OPTNEG ${*}\n"
			      "M> CONNECT localhost inet 40000 ${client}\n"
			      "M< answer\n"
			      "M> HELO ${helo}\n"
			      "M< answer\n"
			      "M> MAIL ${from}\n"
			      "M< answer\n"
			      "M> RCPT ${to}\n"
			      "M< answer\n"
			      "M> DATA\n"
			      "M< answer\n"
			      "M> HEADER From: Smith@bar.com\n"
			      "M< answer\n"
			      "M> HEADER Subject: conformance\n"
			      "M< answer\n"
			      "M> EOH\n"
			      "M< answer\n"
			      "M> BODY Blah blah blah...\\r\\n\n"
			      "M< answer\n"
			      "M> BODYEOB\n"
			      "M< answer\n"
			      "M> QUIT\n";

bool
healthy_read(struct transcript *ret, struct text *why)
{
	return transcript_read(ret, "an ordinary session", slice_of(session), NULL, why);
}
