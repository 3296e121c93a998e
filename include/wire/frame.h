/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef WIRE_FRAME_H
#define WIRE_FRAME_H

/*
 * frame - one packet of the milter protocol: length, command, payload.
 *
 *	+---------+---------+-----------------+
 *	| len:u32 | cmd:u8  | payload (len-1) |   len counts cmd + payload
 *	+---------+---------+-----------------+
 *
 * Numbers are big-endian.  Packets may arrive cut anywhere or many at once: give
 * frame_decode() what has come so far, and call it again with more after
 * FRAME_SHORT.  A stream in which one frame is bad has lost its place: nothing
 * behind it can be read.
 *
 * Length 0 is an error here.  MTAs and libraries differ: libmilter reads a
 * command all the same, Postfix drops the milter, and a sendmail 8.17.1 child
 * ends with a failed assertion (measured).
 *
 * Pure and thread-safe: bytes in, struct out.  Nothing here reads a socket.
 */

#include "base/text.h"

enum { FRAME_HEAD = 5 }; /* length and command */

/*
 * The longest payload, command letter not counted: mfdef.h's
 * MILTER_MAX_DATA_SIZE, and what the bits MDS_256K and MDS_1M make of it.
 */
enum {
	FRAME_PAYLOAD_64K = 64 * 1024 - 1,
	FRAME_PAYLOAD_256K = 256 * 1024 - 1,
	FRAME_PAYLOAD_1M = 1024 * 1024 - 1,
};

enum frame_status {
	FRAME_OK,
	FRAME_SHORT,    /* not all of it has come yet */
	FRAME_EMPTY,    /* length 0: not even a command */
	FRAME_TOO_LONG, /* payload above the limit */
};

struct frame {
	char letter;
	struct slice payload; /* borrowed from the input */
	size_t size;          /* bytes of input this frame took */
};

/*
 * Takes the first frame of `in`.  `limit` is the longest payload allowed, one of
 * FRAME_PAYLOAD_*.  *ret is written on FRAME_OK alone.  FRAME_EMPTY and
 * FRAME_TOO_LONG are told from the first four bytes, without waiting for more.
 */
enum frame_status frame_decode(struct slice in, size_t limit, struct frame *ret)
    __attribute__((warn_unused_result));

/*
 * Appends a frame.  The payload may be anything, also longer than a receiver
 * takes: this is how a hostile peer is played.  TEXT_FULL also when the length
 * does not fit into 32 bits.
 */
enum text_status frame_append(struct text *out, char letter, struct slice payload)
    __attribute__((warn_unused_result));

/* "length 0", "longer than the limit"; for every status. */
const char *frame_fault(enum frame_status s);

#endif
