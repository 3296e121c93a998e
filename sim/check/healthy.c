/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/healthy.h"

#include "sim/check/peer.h"
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

enum {
	TIMES = 2, /* what is done once may have been chance */
	OPEN_MS = 10000,
	BESIDE_MS = 2000,
};

bool
healthy_read(struct transcript *ret, struct text *why)
{
	return transcript_read(ret, "an ordinary session", slice_of(session), NULL, why);
}

bool
healthy_answers_quit(const struct socket_address *milter)
{
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

static bool
opens(struct peer *p, const struct socket_address *milter, unsigned answer_ms)
{
	struct text why = TEXT_INIT(400);
	bool ok = peer_open(p, milter, PEER_IDLE, answer_ms, &why);

	text_clear(&why);
	return ok;
}

bool
healthy_one_at_a_time(const struct socket_address *milter)
{
	struct peer first, other, next;
	bool alone = true;

	for (int i = 0; alone && i < TIMES; i++) {
		if (!opens(&first, milter, OPEN_MS))
			return false;
		alone = !opens(&other, milter, BESIDE_MS);
		peer_close(&other);
		peer_close(&first);
		alone = opens(&next, milter, OPEN_MS) && alone;
		peer_close(&next);
	}
	return alone;
}
