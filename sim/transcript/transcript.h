/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_TRANSCRIPT_H
#define SIM_TRANSCRIPT_H

/*
 * transcript - the language of t/sim/NAME.mta: a session and what must come of it.
 *
 *	# A recipient that the filter refuses does not end the message
 *	option: --domain foo.com --user Jones
 *	S: 220 foo.com ${*}
 *	C: HELO bar.com
 *	S: 250 ${*}
 *	C: MAIL FROM:<Smith@bar.com>
 *	M> MAIL <Smith@bar.com>
 *	S: 250 OK
 *	C: RCPT TO:<Jones@foo.com>
 *	M> RCPT <Jones@foo.com>
 *	M< REPLYCODE 550 5.7.1 not now
 *	S: 550 5.7.1 not now
 *
 * Grammar.  Blanks in front of a line are ignored, and so are empty lines and
 * lines that begin with #; the first such comment is the title.  A line is one
 * of these, [ ] optional, N and K numbers from 1:
 *
 *	[N ]C: TEXT      the client sends TEXT and CRLF, no escapes
 *	[N ]C*R: TEXT    the same R times; ${n} counts from 1
 *	[N ]C= BYTES     the client sends bytes with escapes, as a write of its own
 *	[N ]C*R= BYTES   the same R times, as one write
 *	[N ]C! close | reset | shutdown
 *	                 the client ends the connection: FIN, RST, or FIN in its
 *	                 own direction only
 *	[N ]S: PATTERN   the server's next line, without CRLF
 *	[N ]S*R: PATTERN the same R times
 *	[N ]S= BYTES     the very next bytes
 *	[N ]S! close     the server ends the connection and says nothing more
 *	[N ]S! silence TIME
 *	                 the server says nothing for so long
 *	[N ]M[K]> PATTERN
 *	                 the milter is sent this packet, in the notation of
 *	                 wire/notation.h.  Packets in between are passed over,
 *	                 unless `expect: every packet`
 *	[N ]M[K]> raw BYTES   the payload of a packet that does not decode: letter
 *	                 and payload with escapes
 *	[N ]M[K]< ACTION the answer to the packet just above it (script.h).  To
 *	                 a real milter's packet: what it must answer, a pattern
 *	[N ]M[K]! close  the MTA ends the connection to the milter
 *	[N ]M[K]! no COMMAND
 *	                 no such packet since the last M> of this milter
 *	M[K]< on COMMAND [NTH]: ACTION
 *	                 a rule for all connections, whatever its place
 *
 *	option: WORDS    options of `milter-sim serve`, for the server
 *	milter: WORDS    one filter more; "F=T" and "T=..." as in sendmail, no S=
 *	expect: every packet
 *	                 M> lines name every packet but MACRO
 *	expect: every packet and macro
 *	timeout: TIME    for every line that waits (10s)
 *	include: FILE    its lines in this place; the name is relative to the file
 *	                 with the include
 *
 *	id: level: says: source: needs: known: profiles:
 *	                 what a conformance case says of itself, see transcript_head
 *	allow: RULES     rules of wire/rules.h that may be broken here, by name
 *	param: NAME = TEXT
 *	                 a variable, unless who plays gives it another value
 *	let: NAME = TEXT a variable from here on; TEXT may use others
 *	repeat: TIMES [as NAME]
 *	end:             the lines between them so many times; ${n}, or ${NAME},
 *	                 is filled in as they are read, from 1
 *	speaks: milter   the lines speak to a milter, as the MTA: in front of them
 *	generate: WORDS  many variants of one case, see generator.h
 *	point:           what the case is about: the next line
 *
 * Lines that speak to a milter; [/P] in pieces of so many bytes, [*R] R times:
 *
 *	[N ]M[/P][*R]> PACKET   sent, if the milter wants it and is in the message
 *	[N ]M[/P][*R]>> PACKET  sent whatever was agreed
 *	[N ]M[/P][*R]= BYTES    sent as they are, in a write of its own
 *	[N ]M! close | reset | shutdown | wait TIME
 *	[N ]M< WANT             the milter's next packet, see enum want
 *	[N ]M| WANT             or this
 *	[N ]R: LINE             the message that results, whole, in the notation
 *	[N ]R! same             it is as it was sent
 *	[N ]R< WANT             what came of the message: its first answer that was
 *	                        not CONTINUE, else its last
 *
 * N is the connection (1 when missing), opened by its first line; K the milter
 * in the order of `milter:` lines (1).  Lines happen in their order; C lines
 * that follow each other go out in one write, C= lines one by one.  PATTERN is
 * that of pattern.h; TEXT may use variables that are bound.
 *
 * A parsed transcript is const and may be shared between threads.
 */

#include "base/text.h"
#include "sim/transcript/generator.h"
#include "sim/transcript/script.h"
#include "wire/rules.h"

enum {
	TRANSCRIPT_STEPS_MAX = 200000,
	TRANSCRIPT_CONNECTIONS = 100,
	TRANSCRIPT_MILTERS = 9,
	TRANSCRIPT_REPEATS = 1000000,
	TRANSCRIPT_LINES_MAX = 400000, /* read, blocks that repeat counted each time */
	TRANSCRIPT_BLOCKS = 4,         /* that repeat, one inside the other */
	TRANSCRIPT_PIECE = 65535,
	TRANSCRIPT_PARAMS = 48,
	TRANSCRIPT_INCLUDES = 16,            /* files, nested or not */
	TRANSCRIPT_BYTES = 16 * 1024 * 1024, /* of one file */
	TRANSCRIPT_TIMEOUT_MS = 10 * 1000,
};

enum step_kind {
	STEP_SEND,  /* text: pattern to fill; CRLF behind it */
	STEP_BYTES, /* text: the bytes */
	STEP_CLOSE,
	STEP_RESET,
	STEP_SHUTDOWN,
	STEP_LINE,       /* text: pattern */
	STEP_EXACT,      /* text: the bytes */
	STEP_EOF,        /* the server closes */
	STEP_SILENCE,    /* wait_ms */
	STEP_PACKET,     /* text: pattern of the notation; answers */
	STEP_RAW_PACKET, /* text: letter and payload */
	STEP_ANSWER,     /* text as written; only for milters that are real */
	STEP_MILTER_EOF,
	STEP_NO_PACKET, /* command */
	/* speaks: milter */
	STEP_MTA_PACKET, /* text: a packet to fill; command; piece */
	STEP_MTA_ANYWAY, /* the same */
	STEP_MTA_BYTES,  /* text: bytes with escapes, to fill; piece */
	STEP_MTA_CLOSE,
	STEP_MTA_RESET,
	STEP_MTA_SHUTDOWN,
	STEP_MTA_WAIT, /* wait_ms */
	STEP_REPLY,    /* want; text: pattern; wait_ms */
	STEP_REPLY_OR, /* the same */
	STEP_VERDICT,  /* the same */
	STEP_RESULT,   /* text: pattern of one line */
	STEP_RESULT_SAME,
	STEP_POINT,
	STEP_LET, /* text: NAME=TEXT */
};

enum speaks { SPEAKS_SMTP, SPEAKS_MILTER };

/* What an M< line wants. */
enum want {
	WANT_PATTERN, /* a packet in the notation; `raw BYTES` of letter and payload */
	WANT_ANSWER,  /* any final answer, changes before it passed over */
	WANT_CONSENT, /* CONTINUE or ACCEPT, the same */
	WANT_REFUSAL, /* REJECT, TEMPFAIL or REPLYCODE, the same */
	WANT_EDITS,   /* changes, none too, up to the final answer */
	WANT_CLOSE,   /* the milter ends the connection */
	WANT_UNTIL_CLOSE, /* whatever it says until then */
	WANT_SILENCE,     /* nothing for so long */
};

/* How much of a breach of its rule is wrong.  NONE: not said. */
enum level { LEVEL_NONE, LEVEL_MUST, LEVEL_INTEROP, LEVEL_SHOULD, LEVEL_INFO };

enum {
	NEEDS_PROCESS = 1 << 0, /* a milter of its own, started for it */
	NEEDS_HOSTILE = 1 << 1, /* may end or hang the milter */
};

/* What a case says of itself; what it does not say is empty. */
struct transcript_head {
	struct text id; /* [a-z0-9-] and / . : "rep/3.2", "policy/virus/1" */
	enum level level;
	struct text says;     /* one sentence */
	struct text source;   /* where that is written */
	struct text known;    /* whose fault a failure is: "libmilter 8.17" */
	struct text profiles; /* names, blanks between: for these alone */
	struct generator generator;
	unsigned needs; /* NEEDS_* */
};

struct param {
	struct text name, value;
};

struct step {
	enum step_kind kind;
	const char *file; /* owned by the transcript */
	unsigned line;
	unsigned conn;   /* from 1 */
	int milter;      /* from 1; 0: not of a milter */
	unsigned repeat; /* 1 or more */
	unsigned piece;  /* bytes of one write; 0: all in one */
	unsigned wait_ms;
	enum want want;
	enum packet_kind command;
	struct text text;
	/* STEP_PACKET: answer[first] to answer[first + n - 1] of the transcript */
	size_t first_answer, answers;
};

enum expect { EXPECT_NAMED, EXPECT_PACKETS, EXPECT_MACROS_TOO };

struct transcript {
	struct text title;
	struct text options; /* words, one line */
	struct transcript_head head;
	enum speaks speaks;
	struct wire_rule_set allow;
	struct param param[TRANSCRIPT_PARAMS];
	size_t params;
	bool pointed;                           /* has point: */
	struct text milter[TRANSCRIPT_MILTERS]; /* words of `milter:` lines */
	int milters;          /* from those lines, or the highest K in use */
	unsigned connections; /* the highest N in use */
	enum expect expect;
	unsigned timeout_ms;
	struct step *step;
	size_t steps, step_room;
	struct rule *rule;
	size_t rules, rule_room;
	struct action *answer;
	size_t answers, answer_room;
	char *file[TRANSCRIPT_INCLUDES];
	size_t files;
};

/* How include: gets at a file; NULL: includes are an error. */
struct transcript_loader {
	bool (*load)(void *self, const char *name, struct text *ret, struct text *why);
	void *self;
};

/*
 * Reads a transcript; `name` stands in messages and is what include: is relative
 * to.  False: *why says "file:line: what, what to do".  Call transcript_clear()
 * in every case.
 */
bool transcript_read(struct transcript *t, const char *name, struct slice source,
    const struct transcript_loader *loader, struct text *why);
void transcript_clear(struct transcript *t);

/* The line that the step was, as written but for what a block filled in. */
void step_describe(const struct step *s, struct text *out);

#endif
