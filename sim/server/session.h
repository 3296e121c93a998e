/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_SESSION_H
#define SIM_SESSION_H

/*
 * session - one client: its SMTP dialogue, its filters, its message.
 *
 * Joins the pure parts (smtp/, filters/) to sockets and clock.
 * session.c decides what follows what, session_settle.c what comes of an answer,
 * session_facts.c collects what filters may be told; session_wiring.c joins the
 * links, which move bytes and know nothing else.  Private to server.c.
 */

#include "sim/filters/chain.h"
#include "sim/server/client.h"
#include "sim/server/client_link.h"
#include "sim/server/filter_link.h"
#include "sim/server/server.h"
#include "sim/server/witness.h"
#include "sim/smtp/smtp.h"

/* What a path means and how mail shows it, kept until there is another path. */
struct address_read {
	struct text path, meant, shown;
};

struct session {
	struct session *next, **here; /* the server's list */
	struct server *server;
	unsigned long id;
	bool dead;     /* to be freed */
	bool lost;     /* the client went inside the text */
	bool stopping; /* finish what is under way, then 421 */

	struct smtp smtp;
	struct chain chain;
	struct message message;
	struct client_link client;
	struct filter_link filter[FILTERS_MAX];
	struct witness witness;
	struct timer idle, filter_time;

	/* What filters and the Received field may be told. */
	struct client who;
	struct facts facts;
	struct text queue_id, date, scratch, args;
	struct text shown;     /* a sender as mail shows it */
	struct text author;    /* AUTH= of MAIL */
	struct text mail_args; /* all its parameters, a NUL behind each */
	bool resent;           /* the message was, as it came */
	bool words;            /* ... and blanks alone part its addresses */
	bool others;           /* it named recipients, in To, Cc or Apparently-To */
	struct text msg_id;    /* as it came: filters change the field, not the macro */
	/* Of this transaction: RCPTs, refused ones too; mailboxes named again. */
	unsigned long rcpt_commands, repeated;
	/* A filter refused the last recipient, whose macros stay; ... the count that it
	 * was told of, which stays longer; 0: none. */
	bool rcpt_stays;
	unsigned long rcpts_told;

	enum smtp_ask asked; /* the question that the chain works on */
	bool greeting;       /* ... or the greeting */
	bool moving;         /* XCLIENT: filters are left, to be met anew */
	uint64_t moving_until;
	struct address_read sender_read, rcpt_read, first_read;
	bool discard_message;
	bool enveloped; /* the next transaction has its queue id */
};

/* Begins; `fd` is the session's.  NULL: memory is out, fd is closed. */
struct session *session_new(
    struct server *server, unsigned long id, int fd, const struct socket_address *peer);
void session_free(struct session *s);

/* As far as it goes without waiting; may set `dead`. */
void session_work(struct session *s);

/* No more messages; see server_stop(). */
void session_stop(struct session *s);

/* --- session_settle.c --- */
/* What came of the question that the chain had: delivery, and the answer. */
void session_settle(struct session *s);
/* A RCPT was answered so, whether or not filters were asked. */
void session_settle_rcpt(struct session *s, const struct outcome *o);
/* HELO or EHLO was answered. */
void session_greeted(struct session *s);

/* A chain that has met no filter yet. */
void session_init_chain(struct session *s);

/* --- session_xclient.c --- */
/* Answers SMTP_XCLIENT: the client is somebody else, or an attribute is wrong. */
void session_xclient(struct session *s);

/* --- session_edits.c --- */
/* Do two paths name one mailbox? */
bool session_same_mailbox(void *self, struct slice a, struct slice b);
/* What messages ask of the session when filters give addresses. */
void session_init_edits(struct session *s);

/* --- session_wiring.c --- */
/* The links; false: memory is out, and fd is closed. */
bool session_open(struct session *s, int fd);
void session_close(struct session *s);
void session_read_filters(struct session *s);
/* The filters were told of the end; when they are left the chain is a new one. */
void session_move_on(struct session *s);
bool session_moved(struct session *s);
/* True when something moved that chain or smtp may be waiting for. */
bool session_move(struct session *s);
/* Client or clock; what is waited for next. */
void session_watch(struct session *s);

/* --- session_facts.c --- */
/* Who the client is, by its socket. */
void session_meet(struct session *s, int fd, const struct socket_address *peer);
/* The client as of now becomes what is said of it. */
void session_introduce(struct session *s);
/* The date is now; a transaction has a date and a queue id of its own. */
void session_dated(struct session *s);
/* ... and where the MTA has an envelope before there is a transaction that has them.
 * Before filters are asked, or in their place. */
void session_envelope(struct session *s, enum moment moment);

/* AUTH= of this MAIL. */
void session_learn_author(struct session *s, const struct envelope *e);
/* The chain's port. */
bool session_macro(void *self, struct slice name, struct slice *ret);
/* The facts as of now. */
void session_gather(struct session *s);

/* Has this mail been in that recipient's mailbox before? */
bool session_loops(struct session *s, struct slice path);
/* The message has come: what {msg_id} says from now on. */
void session_learn_msg_id(struct session *s);

/* --- session_own.c --- */
/* Room for the MTA's own fields, in their order, in front of the client's. */
enum message_status session_make_room(struct session *s);
enum message_status session_add_received(struct session *s);
/* What the rule adds, where it does. */
enum message_status session_add_own(struct session *s, const struct field_rule *r);
/* What had no value until filters had changed the envelope. */
void session_fill_late(struct session *s);
enum message_status session_add_return_path(struct session *s);
/* Does it change addresses and nothing else? */
bool session_rewrites(const struct field_rule *r);

/* --- session_header.c --- */
/* The client's text becomes a message with our own fields. */
enum message_status session_begin_message(struct session *s);
/* As it is delivered: fields that are not, the sender.  False: no room. */
bool session_finish_header(struct session *s);
/* A sender as mail shows it; *out is emptied first. */
void session_show_sender(const struct session *s, struct slice path, struct text *out);

/* --- session_facts.c --- */
void session_init_reading(struct address_read *r);
void session_clear_reading(struct address_read *r);

/* What sessions use of the server. */
struct server {
	struct loop *loop;
	const struct server_config *config;
	struct smtp_config smtp;
	struct budget budget;
	struct text added; /* names of given macros that no list of the profile has */
	struct session *sessions;
	size_t open;
	unsigned long last_id, transactions;
	struct server_counts counts;
	struct listener *listeners;
	struct timer reap;
	bool stopping;
	void (*ended)(void *self);
	void *ended_self;
};

void server_reap_later(struct server *s);

#endif
