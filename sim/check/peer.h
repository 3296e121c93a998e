/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_PEER_H
#define SIM_CHECK_PEER_H

/*
 * peer - a session with a milter that is left where a check wants it: after
 * CONNECT, inside a message, at its end.  Keeps to what was agreed, judges nothing.
 */

#include "sim/io/socket.h"
#include "wire/dialogue.h"
#include "wire/frame.h"

enum peer_stage {
	PEER_CONNECTED,
	PEER_IDLE,
	PEER_CUT,
	PEER_MESSAGE,
	PEER_END,
	N_PEER_STAGES
};

struct peer {
	int fd; /* -1: closed */
	struct text in;
	struct terms terms;
	unsigned answer_ms;
	bool settled; /* the milter has done with the message */
	bool over;    /* ... with the session: a 421, behind which every MTA hangs up */
};

/* By name: "connected", "idle", "cut", "message", "end"; N_PEER_STAGES: none. */
enum peer_stage peer_stage_named(struct slice name);

/*
 * Connects and goes to the stage: a socket and no more; CONNECT and HELO; the
 * same and some bytes of a packet; up to the header; BODYEOB sent, its answer not read.
 * False: *why, and it is closed.
 */
bool peer_open(struct peer *p, const struct socket_address *a, enum peer_stage to,
    unsigned answer_ms, struct text *why);
void peer_close(struct peer *p);

/* Behind PEER_IDLE: one message more, up to its header and aborted, or to its end. */
bool peer_again(struct peer *p, enum peer_stage to, struct text *why);

/* QUIT, and the milter closes; false: it does not, in time. */
bool peer_quit(struct peer *p, struct text *why);

/* One packet in wire/notation.h's words; its answer, if one is due, is read. */
bool peer_say(struct peer *p, const char *line, struct text *why);

/* Bytes as they are; false: the milter does not take them. */
bool peer_send(struct peer *p, struct slice bytes);

/* Waits until all that was sent has been read, where the socket's kind tells. */
void peer_taken(const struct peer *p);

enum peer_heard { PEER_PACKET, PEER_SILENCE, PEER_CLOSED };

/* Waits for one packet.  PEER_PACKET: its letter. */
enum peer_heard peer_hear(struct peer *p, char *ret_letter);

/* The same, whole; its bytes are good until peer_took() it, which must follow. */
enum peer_heard peer_packet(struct peer *p, struct frame *ret);
void peer_took(struct peer *p, const struct frame *f);

#endif
