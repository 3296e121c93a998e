/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_UNIT_CLAMD_LINK_FIXTURE_H
#define T_UNIT_CLAMD_LINK_FIXTURE_H

/*
 * One link to one fake clamd, what the kernel does to it, and how it was dialled.
 * Link with --wrap of recv, __recv_chk, sendmsg and stream_connect.
 */

#include <errno.h>
#include <poll.h>

#include "base/clock.h"
#include "t/unit/fake_clamd.h"
#include "t/unit/kernel_whims.h"

/* For what comes at once, were the machine not busy. */
enum { PATIENT_MS = 30000, SHORT_MS = 60, CHUNK = FAKE_CLAMD_CHUNK };

static struct scratch dir;
static struct fake_clamd clamd;
static struct clamd_limits limits;
static struct patience sum;
static struct clamd_link l;
static int told;
static bool mta_is_there;

static inline bool
tell(const void *self)
{
	(void)self;
	told++;
	return mta_is_there;
}

static const struct progress progress = { tell, NULL };

/* Of the last connection: how long it might have taken; whether to wait for a word. */
static struct {
	long long until_ms;
	bool hears;
} dialled;

int __real_stream_connect(
    int family, const struct sockaddr *to, socklen_t len, struct patience *p);
int __wrap_stream_connect(
    int family, const struct sockaddr *to, socklen_t len, struct patience *p);

int
__wrap_stream_connect(
    int family, const struct sockaddr *to, socklen_t len, struct patience *p)
{
	int fd = __real_stream_connect(family, to, len, p);
	struct pollfd in = { .fd = fd, .events = POLLIN };

	dialled.until_ms = p->until_ms;
	if (dialled.hears)
		ck_assert_int_eq(poll(&in, 1, PATIENT_MS), 1);
	return fd;
}

static inline void
setup(void)
{
	scratch_setup(&dir);
	clamd = (struct fake_clamd){ .takes = 0 };
	limits = (struct clamd_limits){ PATIENT_MS, PATIENT_MS, PATIENT_MS };
	sum = patience_begin(PATIENT_MS, NULL);
	told = 0;
	kernel.client = pthread_self();
	kernel.most = kernel.reads = 0;
	kernel.room = (struct slice){ NULL, 0 };
	dialled.hears = false;
	kernel.interrupts = false;
	mta_is_there = true;
}

static inline void
teardown(void)
{
	scratch_teardown(&dir);
}

static inline int
next_descriptor(void)
{
	int fd = dup(STDIN_FILENO);

	ck_assert_int_ne(fd, -1);
	(void)close(fd);
	return fd;
}

static inline enum clamd_answer
scan(struct spool *message, bool by_descriptor)
{
	fake_clamd_start(&clamd, &dir);
	l = (struct clamd_link){
		.address = &clamd.address, .limits = &limits, .sum = &sum
	};
	enum clamd_answer a = clamd_link_scan(&l, message, by_descriptor);
	fake_clamd_stop(&clamd);
	ck_assert_int_eq(l.fd, -1);
	return a;
}

#endif
