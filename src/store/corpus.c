/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/corpus.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

enum { DEPTH_MAX = 16, PATH_LENGTH = 4096 };

struct walk {
	const struct corpus *corpus;
	const struct corpus_visitor *visitor; /* NULL: only count */
	unsigned long count;
	struct text path;
};

static void
complain(struct walk *w, const char *what)
{
	struct text line = TEXT_INIT(PATH_LENGTH + 200);

	text_printf(&line, "%s: %s", text_cstr(&w->path), what);
	report_say(w->corpus->report, "corpus", text_cstr(&line));
	text_clear(&line);
}

/* A name that finds no room is told with the path so far, and passed over. */
static bool
lengthen(struct walk *w, const char *slash, const char *name)
{
	size_t before = w->path.len;
	enum text_status status = text_append(&w->path, slice_of(slash));

	if (status == TEXT_OK)
		status = text_append(&w->path, slice_of(name));
	if (status == TEXT_OK)
		return true;
	w->path.len = before;
	complain(w, strerror(status == TEXT_FULL ? ENAMETOOLONG : ENOMEM));
	return false;
}

static bool
visit(struct walk *w, int fd)
{
	w->count++;
	return w->visitor == NULL ||
	       w->visitor->message(w->visitor->self, text_cstr(&w->path), fd);
}

static bool
file_at(struct walk *w, int dir, const char *name, int flags)
{
	if (w->visitor == NULL)
		return visit(w, -1);
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | flags);
	if (fd == -1) {
		complain(w, strerror(errno));
		return true;
	}
	bool go_on = visit(w, fd);
	(void)close(fd);
	return go_on;
}

static bool folder(struct walk *w, int fd, unsigned depth);

static bool
folder_at(struct walk *w, int dir, const char *name, unsigned depth)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	if (fd == -1 || depth == DEPTH_MAX) {
		complain(w, fd == -1 ? strerror(errno) : "folders in folders too deep");
		if (fd != -1)
			(void)close(fd);
		return true;
	}
	return folder(w, fd, depth);
}

static bool
entry(struct walk *w, int dir, const char *name, unsigned depth)
{
	struct stat st;
	size_t before = w->path.len;
	bool go_on = true;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return true; /* gone since it was listed */
	if (!lengthen(w, "/", name))
		return true;
	if (S_ISREG(st.st_mode))
		go_on = file_at(w, dir, name, O_NOFOLLOW);
	else if (S_ISDIR(st.st_mode))
		go_on = folder_at(w, dir, name, depth + 1);
	w->path.len = before;
	return go_on;
}

static bool
is_maildir(int dir)
{
	struct stat new, cur;

	return fstatat(dir, "new", &new, 0) == 0 && S_ISDIR(new.st_mode) &&
	       fstatat(dir, "cur", &cur, 0) == 0 && S_ISDIR(cur.st_mode);
}

/* Takes over the descriptor. */
static bool
folder(struct walk *w, int fd, unsigned depth)
{
	bool maildir = is_maildir(fd), go_on = true;
	DIR *dir = fdopendir(fd);
	struct dirent *e;

	if (dir == NULL) {
		complain(w, strerror(errno));
		(void)close(fd);
		return true;
	}
	while (go_on && (e = readdir(dir)) != NULL) {
		bool wanted = !maildir || strcmp(e->d_name, "new") == 0 ||
			      strcmp(e->d_name, "cur") == 0;
		if (wanted && e->d_name[0] != '.')
			go_on = entry(w, fd, e->d_name, depth);
	}
	(void)closedir(dir);
	return go_on;
}

/* What was named may be a link; it is the administrator's own. */
static bool
named(struct walk *w, const char *path)
{
	struct stat st;

	w->path.len = 0;
	if (!lengthen(w, "", path))
		return true;
	if (stat(path, &st) != 0) {
		complain(w, strerror(errno));
		return true;
	}
	if (S_ISREG(st.st_mode))
		return file_at(w, AT_FDCWD, path, 0);
	if (!S_ISDIR(st.st_mode)) {
		complain(w, "neither a file nor a folder");
		return true;
	}
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1) {
		complain(w, strerror(errno));
		return true;
	}
	return folder(w, fd, 0);
}

static bool
walk(struct walk *w)
{
	bool go_on = true;

	w->path = (struct text)TEXT_INIT(PATH_LENGTH);
	for (size_t i = 0; go_on && i < w->corpus->count; i++)
		go_on = named(w, w->corpus->path[i]);
	text_clear(&w->path);
	return go_on;
}

bool
corpus_walk(const struct corpus *c, const struct corpus_visitor *v)
{
	struct walk w = { .corpus = c, .visitor = v };

	return walk(&w);
}

unsigned long
corpus_count(const struct corpus *c)
{
	struct corpus silent = { c->path, c->count, NULL };
	struct walk w = { .corpus = &silent };

	(void)walk(&w);
	return w.count;
}
