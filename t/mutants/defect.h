/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MUTANTS_DEFECT_H
#define MUTANTS_DEFECT_H

/*
 * defect - what is wrong with this milter, at most one thing at a time.
 *
 * A defect is a row of data.  Most rows say where (`at`) and what is said or
 * done there (`act`, `say`); what a wrong packet cannot express is a `quirk`,
 * which the code asks for at the place that it spoils.  The good variant is the
 * row without either.  One process has one defect, chosen before any thread
 * starts and never changed.
 */

#include <stdbool.h>
#include <stddef.h>

/* The families of cases; POLICY is what the four kinds of filter owe their users. */
enum family { NEG, ORD, REP, MOD, BODY, ROB, TIM, CON, SHU, INV, SES, POLICY };

/* A command as it came, and what came before it. */
struct seen {
	char letter;
	const unsigned char *payload;
	size_t len;
	unsigned nth; /* of this letter: in the message, or before it in the session */
	unsigned message; /* 1: the session's first message, 0: none so far */
	/* How often other letters came, in the message; connects and helos: in the
	 * session. */
	unsigned rcpts, datas, headers, bodies, connects, helos;
	unsigned session; /* of the process, from 1 */
	bool skipped;     /* one was answered with SKIP */
	bool in_message;
	char last, before; /* the letters in front of this one, the nearer first */
	unsigned (*others)(char letter); /* sessions that stand behind it, this one too */
	bool after_abort;                /* an ABORT came earlier in the session */
	bool pipelined;                  /* the next command is here already */
	unsigned reads;                  /* that it took until all of it was here */
	bool other_terms; /* a session that negotiated later agreed on something else */
	bool crowded;     /* another session is in the middle of a message */
	size_t sum;       /* bytes of this letter, in the message or before it */
	unsigned skips;   /* messages of the session whose body was skipped */
	bool refused;     /* a recipient of the message was */
};

struct packet_text {
	const char *bytes;
	size_t len;
};

/* Where a row strikes; what is zero or NULL does not matter. */
struct place {
	char command;
	unsigned nth, message;
	char last, before; /* the letters in front of it */
	char others;       /* another session stands behind this letter */
	char stage;        /* what its payload begins with */
	size_t bytes;      /* of its payload; at END_OF_STREAM: of what was not used */
	size_t above;      /* more bytes than this */
	struct packet_text has; /* its payload does */
	bool (*when)(const struct seen *seen);
};

enum { END_OF_STREAM = '!' }; /* a command of our own, when there are no more */

enum act {
	AS_USUAL,
	SILENT,      /* no answer */
	INSTEAD,     /* `say` in place of the answer */
	BEFORE,      /* `say`, then the answer */
	AFTER,       /* the answer, then `say`, in one write */
	CLOSE,       /* closes the connection */
	CRASH,       /* abort(): the process is gone, and all connections with it */
	END,         /* exit(0), as quietly as can be */
	STALL,       /* this session is never heard of again */
	SPIN,        /* neither, and a processor is busy for ever */
	COLOUR,      /* the next message of the session has a recipient too many */
	LEAK_SOCKET, /* a descriptor for good */
	LEAK_MEMORY, /* 256 KiB of it */
	COLOUR_ALL   /* so has the next message of whatever session */
};

enum { SAY_MAX = 4 };

/* How the milter is set up: what it asks for in the negotiation. */
enum shape {
	GENERAL,  /* all events, all edits, SKIP, exact header values */
	QUIET,    /* the same, without replies wherever that can be had */
	MASKED,   /* MAIL, body and end of message alone */
	PASSIVE,  /* all events, no edits, macro lists or habits */
	BYTEWISE, /* GENERAL, each byte in a packet of the network of its own */
	CHATTY    /* GENERAL, with every edit and PROGRESS that is odd and no fault */
};

/* The build that shows it. */
enum build { ANY_BUILD, ADDRESS, THREAD };

enum quirk {
	NO_QUIRK,
#define QUIRK(name) name,
#include "quirks.h"
#undef QUIRK
};

struct defect {
	const char *name;
	enum family family;
	const char *rule; /* that it breaks */
	const char *what; /* one sentence */
	struct place at;
	enum act act;
	struct packet_text say[SAY_MAX]; /* letter and payload */
	bool raw;                        /* sent as they stand, unframed */
	enum quirk quirk;
	/* Bits that are claimed though not offered; used; and answers left out likewise.
	 */
	unsigned steps, actions, uses, quiet;
	enum shape shape;
	enum build build;
	unsigned bug; /* number in "The bugs of 2003", docs/TESTING.md */
};

extern const struct defect defects_talk[], defects_edit[], defects_order[],
    defects_rough[], defects_policy[], defects_each[], defects_shape[], defects_late[],
    defects_alone[], defects_colour[], defects_holds[], defects_wild[], defects_border[],
    defects_kept[], defects_words[], defects_own[], defects_mail[], defects_strange[];

/* NULL when there is none of that name. */
const struct defect *defect_find(const char *name);
void defect_choose(const struct defect *d);
const struct defect *defect_now(void);

/* Does the chosen row strike here? */
bool defect_at(const struct seen *seen);
bool quirk(enum quirk q);

/* One line a row, fields parted by tabs: name family rule build shape bug what. */
void defect_list(void);

#endif
