/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_LOAD_MAIL_H
#define SIM_LOAD_MAIL_H

/*
 * mail - the messages of a load, made once, as the bytes that go over the wire.
 *
 * A message is a list of scripts: MAIL, a RCPT for each recipient, and a content.
 * A script is a list of units, of which each is sent whole and may have an
 * answer.  mail_milter.c makes them as packets, mail_smtp.c as lines.
 *
 * Which content and how many recipients the Nth message has depends on N alone:
 * two runs send the same, and so do two builds that are compared.
 */

#include "base/text.h"
#include "sim/load/party.h"
#include "wire/protocol.h"

enum {
	LOAD_RECIPIENTS_MAX = 1000,
	LOAD_CONTENTS_MAX = 64,
	LOAD_MESSAGE_MAX = 64 * 1024 * 1024,
};

/* What is waited for; what a time is taken of. */
enum load_stage {
	LOAD_OPEN, /* connection and negotiation, or greeting */
	LOAD_CONNECT,
	LOAD_HELO,
	LOAD_MAIL,
	LOAD_RCPT,
	LOAD_DATA,
	LOAD_HEADER,
	LOAD_BODY,
	LOAD_EOM,
	LOAD_MESSAGE, /* from MAIL to the verdict */
	N_LOAD_STAGES,
	LOAD_UNTIMED = N_LOAD_STAGES /* RSET, QUIT */
};

extern const char *const load_stage_names[N_LOAD_STAGES + 1];

struct load_unit {
	enum load_stage stage;
	enum packet_kind kind; /* of a milter's packet */
	size_t at, len;        /* in load_mail.bytes */
};

struct load_script {
	struct load_unit *unit;
	size_t units, room;
};

struct load_content {
	struct load_script script;
	size_t bytes; /* of the message */
	bool worm;
};

struct load_mail {
	struct text bytes;
	struct load_script opening, rset, quit;
	struct load_script mail[LOAD_SENDERS_MAX];
	struct load_script *rcpt;     /* load_rcpts_all() of them */
	struct load_content *content; /* of a sender: clean ones, then with the worm */
	size_t contents;              /* of either */
	const struct load_wish *wish;
};

/* What the messages are to be; all borrowed for as long as the mail lives. */
struct load_wish {
	struct load_parties parties; /* recipients made up: user1@example.org, ... */
	const char *client, *helo;
	const char *const *header; /* "Name: value", behind those that are made */
	size_t headers;
	struct slice *message; /* whole ones, with LF or CRLF; none: made up */
	size_t messages;
	size_t size;       /* of a body made up; 0: a mix */
	struct slice worm; /* empty: none */
	double worms;      /* share of messages with it, 0 to 1 */
};

/* False: *why; load_mail_clear() in both cases. */
bool load_mail_milter(struct load_mail *m, const struct load_wish *w, struct text *why);
bool load_mail_smtp(struct load_mail *m, const struct load_wish *w, struct text *why);
void load_mail_clear(struct load_mail *m);

/* Of the Nth message, from 0; of its ith recipient. */
const struct load_content *load_content_of(const struct load_mail *m, uint64_t n);
const struct load_script *load_mail_of(const struct load_mail *m, uint64_t n);
const struct load_script *load_rcpt_script(
    const struct load_mail *m, uint64_t n, size_t i);

/* --- for the makers --- */

/* A unit whose bytes are those behind `from` in m->bytes.  False: memory is out. */
bool load_unit_add(struct load_mail *m, struct load_script *s, enum load_stage stage,
    enum packet_kind kind, size_t from);

/* The address of a recipient by its index; `made` has room for one made up. */
enum { LOAD_MADE_UP = 60 };
const char *load_rcpt_name(
    const struct load_parties *p, size_t index, char made[LOAD_MADE_UP]);

/*
 * Makes all contents, through `make`, which is given a whole message with CRLF:
 * its header with the empty line, and its body.
 */
typedef bool load_make_fn(
    struct load_mail *m, struct load_script *s, struct slice header, struct slice body);
bool load_contents_make(struct load_mail *m, load_make_fn *make, struct text *why);

#endif
