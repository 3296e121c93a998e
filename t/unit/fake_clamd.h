/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_UNIT_FAKE_CLAMD_H
#define T_UNIT_FAKE_CLAMD_H

/*
 * fake_clamd - one connection of a clamd, in a thread: it takes so many bytes,
 * says its words, and hangs up, or waits until the other side does.
 */

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "store/clamd_link.h"
#include "t/unit/scratch.h"

enum { FAKE_CLAMD_CHUNK = 64 << 10 }; /* what a message is sent in */

struct fake_clamd {
	/* Set by the test. */
	size_t takes;        /* bytes before it speaks */
	struct slice answer; /* empty: it says nothing */
	size_t piece;        /* so much of it at once; 0: all */
	bool waits;          /* for the other side to hang up */

	struct clamd_address address;
	int listener;
	pthread_t thread;
	int passed; /* a descriptor that came, or -1 */
	size_t ngot;
	char got[1 << 19];
};

/* What comes, and a descriptor beside it. */
static inline ssize_t
fake_clamd_take(struct fake_clamd *f, int fd, size_t most)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec part = { f->got + f->ngot, most };
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof control.room };
	ssize_t n = recvmsg(fd, &m, 0);
	const struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;

	if (c != NULL && c->cmsg_type == SCM_RIGHTS)
		memcpy(&f->passed, CMSG_DATA(c), sizeof f->passed);
	f->ngot += n > 0 ? (size_t)n : 0;
	return n;
}

static inline void *
fake_clamd_run(void *self)
{
	struct fake_clamd *f = self;
	int fd = accept(f->listener, NULL, NULL);
	struct slice rest = f->answer;
	struct pollfd other = { .fd = fd };

	while (f->ngot < f->takes && fake_clamd_take(f, fd, f->takes - f->ngot) > 0)
		;
	while (rest.len > 0) {
		struct slice now = slice_first(rest, f->piece > 0 ? f->piece : rest.len);
		if (send(fd, now.ptr, now.len, MSG_NOSIGNAL) != (ssize_t)now.len)
			break;
		rest = slice_from(rest, now.len);
	}
	if (f->waits)
		(void)poll(&other, 1, -1); /* takes no byte more, and sees the end */
	(void)close(fd);
	return NULL;
}

static inline void
fake_clamd_start(struct fake_clamd *f, const struct scratch *in)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	(void)snprintf(a.sun_path, sizeof a.sun_path, "%s/clamd.sock", in->path);
	memcpy(&f->address.at, &a, sizeof a);
	f->address.len = sizeof a;
	f->passed = -1;
	f->ngot = 0;
	f->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(f->listener, (struct sockaddr *)&a, sizeof a), 0);
	ck_assert_int_eq(listen(f->listener, 4), 0);
	ck_assert_int_eq(pthread_create(&f->thread, NULL, fake_clamd_run, f), 0);
}

/* The other side has hung up. */
static inline void
fake_clamd_stop(struct fake_clamd *f)
{
	(void)pthread_join(f->thread, NULL);
	(void)close(f->listener);
	(void)unlink(((struct sockaddr_un *)&f->address.at)->sun_path);
}

/* Bytes that differ from place to place, more than `memory` of them in a file. */
static inline struct spool *
fake_clamd_spool(const struct scratch *in, size_t size, size_t memory)
{
	static const struct report nobody = { NULL, NULL };
	struct spool *s = spool_new(memory, in->path, &nobody);

	for (size_t at = 0; at < size;) {
		char piece[997];
		size_t n = size - at < sizeof piece ? size - at : sizeof piece;
		for (size_t i = 0; i < n; i++)
			piece[i] = (char)((at + i) * 31 >> 3);
		ck_assert(spool_write(s, (struct slice){ piece, n }));
		at += n;
	}
	return s;
}

/* Of all that clamd gets of it. */
static inline size_t
fake_clamd_length(size_t size)
{
	return sizeof "zINSTREAM" + size +
	       (size + FAKE_CLAMD_CHUNK - 1) / FAKE_CLAMD_CHUNK * 4 + 4;
}

/* What clamd got is the message in chunks, byte for byte. */
static inline void
fake_clamd_expect(const struct fake_clamd *f, const struct spool *message)
{
	unsigned long long size = spool_size(message), at = 0;
	static char room[FAKE_CLAMD_CHUNK];
	const char *got = f->got;
	uint32_t length;

	ck_assert_uint_eq(f->ngot, fake_clamd_length((size_t)size));
	ck_assert_mem_eq(got, "zINSTREAM", sizeof "zINSTREAM");
	got += sizeof "zINSTREAM";
	for (;;) {
		memcpy(&length, got, sizeof length);
		length = ntohl(length);
		got += sizeof length;
		if (length == 0)
			break;
		struct slice piece = spool_read(message, at, room, FAKE_CLAMD_CHUNK);
		ck_assert_uint_eq(piece.len, length);
		ck_assert_mem_eq(got, piece.ptr, length);
		got += length;
		at += length;
	}
	ck_assert_uint_eq(at, size);
}

#endif
