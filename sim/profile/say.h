/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_SAY_H
#define SIM_SAY_H

/* say - all that an MTA says to a client in words of its own. */

enum say {
	SAY_GREETING,
	SAY_HELO,
	SAY_EHLO,
	SAY_MAIL_OK,
	SAY_RCPT_OK,
	SAY_DATA_GO,
	SAY_MESSAGE_OK,
	SAY_RSET_OK,
	SAY_NOOP_OK,
	SAY_HELP,
	SAY_HELP_UNKNOWN, /* a topic there is none of: %x; "" as code: SAY_HELP */
	SAY_VRFY,
	SAY_VRFY_OFF,
	SAY_VRFY_UNKNOWN,
	SAY_NOTHING,     /* ... and no list of any: %p is the command */
	SAY_VRFY_SYNTAX, /* nothing to look up */
	SAY_EXPN_OFF,
	SAY_QUIT,

	SAY_NO_SUCH_USER,
	SAY_UNKNOWN_COMMAND,
	SAY_HELO_ARGUMENT,
	SAY_HELO_DOMAIN,
	SAY_MAIL_SYNTAX,
	SAY_RCPT_SYNTAX,
	SAY_BAD_PATH,
	SAY_BAD_RCPT_PATH,     /* ... of RCPT */
	SAY_UNBALANCED,        /* a < and no >, where loose_paths */
	SAY_UNBALANCED_CLOSE,  /* ... a > and no < */
	SAY_BAD_PARAMETER,     /* 501: not KEYWORD=value */
	SAY_UNKNOWN_PARAMETER, /* 555 */
	SAY_BAD_VALUE,         /* 501: %x is the value */
	SAY_BAD_BODY,          /* ... of BODY=, and so on */
	SAY_BAD_RET,
	SAY_BAD_NOTIFY,
	SAY_BAD_ORCPT,
	SAY_NO_VALUE, /* %x is the keyword */
	SAY_DUPLICATE_AUTH,
	SAY_DUPLICATE_PARAMETER,    /* %x is the keyword */
	SAY_NO_HOST,                /* nothing behind the @ in a path */
	SAY_NO_USER,                /* ... nor in front of it */
	SAY_NO_ADDRESS,             /* ... nor anywhere */
	SAY_HOST_COLON,             /* a colon in its domain */
	SAY_LONG_WORD,              /* a word of it over 256 bytes */
	SAY_BAD_ROUTE,              /* more than one @ in a path */
	SAY_BAD_HOST,               /* a domain with an empty label, in MAIL */
	SAY_BAD_RCPT_HOST,          /* ... in RCPT */
	SAY_UNBALANCED_QUOTE,       /* ... a quote and no other one */
	SAY_UNBALANCED_PAREN,       /* ... a comment that does not end */
	SAY_UNBALANCED_PAREN_CLOSE, /* ... or does not begin */
	SAY_BAD_LITERAL,            /* something behind a literal */
	SAY_LONG_ADDRESS,     /* a path over 255 bytes: %x, and the path, are those */
	SAY_EIGHT_BIT,        /* C1 controls in a sender */
	SAY_RCPT_EIGHT_BIT,   /* ... in a recipient */
	SAY_UNPRINTABLE,      /* C0 controls in a sender */
	SAY_RCPT_UNPRINTABLE, /* ... in a recipient */
	SAY_NO_SENDER,        /* a program or file as sender */
	SAY_PROGRAM,          /* ... as recipient */
	SAY_FILE,             /* ... a file */
	SAY_INCLUDE,          /* ... a list in a file */
	SAY_BAD_SIZE,         /* a SIZE= below zero, where those are not read */
	SAY_SIZE_TOO_LARGE,   /* ... no number any more */
	SAY_NO_VALUE_BEHIND,  /* as SAY_NO_VALUE, of some */
	SAY_BAD_XTEXT,        /* %x is the keyword */
	SAY_BAD_BY,           /* %x says what is wrong, status code first */
	SAY_BY_MODE,          /* ... %x is no mode */
	SAY_BY_TRACE,         /* ... no trace */
	SAY_BY_RANGE,         /* ... too many seconds */
	SAY_HELO_AHEAD, /* HELO, and more behind it: the session is refused; "": taken */
	SAY_UNWANTED_ARGUMENT,
	SAY_NEED_HELO,
	SAY_NESTED_MAIL,
	SAY_RCPT_BEFORE_MAIL,
	SAY_DATA_BEFORE_MAIL,
	SAY_DATA_BEFORE_RCPT,
	SAY_TOO_MANY_RCPTS,
	SAY_TOO_MANY_ERRORS,
	SAY_LINE_TOO_LONG,
	SAY_FORBIDDEN,
	SAY_TEXT_LINE_TOO_LONG,
	SAY_MESSAGE_TOO_BIG,
	SAY_NO_SPACE, /* ... where no limit is announced */
	SAY_HEADER_TOO_LARGE,
	SAY_TOO_MANY_HOPS,
	SAY_STORAGE,
	SAY_BARE_CR,
	SAY_BARE_LF,
	SAY_NUL,
	SAY_COMMAND_BARE_CR,
	SAY_COMMAND_BARE_LF,
	SAY_COMMAND_NUL,
	SAY_COMMAND_NOT_UTF8,
	SAY_TIMEOUT,
	SAY_LOST_IN_TEXT, /* to a client that closed inside the text; "": nothing */
	SAY_STOPPING,
	SAY_TOO_MANY_SESSIONS,
	SAY_DELIVERY_FAILED,

	/* BDAT, where CHUNKING is announced.  %x: bytes of the piece. */
	SAY_CHUNK_OK,
	SAY_CHUNKS_OK, /* of the last one; %x: bytes of all */
	SAY_CHUNK_SYNTAX,
	SAY_CHUNK_EMPTY,
	SAY_CHUNK_LOST, /* ... behind one that was refused */
	SAY_CHUNK_TOO_BIG,
	SAY_AFTER_CHUNK, /* %x: the command that does not go with BDAT */

	SAY_GREETING_REFUSED,  /* a filter refused the connection */
	SAY_SESSION_REFUSED,   /* ... and so MAIL, RCPT and DATA hear this */
	SAY_REJECT_PATH,       /* plain reject of MAIL or RCPT */
	SAY_REJECT_COMMAND,    /* ... of DATA or an unknown command */
	SAY_REJECT_HEADER,     /* ... a spoilt reply to a field or the end of all */
	SAY_REJECT_MESSAGE,    /* ... from header to end of message */
	SAY_TEMPFAIL,          /* plain tempfail */
	SAY_SHUTDOWN,          /* 421 of CONNECT, HELO, DATA and the message */
	SAY_SHUTDOWN_ENVELOPE, /* 421 of MAIL and RCPT */
	SAY_SHUTDOWN_GREETING, /* ... of the greeting */
	SAY_FAILED_REJECT,     /* a filter failed, F=R */
	SAY_MISCONFIGURED,     /* a filter asked for what there is not */
	N_SAY
};

#endif
