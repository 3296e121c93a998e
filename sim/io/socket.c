/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/io/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/number.h"

static bool
unix_address(struct slice path, struct socket_address *ret, struct text *why)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&ret->storage;

	if (path.len == 0 || path.len >= sizeof un->sun_path ||
	    memchr(path.ptr, '\0', path.len) != NULL) {
		text_printf(
		    why, "a socket's path has 1 to %zu bytes", sizeof un->sun_path - 1);
		return false;
	}
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path.ptr, path.len);
	ret->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path.len + 1);
	return true;
}

static bool
look_up(int family, struct slice host, struct slice port, struct socket_address *ret,
    struct text *why)
{
	struct addrinfo hints = { .ai_family = family, .ai_socktype = SOCK_STREAM },
			*found = NULL;
	char h[256], p[8];
	uint64_t number;

	if (!number_parse(port, &number) || number > 65535 || port.len >= sizeof p) {
		text_printf(why, "'%.*s' is no port: a number from 0 to 65535",
		    (int)port.len, port.ptr);
		return false;
	}
	if (host.len >= sizeof h) {
		text_printf(why, "the host name is too long");
		return false;
	}
	memcpy(p, port.ptr, port.len);
	p[port.len] = '\0';
	if (host.len != 0)
		memcpy(h, host.ptr, host.len);
	h[host.len] = '\0';
	int failed = getaddrinfo(host.len != 0 ? h : NULL, p, &hints, &found);
	if (failed != 0) {
		text_printf(why, "host '%s': %s", h, gai_strerror(failed));
		return false;
	}
	memcpy(&ret->storage, found->ai_addr, found->ai_addrlen);
	ret->length = found->ai_addrlen;
	freeaddrinfo(found);
	return true;
}

/* port@host; without a host the loopback address, never all interfaces. */
static bool
inet_address(int family, struct slice rest, struct socket_address *ret, struct text *why)
{
	size_t at = slice_find(rest, '@');
	struct slice host = slice_from(rest, at + 1);

	if (host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
		host = (struct slice){ host.ptr + 1, host.len - 2 };
	return look_up(family, host, slice_first(rest, at), ret, why);
}

static bool
host_port(struct slice name, struct socket_address *ret, struct text *why)
{
	size_t colon = slice_find_last(name, ':');
	struct slice host = slice_first(name, colon);
	int family = AF_UNSPEC;

	if (colon == name.len) {
		text_printf(why,
		    "'%.*s' is no socket: write unix:/path, inet:port@host or "
		    "host:port",
		    (int)name.len, name.ptr);
		return false;
	}
	if (host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']') {
		host = (struct slice){ host.ptr + 1, host.len - 2 };
		family = AF_INET6;
	}
	return look_up(family, host, slice_from(name, colon + 1), ret, why);
}

bool
socket_address_parse(struct slice name, struct socket_address *ret, struct text *why)
{
	*ret = (struct socket_address){ 0 };
	if (slice_starts_nocase(name, SLICE("unix:")))
		return unix_address(slice_from(name, 5), ret, why);
	if (slice_starts_nocase(name, SLICE("local:")))
		return unix_address(slice_from(name, 6), ret, why);
	if (slice_starts(name, SLICE("/")))
		return unix_address(name, ret, why);
	if (slice_starts_nocase(name, SLICE("inet:")))
		return inet_address(AF_INET, slice_from(name, 5), ret, why);
	if (slice_starts_nocase(name, SLICE("inet6:")))
		return inet_address(AF_INET6, slice_from(name, 6), ret, why);
	return host_port(name, ret, why);
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
