/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/alias_file.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "store/user_file.h"

enum { WRITABLE = ECANCELED }; /* for everybody; no error of open(2) or read(2) */

/* A table that look-ups hold while they read it. */
struct shared_table {
	struct alias_table table;
	unsigned users;
};

struct alias_file {
	char *path;
	struct stat seen;
	struct shared_table *now; /* NULL: could not be read */
};

struct alias_files {
	struct forward_owner here;
	const struct report *report;
	struct workers *workers;
	unsigned limit_ms;
	pthread_mutex_t lock; /* of everything below */
	long long looked_at;
	size_t count;
	struct alias_file file[];
};

/* Under the lock. */
static void
table_release(struct shared_table *t)
{
	if (t == NULL || --t->users > 0)
		return;
	aliases_clear(&t->table);
	free(t);
}

static void
complain(struct alias_files *f, const char *path, const char *what, size_t line)
{
	struct text t = TEXT_INIT(500);

	if (line != 0)
		text_printf(&t, "%s:%zu: %s", path, line, what);
	else
		text_printf(&t,
		    "%s: %s; recipients may be aliases, their quota is "
		    "not known",
		    path, what);
	report_say(f->report, "aliases", text_cstr(&t));
	text_clear(&t);
}

static const char *
fault_of(int error)
{
	switch (error) {
	case WRITABLE: return "everybody may write to it, chmod o-w it";
	case ETXTBSY: return "was written to while it was read";
	case ENOMEM: return "out of memory";
	default: return strerror(error);
	}
}

/* 0, or an errno, or WRITABLE. */
static int
read_table(struct alias_files *f, const char *path, struct stat *ret_st,
    struct shared_table **ret)
{
	struct text content = TEXT_INIT(ALIAS_FILE_MAX);
	struct shared_table *t = calloc(1, sizeof *t);

	if (t == NULL)
		return ENOMEM;
	int error = file_read_path(path, &content, ret_st);
	if (error == 0 && (ret_st->st_mode & S_IWOTH) != 0)
		error = WRITABLE;
	if (error == 0 && !aliases_parse(text_slice(&content), &t->table))
		error = ENOMEM;
	text_clear(&content);
	if (error != 0) {
		aliases_clear(&t->table);
		free(t);
		return error;
	}
	if (t->table.bad_lines > 0)
		complain(f, path, "is no alias; write \"name: address\"",
		    t->table.first_bad_line);
	t->users = 1;
	*ret = t;
	return 0;
}

/* One look, which a dead file server may hold for ever. */
struct look {
	struct job job; /* first: the workers know no more of it */
	struct alias_files *files;
};

/* In a worker, and in one of them at a time: every look has the same key. */
static bool
run(struct job *job)
{
	struct alias_files *f = ((struct look *)job)->files;

	for (size_t i = 0; i < f->count; i++) {
		struct alias_file *file = &f->file[i];
		struct stat st;

		if (file->now != NULL && stat(file->path, &st) == 0 &&
		    !file_differs(&st, &file->seen))
			continue;
		struct shared_table *fresh = NULL;
		int error = read_table(f, file->path, &file->seen, &fresh);
		if (error == ETXTBSY && file->now != NULL)
			continue; /* the next look finds it changed */
		if (error != 0)
			complain(f, file->path, fault_of(error), 0);
		(void)pthread_mutex_lock(&f->lock);
		table_release(file->now);
		file->now = fresh;
		(void)pthread_mutex_unlock(&f->lock);
	}
	return true;
}

static void
drop(struct job *job)
{
	free(job);
}

/* Waits for a look no longer than for any other; what is not read by then stays as it
 * was. */
static void
look(struct alias_files *f)
{
	struct look *l = calloc(1, sizeof *l);
	struct text line = TEXT_INIT(200);

	if (l == NULL) {
		report_say(f->report, "aliases", "out of memory");
		return;
	}
	l->job = (struct job){ run, drop, .group = "aliases", .key = "aliases" };
	l->files = f;
	struct job *job = &l->job;
	switch (workers_ask(f->workers, &job, f->limit_ms)) {
	case ASKED_DONE: break;
	case ASKED_LATE:
		text_printf(&line,
		    "not looked at within %u ms; what was read before counts",
		    f->limit_ms);
		break;
	case ASKED_BUSY:
		text_printf(&line,
		    "not looked at, too many look-ups hang already; what was read before "
		    "counts");
		break;
	}
	if (line.len > 0)
		report_say(f->report, "aliases", text_cstr(&line));
	text_clear(&line);
	workers_release(f->workers, job);
}

static bool
is_time_to_look(struct alias_files *f)
{
	long long now = monotonic_ms();

	(void)pthread_mutex_lock(&f->lock);
	bool due = now - f->looked_at >= ALIAS_LOOK_MS;
	if (due)
		f->looked_at = now;
	(void)pthread_mutex_unlock(&f->lock);
	return due;
}

struct alias_files *
alias_files_new(struct name_list paths, const struct forward_owner *here,
    struct workers *workers, unsigned limit_ms, const struct report *report)
{
	struct alias_files *f = calloc(1, sizeof *f + paths.count * sizeof f->file[0]);

	if (f == NULL)
		return NULL;
	(void)pthread_mutex_init(&f->lock, NULL);
	f->here = *here;
	f->workers = workers;
	f->limit_ms = limit_ms;
	f->report = report;
	for (; f->count < paths.count; f->count++) {
		if ((f->file[f->count].path = strdup(paths.item[f->count])) == NULL) {
			alias_files_free(f);
			return NULL;
		}
	}
	f->looked_at = monotonic_ms();
	look(f);
	return f;
}

enum knowledge
alias_files_find(struct alias_files *f, struct slice name, struct alias *ret)
{
	enum knowledge known = KNOWN_NO;

	if (is_time_to_look(f))
		look(f);
	for (size_t i = 0; i < f->count && known == KNOWN_NO; i++) {
		(void)pthread_mutex_lock(&f->lock);
		struct shared_table *t = f->file[i].now;
		if (t != NULL)
			t->users++;
		(void)pthread_mutex_unlock(&f->lock);
		if (t == NULL)
			return NOT_KNOWN;
		if (aliases_find(&t->table, name, &f->here, ret))
			known = KNOWN_YES;
		(void)pthread_mutex_lock(&f->lock);
		table_release(t);
		(void)pthread_mutex_unlock(&f->lock);
	}
	return known;
}

size_t
alias_files_count(struct alias_files *f)
{
	size_t n = 0;

	(void)pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < f->count; i++)
		n += f->file[i].now != NULL ? f->file[i].now->table.count : 0;
	(void)pthread_mutex_unlock(&f->lock);
	return n;
}

void
alias_files_free(struct alias_files *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->count; i++) {
		free(f->file[i].path);
		table_release(f->file[i].now);
	}
	(void)pthread_mutex_destroy(&f->lock);
	free(f);
}
