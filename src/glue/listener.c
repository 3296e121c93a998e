/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netdb.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/value.h"

enum { BACKLOG = 128 };

static bool
fail(struct text *why, const char *spec, const char *what)
{
	text_printf(why, "socket '%s': %s", spec, what);
	return false;
}

/* True when somebody accepts connections at that address. */
static bool
answers(const struct sockaddr_un *sun)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool alive = false;

	if (fd == -1)
		return false;
	alive = connect(fd, (const struct sockaddr *)sun, sizeof *sun) == 0 ||
		errno == EAGAIN || errno == EINPROGRESS;
	(void)close(fd);
	return alive;
}

static bool
take_lock(struct listener *l, const struct listener_wish *w, struct text *why)
{
	struct text name = TEXT_INIT(4096);

	text_printf(&name, "%s.lock", l->path);
	l->lock_fd = open(text_cstr(&name),
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	text_clear(&name);
	if (l->lock_fd == -1) {
		text_printf(why, "socket '%s': cannot make its lock file: %s", w->spec,
		    strerror(errno));
		return false;
	}
	if (flock(l->lock_fd, LOCK_EX | LOCK_NB) == -1)
		return fail(why, w->spec,
		    "another process holds its lock; is this milter running already?");
	if (geteuid() == 0 && fchown(l->lock_fd, w->owner, (gid_t)-1) == -1)
		return fail(why, w->spec, "cannot give its lock file to the user");
	return true;
}

/* Whatever stands at the path and may go, goes; anything else is an error. */
static bool
clear_path(const struct sockaddr_un *sun, const struct listener_wish *w, struct text *why)
{
	struct stat st;

	if (lstat(sun->sun_path, &st) == -1)
		return errno == ENOENT || fail(why, w->spec, strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return fail(why, w->spec,
		    "there is a file of another kind at that path; remove it or choose "
		    "another");
	if (answers(sun))
		return fail(why, w->spec, "another program is listening there");
	return unlink(sun->sun_path) == 0 || fail(why, w->spec, strerror(errno));
}

static bool
find_group(const char *name, gid_t *ret)
{
	char buffer[4096];
	struct group g, *found = NULL;

	if (name[0] == '\0') {
		*ret = (gid_t)-1;
		return true;
	}
	if (getgrnam_r(name, &g, buffer, sizeof buffer, &found) != 0 || found == NULL)
		return false;
	*ret = found->gr_gid;
	return true;
}

/*
 * Bound under umask 0777 nobody can connect; and until listen() nobody is
 * answered.  So there is no moment at which the mode is wider than asked.
 */
static bool
bind_unix(struct listener *l, const struct listener_wish *w, struct slice path,
    struct text *why)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	gid_t group;

	if (path.len == 0 || path.ptr[0] != '/')
		return fail(why, w->spec, "the path must begin with /");
	if (path.len >= sizeof sun.sun_path)
		return fail(
		    why, w->spec, "the path is too long for a unix socket (107 bytes)");
	memcpy(sun.sun_path, path.ptr, path.len);
	if ((l->path = strdup(sun.sun_path)) == NULL)
		return fail(why, w->spec, "out of memory");
	if (!find_group(w->group, &group))
		return fail(why, w->spec, "socket-group: no such group");
	if (!take_lock(l, w, why) || !clear_path(&sun, w, why))
		return false;
	l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	mode_t before = umask(0777);
	int bound =
	    l->fd == -1 ? -1 : bind(l->fd, (const struct sockaddr *)&sun, sizeof sun);
	int reason = errno;
	(void)umask(before);
	if (bound == -1)
		return fail(why, w->spec, strerror(reason));
	l->ours = true;
	uid_t owner = geteuid() == 0 ? (uid_t)w->owner : (uid_t)-1;
	if ((owner != (uid_t)-1 || group != (gid_t)-1) &&
	    lchown(l->path, owner, group) == -1)
		return fail(why, w->spec, "cannot set its owner or group");
	if (chmod(l->path, w->mode) == -1)
		return fail(why, w->spec, strerror(errno));
	return true;
}

/* "PORT@HOST", "PORT" or "PORT@" as libmilter and sendmail write it. */
static bool
bind_inet(struct listener *l, const struct listener_wish *w, struct slice rest,
    int family, struct text *why)
{
	struct addrinfo hint = {
		.ai_family = family, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE
	};
	struct addrinfo *found = NULL;
	struct slice port = slice_first(rest, slice_find(rest, '@'));
	struct slice host = slice_from(rest, port.len + 1);
	char port_name[64], host_name[256];
	const int on = 1;

	if (port.len == 0 || port.len >= sizeof port_name || host.len >= sizeof host_name)
		return fail(why, w->spec, "want inet:PORT@HOST");
	(void)memcpy(port_name, port.ptr, port.len);
	port_name[port.len] = '\0';
	if (host.len > 0)
		(void)memcpy(host_name, host.ptr, host.len);
	host_name[host.len] = '\0';
	int bad = getaddrinfo(host.len > 0 ? host_name : NULL, port_name, &hint, &found);
	if (bad != 0)
		return fail(why, w->spec, gai_strerror(bad));
	l->fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok = l->fd != -1 &&
		  setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
		  bind(l->fd, found->ai_addr, found->ai_addrlen) == 0;
	int reason = errno;
	freeaddrinfo(found);
	return ok || fail(why, w->spec, strerror(reason));
}

/* systemd's sd_listen_fds(3): the first passed socket is 3. */
static bool
take_fd(struct listener *l, const struct listener_wish *w, struct slice number,
    struct text *why)
{
	long long n;
	int type = 0;
	socklen_t len = sizeof type;

	if (!value_number(number, &n) || n < 3 || n > 65535)
		return fail(why, w->spec, "want fd:N with N from 3 up");
	if (getsockopt((int)n, SOL_SOCKET, SO_TYPE, &type, &len) == -1 ||
	    type != SOCK_STREAM)
		return fail(why, w->spec,
		    "no stream socket was passed in; start it through the socket unit");
	l->fd = (int)n;
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
		return bind_unix(l, w, rest, why);
	if (slice_equal(kind, SLICE("inet")))
		return bind_inet(l, w, rest, AF_INET, why);
	if (slice_equal(kind, SLICE("inet6")))
		return bind_inet(l, w, rest, AF_INET6, why);
	if (slice_equal(kind, SLICE("fd")))
		return take_fd(l, w, rest, why);
	if (spec.len > 0 && spec.ptr[0] == '/')
		return bind_unix(l, w, spec, why); /* libmilter takes a bare path too */
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

int
listener_give(struct listener *l)
{
	int fd = l->fd;

	l->fd = -1;
	return fd;
}

void
listener_poke(const struct listener *l)
{
	int fd =
	    socket(l->address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd == -1)
		return;
	(void)connect(fd, (const struct sockaddr *)&l->address, l->address_len);
	(void)close(fd);
}

void
listener_close(struct listener *l)
{
	if (l->ours)
		(void)unlink(l->path);
	if (l->fd != -1)
		(void)close(l->fd);
	if (l->lock_fd != -1)
		(void)close(l->lock_fd); /* the file stays: removing it would race */
	free(l->path);
	*l = (struct listener)LISTENER_NONE;
}
