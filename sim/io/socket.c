/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/io/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/socket_name.h"

enum { FULL_MS = 10 }; /* until a full queue is tried again */

bool
socket_address_parse(struct slice spec, struct socket_address *ret, struct text *why)
{
	struct socket_name name;

	*ret = (struct socket_address){ 0 };
	return socket_name_parse(spec, &name, why) &&
	       socket_name_address(&name, &ret->storage, &ret->length, why);
}

void
socket_address_describe(const struct socket_address *a, struct text *out)
{
	const struct sockaddr_un *un = (const struct sockaddr_un *)&a->storage;
	char host[NI_MAXHOST], port[NI_MAXSERV];

	if (un->sun_family == AF_UNIX) {
		if (a->length > offsetof(struct sockaddr_un, sun_path) &&
		    un->sun_path[0] != '\0')
			text_printf(out, "unix:%s", un->sun_path);
		else
			text_printf(out, "local client");
		return;
	}
	if (getnameinfo((const struct sockaddr *)&a->storage, a->length, host,
		sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return;
	text_printf(
	    out, "%s:%s@%s", un->sun_family == AF_INET6 ? "inet6" : "inet", port, host);
}

static int
new_socket(int family)
{
	int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1;

	if (fd != -1 && family != AF_UNIX)
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return fd;
}

int
socket_connect(const struct socket_address *a)
{
	int fd = new_socket(a->storage.ss_family);

	if (fd == -1)
		return -1;
	if (connect(fd, (const struct sockaddr *)&a->storage, a->length) == 0 ||
	    errno == EINPROGRESS)
		return fd;
	int why = errno;
	close(fd);
	errno = why;
	return -1;
}

int
socket_connect_within(const struct socket_address *a, unsigned ms)
{
	long long end = monotonic_ms() + ms;
	int fd = socket_connect(a);

	while (fd == -1 && errno == EAGAIN && monotonic_ms() < end) {
		(void)poll(NULL, 0, FULL_MS);
		fd = socket_connect(a);
	}
	return fd;
}

int
socket_error(int fd)
{
	int error = 0;
	socklen_t size = sizeof error;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == -1)
		return errno;
	return error;
}

/* Is somebody there?  Anything but a refusal counts as yes. */
static bool
live(const struct socket_address *a)
{
	int fd = socket_connect(a);

	if (fd == -1)
		return errno != ECONNREFUSED && errno != ENOENT;
	close(fd);
	return true;
}

static bool
bind_fresh(int fd, const struct socket_address *a)
{
	const struct sockaddr_un *un = (const struct sockaddr_un *)&a->storage;
	const struct sockaddr *sa = (const struct sockaddr *)&a->storage;
	struct stat st;
	int on = 1;

	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, sa, a->length) == 0)
		return true;
	if (errno != EADDRINUSE || un->sun_family != AF_UNIX)
		return false;
	if (lstat(un->sun_path, &st) == -1 || !S_ISSOCK(st.st_mode) || live(a)) {
		errno = EADDRINUSE;
		return false;
	}
	return unlink(un->sun_path) == 0 && bind(fd, sa, a->length) == 0;
}

int
socket_listen(
    const struct socket_address *a, struct socket_address *ret_bound, struct text *why)
{
	int fd = new_socket(a->storage.ss_family);

	if (fd == -1 || !bind_fresh(fd, a) || listen(fd, 128) == -1) {
		text_printf(why, "cannot listen: %s", strerror(errno));
		if (fd != -1)
			close(fd);
		return -1;
	}
	*ret_bound = *a;
	if (a->storage.ss_family != AF_UNIX) {
		ret_bound->length = sizeof ret_bound->storage;
		(void)getsockname(
		    fd, (struct sockaddr *)&ret_bound->storage, &ret_bound->length);
	}
	return fd;
}

int
socket_accept(int fd, struct socket_address *ret_peer)
{
	*ret_peer = (struct socket_address){ .length = sizeof ret_peer->storage };
	int got = accept4(fd, (struct sockaddr *)&ret_peer->storage, &ret_peer->length,
	    SOCK_NONBLOCK | SOCK_CLOEXEC);
	int on = 1;
	if (got != -1 && ret_peer->storage.ss_family != AF_UNIX)
		(void)setsockopt(got, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return got;
}

bool
socket_send(int fd, struct text *t, size_t *ret_sent)
{
	size_t sent = 0;
	bool alive = true;

	while (sent < t->len && alive) {
		ssize_t n = send(fd, t->ptr + sent, t->len - sent, MSG_NOSIGNAL);
		if (n >= 0)
			sent += (size_t)n;
		else if (errno == EAGAIN)
			break;
		else
			alive = errno == EINTR;
	}
	text_drop(t, sent);
	*ret_sent = sent;
	return alive;
}
