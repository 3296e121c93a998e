/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/server/deliver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

bool
delivery_parse(const char *words, struct delivery *ret, struct text *why)
{
	static const struct {
		const char *prefix;
		enum delivery_kind kind;
	} kinds[] = { { "maildir:", DELIVER_MAILDIR }, { "mbox:", DELIVER_MBOX } };

	*ret = (struct delivery){ .kind = DELIVER_NULL };
	if (strcmp(words, "null") == 0)
		return true;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		size_t n = strlen(kinds[i].prefix);
		if (strncmp(words, kinds[i].prefix, n) != 0 || words[n] == '\0')
			continue;
		*ret = (struct delivery){ kinds[i].kind, words + n };
		return true;
	}
	text_printf(
	    why, "'%s' is no delivery: write null, maildir:DIR or mbox:DIR", words);
	return false;
}

/* --- the bytes --- */

/* A text that remembers whether all of it went in. */
struct sink {
	struct text text;
	bool lost;
};

static void
put(struct sink *out, struct slice s)
{
	if (text_append(&out->text, s) != TEXT_OK)
		out->lost = true;
}

static void
put_lf(struct sink *out, struct slice crlf)
{
	struct slice line;

	while (slice_find(crlf, '\n') < crlf.len && slice_next_line(&crlf, &line)) {
		put(out, line);
		put(out, SLICE("\n"));
	}
	put(out, crlf); /* one that has no end, and maybe a CR there */
	put(out, crlf.len != 0 ? SLICE("\n") : SLICE(""));
}

static bool
begins_blank(struct slice s)
{
	return s.len != 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t');
}

/* A filter may have ended the lines inside by CRLF; few MTAs leave the CR there. */
static void
put_value(struct sink *out, struct slice value, const struct edit_rules *r)
{
	bool cr_stays = r != NULL && r->cr_stays, folds = r != NULL && r->folds;
	bool lf_is_blank = r != NULL && r->lf_is_blank;

	for (bool first = true;; first = false) {
		struct slice line = slice_first(value, slice_find(value, '\n'));
		size_t n = line.len;
		struct slice rest = slice_from(value, n + 1);
		bool flat = lf_is_blank && n < value.len && !begins_blank(rest);
		bool cr = n != 0 && line.ptr[n - 1] == '\r' && !cr_stays && !flat;

		if (folds && !first && !begins_blank(line))
			put(out, SLICE("\t"));
		put(out, slice_first(line, n - cr));
		put(out, flat ? SLICE(" ") : SLICE("\n"));
		if (n == value.len)
			break;
		value = rest;
	}
}

/*
 * Lines of `most` bytes and no more: what is beyond begins another one, without its
 * first byte, and of the last line it is lost.
 */
static void
put_cut(struct sink *out, struct slice lines, size_t most)
{
	bool led = false;

	while (lines.len != 0) {
		size_t n = slice_find(lines, '\n'), room = most - led;
		bool last = n + 1 >= lines.len, cut = n > room;
		put(out, led ? SLICE(" ") : SLICE(""));
		put(out, slice_first(lines, cut ? room : n));
		put(out, SLICE("\n"));
		lines = slice_from(lines, cut && !last ? room + 1 : n + 1);
		led = cut && !last && !begins_blank(lines);
	}
}

static void
put_field(struct sink *out, const struct field *f, const struct edit_rules *rules)
{
	size_t most = rules != NULL ? rules->line_max : 0, begin = out->text.len;

	put(out, text_slice(&f->name));
	put(out, SLICE(":"));
	put_value(out, text_slice(&f->value), rules);
	if (most == 0 || out->text.len - begin <= most)
		return;
	struct text whole = TEXT_INIT(out->text.len - begin);
	if (text_append(&whole, slice_from(text_slice(&out->text), begin)) != TEXT_OK)
		out->lost = true;
	out->text.len = begin;
	put_cut(out, text_slice(&whole), most);
	text_clear(&whole);
}

static void
put_message(struct sink *out, const struct message *m, struct slice head)
{
	put(out, head);
	for (size_t i = 0; i < m->fields; i++) {
		if (!m->field[i].deleted)
			put_field(out, &m->field[i], m->rules);
	}
	bool gap =
	    m->gap || m->body.len != 0 || m->rules == NULL || !m->rules->gap_as_sent;
	put(out, gap ? SLICE("\n") : SLICE(""));
	put_lf(out, m->body);
}

/* mboxrd: one more > before each line that would begin a message. */
static void
put_mbox(struct sink *out, struct slice plain, const struct message *m)
{
	struct slice line, sender = address_parse(text_slice(&m->sender)).whole;
	char date[64];
	time_t now = time(NULL);
	struct tm tm;

	strftime(date, sizeof date, "%a %b %e %H:%M:%S %Y", gmtime_r(&now, &tm));
	put(out, SLICE("From "));
	put(out, sender.len != 0 ? sender : SLICE("MAILER-DAEMON"));
	put(out, SLICE("  "));
	put(out, slice_of(date));
	put(out, SLICE("\n"));
	while (slice_next_line(&plain, &line)) {
		size_t quotes = 0;
		while (quotes < line.len && line.ptr[quotes] == '>')
			quotes++;
		if (slice_starts(slice_from(line, quotes), SLICE("From ")))
			put(out, SLICE(">"));
		put(out, line);
		put(out, SLICE("\n"));
	}
	put(out, SLICE("\n"));
}

/* --- the files --- */

static bool
write_all(int fd, struct slice bytes)
{
	while (bytes.len != 0) {
		ssize_t n = write(fd, bytes.ptr, bytes.len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes = slice_from(bytes, (size_t)n);
	}
	return true;
}

static bool
make_directory(const char *path)
{
	return mkdir(path, 0700) == 0 || errno == EEXIST;
}

static bool
make_maildir(const char *directory, const char *mailbox)
{
	static const char *const parts[] = { "", "/tmp", "/new", "/cur" };
	char path[4096];

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		int n =
		    snprintf(path, sizeof path, "%s/%s%s", directory, mailbox, parts[i]);
		if (n < 0 || (size_t)n >= sizeof path || !make_directory(path))
			return false;
	}
	return true;
}

/* Written whole under tmp/, then linked into new/: a reader sees all or nothing. */
static bool
store_maildir(
    const char *directory, const char *mailbox, struct slice bytes, struct text *log)
{
	static atomic_ulong count;
	char tmp[4096], new[4096], name[100];
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	(void)snprintf(name, sizeof name, "%lld.M%09ldP%ldQ%lu.milter-sim",
	    (long long)t.tv_sec, t.tv_nsec, (long)getpid(),
	    atomic_fetch_add(&count, 1) + 1);
	if (!make_maildir(directory, mailbox) ||
	    (size_t)snprintf(tmp, sizeof tmp, "%s/%s/tmp/%s", directory, mailbox, name) >=
		sizeof tmp)
		return false;
	(void)snprintf(new, sizeof new, "%s/%s/new/%s", directory, mailbox, name);
	int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1)
		return false;
	bool good = write_all(fd, bytes) && fsync(fd) == 0;
	good = close(fd) == 0 && good;
	good = good && rename(tmp, new) == 0;
	if (!good) {
		int why = errno;
		(void)unlink(tmp);
		errno = why;
		return false;
	}
	text_printf(log, "%s\n", new);
	return true;
}

/* A message that does not go in whole is taken off the mailbox again. */
static bool
append_whole(int fd, struct slice bytes)
{
	off_t end = lseek(fd, 0, SEEK_END);

	if (end == -1)
		return false;
	if (write_all(fd, bytes) && fsync(fd) == 0)
		return true;
	int why = errno;
	if (ftruncate(fd, end) == -1)
		return false;
	errno = why;
	return false;
}

static bool
store_mbox(
    const char *directory, const char *mailbox, struct slice bytes, struct text *log)
{
	char path[4096];

	if ((size_t)snprintf(path, sizeof path, "%s/%s", directory, mailbox) >=
	    sizeof path)
		return false;
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1)
		return false;
	bool good = flock(fd, LOCK_EX) == 0 && append_whole(fd, bytes);
	good = close(fd) == 0 && good;
	if (good)
		text_printf(log, "%s\n", path);
	return good;
}

static bool
store(const struct delivery *d, const char *mailbox, const struct message *m,
    struct slice plain, struct text *log)
{
	if (d->kind == DELIVER_MAILDIR)
		return store_maildir(d->directory, mailbox, plain, log);
	struct sink mbox = { .text = TEXT_INIT(2 * plain.len + 1000 + PATH_MAX_BYTES) };
	put_mbox(&mbox, plain, m);
	errno = mbox.lost ? ENOMEM : errno;
	bool good =
	    !mbox.lost && store_mbox(d->directory, mailbox, text_slice(&mbox.text), log);
	text_clear(&mbox.text);
	return good;
}

static bool
deliver_one(const struct delivery *d, const struct message *m,
    const struct destination *to, struct text *log)
{
	/* Each field costs a colon and a line end beyond what was counted. */
	struct sink plain = { .text =
				  TEXT_INIT(m->body.len + 2 * HEADER_MAX + 3 * m->fields +
					    to->head.len + PATH_MAX_BYTES + 100) };

	put_message(&plain, m, text_slice(&to->head));
	errno = plain.lost ? ENOMEM : ENAMETOOLONG;
	bool good = !plain.lost && store(d, to->mailbox, m, text_slice(&plain.text), log);
	if (!good)
		text_printf(
		    log, "%s/%s: %s\n", d->directory, to->mailbox, strerror(errno));
	text_clear(&plain.text);
	return good;
}

bool
deliver(const struct delivery *d, const struct message *m, const struct destination *to,
    size_t count, struct text *log)
{
	bool good = true;

	for (size_t i = 0; i < count && good && d->kind != DELIVER_NULL; i++)
		good = to[i].gone || deliver_one(d, m, &to[i], log);
	return good;
}
