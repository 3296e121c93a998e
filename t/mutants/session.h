/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MUTANTS_SESSION_H
#define MUTANTS_SESSION_H

/*
 * session - one connection of an MTA, and the message that it is about.
 *
 * What the filter learnt is said again in a header that it adds, so that
 * whatever it forgets, keeps too long or mixes up can be seen on the wire.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire.h"

enum {
	FACT_MAX = 100,        /* bytes of a fact that are kept */
	BODY_MAX = 256 * 1024, /* the body is looked at so far; then SKIP */
	COMMANDS = 256
};

/* What is told to the MTA: the last word about a command, or an edit. */
struct answer {
	char letter; /* 0: none */
	const char *text;
};

enum verdict {
	CARRY_ON,
	VERDICT_ACCEPT,
	VERDICT_REJECT,
	VERDICT_TEMPFAIL,
	VERDICT_DISCARD,
	VERDICT_REPLY,
	VERDICT_LATER,
	VERDICT_HANG_UP,
	VERDICT_LINES,
	VERDICT_VIRUS,
	VERDICT_FULL,
	VERDICT_LISTED
};

struct message {
	char from[FACT_MAX], rcpt[FACT_MAX], qid[FACT_MAX], subject[FACT_MAX];
	char auth[FACT_MAX];
	char remove[FACT_MAX]; /* a recipient to delete */
	unsigned rcpts, subjects, froms, fields;
	bool refused; /* some recipient was */
	enum verdict at_header, at_eoh, at_body,
	    at_eom;  /* as the message itself wishes */
	bool huge;   /* by its SIZE it is: a gigabyte or more */
	bool chosen; /* some recipient has asked for the list of senders */
	bool virus, listed, quarantine;
	size_t
	    size; /* of the body, up to BODY_MAX; what lies behind is counted nowhere */
	uint32_t sum;
	unsigned epoch; /* ABORT_ENDS_OTHERS, QUIT_ENDS_OTHERS */
	bool skipping;
	unsigned char *body; /* `size` bytes */
	unsigned *slots;     /* only for a defect: one for each of so many recipients */
};

struct offer {
	uint32_t version, actions, steps;
};

struct session {
	struct wire wire;
	struct offer offered, agreed;
	unsigned number; /* of this session in the process */
	unsigned messages, connects, helos;
	char letter[2]; /* that came last, but macros; the nearer first */
	bool aborted, negotiated;
	bool coloured, was_refused, was_infected,
	    was_cut;   /* what a defect takes to the next message */
	char half[64]; /* the end of a body that was aborted, for a defect */
	char client[FACT_MAX], helo[FACT_MAX];
	char mta[FACT_MAX], qid[FACT_MAX]; /* the macros j and i */
	char last[1400];                   /* what was told about the message before */
	bool deaf, named, blank; /* defects: it takes no message; macros that came */
	bool kept;               /* a defect has kept the message */
	struct message *message; /* NULL between messages */
	unsigned
	    seen[COMMANDS];    /* how often each letter came: in the message, or before */
	size_t sums[COMMANDS]; /* and how many bytes */
	unsigned skips;        /* messages whose body was skipped */
	char auth[FACT_MAX], args[FACT_MAX]; /* {auth_authen}; MAIL's parameters */
	char subject[FACT_MAX];              /* defects take it along, and these */
	unsigned fields;
	bool accepted;
	bool ends;           /* a design hangs up behind its answer */
	unsigned char *late; /* ANSWER_LATE: what was not said yet, and its length */
	size_t late_len;
};

/* events.c */
struct command {
	char letter;
	uint32_t no_reply; /* the step that asks for no answer */
	/* False closes the connection. */
	bool (*handle)(struct session *, const struct packet *, struct answer *ret);
	const char *ends; /* the answers that end the message */
};
const struct command *command_of(char letter);
extern _Atomic bool session_coloured;  /* COLOUR_ALL */
extern _Atomic unsigned session_epoch; /* what ends the messages of all */
extern _Atomic uint32_t session_steps; /* agreed with whoever came last */

/* Serves a connection to its end and closes it. */
void session_serve(int fd);

/* message.c: false when memory is out. */
bool message_begin(struct session *s, const unsigned char *path, size_t len);
void message_end(struct session *s);
void message_rcpt(struct session *s, const unsigned char *path, size_t len);
/* As it is told. */
const char *message_last_rcpt(const struct message *m);
void message_header(struct session *s, const char *name, const char *value);
bool message_body(struct session *s, const unsigned char *bytes, size_t len);

/* negotiate.c: answers an OPTNEG; false closes the connection. */
bool negotiate(struct session *s, const unsigned char *payload, size_t len);

/* edit.c: all edits that may be made; false when the MTA is gone. */
bool edit_message(struct session *s);

/* A defect: an edit from a thread that has slept a while. */
void edit_late(int fd);

/* own.c: adds to the line what only a defect tells. */
void own_tell(const struct session *s, char *line, size_t room);

/* policy.c */
enum verdict policy_address(const char *address);
enum verdict policy_host(const char *name);
enum verdict policy_word(const char *word);
enum verdict policy_rcpt(const struct message *m, const char *address);
bool policy_virus(const unsigned char *bytes, size_t len);
bool policy_virus_behind(const char *half, const unsigned char *bytes, size_t len);
bool policy_listed(const struct message *m, const char *from);
struct answer policy_answer(enum verdict v, char to);

/* A fact is printable and short, whatever came. */
void fact_set(char fact[FACT_MAX], const void *bytes, size_t len);

#endif
