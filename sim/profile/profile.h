/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PROFILE_H
#define SIM_PROFILE_H

/*
 * profile - everything in which one MTA differs from another, as data.
 *
 * A profile says in whose words the client is answered, what EHLO announces,
 * what becomes of a refusal, and the habits towards filters (habits.h).  The
 * code that plays the MTA has no `if` about a name of an MTA: a difference is
 * a member here.  docs/PROFILES.md shows how to add one.  Profiles are const;
 * all functions are pure.
 */

#include <limits.h>

#include "base/text.h"
#include "sim/profile/facts.h"
#include "sim/profile/habits.h"
#include "sim/profile/outcome.h"
#include "sim/profile/parameter.h"
#include "sim/profile/say.h"
#include "wire/protocol.h"

/*
 * An answer: code, enhanced status code (RFC 3463), text.  In a text, %h is
 * our host name, %n the client's name for itself, %c the client as we know it
 * (%m its name alone, %r OK or FAIL: whether it has one), %f the sender's path,
 * %a the path the client typed (%b without brackets and source route, %o with
 * `... ` behind it, or nothing), %q the
 * queue id, %t the date, %x one more word that the situation gives (%w its ends, if it
 * is long), %p the parameter that is wrong, and %% a percent sign.
 */
struct phrase {
	const char *code, *enhanced, *text;
};

/* When a filter's standing objection (MOMENT_OTHER) is the answer to a command. */
enum guarded { GUARDED_NEVER, GUARDED_WITH /* an argument */, GUARDED_BARE, GUARDED };

/* Commands that are answered by a fixed line, no filter being asked. */
struct fixed_answer {
	const char *word;
	struct phrase bare, with; /* without and with an argument; code NULL: see smtp */
	enum guarded guarded;
	const struct phrase *busy; /* ... inside a transaction; NULL: no matter */
	/* ... once a filter put the session off; NULL: as ever, or its own words */
	const struct phrase *put_off;
	/* With an argument: what was not sent yet is said twice, and then this. */
	bool twice;
	/* More than one word are as none; one that, behind @ or #, is no domain hears
	 * this.  NULL: whatever it is. */
	const struct phrase *no_domain;
};

/* A line of what HELP says of a topic. */
struct help_line {
	const char *topic, *text;
};

/* What the MTA itself does to the header of what it delivers; filters see none of it. */
enum field_change {
	FIELD_DROPPED,
	FIELD_REPLACED,      /* ... by one on top, which a filter may fill or take out */
	FIELD_KEPT,          /* room for it, which a filter may fill */
	FIELD_ADDED,         /* where the message has none */
	FIELD_ADDED_RESENT,  /* ... and has another Resent- field */
	FIELD_ADDED_PLAIN,   /* ... and has no Resent- field */
	FIELD_ADDED_NO_HELO, /* once for each MAIL before any HELO */
	FIELD_RESENT,        /* dropped where the client sent no Resent- field */
	FIELD_BLIND,       /* dropped, or emptied if no To, Cc, Apparently-To is there */
	FIELD_COMPLETED,   /* its addresses without a domain get ours */
	FIELD_JOINED,      /* its addresses are put together anew */
	FIELD_JOINED_LIST, /* ... and in a message of no such sign blanks part them */
};

struct field_rule {
	const char *name;
	enum field_change change;
	/*
	 * %t date, %s sender with name, %d alone, %m Message-Id, %h
	 * host, %c client; empty: not added
	 */
	const char *value;
};

/* In struct refusal: the answer there would be without the filter; its own words. */
enum { SAY_USUAL = N_SAY, SAY_OWN };

/* What a client may have to hear of, as far as it makes a difference. */
enum objection {
	OBJECTION_REJECT,
	OBJECTION_TEMPFAIL,
	OBJECTION_4YZ, /* a filter's own reply */
	OBJECTION_5YZ,
	OBJECTION_CLOSE, /* ... with one of the closing codes */
	OBJECTION_SPOILT,
	OBJECTION_FAILED_REJECT, /* a filter failed, and its F= says this */
	OBJECTION_FAILED_TEMPFAIL,
	OBJECTION_SHUTDOWN,
	OBJECTION_MISCONFIGURED,
	N_OBJECTIONS
};

/* Who hears of it later. */
enum later { LATER_NOBODY, LATER_MAIL, LATER_ENVELOPE /* MAIL, RCPT, DATA */ };

struct refusal {
	unsigned char now, later; /* enum say, SAY_USUAL, SAY_OWN */
	unsigned char whom;       /* enum later */
	bool closes;
	bool shortly; /* of HELO: EHLO lists announced_refused */
	bool once;    /* ... and a second one hears nothing of what is said now */
};

/* For tables of them. */
#define SAID_SHORTLY                                                                     \
	{                                                                                \
		SAY_USUAL, 0, LATER_NOBODY, false, true, false                           \
	}
#define SAID(say)                                                                        \
	{                                                                                \
		say, 0, LATER_NOBODY, false, false, false                                \
	}
#define SAID_AND(say, later, whom)                                                       \
	{                                                                                \
		say, later, whom, false, false, false                                    \
	}
#define SAID_LATER(say, whom)                                                            \
	{                                                                                \
		SAY_USUAL, say, whom, false, false, false                                \
	}
#define SAID_LAST(say)                                                                   \
	{                                                                                \
		say, 0, LATER_NOBODY, true, false, false                                 \
	}
#define SAID_LAST_ONCE(say)                                                              \
	{                                                                                \
		say, 0, LATER_NOBODY, true, false, true                                  \
	}

struct profile {
	const char *name;
	const char *version;              /* macro v */
	const struct phrase *say;         /* N_SAY of them; see profile_phrase() */
	const char *announced;            /* EHLO keywords unless told otherwise */
	const char *announced_refused;    /* ... once a filter refused the session */
	const char *refused_words;        /* commands that then hear LATER_ENVELOPE's */
	const char *software;             /* in Received */
	const struct fixed_answer *fixed; /* ends in a row without a word; NULL: none */
	/* Of ... `twice`, to an argument that begins with #: %p is that queue's name. */
	const struct phrase *no_queue;
	const struct help_line *help; /* ends in a row without a topic; NULL: SAY_HELP */
	const struct field_rule *fields; /* ends in a row without a name; NULL: none */
	unsigned hops_max;               /* so many Received are too many; 0: no limit */
	/* The field that `From ` lines at the head of a text become, with their >; "": a
	 * first one without > is dropped; NULL: they are no header. */
	const char *from_lines;
	bool empty_lost;     /* a field that it would add is none without a value */
	bool fields_shown;   /* done before filters see the message, at its end */
	size_t line_max;     /* octets of any command; 0: RFC 5321's, by verb */
	bool line_cut;       /* ... and what is beyond is not looked at */
	bool leading_blanks; /* may stand before a command's word */
	bool loose_lines;    /* a command ends at a bare LF too, at a NUL; a CR stays */
	size_t helo_max;     /* bytes of a name that HELO says; 0: RFC 5321's */
	/* These words end the session: as its first command and with an argument, or else
	 * anywhere, and then what begins with no letter and what is a header too. */
	const char *forbidden_words;
	bool forbidden_first;
	size_t topic_max;       /* so much of a topic unknown to HELP is shown; 0: all */
	bool arguments_ignored; /* of DATA, RSET, QUIT; else 501 */
	bool quit_ignores;      /* ... of QUIT alone */
	bool verifies;          /* VRFY and EXPN tell who there is */
	bool verifies_mailbox;  /* VRFY tells whether there is such a mailbox */
	bool text_low;          /* BODY=7BIT takes the eighth bits off the text */
	bool loose_text; /* in the text a bare LF ends a line, a bare CR is a blank, NUL
			    stays */
	/* Of what is stored, in place of Return-Path: %s the sender, %o the recipient as
	 * typed, %d with a domain; NULL: none. */
	const char *delivery_head;
	const char *loop_field; /* mail that names its recipient there is not delivered */
	const struct parameter_rule *parameters; /* ends in a row without a keyword */
	bool parameters_cut;      /* KEYWORD=value ends at what is no part of it */
	bool first_spelling;      /* a recipient's second RCPT is answered by its first */
	unsigned errors_max;      /* commands in vain; then 421 */
	bool only_unknown_counts; /* ... and those are unknown ones alone */
	bool refusals_count;      /* ... and what filters refuse too */
	/* Commands that bring no mail; behind junk_max of them and one more since the
	 * last message each is one in vain too.  NULL: none. */
	const char *junk_words;
	unsigned junk_max;
	const char *unknown_words; /* commands that this MTA does not know; NULL: none */
	bool early_id;     /* there is an envelope, and its queue id, before MAIL */
	bool size_of_disk; /* a SIZE= is held against the disk, where no limit is told */
	const char *no_author; /* an AUTH= that may be said again; NULL: none */
	bool mail_sticks; /* SIZE= and AUTH= of a refused MAIL are the next one's, until
			     RSET */
	bool utf8_only;   /* a command that is not UTF-8 is none */
	bool any_helo;    /* whatever HELO says is taken, blanks and all */
	bool early_ehlo;  /* an EHLO that is refused makes the session ESMTP too; a HELO
			   * SMTP
			   */
	bool esmtp_stays; /* a HELO behind an EHLO takes nothing back, in Received */
	bool seven_bits;  /* what the client typed comes back without eighth bits */
	bool reads_paths; /* a path is the one address in it, see smtp/addresses.h */
	bool routes;      /* user%there@here and there!user@here mean user@there */
	bool resolves; /* ... in quotes too; and each has a domain, see smtp/meaning.h */
	bool loose_paths;        /* a path is whatever it says, see smtp/mailbox.h */
	bool relays;             /* a client of this host may send to other domains */
	const char *standing;    /* mailboxes that there always are, and keep nothing */
	const char *standing_is; /* ... and what EXPN says of them */
	bool bare_paths;         /* MAIL FROM:user@host without brackets is taken */
	bool helo_needed;        /* MAIL wants HELO or EHLO first */
	const char *path_codes; /* of MAIL and RCPT: a filter's reply gets `<addr>... ` */
	const char *closing_codes;       /* a filter's reply that ends the session */
	const char *early_closing_codes; /* ... at CONNECT and HELO; NULL: the same */
	bool complete_replies; /* x.0.0 where a filter's reply has no status code */
	bool replies_wait;     /* ... wait for all commands that are there */
	bool null_rcpt_last;   /* RCPT TO:<> is looked at behind its parameters */
	/* What was typed comes back whole, but for what is no printable character. */
	bool whole_replies;
	bool blank_replies; /* to the text: a blank for what is neither ASCII nor UTF-8 */
	bool empty_reply_line; /* behind a filter's reply that ends in CRLF */
	bool mends_replies;    /* ... are as they came but for the hyphens and the end */
	size_t line_piece;     /* bytes of a line that it stores as one; 0: all of it */
	size_t text_line_max;  /* octets with CRLF; 0: no limit */
	const struct refusal (*refusals)[N_OBJECTIONS]; /* N_MOMENTS of them */
	struct habits habits;
	const struct macro *macro_values; /* ends in a row without a name */
	bool macro_braced; /* braces are no matter: {j} is j, mail_addr {mail_addr} */
	bool macro_letter; /* a name without braces is that of its first letter */
	/* Once one refused CONNECT or HELO, no filter is asked anything. */
	bool refusal_ends_filters;
	const char *null_sender; /* an empty sender in Return-Path */
	/*
	 * The client in macro _, and where there is no other form of it: %n name, %a
	 * address, %r what its address is the name of, %f that those differ; and one
	 * without a name.
	 */
	const char *shown, *shown_unnamed;

	/* What data cannot say: these, and no more. */
	void (*queue_id)(const struct facts *f, struct text *out);
	void (*inet6)(const unsigned char address[16], struct text *out); /* NULL: ::1 */
	void (*received)(const struct facts *f, struct text *out); /* value, LF inside */
	/* A sender as mail shows it, without brackets.  NULL: as typed. */
	void (*sender)(const struct facts *f, struct slice path, struct text *out);
};

extern const struct profile profile_rfc2821, profile_sendmail_8_17, profile_postfix_3_7,
    profile_strict;
extern const struct phrase rfc2821_say[N_SAY];
extern const struct parameter_rule rfc2821_parameters[];

/* The tables that any version of it has. */
extern const struct reactions postfix_reactions;
extern const struct farewell postfix_endings[N_ENDINGS];
extern const struct macro_rule postfix_macros[N_COMMANDS];
extern const struct macro postfix_macro_values[];

/* ... of sendmail, and profiles without an MTA of their own point at them too. */
extern const struct reactions sendmail_reactions;
extern const struct farewell sendmail_endings[N_ENDINGS];
extern const struct macro_rule sendmail_macros[N_COMMANDS];
extern const struct refusal sendmail_refusals[N_MOMENTS][N_OBJECTIONS];
extern const struct macro sendmail_macro_values[];
extern const struct help_line sendmail_help[];
void sendmail_queue_id(const struct facts *f, struct text *out);
void sendmail_inet6(const unsigned char address[16], struct text *out);
void sendmail_received(const struct facts *f, struct text *out);
void sendmail_sender(const struct facts *f, struct slice path, struct text *out);

/* Every way to say no but the one that ends the session, for mail_ended_by. */
#define OUTCOME_REFUSES                                                                  \
	(OUTCOME_BIT(OUTCOME_REJECT) | OUTCOME_BIT(OUTCOME_TEMPFAIL) |                   \
	    OUTCOME_BIT(OUTCOME_REPLY) | OUTCOME_BIT(OUTCOME_SPOILT) |                   \
	    OUTCOME_BIT(OUTCOME_FAILED_REJECT) | OUTCOME_BIT(OUTCOME_FAILED_TEMPFAIL) |  \
	    OUTCOME_BIT(OUTCOME_MISCONFIGURED))

/* ... and the rest of its habits, for an initialiser.  queues: what it delivers it reads
 * from its queue, where Return-Path is the first of the fields. */
#define SENDMAIL_HABITS(dies, line, queues)                                              \
	{                                                                                \
		.offer = {                                                     \
			.version = PROTOCOL_VERSION,                           \
			.actions = ACTIONS_ALL,                                \
			.protocol = PROTO_ALL,                                 \
			.version_fatal = 1,                                    \
			.version_max = UINT32_MAX,                             \
			.actions_fatal = UINT32_MAX,                           \
			.protocol_fatal = UINT32_MAX,                          \
			.unsent = {                                            \
				[0] = KIND_BIT(CMD_UNKNOWN) | KIND_BIT(CMD_DATA), \
				[2] = KIND_BIT(CMD_UNKNOWN) | KIND_BIT(CMD_DATA), \
				[3] = KIND_BIT(CMD_DATA),                      \
			},                                                     \
			.empty_list_counts = true,                             \
			.payload_max = (queues) ? INT_MAX / 2 - 1 : 0,          \
			.bad_list_ends = true, .open_list_counts = true,       \
		},                                                             \
		.reactions = &sendmail_reactions,                              \
		.endings = sendmail_endings,                                   \
		.macros = sendmail_macros,                                     \
		.reply = { .percent = PERCENT_DOUBLED, .nul_needed = true,     \
			.spoilt = DO_SPOILT },                                 \
		.edit = {                                                      \
			.field_max = 32 * 1024,                                \
			.unasked = ~KIND_BIT(RPL_REPLBODY),                    \
			.malformed = DO_MORE, .mailbox_matters = true,         \
			.added = FIELD_BESIDE, .missing = FIELD_BESIDE,         \
			.beyond = FIELD_BESIDE,                                 \
			.header_ends = "Text Message", .name_max = (queues) ? 100 : 0,         \
			.line_max = (queues) ? 2303 : 0, /* headers.c: put_vanilla_header() */ \
			.inserts_behind = (queues),                          \
			.signed_index = true, .lf_is_blank = true,                \
			.own_taken_over = true, .deleted_counts = true,         \
			.blank_always = true, .new_body = BODY_OF_LF,                  \
			.unended_taken = KIND_BIT(RPL_QUARANTINE),              \
			.unended_cut =                                          \
			    KIND_BIT(RPL_CHGFROM) | KIND_BIT(RPL_ADDRCPT_PAR),  \
			.nothing_made = KIND_BIT(RPL_CHGFROM) |                  \
			    KIND_BIT(RPL_ADDRCPT) | KIND_BIT(RPL_DELRCPT),      \
			.bad_parameters = (line),                               \
			.bad_sender = (queues) ? "<MAILER-DAEMON>" : NULL,      \
			.lasting = (queues) ? "BODY=" : NULL,                   \
			.bad_address = "a=0x0, olderrors=%o, Errors=%n\n",                               \
			.unasked_reaction = DO_VOID,                             \
		},                                                             \
		.refused_rcpt = true, .refused_rcpt_counts = true,             \
		.refused_rcpt_stays = true,                                    \
		.discard_takes_all = true,                                     \
		.added_speaks = true,                                          \
		.mail_ended_by = OUTCOME_REFUSES | OUTCOME_BIT(OUTCOME_DISCARD), \
		.absent_stops = true, .refused_rcpt_leaves = true,             \
		.dies_of_empty = (dies),         \
		.discard_hides = MOMENT_BIT(MOMENT_MAIL) | MOMENT_BIT(MOMENT_RCPT) | \
				 MOMENT_BIT(MOMENT_DATA) | MOMENT_BIT(MOMENT_MESSAGE) | \
				 MOMENT_BIT(MOMENT_UNKNOWN),         \
	}

/* NULL when there is none of that name. */
const struct profile *profile_named(struct slice name);

/* All names, blank-separated, for messages. */
const char *profile_names(void);

struct say_values {
	struct slice host, client_name, client, client_host, client_resolve;
	struct slice path, sender, queue_id, date, word, parameter;
	bool enhanced; /* the client was told ENHANCEDSTATUSCODES */
	bool seven_bits;
	bool whole_replies;
};

/* Its own words, or RFC 2821's: a table has no row that the profile never comes to. */
const struct phrase *profile_phrase(const struct profile *p, enum say what);

/* Appends one whole reply line with CRLF. */
void profile_say(
    const struct profile *p, enum say what, const struct say_values *v, struct text *out);

/* The same for a phrase that is not in the list. */
void profile_say_phrase(
    const struct phrase *ph, const struct say_values *v, struct text *out);

/* As profile_say(), but only what follows code and blank; for EHLO's lines. */
void profile_say_text(
    const struct profile *p, enum say what, const struct say_values *v, struct text *out);

/* What an outcome other than GO, DISCARD and DIE makes of the answer; else NULL. */
const struct refusal *profile_refusal(
    const struct profile *p, enum moment when, const struct outcome *o);

/* Appends its words: what is said now, or else what is said later. */
void profile_refuse(const struct profile *p, enum moment when, const struct outcome *o,
    const struct say_values *v, struct text *out);

#endif
