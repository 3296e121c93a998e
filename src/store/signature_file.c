/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/signature_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
fault(struct text *why, const char *path, const char *what)
{
	text_printf(why, "%s: %s", path, what);
	return false;
}

static bool
system_fault(struct text *why, const char *path, const char *what)
{
	/* %m and not strerror(), which need not be thread-safe. */
	text_printf(why, "%s: %s: %m", path, what);
	return false;
}

static const char *
kind_of(mode_t mode)
{
	if (S_ISDIR(mode))
		return "is a directory, name the file in it";
	if (S_ISFIFO(mode))
		return "is a FIFO, signatures must stand in a regular file";
	return "is a device or socket, signatures must stand in a regular file";
}

static bool
acceptable(const struct stat *st, const char *path, struct text *why)
{
	if (!S_ISREG(st->st_mode))
		return fault(why, path, kind_of(st->st_mode));
	if ((st->st_mode & S_IWOTH) != 0)
		return fault(why, path,
		    "everybody may write to it and so switch the scanner off, chmod o-w "
		    "it");
	if (st->st_size > SIGNATURE_FILE_MAX)
		return fault(why, path,
		    "is larger than 64 MiB, which no list of signatures should be");
	return true;
}

/* All of the file; it may grow meanwhile, but not beyond the limit. */
static bool
read_whole(int fd, const char *path, struct text *ret, struct text *why)
{
	static const size_t step = 1 << 20;
	char *block = malloc(step);
	bool ok = block != NULL || fault(why, path, "cannot be read, out of memory");

	while (ok) {
		ssize_t n = read(fd, block, step);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			break;
		if (n < 0)
			ok = system_fault(why, path, "cannot be read");
		else if (text_append(ret, (struct slice){ block, (size_t)n }) != TEXT_OK)
			ok = fault(why, path,
			    "cannot be read, it grows beyond 64 MiB or "
			    "memory is out");
	}
	free(block);
	return ok;
}

static bool
read_file(const char *path, struct text *ret, struct text *why)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd == -1)
		return system_fault(why, path, "cannot be opened");
	bool ok = fstat(fd, &st) == 0 || system_fault(why, path, "cannot be examined");
	ok = ok && acceptable(&st, path, why) && read_whole(fd, path, ret, why);
	(void)close(fd);
	return ok;
}

static void
put_path_before(const char *path, struct text *lines)
{
	struct text with_path = TEXT_INIT(2 * SIGNATURE_WARNINGS_MAX);
	struct slice rest = text_slice(lines), line;

	while (slice_next_line(&rest, &line))
		text_printf(&with_path, "%s:%.*s\n", path, (int)line.len, line.ptr);
	text_clear(lines);
	*lines = with_path;
}

bool
signature_file_read(const char *path, const struct signature_rules *rules,
    struct signatures *ret, struct text *why)
{
	struct text content = TEXT_INIT(SIGNATURE_FILE_MAX);
	struct text fault_in_text = TEXT_INIT(1024);
	bool ok = read_file(path, &content, why);

	if (ok && !signatures_parse(text_slice(&content), rules, ret, &fault_in_text)) {
		text_printf(why, "%s:%s", path, text_cstr(&fault_in_text));
		ok = false;
	}
	if (ok)
		put_path_before(path, &ret->warnings);
	text_clear(&fault_in_text);
	text_clear(&content);
	return ok;
}
