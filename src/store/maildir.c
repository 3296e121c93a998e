/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/maildir.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "store/group_sync.h"
#include "store/maildir_clean.h"

enum folder { TMP, NEW, CUR, ENVELOPE, N_FOLDERS };

static const char *const folder_name[] = { "tmp", "new", "cur", "envelope" };

enum { DIRECTORY = O_RDONLY | O_DIRECTORY | O_CLOEXEC, HOST_MAX = 64 };

struct maildir {
	struct maildir *next; /* in the list of this process */
	unsigned users;
	dev_t dev;
	ino_t ino;
	int lock;
	int folder[N_FOLDERS];
	struct group_sync sync;
	size_t cleaned;
	uint64_t start;
	atomic_uint_fast64_t counter;
	char host[4 * HOST_MAX + 1];
};

static pthread_mutex_t list_lock = PTHREAD_MUTEX_INITIALIZER;
static struct maildir *list; /* what this process holds open */

static uint64_t
nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

/* A host name may hold nothing that Maildir or a path gives a meaning. */
static void
find_host(char *ret)
{
	char name[HOST_MAX + 1] = "";

	(void)gethostname(name, HOST_MAX);
	for (const char *c = name[0] != '\0' ? name : "localhost"; *c != '\0'; c++) {
		bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
			     (*c >= '0' && *c <= '9') || *c == '.' || *c == '-';
		ret += snprintf(ret, 5, plain ? "%c" : "\\%03o", (unsigned char)*c);
	}
}

static int
open_folder(int base, const char *name)
{
	if (mkdirat(base, name, 0700) != 0 && errno != EEXIST)
		return -1;
	return openat(base, name, DIRECTORY | O_NOFOLLOW);
}

static bool
same_device(const struct maildir *m, int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_dev == m->dev;
}

static bool
open_folders(struct maildir *m, int base, const char *path, struct text *why)
{
	for (size_t i = 0; i < N_FOLDERS; i++) {
		m->folder[i] = open_folder(base, folder_name[i]);
		if (m->folder[i] == -1) {
			text_printf(why,
			    "%s/%s: %s, make it a directory of the "
			    "daemon's user",
			    path, folder_name[i], strerror(errno));
			return false;
		}
		if (i != CUR && !same_device(m, m->folder[i])) {
			text_printf(why,
			    "%s/%s: is on another file system than %s, "
			    "a message cannot be moved there in one step; put all "
			    "folders on one",
			    path, folder_name[i], path);
			return false;
		}
	}
	return true;
}

static bool
take_lock(struct maildir *m, int base, const char *path, struct text *why)
{
	m->lock = openat(base, ".lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (m->lock == -1) {
		text_printf(why, "%s/.lock: %s, let the daemon's user write there", path,
		    strerror(errno));
		return false;
	}
	if (flock(m->lock, LOCK_EX | LOCK_NB) == 0)
		return true;
	text_printf(why, "%s: %s, give each daemon a directory of its own", path,
	    errno == EWOULDBLOCK ? "another logger uses it" : strerror(errno));
	return false;
}

static void
destroy(struct maildir *m)
{
	for (size_t i = 0; i < N_FOLDERS; i++) {
		if (m->folder[i] != -1)
			(void)close(m->folder[i]);
	}
	if (m->lock != -1)
		(void)close(m->lock);
	group_sync_clear(&m->sync);
	free(m);
}

static struct maildir *
create(int base, const struct stat *st, const char *path, struct text *why)
{
	struct maildir *m = calloc(1, sizeof *m);

	if (m == NULL) {
		text_printf(why, "%s: no memory", path);
		return NULL;
	}
	*m = (struct maildir){ .users = 1,
		.dev = st->st_dev,
		.ino = st->st_ino,
		.lock = -1,
		.folder = { -1, -1, -1, -1 },
		.start = nanoseconds() };
	group_sync_init(&m->sync, -1, -1);
	if (!take_lock(m, base, path, why) || !open_folders(m, base, path, why)) {
		destroy(m);
		return NULL;
	}
	m->sync.fd[0] = m->folder[ENVELOPE];
	m->sync.fd[1] = m->folder[NEW];
	find_host(m->host);
	m->cleaned = maildir_clean(m->folder[TMP], time(NULL) - MAILDIR_LEFTOVER_AGE);
	return m;
}

/* Called with the list's lock held. */
static struct maildir *
share_or_create(int base, const char *path, struct text *why)
{
	struct stat st;

	if (fstat(base, &st) != 0) {
		text_printf(why, "%s: %s", path, strerror(errno));
		return NULL;
	}
	for (struct maildir *m = list; m != NULL; m = m->next) {
		if (m->dev == st.st_dev && m->ino == st.st_ino && !maildir_gone(m)) {
			m->users++;
			return m;
		}
	}
	struct maildir *m = create(base, &st, path, why);
	if (m != NULL) {
		m->next = list;
		list = m;
	}
	return m;
}

/*
 * The directory itself and no link to it, so that whoever may write beside it
 * cannot lead the copies elsewhere; and nobody else's, so that no other may
 * take one away or put one there.
 */
static int
open_base(const char *path, struct text *why)
{
	struct stat st = { 0 };
	int base = open(path, DIRECTORY | O_NOFOLLOW);

	if (base == -1 || fstat(base, &st) != 0)
		text_printf(why, "%s: %s, make it a directory of the daemon's user", path,
		    errno == ENOTDIR ? "not a directory, or a link to one"
				     : strerror(errno));
	else if (st.st_uid != geteuid())
		text_printf(why,
		    "%s: belongs to user %lu, make it a directory of the daemon's user",
		    path, (unsigned long)st.st_uid);
	else if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		text_printf(why, "%s: %s may write there, take that away: chmod go-w",
		    path, (st.st_mode & S_IWOTH) != 0 ? "everybody" : "its group");
	else
		return base;
	if (base != -1)
		(void)close(base);
	return -1;
}

struct maildir *
maildir_open(const char *path, struct text *why)
{
	int base = open_base(path, why);

	if (base == -1)
		return NULL;
	pthread_mutex_lock(&list_lock);
	struct maildir *m = share_or_create(base, path, why);
	pthread_mutex_unlock(&list_lock);
	(void)close(base);
	return m;
}

bool
maildir_check(const char *path, struct text *why)
{
	int base = open_base(path, why);

	if (base != -1 && faccessat(base, ".", R_OK | W_OK | X_OK, AT_EACCESS) != 0)
		text_printf(why, "%s: %s, make it a directory of the daemon's user", path,
		    strerror(errno));
	if (base != -1)
		(void)close(base);
	return why->len == 0;
}

struct maildir *
maildir_share(struct maildir *m)
{
	pthread_mutex_lock(&list_lock);
	m->users++;
	pthread_mutex_unlock(&list_lock);
	return m;
}

void
maildir_close(struct maildir *m)
{
	if (m == NULL)
		return;
	pthread_mutex_lock(&list_lock);
	if (--m->users == 0) {
		struct maildir **at = &list;
		while (*at != m)
			at = &(*at)->next;
		*at = m->next;
		destroy(m);
	}
	pthread_mutex_unlock(&list_lock);
}

bool
maildir_is_at(const struct maildir *m, const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && st.st_dev == m->dev && st.st_ino == m->ino;
}

bool
maildir_gone(const struct maildir *m)
{
	for (size_t i = 0; i < N_FOLDERS; i++) {
		struct stat st;
		if (fstat(m->folder[i], &st) != 0 || st.st_nlink == 0)
			return true;
	}
	return false;
}

bool
maildir_free_bytes(const struct maildir *m, unsigned long long *ret)
{
	struct statvfs fs;

	if (fstatvfs(m->folder[TMP], &fs) != 0)
		return false;
	*ret = (unsigned long long)fs.f_bavail * fs.f_frsize;
	return true;
}

void
maildir_name(struct maildir *m, char ret[MAILDIR_NAME_MAX])
{
	uint64_t now = nanoseconds();
	uint64_t number = atomic_fetch_add(&m->counter, 1) + 1;

	(void)snprintf(ret, MAILDIR_NAME_MAX,
	    "%" PRIu64 ".M%06" PRIu64 "S%" PRIx64 "Q%" PRIu64 ".%.100s",
	    now / 1000000000U, now / 1000U % 1000000U, m->start, number, m->host);
}

int
maildir_create(struct maildir *m, const char *name)
{
	return openat(m->folder[TMP], name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

void
maildir_discard(struct maildir *m, const char *name)
{
	(void)unlinkat(m->folder[TMP], name, 0);
}

/* Some file systems cannot rename without replacing; all can link. */
static int
move_without_replacing(int from, int to, const char *name)
{
	if (renameat2(from, name, to, name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return errno;
	if (linkat(from, name, to, name, 0) != 0)
		return errno;
	(void)unlinkat(from, name, 0);
	return 0;
}

int
maildir_publish(struct maildir *m, const char *name, const char *sidecar)
{
	int error = move_without_replacing(m->folder[TMP], m->folder[ENVELOPE], sidecar);

	if (error != 0)
		return error;
	error = move_without_replacing(m->folder[TMP], m->folder[NEW], name);
	if (error != 0) {
		(void)unlinkat(m->folder[ENVELOPE], sidecar, 0);
		return error;
	}
	error = group_sync_wait(&m->sync);
	if (error != 0) {
		(void)unlinkat(m->folder[NEW], name, 0);
		(void)unlinkat(m->folder[ENVELOPE], sidecar, 0);
	}
	return error;
}

size_t
maildir_cleaned(const struct maildir *m)
{
	return m->cleaned;
}
