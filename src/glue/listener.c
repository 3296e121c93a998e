/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/socket_name.h"
#include "base/value.h"
#include "glue/listener_unix.h"

enum { BACKLOG = 128 };

static bool
fail(struct text *why, const char *spec, const char *what)
{
	text_printf(why, "socket '%s': %s", spec, what);
	return false;
}

static bool
bind_inet(struct listener *l, const struct listener_wish *w, struct text *why)
{
	struct socket_name name;
	struct text fault = TEXT_INIT(300);
	const int on = 1;

	if (!socket_name_parse(slice_of(w->spec), &name, &fault) ||
	    !socket_name_address(&name, &l->address, &l->address_len, &fault)) {
		(void)fail(why, w->spec, text_cstr(&fault));
		text_clear(&fault);
		return false;
	}
	l->fd = socket(l->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return (l->fd != -1 &&
		   setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
		   bind(l->fd, (const struct sockaddr *)&l->address, l->address_len) ==
		       0) ||
	       fail(why, w->spec, strerror(errno));
}

/*
 * systemd's sd_listen_fds(3): the first passed socket is 3.  Of two, the other
 * would be connected to and never answered.
 */
static bool
take_fd(struct listener *l, const struct listener_wish *w, struct slice number,
    struct text *why)
{
	const char *passed = getenv("LISTEN_FDS");
	long long n;
	int type = 0;
	socklen_t len = sizeof type;

	if (!value_number(number, &n) || n < 3 || n > 65535)
		return fail(why, w->spec, "want fd:N with N from 3 up");
	if (getsockopt((int)n, SOL_SOCKET, SO_TYPE, &type, &len) == -1 ||
	    type != SOCK_STREAM)
		return fail(why, w->spec,
		    "no stream socket was passed in; start it through the socket unit");
	if (passed != NULL && strcmp(passed, "1") != 0)
		return fail(why, w->spec,
		    "more than one socket was passed in; leave one ListenStream= in the "
		    "socket unit, an empty one takes back those before it");
	l->fd = (int)n;
	l->kept = passed != NULL;
	(void)fcntl(l->fd, F_SETFD, FD_CLOEXEC);
	return true;
}

bool
listener_bind(struct listener *l, const struct listener_wish *w, struct text *why)
{
	struct slice spec = slice_of(w->spec);
	struct slice kind = slice_first(spec, slice_find(spec, ':'));
	struct slice rest = slice_from(spec, kind.len + 1);

	*l = (struct listener)LISTENER_NONE;
	if (slice_equal(kind, SLICE("unix")) || slice_equal(kind, SLICE("local")))
		return listener_unix(l, w, rest, why);
	if (slice_equal(kind, SLICE("inet")) || slice_equal(kind, SLICE("inet6")))
		return bind_inet(l, w, why);
	if (slice_equal(kind, SLICE("fd")))
		return take_fd(l, w, rest, why);
	if (spec.len > 0 && spec.ptr[0] == '/')
		return listener_unix(
		    l, w, spec, why); /* libmilter takes a bare path too */
	return fail(why, w->spec,
	    "want unix:PATH, local:PATH, inet:PORT@HOST, inet6:PORT@HOST or fd:N");
}

bool
listener_open(struct listener *l, struct text *why)
{
	l->address_len = sizeof l->address;
	if (listen(l->fd, BACKLOG) == 0 &&
	    getsockname(l->fd, (struct sockaddr *)&l->address, &l->address_len) == 0)
		return true;
	text_printf(why, "socket: cannot listen: %s", strerror(errno));
	return false;
}

static void
describe_unix(const struct sockaddr_un *sun, socklen_t len, struct text *line)
{
	size_t at = offsetof(struct sockaddr_un, sun_path);
	struct slice path = { sun->sun_path, len > at ? len - at : 0 };

	text_printf(line, "unix:");
	if (path.len > 0 && path.ptr[0] == '\0') { /* the abstract name space */
		text_printf(line, "@");
		path = slice_from(path, 1);
	}
	text_append_escaped(line, slice_first(path, slice_find(path, '\0')), 108);
}

void
listener_describe(const struct listener *l, struct text *line)
{
	const struct sockaddr *a = (const struct sockaddr *)&l->address;
	char host[INET6_ADDRSTRLEN + 20], port[8];

	if (a->sa_family == AF_UNIX)
		describe_unix(
		    (const struct sockaddr_un *)&l->address, l->address_len, line);
	else if (getnameinfo(a, l->address_len, host, sizeof host, port, sizeof port,
		     NI_NUMERICHOST | NI_NUMERICSERV) == 0)
		text_printf(line, "%s:%s@%s", a->sa_family == AF_INET6 ? "inet6" : "inet",
		    port, host);
}

int
listener_give(struct listener *l)
{
	int fd = l->fd;

	l->given = fd;
	l->fd = -1;
	return fd;
}

static void
close_one(int fd)
{
	if (fd != -1)
		(void)close(fd);
}

bool
listener_leave(const struct listener *l)
{
	/* No name: Linux gives it one of its own that is in no folder, unix(7). */
	const struct sockaddr nobody = { .sa_family = AF_UNIX };

	if (!l->kept || l->given == -1)
		return false;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool left = fd != -1 && bind(fd, &nobody, sizeof nobody.sa_family) == 0 &&
		    listen(fd, 1) == 0 && dup3(fd, l->given, O_CLOEXEC) != -1;
	close_one(fd);
	return left;
}

void
listener_close(struct listener *l)
{
	if (l->name != NULL)
		listener_unix_remove(l);
	close_one(l->fd);
	close_one(l->folder_fd);
	close_one(l->lock_fd); /* the file stays: removing it would race */
	free(l->name);
	*l = (struct listener)LISTENER_NONE;
}
