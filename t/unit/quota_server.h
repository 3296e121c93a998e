/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_UNIT_QUOTA_SERVER_H
#define T_UNIT_QUOTA_SERVER_H

/*
 * A quota server in a thread.  Each connection is served by one row: for every
 * question it sends `answer`, and after `questions` of them it hangs up.  The
 * last row serves all further connections.
 */

#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "t/unit/scratch.h"

struct quota_server_row {
	const char *answer; /* NULL: none, the question is left unanswered */
	int questions;
};

struct quota_server {
	const struct quota_server_row *row;
	size_t rows;
	int listener;
	pthread_t thread;
	char where[160]; /* for dialog_new() */
	int accepted;    /* connections; of use after stop */
	pthread_mutex_t lock;
	char got[4096]; /* the last question; under the lock */
};

/* Returns with the descriptor still open when the answer is none. */
static inline void
quota_server_talk(struct quota_server *s, const struct quota_server_row *row, int fd)
{
	char got[sizeof s->got];

	for (int i = 0; i < row->questions; i++) {
		ssize_t n = recv(fd, got, sizeof got - 1, 0);
		if (n <= 0)
			return;
		got[n] = '\0';
		(void)pthread_mutex_lock(&s->lock);
		memcpy(s->got, got, (size_t)n + 1);
		(void)pthread_mutex_unlock(&s->lock);
		if (row->answer != NULL)
			(void)send(fd, row->answer, strlen(row->answer), MSG_NOSIGNAL);
		else
			(void)recv(fd, got, 1, 0); /* until the client hangs up */
	}
}

/* The last question held this. */
static inline bool
quota_server_heard(struct quota_server *s, const char *words)
{
	(void)pthread_mutex_lock(&s->lock);
	bool found = strstr(s->got, words) != NULL;
	(void)pthread_mutex_unlock(&s->lock);
	return found;
}

static inline void *
quota_server_run(void *self)
{
	struct quota_server *s = self;
	int fd;

	while ((fd = accept(s->listener, NULL, NULL)) != -1) {
		size_t i = (size_t)s->accepted++;
		quota_server_talk(s, &s->row[i < s->rows ? i : s->rows - 1], fd);
		(void)close(fd);
	}
	return NULL;
}

static inline void
quota_server_start(struct quota_server *s, const struct scratch *in,
    const struct quota_server_row *row, size_t rows)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	*s = (struct quota_server){
		.row = row, .rows = rows, .lock = PTHREAD_MUTEX_INITIALIZER
	};
	(void)snprintf(a.sun_path, sizeof a.sun_path, "%s/quota.sock", in->path);
	(void)snprintf(s->where, sizeof s->where, "unix:%s", a.sun_path);
	s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(s->listener, (struct sockaddr *)&a, sizeof a), 0);
	ck_assert_int_eq(listen(s->listener, 16), 0);
	ck_assert_int_eq(pthread_create(&s->thread, NULL, quota_server_run, s), 0);
}

/* All clients must have hung up. */
static inline void
quota_server_stop(struct quota_server *s)
{
	(void)shutdown(s->listener, SHUT_RDWR);
	(void)pthread_join(s->thread, NULL);
	(void)close(s->listener);
}

#endif
