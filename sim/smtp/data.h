/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_DATA_H
#define SIM_DATA_H

/*
 * data - the text between the 354 and the final dot (RFC 5321 4.1.1.4, 4.5.2).
 *
 * Ends only at CRLF.CRLF (or at a dot line that comes first), wherever the
 * bytes are cut.  The dot that the client put in front of a line that begins
 * with one is taken off, once.  A CR or LF that stands alone ends the session:
 * two hosts that disagree about where a message ends can be made to see a
 * message that nobody checked.  Unless `loose`: there are MTAs that take both.
 *
 * What is too large, too long or holds a NUL is still read to its end, so that
 * the refusal is the answer to this message and not to a line of it.  Pure.
 */

#include "base/text.h"

enum data_status { DATA_MORE, DATA_END, DATA_BARE_CR, DATA_BARE_LF };

struct data {
	int state;         /* where in a line we are; data.c knows the names */
	size_t line;       /* bytes of this line so far, without its CRLF */
	size_t line_limit; /* octets with CRLF, RFC 5321 4.5.3.1.6; 0: no limit */
	bool too_big;      /* `out` took no more, the rest was dropped */
	bool no_memory;    /* ... not for its limit but for want of memory */
	bool too_long;     /* a line was longer than line_limit */
	bool nul;          /* a NUL byte was seen; it is kept */
	bool loose;        /* a bare LF ends a line, CRs in front of an LF are none and
			      others blanks */
	bool chunked;      /* dots mean nothing, somebody else knows the end */
	size_t crs;        /* ... that are not passed on yet */
	/* Bytes that are read as one: a CR that ends them is a bare one, if no LF
	 * follows. 0: all of the line. */
	size_t piece;
	size_t column; /* bytes of this line so far, as they came */
};

void data_begin(struct data *d, size_t line_limit, bool loose);

/*
 * Takes bytes off *in and appends the message's to `out`, whose limit is the
 * size limit.  Stops behind the final dot: what is left in *in is the next
 * command.  After an answer other than DATA_MORE call data_begin() first.
 */
enum data_status data_feed(struct data *d, struct slice *in, struct text *out);

/* Ends the last line, where it has no end. */
void data_finish(struct data *d, struct text *out);

#endif
