/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/sha256.h"
#include "store/maildir.h"
#include "store/sidecar.h"
#include "store/trouble.h"

enum {
	BUFFER = 32 << 10,     /* most messages are one write() */
	CHECK_EVERY = 1 << 20, /* bytes between two looks at the free space */
};

struct archive {
	char *directory, *consequence;
	unsigned long long min_free;
	const struct report *report;
	pthread_mutex_t lock; /* of `box`, which a lost directory replaces */
	struct maildir *box;  /* NULL: lost, and not found again */
	size_t cleaned;
	struct archive_totals *totals;
};

struct copy {
	struct archive *archive;
	struct maildir *box; /* as it was at begin(); counted */
	char name[MAILDIR_NAME_MAX], sidecar[MAILDIR_NAME_MAX + 8];
	struct text buffer;
	struct sha256 digest;
	unsigned long long until_check, bytes;
	bool spoilt;
	int fd, sidecar_fd; /* -1: nothing is on the disk yet */
};

static void
say(const struct archive *a, int error, const char *what)
{
	trouble_report(a->report, error, a->directory, what, a->consequence);
}

static void
say_min_free(const struct archive *a, unsigned long long left)
{
	struct text line = TEXT_INIT(1000);

	text_printf(&line,
	    "%s: %llu bytes free, min-free is %llu: nothing new is kept; %s",
	    a->directory, left, a->min_free, a->consequence);
	report_say(a->report, "min-free", text_cstr(&line));
	text_clear(&line);
}

static bool
enough_room(const struct archive *a, const struct maildir *box)
{
	unsigned long long left;

	if (a->min_free == 0 || !maildir_free_bytes(box, &left) || left >= a->min_free)
		return true;
	say_min_free(a, left);
	return false;
}

/*
 * The directory that has the name now: opened anew if it was removed or another
 * was put in its place.  NULL: said why.
 */
static struct maildir *
current_box(struct archive *a)
{
	struct text why = TEXT_INIT(1000);
	bool replaced = false;

	pthread_mutex_lock(&a->lock);
	if (a->box != NULL &&
	    (!maildir_is_at(a->box, a->directory) || maildir_gone(a->box))) {
		maildir_close(a->box);
		a->box = NULL;
	}
	if (a->box == NULL) {
		a->box = maildir_open(a->directory, &why);
		replaced = a->box != NULL;
	}
	struct maildir *box = a->box != NULL ? maildir_share(a->box) : NULL;
	pthread_mutex_unlock(&a->lock);
	if (box == NULL)
		text_printf(&why, "; %s", a->consequence);
	else if (replaced) /* perhaps by nobody's will: what a file system had hidden */
		text_printf(&why, "%s: another directory is there now, copies go to it",
		    a->directory);
	if (why.len > 0)
		report_say(a->report, box == NULL ? "directory-gone" : "directory-new",
		    text_cstr(&why));
	text_clear(&why);
	return box;
}

static void
copy_free(struct copy *c)
{
	if (c->fd != -1)
		(void)close(c->fd);
	if (c->sidecar_fd != -1)
		(void)close(c->sidecar_fd);
	text_clear(&c->buffer);
	maildir_close(c->box);
	free(c);
}

static void
count(struct archive *a, enum copy_end end)
{
	if (a->totals != NULL)
		atomic_fetch_add_explicit(
		    &a->totals->copies[end], 1, memory_order_relaxed);
}

static struct copy *
open_copy(struct archive *a)
{
	struct maildir *box = current_box(a);

	if (box == NULL)
		return NULL;
	struct copy *c = enough_room(a, box) ? calloc(1, sizeof *c) : NULL;
	if (c == NULL) {
		maildir_close(box);
		return NULL;
	}
	c->archive = a;
	c->box = box;
	c->buffer = (struct text)TEXT_INIT(BUFFER);
	c->until_check = CHECK_EVERY;
	c->fd = c->sidecar_fd = -1;
	maildir_name(box, c->name);
	(void)snprintf(c->sidecar, sizeof c->sidecar, "%s.json", c->name);
	sha256_init(&c->digest);
	return c;
}

static void *
begin(void *self)
{
	struct copy *c = open_copy(self);

	if (c == NULL)
		count(self, COPY_FAILED);
	return c;
}

static bool
write_all(int fd, struct slice bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0) {
			errno = n == 0 ? ENOSPC : errno;
			return false;
		}
		bytes = slice_from(bytes, (size_t)n);
	}
	return true;
}

static bool
to_disk(struct copy *c, struct slice bytes)
{
	if (c->fd == -1)
		c->fd = maildir_create(c->box, c->name);
	if (c->fd == -1) {
		say(c->archive, errno, "create a file in tmp");
		return false;
	}
	if (write_all(c->fd, bytes))
		return true;
	say(c->archive, errno, "write to tmp");
	return false;
}

static bool
flush(struct copy *c)
{
	bool ok = to_disk(c, text_slice(&c->buffer));

	c->buffer.len = 0;
	return ok;
}

static bool
still_room(struct copy *c, size_t n)
{
	if (n < c->until_check) {
		c->until_check -= n;
		return true;
	}
	c->until_check = CHECK_EVERY;
	return enough_room(c->archive, c->box);
}

static bool
add(struct copy *c, struct slice bytes)
{
	if (!still_room(c, bytes.len))
		return false;
	sha256_update(&c->digest, bytes);
	if (text_append(&c->buffer, bytes) == TEXT_OK)
		return true;
	return flush(c) && to_disk(c, bytes);
}

static bool
append(void *copy, struct slice bytes)
{
	struct copy *c = copy;
	bool ok = add(c, bytes);

	c->bytes += bytes.len;
	c->spoilt |= !ok;
	return ok;
}

static void
discard(struct copy *c)
{
	if (c->fd != -1)
		maildir_discard(c->box, c->name);
	copy_free(c);
}

static void
abort_copy(void *copy)
{
	struct copy *c = copy;

	count(c->archive, c->spoilt ? COPY_FAILED : COPY_DROPPED);
	discard(c);
}

static bool
write_sidecar(struct copy *c, const struct logger_record *record)
{
	struct text json = TEXT_INIT(SIDECAR_MAX);
	char hex[SHA256_HEX + 1];
	struct sidecar_file file = { c->name, hex, (long long)time(NULL) };

	sha256_hex(&c->digest, hex);
	bool ok = sidecar_write(record, &file, &json) == TEXT_OK;
	if (!ok)
		errno = ENOMEM;
	else
		c->sidecar_fd = maildir_create(c->box, c->sidecar);
	ok = ok && c->sidecar_fd != -1 && write_all(c->sidecar_fd, text_slice(&json));
	if (!ok)
		say(c->archive, errno, "write the sidecar");
	text_clear(&json);
	return ok;
}

/* Network file systems may say only at close() that the quota is exceeded. */
static int
sync_and_close(int *fd)
{
	int failed = fsync(*fd) != 0 ? errno : 0;

	if (close(*fd) != 0 && failed == 0)
		failed = errno;
	*fd = -1;
	return failed;
}

/*
 * The disk begins with both files before the first sync waits for it: then one
 * commit of the file system's journal holds both, and the second sync finds
 * its work done.  A hint only, so its result does not matter.
 */
static bool
sync_files(struct copy *c)
{
	(void)sync_file_range(c->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	(void)sync_file_range(c->sidecar_fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	int failed = sync_and_close(&c->fd);
	if (failed == 0)
		failed = sync_and_close(&c->sidecar_fd);
	if (failed != 0)
		say(c->archive, failed, "sync a message");
	return failed == 0;
}

static bool
publish(struct copy *c)
{
	int error = maildir_publish(c->box, c->name, c->sidecar);

	if (error != 0)
		say(c->archive, error, "move a message to new");
	return error == 0;
}

static bool
commit(void *copy, const struct logger_record *record)
{
	struct copy *c = copy;
	bool ok = flush(c) && write_sidecar(c, record) && sync_files(c) && publish(c);

	if (!ok) {
		maildir_discard(c->box, c->name);
		maildir_discard(c->box, c->sidecar);
	}
	count(c->archive, ok ? COPY_KEPT : COPY_FAILED);
	if (ok && c->archive->totals != NULL)
		atomic_fetch_add_explicit(
		    &c->archive->totals->bytes, c->bytes, memory_order_relaxed);
	copy_free(c);
	return ok;
}

struct archive *
archive_open(
    const struct archive_options *options, const struct report *report, struct text *why)
{
	struct archive *a = calloc(1, sizeof *a);

	if (a == NULL) {
		text_printf(why, "%s: no memory", options->directory);
		return NULL;
	}
	sidecar_init();
	pthread_mutex_init(&a->lock, NULL);
	a->directory = strdup(options->directory);
	a->consequence = strdup(options->consequence);
	a->min_free = options->min_free;
	a->totals = options->totals;
	a->report = report;
	if (a->directory != NULL && a->consequence != NULL)
		a->box = maildir_open(a->directory, why);
	if (a->box == NULL) {
		archive_close(a);
		return NULL;
	}
	a->cleaned = maildir_cleaned(a->box);
	return a;
}

bool
archive_check(const char *directory, struct text *why)
{
	return maildir_check(directory, why);
}

void
archive_close(struct archive *a)
{
	if (a == NULL)
		return;
	maildir_close(a->box);
	pthread_mutex_destroy(&a->lock);
	free(a->directory);
	free(a->consequence);
	free(a);
}

struct logger_archive
archive_port(struct archive *a)
{
	return (struct logger_archive){ begin, append, commit, abort_copy, a };
}

/* A file server that hangs must not hang those who wait for the lock. */
void
archive_measure(struct archive *a, struct text *to)
{
	unsigned long long left;

	if (a->totals != NULL)
		archive_totals_measure(a->totals, to);
	pthread_mutex_lock(&a->lock);
	struct maildir *box = a->box != NULL ? maildir_share(a->box) : NULL;
	pthread_mutex_unlock(&a->lock);
	if (box != NULL && maildir_free_bytes(box, &left))
		archive_free_measure(left, to);
	maildir_close(box);
}

size_t
archive_cleaned(const struct archive *a)
{
	return a->cleaned;
}
