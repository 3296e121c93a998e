/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_HABITS_H
#define SIM_HABITS_H

/*
 * habits - how one MTA deals with its filters, as tables.
 *
 * What the code that plays the MTA looks up here, it knows nothing of itself:
 * which offer it makes and which answer to it it takes, what an answer does at
 * which command (reactions), which packets end what (endings), which macros go
 * with a command, what a good reply is, and how a change is made.  All of it
 * is const data; a profile is made of it (sim/profile/profile.h).
 */

#include <stdbool.h>

#include "sim/profile/outcome.h"
#include "wire/protocol.h"

/* --- reactions: a filter answered a command --- */

/* What may come back, as far as it makes a difference. */
enum answer {
	ANSWER_CONTINUE,
	ANSWER_ACCEPT,
	ANSWER_REJECT,
	ANSWER_TEMPFAIL,
	ANSWER_REPLY, /* REPLYCODE whose reply is good; see struct reply_rules */
	ANSWER_DISCARD,
	ANSWER_SKIP,
	ANSWER_PROGRESS,
	ANSWER_EDIT, /* any of the modifications but */
	ANSWER_QUARANTINE,
	ANSWER_CONN_FAIL,
	ANSWER_SHUTDOWN,
	ANSWER_OTHER, /* a letter that is no answer at all */
	ANSWER_EMPTY, /* a packet of length 0, which has not even a letter */
	N_ANSWERS
};

/* What it does. */
enum reaction {
	DO_NEXT,         /* no objection: the filter's next packet */
	DO_LEAVE,        /* through with this event; nothing else changes */
	DO_LAST,         /* ... and nobody else is asked */
	DO_DISMISS,      /* ... nor ever: all hear ENDING_GREETING, the session goes on */
	DO_PASS_MESSAGE, /* through with this message */
	DO_PASS_SESSION, /* through with the session: ENDING_PASSED */
	DO_MUTE,         /* ... but it is told of its end alone, when that comes */
	DO_REJECT,       /* these six are the event's outcome, nobody else is asked */
	DO_TEMPFAIL,
	DO_REPLY,
	DO_SPOILT,
	DO_DISCARD,
	DO_SHUTDOWN,
	DO_NO_BODY,       /* the next packet, but no more of the body */
	DO_SKIP,          /* the next packet, but none of this kind until another comes */
	DO_MORE,          /* the answer is still to come */
	DO_EDIT,          /* a change of the message; struct edit_rules */
	DO_HOLD,          /* more to come, and then this and all later mail is held */
	DO_FAIL,          /* the filter failed: its F= answers, now */
	DO_FAIL_LATE,     /* ... at the next command; in a message, now */
	DO_VOID,          /* more to come, and then no message that it would take */
	DO_MISCONFIGURED, /* the filter failed, by what it wants and not by how it says it
			   */
	DO_DIE,           /* the whole session ends without a word */
	N_REACTIONS
};

/* Rows are the commands that are answered, CMD_CONNECT to CMD_UNKNOWN. */
enum { N_COMMANDS = CMD_UNKNOWN + 1 };

struct reactions {
	unsigned char at[N_COMMANDS][N_ANSWERS]; /* enum reaction */
};

/* --- endings: which packets tell a filter that something is over --- */

enum ending {
	ENDING_GREETING,  /* a filter's answer to CONNECT was no `go on` */
	ENDING_PASSED,    /* this filter wants no more of the session */
	ENDING_MAIL,      /* MAIL was refused */
	ENDING_MESSAGE,   /* the message had its last answer */
	ENDING_LOST,      /* its text was refused by the MTA itself */
	ENDING_BARE,      /* ... for a bare CR or LF, which ends the session */
	ENDING_DISCARDED, /* it was thrown away after its end */
	ENDING_RSET,
	ENDING_HELO,         /* HELO or EHLO once more */
	ENDING_QUIT,         /* and every other end that the MTA says aloud */
	ENDING_DROP,         /* the client is gone */
	ENDING_DROP_IN_TEXT, /* ... between 354 and the final dot */
	N_ENDINGS
};

/* Where a filter stands when it is told. */
enum standing {
	STANDING_IDLE,       /* no message is under way */
	STANDING_IN_MESSAGE, /* said yes to MAIL, or was sent a message */
	STANDING_THROUGH,    /* has had, or passed, the end of this message */
	N_STANDINGS
};

struct farewell {
	/* Letters of packets without payload, e.g. "AQ"; NULL: none. */
	const char *greeted; /* these first, where a HELO or EHLO was taken */
	const char *packets[N_STANDINGS];
	bool closes; /* and then the connection is closed */
	bool after;  /* ENDING_HELO: behind the new HELO, not before */
};

/* --- macros --- */

/* What a SETSYMLIST of the command's stage does. */
enum symlist_mode {
	SYMLIST_REPLACES, /* its names in place of ours */
	SYMLIST_FILTERS,  /* those of ours that it names */
	SYMLIST_IGNORED,
};

struct macro_rule {
	const char *names; /* blank-separated; NULL: none, and none announced */
	enum symlist list; /* the stage whose SETSYMLIST counts; SYMLIST_NONE */
	enum symlist_mode mode;
	bool announced;  /* MACRO goes out even when nothing has a value */
	bool masked_too; /* ... and when the milter does not want the command */
	/*
	 * A list of this stage counts only where that one has one too; if that one
	 * alone has, no macros are sent.  SYMLIST_NONE: no such tie.
	 */
	enum symlist tied;
};

/* --- the negotiation --- */

struct offer {
	uint32_t version, actions, protocol;
	uint32_t version_min, version_max; /* that a filter may answer */
	uint32_t version_fatal;            /* ... but this one; 0: all of them */
	/* Bits that were not offered and that a filter may not ask for either. */
	uint32_t actions_fatal, protocol_fatal;
	/* What is not sent to a filter that answered version 0 to 6; above: as 6. */
	uint64_t unsent[PROTOCOL_VERSION + 1];
	bool bad_list_ends;       /* SETSYMLIST counts up to what is no list of it */
	bool open_list_counts;    /* ... and its last one without a NUL too */
	bool strange_list_passed; /* SETSYMLIST of a stage that there is not: passed over
				   */
	bool empty_list_counts;   /* SETSYMLIST of no name: no MACRO at all there */
	/* A packet of a filter's may be so long, its letter not counted; 0: 64 KiB. */
	size_t payload_max;
	bool one_by_one; /* CONNECT goes to one filter before the next one negotiates */
};

/* --- replies (REPLYCODE) --- */

enum percent_rule {
	PERCENT_DOUBLED, /* %% is %, a single one spoils the reply */
	PERCENT_DROPPED, /* %% is %, a single one goes */
};

struct reply_rules {
	enum percent_rule percent;
	bool class_must_match; /* 550 4.7.0 is spoilt */
	bool nul_needed;      /* as the last byte; else the reply ends at the first one */
	bool blank_needed;    /* behind the code, or a hyphen */
	enum reaction spoilt; /* what a reply that is none does */
};

/* --- changes at the end of a message --- */

enum field_place {
	FIELD_LAST,
	FIELD_FIRST,  /* of those that filters see */
	FIELD_BESIDE, /* in front of the first of that name; none: last */
};

/* What becomes of a new body behind the filter that made it. */
enum body_form {
	BODY_AS_IT_CAME,
	BODY_OF_LINES, /* bare LF and the end of the body become CRLF */
	BODY_OF_LF,    /* kept with LF alone: bare LF and CR CR LF become CRLF */
};

struct edit_rules {
	uint64_t unasked;               /* kinds obeyed though not negotiated */
	enum reaction unasked_reaction; /* of the others */
	bool case_matters;              /* when a recipient is deleted */
	bool mailbox_matters;           /* ... any path of the same mailbox will do */
	enum reaction malformed; /* a change that is not well formed: DO_MORE, DO_FAIL */
	bool body_at_once; /* pieces of a body that something parts: DO_MISCONFIGURED */
	enum body_form new_body;
	bool blank_always; /* in front of an added value, an empty one too */
	bool renames;      /* a changed field is spelled as the change spells it */
	bool nul_cuts;     /* a line of a field ends at a NUL */
	bool gap_as_sent;  /* no empty line behind a header that has none, in mail */
	bool folds;        /* a tab in front of a line of it that has no blank there */
	bool cr_stays;     /* in front of an LF inside a field, in the mail */
	uint64_t unended_taken; /* kinds that are good without the NUL at their end */
	uint64_t unended_cut;   /* ... that count up to their last NUL, and have one
				   argument at most */
	uint64_t nothing_made;  /* kinds that do nothing where their address is empty */
	/* What the client is told, beside its replies, when a recipient is added with
	 * parameters that are wrong: it is not added.  NULL: nobody looks at them. */
	const char *bad_parameters;
	/* Addresses in a row are one each, what is wrong with one is mended or it is
	 * none: then the sender is this one, whom to add the client is told like
	 * bad_parameters (%o faults before, %n with it), and with whom to delete the
	 * message is refused.  NULL: nobody looks. */
	const char *bad_sender, *bad_address;
	/* A parameter of CHGFROM that stays whatever it says, and makes the message one
	 * that cannot be read again.  NULL: none does. */
	const char *lasting;
	uint64_t nameless_taken; /* kinds that may have no name in front of the colon */
	enum reaction nameless;  /* ... of the others; 0: malformed */
	/* Bytes of name, colon and value.  A longer field is too much, or is cut there:
	 * where a line ends, if that takes no more than a tenth of it. */
	size_t field_max, field_cut; /* 0: what sim/filters/message.h has; not at all */
	/* ADDHEADER; CHGHEADER of a field that is not there; beyond the last one. */
	enum field_place added, missing, beyond;
	/* ADDHEADER and CHGHEADER put a value into a field of the MTA's own. */
	bool signed_index;   /* an index over 0x80000000 is below 0: the first of all */
	bool lf_is_blank;    /* an LF in a value with no blank behind it is a blank */
	bool inserts_behind; /* INSHEADER: behind the field of that number */
	const char *header_ends; /* fields that begin the body; NULL: none */
	size_t line_max;         /* of a field in the mail, bytes; 0: as many as it has */
	size_t name_max; /* a longer name is none; and fields are read again before
			    delivery.  0: they are not */
	bool own_taken_over;
	bool deleted_counts; /* for the filter that deleted it; CHGHEADER revives it */
};

/* --- all of it --- */

#define MOMENT_BIT(moment)   (1u << (moment))
#define OUTCOME_BIT(outcome) (1u << (outcome))

struct habits {
	struct offer offer;
	const struct reactions *reactions;
	const struct farewell *endings;  /* N_ENDINGS of them */
	const struct macro_rule *macros; /* N_COMMANDS of them */
	struct reply_rules reply;
	struct edit_rules edit;
	bool dies_of_empty; /* DO_DIE of a packet of length 0, or over 2 GiB; else DO_FAIL
			     */
	bool skip_needs_bit; /* SKIP that was not negotiated is ANSWER_OTHER */
	bool refused_rcpt;   /* MACRO of RCPT also for one that the MTA refuses */
	/* What filters answer to that one ends the session or discards, if it would. */
	bool refused_rcpt_counts;
	bool unknown_after;  /* UNKNOWN also to a filter whose message is over */
	bool unknown_verb;   /* ... and it has the verb alone, not the line */
	bool payload_spoils; /* an answer with bytes that it should not have is none */
	/* An objection to CONNECT or HELO is this filter's answer to all that follows. */
	bool objection_stays;
	size_t buffer; /* packets that nobody answers wait for one that is, up to so many
			  bytes */
	bool eom_each; /* E is for each answer from HEADER on, not for all of the end */
	/* The text is another process's: it does not know how filters failed before, and
	 * what happens to one there shows when it is next asked something. */
	bool text_apart;
	bool one_standing; /* all filters stand where the session does */
	bool held_alone;   /* mail is held though no recipient is left */
	/* That a filter holds mail is its answer to the end: no other is shown it, and
	 * one that fails behind that holds nothing. */
	bool hold_stops;
	/* What of MAIL is told to the others as ENDING_MAIL, OUTCOME_BIT() each. */
	unsigned mail_ended_by;
	/* One that cannot be connected to, and whose F= speaks, leaves the next ones
	 * alone; one that does not come to terms does not. */
	bool absent_stops;
	bool discard_takes_all; /* a recipient that there is not, too */
	/* What is wrong with a recipient that a filter added is said in place of a 4yz;
	 * and a reply of its own names the path that it gave last. */
	bool added_speaks;
	/* A recipient that a filter refused is taken out, whoever named it before, and
	 * what it was called then is remembered. */
	bool refused_rcpt_leaves;
	/* ... and its macros stay until the next RCPT, the count of all until that of one
	 * that there is. */
	bool refused_rcpt_stays;
	/* MAIL to a filter that passed a message which nothing ended: DO_DIE. */
	bool mail_needs_end;
	unsigned discard_hides; /* what DISCARD keeps from filters, MOMENT_BIT() each */
};

#endif
