/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_UNIT_FAKE_CLAMDS_H
#define T_UNIT_FAKE_CLAMDS_H

/*
 * fake_clamds - a clamd in a thread that answers connection after connection, each
 * command with the words set for it; and who listens to what is told of it.
 */

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/clock.h"
#include "base/report.h"
#include "base/thread.h"
#include "t/unit/scratch.h"

enum { FAKE_PATIENCE_MS = 30000, FAKE_LINE_MAX = 600, FAKE_LINES_MAX = 32 };

struct fake_clamds {
	/* Each with its end mark; set before it is asked. */
	struct slice pong, version, verdict;

	char name[96]; /* unix:/path */
	atomic_int pings, versions, scans;

	int listener;
	pthread_t thread;
};

static inline bool
fake_clamds_exactly(int fd, char *to, size_t n)
{
	return n == 0 || recv(fd, to, n, MSG_WAITALL) == (ssize_t)n;
}

/* Up to the end mark; false when it does not come. */
static inline bool
fake_clamds_stream(int fd)
{
	static char room[64 << 10];
	uint32_t length;

	do {
		if (!fake_clamds_exactly(fd, (char *)&length, sizeof length))
			return false;
		length = ntohl(length);
		ck_assert_uint_le(length, sizeof room);
		if (!fake_clamds_exactly(fd, room, length))
			return false;
	} while (length > 0);
	return true;
}

static inline struct slice
fake_clamds_answer(struct fake_clamds *f, int fd)
{
	char command[16] = "";
	size_t n = 0;

	while (n < sizeof command && fake_clamds_exactly(fd, command + n, 1) &&
	       command[n] != '\0')
		n++;
	struct slice said = { command, n };
	if (slice_equal(said, SLICE("zPING")))
		return atomic_fetch_add(&f->pings, 1), f->pong;
	if (slice_equal(said, SLICE("zVERSION")))
		return atomic_fetch_add(&f->versions, 1), f->version;
	if (!slice_equal(said, SLICE("zINSTREAM")) || !fake_clamds_stream(fd))
		return SLICE("");
	return atomic_fetch_add(&f->scans, 1), f->verdict;
}

static inline void *
fake_clamds_run(void *self)
{
	struct fake_clamds *f = self;

	for (int fd; (fd = accept(f->listener, NULL, NULL)) != -1; (void)close(fd)) {
		struct slice says = fake_clamds_answer(f, fd);
		(void)send(fd, says.ptr, says.len, MSG_NOSIGNAL);
	}
	return NULL;
}

/* Where it would be, when it is started. */
static inline void
fake_clamds_name(struct fake_clamds *f, const struct scratch *in, const char *name)
{
	*f = (struct fake_clamds){ .pong = SLICE("PONG\0"),
		.version = SLICE("ClamAV 1\0"),
		.verdict = SLICE("stream: OK\0") };
	(void)snprintf(f->name, sizeof f->name, "unix:%s/%s", in->path, name);
}

static inline void
fake_clamds_start(struct fake_clamds *f)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	(void)snprintf(a.sun_path, sizeof a.sun_path, "%s", strchr(f->name, '/'));
	f->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(f->listener, (struct sockaddr *)&a, sizeof a), 0);
	ck_assert_int_eq(listen(f->listener, 16), 0);
	ck_assert_int_eq(pthread_create(&f->thread, NULL, fake_clamds_run, f), 0);
}

static inline void
fake_clamds_stop(struct fake_clamds *f)
{
	(void)shutdown(f->listener, SHUT_RDWR); /* which wakes its accept() */
	(void)pthread_join(f->thread, NULL);
	(void)close(f->listener);
	(void)unlink(strchr(f->name, '/'));
}

/* What was told, in order: "cause: text". */
struct fake_news {
	pthread_mutex_t lock;
	pthread_cond_t more;
	int lines;
	char line[FAKE_LINES_MAX][FAKE_LINE_MAX];
	struct report report;
};

static inline void
fake_news_say(void *self, const char *cause, const char *text)
{
	struct fake_news *n = self;

	pthread_mutex_lock(&n->lock);
	ck_assert_int_lt(n->lines, FAKE_LINES_MAX);
	(void)snprintf(n->line[n->lines++], FAKE_LINE_MAX, "%s: %s", cause, text);
	pthread_cond_broadcast(&n->more);
	pthread_mutex_unlock(&n->lock);
}

static inline void
fake_news_init(struct fake_news *n)
{
	*n = (struct fake_news){ .report = { fake_news_say, n } };
	ck_assert_int_eq(pthread_mutex_init(&n->lock, NULL), 0);
	ck_assert(thread_cond_init(&n->more));
}

/* Until so many have been told in all. */
static inline void
fake_news_wait(struct fake_news *n, int lines)
{
	const struct timespec late = monotonic_after(FAKE_PATIENCE_MS);

	pthread_mutex_lock(&n->lock);
	while (n->lines < lines)
		ck_assert_int_eq(pthread_cond_timedwait(&n->more, &n->lock, &late), 0);
	pthread_mutex_unlock(&n->lock);
}

/* One of them begins so. */
static inline bool
fake_news_has(struct fake_news *n, const char *begins)
{
	bool found = false;

	pthread_mutex_lock(&n->lock);
	for (int i = 0; i < n->lines; i++)
		found |= strncmp(n->line[i], begins, strlen(begins)) == 0;
	pthread_mutex_unlock(&n->lock);
	return found;
}

#endif
