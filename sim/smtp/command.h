/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_COMMAND_H
#define SIM_COMMAND_H

/*
 * command - one SMTP command line, taken apart (RFC 5321 4.1.1).
 *
 * A line comes in without its CRLF; all results borrow from it.  Nothing here
 * knows what state a session is in.  Pure.
 */

#include "base/slice.h"

/*
 * RFC 5321 4.5.3.1.4: a command line has at most 512 octets with its CRLF.
 * Extensions make the lines of MAIL and RCPT longer: SIZE by 26 (RFC 1870),
 * BODY by 17 (RFC 6152), DSN by 112 in MAIL and 500 in RCPT (RFC 3461).
 */
enum { COMMAND_MAX = 512, COMMAND_MAX_EXTENDED = 512 + 26 + 17 + 500 };

/* No MTA takes a longer one. */
enum { COMMAND_MAX_ANY = 2048 };

enum { HELO_MAX = 255 }; /* RFC 5321 4.5.3.1.2 */

enum verb {
	VERB_HELO,
	VERB_EHLO,
	VERB_MAIL,
	VERB_RCPT,
	VERB_DATA,
	VERB_RSET,
	VERB_NOOP,
	VERB_QUIT,
	VERB_VRFY,
	VERB_EXPN,
	VERB_HELP,
	VERB_UNKNOWN,
};

struct command {
	enum verb verb;
	struct slice word;     /* as typed */
	struct slice argument; /* what follows the word, blanks trimmed */
	bool too_long;         /* longer than this verb may be */
	bool unwanted;         /* has an argument where none is allowed */
};

struct command command_parse(struct slice line);

/* The same where quotes and brackets keep the word together (smtp/quoted.h). */
struct command command_parse_quoted(struct slice line);

/* RFC 5321 4.1.2 has no limit; more parameters than this are nonsense. */
enum { PARAMETERS_MAX = 16 };

struct parameter {
	struct slice keyword, value; /* value empty without '=' */
	struct slice whole;          /* as the client typed it */
};

struct envelope {
	struct slice path;  /* with its brackets */
	struct slice typed; /* ... as typed, where the MTA reads another one from it */
	struct parameter parameter[PARAMETERS_MAX];
	size_t parameters;
};

/*
 * Of a path: user@host without brackets; words as smtp/quoted.h cuts them; blanks
 * between brackets, and no > is no matter.  Of parameters: one ends where its keyword
 * or its value does.
 */
enum { PATH_BARE = 1, PATH_QUOTED = 2, PATH_LOOSE = 4, PARAMETERS_CUT = 8 };

enum envelope_status {
	ENVELOPE_OK,
	ENVELOPE_NO_KEYWORD, /* no FROM: or TO: */
	ENVELOPE_BAD_PATH,   /* brackets, or blanks where none may be */
	ENVELOPE_BAD_PARAMETER,
};

/*
 * The argument of MAIL (keyword "FROM:") or RCPT ("TO:").  A path without
 * brackets is taken only if `bare` says so: sendmail does, the RFC does not.
 */
enum envelope_status envelope_parse(
    struct slice argument, struct slice keyword, unsigned forms, struct envelope *ret);

/*
 * KEYWORD and KEYWORD=value, blanks between, whatever they are; `cut` as
 * PARAMETERS_CUT.  False: too many.
 */
bool envelope_words(struct slice words, bool cut, struct envelope *ret);

/*
 * RFC 5321 4.1.1.1: a domain or an address literal; sendmail's idea of it, the
 * characters alone (its srvrsmtp.c, at HELO).  `most` bytes, 0: HELO_MAX.
 */
bool domain_valid(struct slice name, size_t most);

/* Is `word` one of the blank-separated words of `list`?  Case is ignored. */
bool word_in_list(struct slice word, struct slice list);

/* To the first delimiter that is in no brackets, quotes or comment, or to the end. */
size_t path_end(struct slice s, char delimiter);

/* As much as may be the keyword of a parameter: letters, digits and hyphens. */
struct slice keyword_begin(struct slice s);

#endif
