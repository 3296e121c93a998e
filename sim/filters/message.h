/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_MESSAGE_H
#define SIM_MESSAGE_H

/*
 * message - envelope, header and body of one message, and what filters may
 * change of it.
 *
 * Filters see the fields in order and may add, insert, change and delete them,
 * add and delete recipients, set another sender, replace the body, and ask for
 * quarantine; each sees what those before it did.  An insert position counts
 * the MTA's own fields, which no filter is shown, and room that is kept for
 * them; the number of a change counts only fields that filters are shown.
 *
 * Values are kept as they stood behind the colon, lines inside separated by LF.
 * Everything has a limit, since a filter is a stranger too.  Pure but for memory.
 */

#include "base/text.h"
#include "sim/profile/habits.h"

enum {
	HEADER_MAX = 256 * 1024, /* bytes of all fields together, 64 for each added */
	FIELD_MAX = 128 * 1024,  /* one field */
	RECIPIENTS_MAX = 2000,   /* RCPT_MAX from the client, the rest from filters */
	PATH_MAX_BYTES = 2048,
};

struct field {
	struct text name, value;
	bool hidden;  /* the MTA's own: delivered, not shown */
	bool trace;   /* ... and a filter's of that name is another one */
	bool taken;   /* ... and a filter filled it */
	bool spare;   /* ... for which the MTA had nothing to say */
	bool deleted; /* or never had a value */
};

struct recipient {
	struct text path;  /* with its brackets */
	struct text typed; /* ... as typed by the client; empty: a filter added it */
	struct text args;  /* its parameters, a NUL behind each */
	bool deleted;
};

struct message {
	struct text sender; /* as typed, with its brackets */
	struct text named;  /* the path of the last CHGFROM or ADDRCPT_PAR */
	/* What the MTA thinks of an address or of parameters that a filter gave, as a
	 * reply; the last one.  `addressed` writes it. */
	struct text objection;
	unsigned
	    faults; /* of addresses to delete: it is refused with the last objection */
	struct recipient *recipient;
	size_t recipients;
	struct field *field;
	size_t fields, fields_cap, header_size;
	struct slice body;      /* borrows from the raw text, or from own_body */
	bool gap;               /* something, if an empty line, was behind the header */
	struct text own_body;   /* what a filter put in its place */
	bool replacing;         /* the filter whose turn it is has begun a new body */
	struct text quarantine; /* reason; empty: deliver */
	bool unreadable; /* what filters made of it is taken, and cannot be delivered */
	const struct edit_rules *rules; /* NULL: added fields go to the end */
	/* Do two paths name one mailbox?  NULL: only if they are spelled alike. */
	bool (*same)(void *self, struct slice a, struct slice b);
	/* What a path of a filter's says, with brackets; completed: of one that mail is
	 * to go to, its domain too.  NULL: the path itself. */
	void (*read)(void *self, struct slice path, bool completed, struct text *out);
	/* Takes the next address off *list that a change of this kind is made with;
	 * false: there is none.  NULL: the list is the one. */
	bool (*next)(struct message *m, enum packet_kind kind, struct slice *list,
	    struct text *path);
	/* Looks at a sender (CHGFROM) or recipient of a filter's.  False: it is not to
	 * be one.  NULL: all may. */
	bool (*addressed)(
	    struct message *m, bool sender, struct slice path, struct slice args);
	void *self;
};

enum message_status {
	MESSAGE_OK,
	MESSAGE_FULL, /* a limit of this module */
	MESSAGE_NO_MEMORY,
	MESSAGE_HOPS, /* it has been through too many hosts */
	MESSAGE_NONE, /* no such recipient, no such field */
};

static inline enum message_status
message_status_of(enum text_status s)
{
	return s == TEXT_OK     ? MESSAGE_OK
	       : s == TEXT_FULL ? MESSAGE_FULL
				: MESSAGE_NO_MEMORY;
}

void message_init(struct message *m, size_t body_limit);
void message_clear(struct message *m); /* envelope, header, body: all of it */

/*
 * Takes the text apart: fields up to the first empty line or the first line
 * that is no field, the rest is the body.  `raw` must outlive the message.
 */
enum message_status message_parse(struct message *m, struct slice raw)
    __attribute__((warn_unused_result));

/* A line that begins a field: printable bytes and then a colon (RFC 5322 2.2);
 * blanks before it are old use. */
bool message_split_field(
    struct slice line, struct slice *ret_name, struct slice *ret_value);

/* Is what such a field says part of the body already? */
bool message_ends_header(const struct message *m, struct slice name);

enum message_status message_set_sender(struct message *m, struct slice path)
    __attribute__((warn_unused_result));
enum message_status message_add_recipient(struct message *m, struct slice path)
    __attribute__((warn_unused_result));

/* ... by a filter, with ESMTP parameters, a NUL behind all of them. */
enum message_status message_add_recipient_told(struct message *m, struct slice path,
    struct slice parameters) __attribute__((warn_unused_result));

/* The last one's path as typed and its parameters: others of them make two recipients of
 * one mailbox. */
void message_recipient_args(struct message *m, struct slice typed, struct slice args);

/* Brackets do not matter; case, or a path's being another of the same mailbox, as
 * the rules of this MTA say. */
enum message_status message_delete_recipient(struct message *m, struct slice path);

/* Where the rules of this MTA say; without rules at the end. */
enum message_status message_add_field(struct message *m, struct slice name,
    struct slice value) __attribute__((warn_unused_result));

/* The MTA's own line on top, hidden; a filter's of that name is another one. */
enum message_status message_add_trace(struct message *m, struct slice name,
    struct slice value) __attribute__((warn_unused_result));

/* Room at `index` for a field of the MTA's own, hidden; nothing until it is set. */
enum message_status message_add_own(struct message *m, size_t index, struct slice name)
    __attribute__((warn_unused_result));
/* ... or at the end, if no filter fills it. */
void message_own_later(struct message *m, struct slice name);
enum message_status message_set_own(struct message *m, struct slice name,
    struct slice value) __attribute__((warn_unused_result));

/* Where INSHEADER of that index goes, counted as the rules say. */
size_t message_place(const struct message *m, size_t index);

/* In front of field number `index`, hidden ones counted; too large: at the end. */
enum message_status message_insert_field(struct message *m, size_t index,
    struct slice name, struct slice value) __attribute__((warn_unused_result));

/*
 * The index-th field of that name, 0 and 1 both being the first.  An empty
 * value deletes it.  If there are not so many, one is added, where the rules
 * of this MTA say.
 */
enum message_status message_change_field(struct message *m, size_t index,
    struct slice name, struct slice value) __attribute__((warn_unused_result));

/* What of a value the rules of this MTA leave.  `folded`: the tabs at the beginnings of
 * its lines are the MTA's own, and do not count. */
struct slice message_cut_value(
    const struct message *m, struct slice name, struct slice value, bool folded);

/* Its value, as it stands behind the colon. */
enum message_status message_set_value(struct message *m, struct field *f,
    struct slice value) __attribute__((warn_unused_result));

/* Has it a Resent- field (RFC 5322 3.6.6)? */
bool message_resent(const struct message *m);

/* All fields of that name; or all but the room that the MTA kept for one. */
void message_drop_field(struct message *m, struct slice name, bool but_spare);
/* Without what a filter put into such room and is nothing, and what is no field when it
 * is read anew. */
void message_read_again(struct message *m);
/* ... that are without a value, as if they had not come. */
void message_lose_empty(struct message *m, struct slice name);

/* Between these two calls of message_filter_turn() all pieces make one body. */
void message_filter_turn(struct message *m);
enum message_status message_replace_body(struct message *m, struct slice piece)
    __attribute__((warn_unused_result));

/* The first shown field of that name at or behind *at; NULL when there is none. */
const struct field *message_field(const struct message *m, struct slice name);

/* The next field that a filter may see, *at moves on; NULL at the end. */
const struct field *message_next_field(const struct message *m, size_t *at);

#endif
