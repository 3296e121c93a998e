/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/healthy.h"

#include "sim/play/milter_play.h"

#define HEAD                                                                             \
	"speaks: milter\n"                                                               \
	"param: client = 127.0.0.1\n"                                                    \
	"param: helo = bar.com\n"                                                        \
	"param: from = <Smith@bar.com>\n"                                                \
	"param: to = <Jones@foo.com>\n"                                                  \
	"M> OPTNEG version 6 actions all protocol all\n"                                 \
	"M< OPTNEG ${*}\n"                                                               \
	"M> CONNECT localhost inet 40000 ${client}\n"                                    \
	"M< answer\n"                                                                    \
	"M> HELO ${helo}\n"                                                              \
	"M< answer\n"

static const char session[] = HEAD "M> MAIL ${from}\n"
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

static const char quits[] = HEAD "M> QUIT\n"
				 "M< answer\n"
				 "M< close\n";

bool
healthy_read(struct transcript *ret, struct text *why)
{
	return transcript_read(ret, "an ordinary session", slice_of(session), NULL, why);
}

bool
healthy_answers_quit(const struct socket_address *milter)
{
	enum { TIMES = 2 };
	struct text why = TEXT_INIT(400);
	struct transcript t = { .steps = 0 };
	bool answers = transcript_read(
	    &t, "a session whose QUIT is answered", slice_of(quits), NULL, &why);

	for (int i = 0; answers && i < TIMES; i++) {
		struct milter_outcome o = MILTER_OUTCOME_INIT;
		struct milter_play_config play = {
			.transcript = &t, .address = milter, .answers_quit = true
		};
		answers = milter_play(&play, &o) == MILTER_PASS;
		milter_outcome_clear(&o);
	}
	transcript_clear(&t);
	text_clear(&why);
	return answers;
}
