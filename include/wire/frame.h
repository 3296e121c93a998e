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
 * Pure: bytes in, struct out.  Nothing here reads a socket.
 */

#include "base/slice.h"

enum { FRAME_HEAD = 5, FRAME_MAX = 64 * 1024 };

enum frame_status { FRAME_OK, FRAME_SHORT, FRAME_BAD };

struct frame {
	char cmd;
	struct slice payload; /* borrowed from the input */
	size_t size;          /* bytes of input this frame took */
};

enum frame_status frame_decode(struct slice in, struct frame *ret)
    __attribute__((warn_unused_result));

#endif
