/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/maildir_usage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "policy/quota/maildirsize.h"
#include "store/user_file.h"

enum { DIRECTORY = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK };
enum { ENTRIES_PER_LOOK = 256 }; /* at the clock */

struct walk {
	long long deadline_ms;
	uint64_t bytes, messages;
	unsigned entries;
	bool late;
	int error;
};

static bool
may_go_on(struct walk *w)
{
	if (++w->entries % ENTRIES_PER_LOOK == 0 && monotonic_ms() > w->deadline_ms)
		w->late = true;
	return !w->late;
}

/* "…:2,ST": the T of maildir(5), to be removed by its owner. */
static bool
is_trashed(struct slice name)
{
	struct slice flags = slice_from(name, slice_find(name, ':'));

	return slice_starts(flags, SLICE(":2,")) && slice_find(flags, 'T') < flags.len;
}

static void
count(struct walk *w, int dir, const char *name)
{
	struct slice s = slice_of(name);
	uint64_t size;
	struct stat st;

	if (s.ptr[0] == '.' || is_trashed(s))
		return;
	if (!maildir_name_size(s, &size)) {
		/* Gone meanwhile: not used any more. */
		if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
		    !S_ISREG(st.st_mode))
			return;
		size = (uint64_t)st.st_size;
	}
	w->bytes = w->bytes > UINT64_MAX - size ? UINT64_MAX : w->bytes + size;
	w->messages++;
}

/* -1: there is no such folder, or why it cannot be counted is in w->error. */
static int
open_folder(struct walk *w, int parent, const char *name)
{
	int fd = openat(parent, name, DIRECTORY | O_NOFOLLOW);

	if (fd == -1 && errno != ENOENT && errno != ENOTDIR && errno != ELOOP)
		w->error = errno;
	return fd;
}

/* Calls `each` for the entries of a directory in `parent`; a missing one is empty. */
static void
for_each(struct walk *w, int parent, const char *name,
    void (*each)(struct walk *, int, const char *))
{
	int fd = open_folder(w, parent, name);
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;
	const struct dirent *entry;

	if (dir == NULL) {
		if (fd != -1) {
			w->error = errno;
			(void)close(fd);
		}
		return;
	}
	while (errno = 0, may_go_on(w) && (entry = readdir(dir)) != NULL)
		each(w, dirfd(dir), entry->d_name);
	if (!w->late && errno != 0)
		w->error = errno;
	(void)closedir(dir);
}

static void
walk_new_and_cur(struct walk *w, int dir)
{
	for_each(w, dir, "new", count);
	for_each(w, dir, "cur", count);
}

static void
walk_folder(struct walk *w, int maildir, const char *name)
{
	if (name[0] != '.' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    strcmp(name, ".Trash") == 0)
		return;
	int fd = open_folder(w, maildir, name);
	if (fd == -1)
		return;
	walk_new_and_cur(w, fd);
	(void)close(fd);
}

static enum knowledge
walk(const struct maildir_place *p, int maildir, struct usage *u, struct text *why)
{
	struct walk w = { .deadline_ms = p->deadline_ms };

	walk_new_and_cur(&w, maildir);
	for_each(&w, maildir, ".", walk_folder);
	if (w.late || w.error != 0) {
		text_printf(why, "recount of %s: %s", p->maildir,
		    w.late ? "not done in time" : strerror(w.error));
		return NOT_KNOWN;
	}
	u->bytes = w.bytes;
	u->messages = w.messages;
	u->certain = true;
	return KNOWN_YES;
}

/* Its owner sets the time of the file: as far away as he likes. */
static long
age_of(time_t written)
{
	const time_t now = time(NULL), far = 1000000;

	if (written < now - far)
		return far;
	return written > now + far ? -far : (long)(now - written);
}

static enum knowledge
take_maildirsize(const struct maildir_place *p, struct slice file, const struct stat *st,
    struct usage *u, struct text *why)
{
	if ((st->st_mode & S_IWOTH) != 0) {
		text_printf(why, "maildirsize may be written by others");
		return NOT_KNOWN;
	}
	switch (maildirsize_parse(file, age_of(st->st_mtime), u)) {
	case MAILDIRSIZE_OK: return KNOWN_YES;
	case MAILDIRSIZE_RECOUNT: break;
	case MAILDIRSIZE_NO_QUOTA:
		if (p->limit != 0)
			break;
		text_printf(why, "maildirsize has no quota in its first line");
		return NOT_KNOWN;
	}
	return KNOWN_NO;
}

/* What the file says.  KNOWN_NO: it does not; then *u has what limits there are. */
static enum knowledge
read_maildirsize(
    const struct maildir_place *p, int maildir, struct usage *u, struct text *why)
{
	struct text file = TEXT_INIT(4 * MAILDIRSIZE_MAX);
	enum knowledge known = NOT_KNOWN;
	struct stat st;

	u->bytes_limit = p->limit;
	switch (
	    user_file_read(maildir, "", "maildirsize", p->owner, true, &file, &st, why)) {
	case USER_FILE_ABSENT: known = KNOWN_NO; break;
	case USER_FILE_UNSAFE:
	case USER_FILE_UNREADABLE: break;
	case USER_FILE_TOO_LARGE:
		text_clear(why); /* the limits are in its first line */
		known = take_maildirsize(p, text_slice(&file), &st, u, why);
		break;
	case USER_FILE_OK:
		known = take_maildirsize(p, text_slice(&file), &st, u, why);
		break;
	}
	text_clear(&file);
	return known;
}

static enum knowledge
usage_in(const struct maildir_place *p, int maildir, bool certain, struct usage *ret,
    struct text *why)
{
	struct usage u = { .kind = USAGE_NUMBERS };
	enum knowledge known = read_maildirsize(p, maildir, &u, why);

	if (known == NOT_KNOWN)
		return NOT_KNOWN;
	if (u.bytes_limit == 0 && u.messages_limit == 0)
		return KNOWN_NO;
	if (known == KNOWN_NO || (certain && !u.certain))
		known = walk(p, maildir, &u, why);
	if (known == KNOWN_YES)
		*ret = u;
	return known;
}

/* A symbolic link in place of the Maildir counts if it leads to the user's own. */
static int
open_maildir(const char *path, uid_t owner)
{
	struct stat st;
	int fd = open(path, DIRECTORY);

	if (fd != -1 && (fstat(fd, &st) == -1 || st.st_uid != owner)) {
		(void)close(fd);
		errno = EPERM;
		return -1;
	}
	if (fd == -1 || fstatat(fd, "maildirfolder", &st, AT_SYMLINK_NOFOLLOW) == -1)
		return fd;
	int parent = openat(fd, "..", DIRECTORY);
	(void)close(fd);
	return parent;
}

enum knowledge
maildir_usage(
    const struct maildir_place *place, bool certain, struct usage *ret, struct text *why)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof path, "%s/%s", place->home, place->maildir);

	errno = ENAMETOOLONG;
	int maildir =
	    n > 0 && (size_t)n < sizeof path ? open_maildir(path, place->owner) : -1;
	if (maildir == -1) {
		if (errno == ENOENT || errno == ENOTDIR)
			return KNOWN_NO;
		text_printf(why, "%s: %s", path, strerror(errno));
		return NOT_KNOWN;
	}
	enum knowledge known = usage_in(place, maildir, certain, ret, why);
	(void)close(maildir);
	return known;
}
