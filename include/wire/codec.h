/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef WIRE_CODEC_H
#define WIRE_CODEC_H

/*
 * codec - payloads of packets as structs, and back to the same bytes.
 *
 * Decoding is strict: a string that does not end, bytes left over, a macro
 * without a value are errors with a name, although some milters and MTAs let
 * them pass.  What decodes encodes to the same bytes, and the other way round.
 *
 * Decoded slices borrow from the payload.  Lists (arguments, macros, symbol
 * lists) stay raw and are walked with the *_next functions, so decoding never
 * allocates; to make one, use the *_append functions on a text.  Pure and
 * thread-safe.
 */

#include "base/text.h"
#include "wire/frame.h"
#include "wire/protocol.h"

enum codec_status {
	CODEC_OK,
	CODEC_UNKNOWN,        /* no packet has this letter in this direction */
	CODEC_SHORT,          /* payload ends early */
	CODEC_NOT_TERMINATED, /* a string has no NUL at its end */
	CODEC_LEFT_OVER,      /* bytes behind the last field */
	CODEC_FAMILY,         /* address family is none of U L 4 6 */
	CODEC_STAGE,          /* macros for no command; symbol list for no stage */
	CODEC_ODD,            /* a macro name without a value */
	CODEC_NO_NAME,        /* empty name of header or macro */
	CODEC_NUL,            /* encode: a string with a NUL byte in it */
	CODEC_TOO_LONG,       /* encode: payload longer than FRAME_PAYLOAD_64K */
	CODEC_NO_ROOM,        /* encode: the text is full, or memory is */
};

struct optneg {
	uint32_t version;
	uint32_t actions;      /* ACTION_* */
	uint32_t protocol;     /* PROTO_* */
	struct slice symlists; /* raw; see symlist_next() */
};

struct macro_packet {
	char command;       /* letter of the command they belong to */
	struct slice pairs; /* raw; see macro_next() */
};

struct connect_packet {
	struct slice host;    /* reverse look-up, or "[192.0.2.1]" */
	char family;          /* FAMILY_* */
	uint16_t port;        /* host order; nothing for FAMILY_UNKNOWN */
	struct slice address; /* "192.0.2.1", "IPv6:::1" or "::1", a path */
};

struct header_packet {
	uint32_t index; /* INSHEADER: 0 is the top; CHGHEADER: 1 is the first */
	struct slice name;
	struct slice value; /* lines inside end in LF */
};

struct string_packet {
	struct slice first; /* text, address as typed, host name */
	struct slice args;  /* raw, each ends in NUL; see string_next() */
};

struct packet {
	enum packet_kind kind;
	union { /* by packet_rules[kind].shape */
		struct optneg optneg;
		struct macro_packet macro;
		struct connect_packet connect;
		struct header_packet header; /* SHAPE_HEADER, SHAPE_INDEXED */
		struct string_packet string; /* SHAPE_STRING, _STRINGS, _PAIR */
		struct slice bytes;
	};
};

/* *ret is written on CODEC_OK alone. */
enum codec_status packet_decode(enum direction to, char letter, struct slice payload,
    struct packet *ret) __attribute__((warn_unused_result));

/*
 * Appends the packet with its frame.  Nothing is appended unless CODEC_OK.
 * Optional slices (args, pairs, symlists) may be empty.
 */
enum codec_status packet_encode(struct text *out, const struct packet *p)
    __attribute__((warn_unused_result));

/* "string not terminated"; for every status. */
const char *codec_fault(enum codec_status s);

/*
 * Each takes one item off *rest; false at the end, or where the rest is not
 * well formed (packet_decode() has checked that).
 */
bool string_next(struct slice *rest, struct slice *ret);
bool macro_next(struct slice *rest, struct slice *ret_name, struct slice *ret_value);
bool symlist_next(struct slice *rest, uint32_t *ret_stage, struct slice *ret_names);

/* Each appends one item to a raw list; CODEC_NUL, CODEC_NO_ROOM. */
enum codec_status string_append(struct text *raw, struct slice s)
    __attribute__((warn_unused_result));
enum codec_status macro_append(struct text *raw, struct slice name, struct slice value)
    __attribute__((warn_unused_result));

#endif
