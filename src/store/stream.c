/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/stream.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"

struct patience
patience_begin(unsigned limit_ms, const struct progress *progress)
{
	long long now = monotonic_ms();

	return (struct patience){ now + limit_ms, progress, now + PROGRESS_MS };
}

int
patience_left(struct patience *p)
{
	long long now = monotonic_ms(), left = p->until_ms - now;

	if (left <= 0) {
		errno = ETIMEDOUT;
		return 0;
	}
	if (p->progress == NULL)
		return left < PROGRESS_MS ? (int)left : PROGRESS_MS;
	if (now >= p->tell_at_ms) {
		p->tell_at_ms = now + PROGRESS_MS;
		if (!progress_tell(p->progress)) {
			errno = ECANCELED;
			return 0;
		}
	}
	long long next = p->tell_at_ms - now;
	return (int)(left < next ? left : next);
}

short
stream_wait(int fd, short events, struct patience *p)
{
	struct pollfd in = { .fd = fd, .events = events };

	for (;;) {
		int left = patience_left(p);
		if (left == 0)
			return 0;
		int n = poll(&in, 1, left);
		if (n == 1)
			return in.revents;
		if (n == -1 && errno != EINTR)
			return 0;
	}
}

static bool
is_connected(int fd, struct patience *p)
{
	int error = 0;
	socklen_t len = sizeof error;

	if (stream_wait(fd, POLLOUT, p) == 0)
		return false;
	(void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
	errno = error;
	return error == 0;
}

int
stream_connect(int family, const struct sockaddr *to, socklen_t len, struct patience *p)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1)
		return -1;
	/* EAGAIN, of a unix socket: its queue is full; as good as refused. */
	if (connect(fd, to, len) == 0 || (errno == EINPROGRESS && is_connected(fd, p)))
		return fd;
	int error = errno;
	(void)close(fd);
	errno = error;
	return -1;
}
