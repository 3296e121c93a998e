/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How: the folder is opened once, and all that happens in it is done by names in
 * that folder, none of which is followed where it is a link.  Only bind(2) knows
 * no such way; it makes a new name or fails, and what it made is looked at.
 */
#include "glue/listener_unix.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/un.h>
#include <unistd.h>

static bool
fail(struct text *why, const struct listener_wish *w, const char *what)
{
	text_printf(why, "socket '%s': %s", w->spec, what);
	return false;
}

static bool
fail_with(struct text *why, const struct listener_wish *w, const char *what, int reason)
{
	text_printf(why, "socket '%s': %s: %s", w->spec, what, strerror(reason));
	return false;
}

/* Splits PATH into the folder, opened, and the name in it. */
static bool
open_folder(struct listener *l, const struct listener_wish *w, struct slice path,
    struct text *why)
{
	size_t slash = slice_find_last(path, '/');
	struct text folder = TEXT_INIT(sizeof(struct sockaddr_un));

	text_append_cut(&folder, slice_first(path, slash + 1));
	l->folder_fd = open(text_cstr(&folder), O_PATH | O_DIRECTORY | O_CLOEXEC);
	int reason = errno;
	text_clear(&folder);
	if (l->folder_fd == -1)
		return fail_with(why, w, "its folder", reason);
	struct slice name = slice_from(path, slash + 1);
	l->name = strndup(name.ptr, name.len);
	return l->name != NULL || fail(why, w, "out of memory");
}

static bool
take_lock(struct listener *l, const struct listener_wish *w, struct text *why)
{
	struct text name = TEXT_INIT(200);

	text_printf(&name, "%s.lock", l->name);
	l->lock_fd = openat(l->folder_fd, text_cstr(&name),
	    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	int reason = errno;
	text_clear(&name);
	if (l->lock_fd == -1)
		return fail_with(why, w,
		    "cannot make its lock file; the folder must be writable for the "
		    "milter's user",
		    reason);
	if (flock(l->lock_fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	return fail(
	    why, w, "another process holds its lock; is this milter running already?");
}

/*
 * Only a refused connection tells that nobody is there: a socket for datagrams
 * that is alive says EPROTOTYPE, a busy one EAGAIN, somebody else's EACCES.
 */
static bool
is_stale(const struct sockaddr_un *sun, int *ret_reason)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	*ret_reason = errno;
	if (fd == -1)
		return false;
	int connected = connect(fd, (const struct sockaddr *)sun, sizeof *sun);
	*ret_reason = connected == 0 ? 0 : errno;
	(void)close(fd);
	return *ret_reason == ECONNREFUSED;
}

/* Whatever stands at the path and may go, goes; anything else is an error. */
static bool
clear_path(const struct listener *l, const struct sockaddr_un *sun,
    const struct listener_wish *w, struct text *why)
{
	struct stat st;
	int reason;

	if (fstatat(l->folder_fd, l->name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT || fail(why, w, strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return fail(why, w,
		    "there is a file of another kind at that path; remove it or choose "
		    "another");
	if (is_stale(sun, &reason))
		return unlinkat(l->folder_fd, l->name, 0) == 0 ||
		       fail_with(
			   why, w, "a socket that nobody uses cannot be removed", errno);
	if (reason == EACCES)
		return fail(why, w,
		    "there is a socket that this user may not look at; if nobody uses "
		    "it, "
		    "remove it");
	return fail(why, w, "another program is listening there");
}

/* What stands there by that name now, if it is a socket of that user's. */
static bool
see(struct listener *l, uid_t owner)
{
	return fstatat(l->folder_fd, l->name, &l->made, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISSOCK(l->made.st_mode) && l->made.st_uid == owner;
}

/*
 * Root gives the socket away in a folder of its own; anybody may give what is
 * his to a group that he is in.
 */
static bool
give_away(struct listener *l, const struct listener_wish *w, struct text *why)
{
	uid_t owner = w->owner != (uid_t)-1 ? w->owner : l->made.st_uid;
	gid_t group = w->group != (gid_t)-1 ? w->group : l->made.st_gid;

	if (owner == l->made.st_uid && group == l->made.st_gid)
		return true;
	if (fchownat(l->folder_fd, l->name, w->owner, w->group, AT_SYMLINK_NOFOLLOW) ==
		0 &&
	    see(l, owner) && l->made.st_gid == group)
		return true;
	return fail(why, w,
	    "socket-group: the milter's user is not in that group, or the folder gives "
	    "its own (chmod g-s)");
}

/* A folder may by its default ACL give what is made in it another mode. */
static bool
check_rights(struct listener *l, const struct listener_wish *w, struct text *why)
{
	if (!see(l, geteuid()))
		return fail(why, w, "somebody else is at work in its folder");
	if (!give_away(l, w, why))
		return false;
	if ((l->made.st_mode & 07777) == w->mode)
		return true;
	text_printf(why,
	    "socket '%s': its folder gives it the mode %04o and not %04o; remove the "
	    "folder's default ACL",
	    w->spec, (unsigned)l->made.st_mode & 07777, w->mode);
	return false;
}

/* Until listen() nobody is answered, whatever the mode. */
static bool
bind_path(struct listener *l, const struct sockaddr_un *sun,
    const struct listener_wish *w, struct text *why)
{
	l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	mode_t before = umask(~w->mode & 0777);
	int bound =
	    l->fd == -1 ? -1 : bind(l->fd, (const struct sockaddr *)sun, sizeof *sun);
	int reason = errno;
	(void)umask(before);
	return bound == 0 || fail(why, w, strerror(reason));
}

bool
listener_unix(struct listener *l, const struct listener_wish *w, struct slice path,
    struct text *why)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	if (path.len == 0 || path.ptr[0] != '/')
		return fail(why, w, "the path must begin with /");
	if (path.ptr[path.len - 1] == '/')
		return fail(
		    why, w, "the path ends with /: name the socket in that folder");
	if (path.len >= sizeof sun.sun_path)
		return fail(why, w, "the path is too long for a unix socket (107 bytes)");
	memcpy(sun.sun_path, path.ptr, path.len);
	return open_folder(l, w, path, why) && take_lock(l, w, why) &&
	       clear_path(l, &sun, w, why) && bind_path(l, &sun, w, why) &&
	       check_rights(l, w, why);
}

void
listener_unix_remove(const struct listener *l)
{
	struct stat now;

	if (fstatat(l->folder_fd, l->name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	    now.st_ino == l->made.st_ino && now.st_dev == l->made.st_dev)
		(void)unlinkat(l->folder_fd, l->name, 0);
}
