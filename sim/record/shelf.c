/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/shelf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/number.h"

enum {
	NAME_BYTES = 64,
	FILES_MAX = 1000000,
	SHARE =
	    4, /* of the limit, for one session: its file may not push out all others */
};

static void
fail(struct shelf *s, const char *what)
{
	if (s->fault.len == 0)
		text_printf(&s->fault, "%s: %s", what, strerror(errno));
	if (s->folder != -1)
		(void)close(s->folder);
	s->folder = -1;
}

/* --- names --- */

static void
name_of(time_t begun, unsigned number, char ret[NAME_BYTES])
{
	struct tm tm;
	char day[32];

	gmtime_r(&begun, &tm);
	(void)strftime(day, sizeof day, "%Y%m%dT%H%M%SZ", &tm);
	(void)snprintf(ret, NAME_BYTES, "%s-%06u.jsonl", day, number);
}

/* False: not one of ours. */
static bool
read_name(const char *name, time_t *ret_begun, unsigned *ret_number)
{
	struct tm tm = { 0 };
	char again[NAME_BYTES];
	const char *rest = strptime(name, "%Y%m%dT%H%M%SZ-", &tm);
	uint64_t number;

	if (rest == NULL ||
	    !number_parse(
		slice_first(slice_of(rest), strspn(rest, "0123456789")), &number) ||
	    number > UINT_MAX)
		return false;
	*ret_number = (unsigned)number;
	*ret_begun = timegm(&tm);
	name_of(*ret_begun, *ret_number, again);
	return strcmp(name, again) == 0;
}

/* --- the list --- */

static struct shelved *
add(struct shelf *s)
{
	if (s->files == s->room) {
		size_t room = s->room == 0 ? 64 : 2 * s->room;
		struct shelved *more = realloc(s->file, room * sizeof *more);
		if (more == NULL)
			return NULL;
		s->file = more;
		s->room = room;
	}
	return &s->file[s->files++];
}

/* Takes file i away, from the disk too.  False: it cannot be. */
static bool
drop(struct shelf *s, size_t i)
{
	char name[NAME_BYTES];

	name_of(s->file[i].begun, s->file[i].number, name);
	if (unlinkat(s->folder, name, 0) == -1 && errno != ENOENT) {
		fail(s, name);
		return false;
	}
	s->bytes -= s->file[i].size;
	s->files--;
	memmove(s->file + i, s->file + i + 1, (s->files - i) * sizeof *s->file);
	return true;
}

/* False: only files that are being written are left, and they leave no room. */
static bool
make_room(struct shelf *s, uint64_t more)
{
	for (size_t i = 0; i < s->files;) {
		if (s->bytes + more <= s->limits.bytes && s->files < FILES_MAX)
			break;
		if (s->file[i].open)
			i++;
		else if (!drop(s, i))
			return false;
	}
	return s->bytes + more <= s->limits.bytes && s->files < FILES_MAX;
}

static int
by_age(const void *a, const void *b)
{
	const struct shelved *x = a, *y = b;

	if (x->begun != y->begun)
		return x->begun < y->begun ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static bool
find_files(struct shelf *s)
{
	int fd = openat(s->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd != -1 ? fdopendir(fd) : NULL;
	struct shelved one = { 0 };
	struct dirent *e;
	struct stat st;

	if (d == NULL) {
		if (fd != -1)
			(void)close(fd);
		return false;
	}
	while ((e = readdir(d)) != NULL) {
		if (!read_name(e->d_name, &one.begun, &one.number) ||
		    fstatat(s->folder, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == -1)
			continue;
		struct shelved *f = add(s);
		if (f == NULL)
			break;
		one.size = (uint64_t)st.st_size;
		*f = one;
		s->bytes += one.size;
		if (one.number > s->last)
			s->last = one.number;
	}
	(void)closedir(d);
	if (s->files > 1)
		qsort(s->file, s->files, sizeof *s->file, by_age);
	return e == NULL;
}

bool
shelf_open(
    struct shelf *s, const char *folder, struct shelf_limits limits, struct text *why)
{
	*s = (struct shelf){ .folder = -1, .limits = limits, .fault = TEXT_INIT(400) };
	if (mkdir(folder, 0700) == -1 && errno != EEXIST) {
		text_printf(why, "%s: %s", folder, strerror(errno));
		return false;
	}
	s->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->folder != -1 && find_files(s))
		return true;
	text_printf(why, "%s: %s", folder, strerror(errno));
	shelf_close(s);
	return false;
}

void
shelf_close(struct shelf *s)
{
	if (s->folder != -1)
		(void)close(s->folder);
	s->folder = -1;
	free(s->file);
	s->file = NULL;
	s->files = s->room = 0;
	text_clear(&s->fault);
}

/* --- a file --- */

static struct shelved *
file_of(struct shelf *s, const struct volume *v)
{
	for (size_t i = s->files; i-- != 0;) {
		if (s->file[i].open && s->file[i].number == v->number)
			return &s->file[i];
	}
	return NULL;
}

void
shelf_begin(struct shelf *s, struct volume *v, time_t now)
{
	char name[NAME_BYTES];

	*v = (struct volume){ .fd = -1 };
	if (s->folder == -1 || !make_room(s, 0))
		return;
	v->number = s->last = s->last >= 999999 ? 1 : s->last + 1;
	name_of(now, v->number, name);
	struct shelved *f = add(s);
	if (f == NULL) {
		errno = ENOMEM;
		fail(s, name);
		return;
	}
	*f = (struct shelved){ .begun = now, .number = v->number, .open = true };
	v->fd = openat(s->folder, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (v->fd != -1)
		return;
	s->files--;
	fail(s, name);
}

static bool
write_whole(int fd, struct slice bytes)
{
	while (bytes.len != 0) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);
		if (n == -1 && errno != EINTR)
			return false;
		bytes = slice_from(bytes, n > 0 ? (size_t)n : 0);
	}
	return true;
}

bool
shelf_write(struct shelf *s, struct volume *v, struct slice lines)
{
	struct shelved *f;

	if (s->folder == -1 || v->fd == -1 ||
	    v->size + lines.len > s->limits.bytes / SHARE || !make_room(s, lines.len) ||
	    (f = file_of(s, v)) == NULL)
		return false;
	if (!write_whole(v->fd, lines)) {
		fail(s, "a recording");
		/* Half a line is no recording; if it stays, who reads it says so. */
		(void)!ftruncate(v->fd, (off_t)v->size);
		return false;
	}
	v->size += lines.len;
	f->size = v->size;
	s->bytes += lines.len;
	return true;
}

void
shelf_end(struct shelf *s, struct volume *v)
{
	struct shelved *f = file_of(s, v);

	if (f != NULL && v->fd != -1)
		f->open = false;
	if (v->fd != -1)
		(void)close(v->fd);
	v->fd = -1;
}

void
shelf_age(struct shelf *s, time_t now)
{
	if (s->folder == -1 || s->limits.seconds == 0)
		return;
	for (size_t i = 0; i < s->files;) {
		bool old = now - s->file[i].begun > (time_t)s->limits.seconds;
		if (s->file[i].open || !old)
			i++;
		else if (!drop(s, i))
			return;
	}
}
