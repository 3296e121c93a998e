/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/trouble.h"

struct spool {
	const char *folder;
	const struct report *report;
	struct text kept; /* all of it, as long as there is no file */
	unsigned long long size;
	int fd; /* -1: none */
};

struct spool *
spool_new(size_t memory, const char *folder, const struct report *report)
{
	struct spool *s = malloc(sizeof *s);

	if (s != NULL)
		*s = (struct spool){ .folder = folder,
			.report = report,
			.kept = TEXT_INIT(memory > 0 ? memory : 1),
			.fd = -1 };
	return s;
}

void
spool_free(struct spool *s)
{
	if (s == NULL)
		return;
	if (s->fd != -1)
		(void)close(s->fd);
	text_clear(&s->kept);
	free(s);
}

/* Where the file system cannot make a file without a name, it has one for a moment. */
static int
make_named(const char *folder)
{
	struct text path = TEXT_INIT(4096);
	int fd = -1;

	text_printf(&path, "%s/message.XXXXXX", folder);
	/* text_cstr() puts the NUL behind it that mkostemp() looks for. */
	if (slice_ends_nocase(slice_of(text_cstr(&path)), SLICE(".XXXXXX")))
		fd = mkostemp(path.ptr, O_CLOEXEC);
	else
		errno = ENAMETOOLONG;
	if (fd != -1)
		(void)unlink(path.ptr);
	text_clear(&path);
	return fd;
}

static int
make_file(const char *folder)
{
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd == -1 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL))
		fd = make_named(folder);
	return fd;
}

static bool
write_all(int fd, struct slice rest)
{
	while (rest.len > 0) {
		ssize_t n = write(fd, rest.ptr, rest.len);
		if (n >= 0)
			rest = slice_from(rest, (size_t)n);
		else if (errno != EINTR)
			return false;
	}
	return true;
}

/* From memory to a file, once. */
static bool
move(struct spool *s)
{
	s->fd = make_file(s->folder);
	if (s->fd == -1 || !write_all(s->fd, text_slice(&s->kept)))
		return false;
	text_clear(&s->kept);
	return true;
}

bool
spool_write(struct spool *s, struct slice bytes)
{
	s->size += bytes.len;
	if (s->fd == -1 && text_append(&s->kept, bytes) == TEXT_OK)
		return true;
	if ((s->fd != -1 || move(s)) && write_all(s->fd, bytes))
		return true;
	trouble_report(s->report, errno, s->folder, "keep a message for clamd",
	    "it cannot be judged");
	return false;
}

unsigned long long
spool_size(const struct spool *s)
{
	return s->size;
}

struct slice
spool_read(const struct spool *s, unsigned long long at, char *buffer, size_t room)
{
	ssize_t n;

	if (s->fd == -1)
		return slice_first(slice_from(text_slice(&s->kept), (size_t)at), room);
	if (at >= s->size)
		return (struct slice){ buffer, 0 };
	do
		n = pread(s->fd, buffer, room, (off_t)at);
	while (n == -1 && errno == EINTR);
	if (n > 0)
		return (struct slice){ buffer, (size_t)n };
	if (n == 0)
		errno = EIO; /* shorter than what was written */
	return (struct slice){ NULL, 0 };
}

/* dup(2) and SCM_RIGHTS would share one offset, and the right to write. */
static int
open_again(int fd)
{
	char path[64];

	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* From memory to a file without a folder; all of it or none. */
static bool
lay_open(struct spool *s)
{
	int fd = memfd_create("message", MFD_CLOEXEC);

	if (fd == -1)
		return false;
	if (!write_all(fd, text_slice(&s->kept))) {
		int error = errno;
		(void)close(fd);
		errno = error;
		return false;
	}
	text_clear(&s->kept);
	s->fd = fd;
	return true;
}

int
spool_descriptor(struct spool *s)
{
	return s->fd != -1 || lay_open(s) ? open_again(s->fd) : -1;
}

static const char *
fault_of(const struct stat *st)
{
	if (!S_ISDIR(st->st_mode))
		return "is no directory (and no link to one will do), make one";
	if (st->st_uid != geteuid())
		return "belongs to another user, chown it to the one that this runs as";
	return (st->st_mode & (S_IWGRP | S_IWOTH)) != 0
		   ? "others may write to it, chmod go-w it"
		   : NULL;
}

bool
spool_check(const char *folder, struct text *why)
{
	struct stat st;
	int fd = -1;

	if (lstat(folder, &st) == -1) {
		text_printf(why,
		    "%s: %m, make that directory, for messages that are "
		    "shown to clamd",
		    folder);
		return false;
	}
	const char *fault = fault_of(&st);
	if (fault != NULL)
		text_printf(why, "%s: %s", folder, fault);
	else if ((fd = make_file(folder)) == -1)
		text_printf(why, "%s: no file can be made there: %m", folder);
	else
		(void)close(fd);
	return fd != -1;
}
