/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MUTANTS_WIRE_H
#define MUTANTS_WIRE_H

/*
 * wire - packets on a socket: a length of four bytes, a letter, a payload.
 *
 * One thread uses a wire at a time.  Every payload lies in a heap block of just
 * its size, so that the address sanitizer sees a step beyond it.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PAYLOAD_MAX = 65535, INPUT_MAX = 4 + 1 + PAYLOAD_MAX };

struct wire {
	int fd;
	size_t have;
	unsigned reads;       /* since the last packet was whole */
	unsigned run;         /* packets that one read brought */
	unsigned char *input; /* INPUT_MAX bytes, the first `have` are not used yet */
};

struct packet {
	char letter;
	size_t len;
	unsigned char *payload; /* the receiver frees it */
	bool pipelined;         /* more is waiting behind it */
	unsigned reads;         /* that it took */
};

/* Takes over the socket.  False: no memory, and the socket is still the caller's. */
bool wire_open(struct wire *w, int fd);
/* A defect: whoever reads is broken off. */
void wire_cut(void);

void wire_close(struct wire *w);

/* How long a packet may take to come; 0: for ever. */
void wire_patience(const struct wire *w, unsigned ms);

/* The next packet; false at the end of the stream and when it is none. */
bool wire_next(struct wire *w, struct packet *ret);

/* False when the other side is gone. */
bool wire_raw(struct wire *w, const void *bytes, size_t len);
bool wire_send(struct wire *w, char letter, const void *payload, size_t len);

uint32_t wire_u32(const unsigned char *p);
void wire_put_u32(unsigned char *p, uint32_t n);

/* How many sessions wait for the rest of a packet. */
extern _Atomic int wire_partial;

#endif
