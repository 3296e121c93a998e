/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_UNIT_KERNEL_WHIMS_H
#define T_UNIT_KERNEL_WHIMS_H

/*
 * kernel_whims - what recv(2) and sendmsg(2) may do at any time: be interrupted,
 * or take fewer bytes than there are.  For one file of a program that is linked with
 * --wrap of recv, __recv_chk and sendmsg; of one thread, so that others are left alone.
 */

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "base/slice.h"
#include "t/unit/runner.h"

static struct {
	pthread_t client;
	size_t most;       /* so many bytes of a write are taken; 0: all */
	size_t reads;      /* so many bytes a read gives; 0: what there is */
	bool interrupts;   /* every second read or write */
	struct slice room; /* where all bytes that are read must find theirs; or none */
	unsigned calls;
} kernel;

ssize_t __real_recv(int fd, void *to, size_t len, int flags);
ssize_t __wrap_recv(int fd, void *to, size_t len, int flags);
ssize_t __wrap___recv_chk(int fd, void *to, size_t len, size_t room, int flags);
ssize_t __real_sendmsg(int fd, const struct msghdr *m, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *m, int flags);

static bool
is_interrupted(void)
{
	if (!kernel.interrupts || !pthread_equal(kernel.client, pthread_self()) ||
	    ++kernel.calls % 2 == 0)
		return false;
	errno = kernel.calls % 4 == 1 ? EINTR : EAGAIN;
	return true;
}

ssize_t
__wrap_recv(int fd, void *to, size_t len, int flags)
{
	if (!pthread_equal(kernel.client, pthread_self()))
		return __real_recv(fd, to, len, flags);
	if (is_interrupted())
		return -1;
	if (kernel.room.ptr != NULL) {
		ck_assert((char *)to >= kernel.room.ptr);
		ck_assert((char *)to + len <= kernel.room.ptr + kernel.room.len);
	}
	return __real_recv(
	    fd, to, kernel.reads > 0 && kernel.reads < len ? kernel.reads : len, flags);
}

/* What recv() is called where FORTIFY_SOURCE knows the size of the room. */
ssize_t
__wrap___recv_chk(int fd, void *to, size_t len, size_t room, int flags)
{
	(void)room;
	return __wrap_recv(fd, to, len, flags);
}

ssize_t
__wrap_sendmsg(int fd, const struct msghdr *m, int flags)
{
	struct iovec part[2];
	struct msghdr less = *m;
	size_t left = kernel.most;

	if (is_interrupted())
		return -1;
	if (left == 0 || m->msg_iovlen > 2)
		return __real_sendmsg(fd, m, flags);
	less.msg_iov = part;
	for (size_t i = 0; i < m->msg_iovlen; i++) {
		part[i] = m->msg_iov[i];
		part[i].iov_len = part[i].iov_len < left ? part[i].iov_len : left;
		left -= part[i].iov_len;
	}
	return __real_sendmsg(fd, &less, flags);
}

#endif
