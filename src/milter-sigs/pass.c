/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter-sigs/pass.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "milter-sigs/progress.h"

enum { BLOCK = 256 << 10 };

struct run {
	const struct corpus *corpus;
	const struct pass *pass;
	struct progress progress;
	unsigned long place, read;
};

static void
complain(const struct run *r, const char *path, const char *what)
{
	struct text line = TEXT_INIT(5000);

	text_printf(&line, "%s: %s", path, what);
	report_say(r->corpus->report, "corpus", text_cstr(&line));
	text_clear(&line);
}

/* Hands over one message; its bytes are added to *bytes. */
static enum pass_step
read_all(struct run *r, const char *path, int fd, unsigned long long *bytes)
{
	static char block[BLOCK];
	const struct pass *p = r->pass;

	for (;;) {
		ssize_t n = read(fd, block, sizeof block);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			complain(r, path, strerror(errno));
		if (n <= 0)
			return PASS_NEXT;
		*bytes += (unsigned long long)n;
		enum pass_step step =
		    p->piece(p->self, (struct slice){ block, (size_t)n });
		if (step != PASS_ON)
			return step;
	}
}

static bool
message(void *self, const char *path, int fd)
{
	struct run *r = self;
	const struct pass *p = r->pass;
	unsigned long long bytes = 0;
	enum pass_step step = PASS_AGAIN;

	if (p->wants != NULL && !p->wants(p->self, r->place++))
		return true;
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	while (step == PASS_AGAIN) {
		if (lseek(fd, 0, SEEK_SET) != 0 ||
		    (p->begin != NULL && !p->begin(p->self, path)))
			return false;
		step = read_all(r, path, fd, &bytes);
	}
	if (p->end != NULL)
		p->end(p->self);
	r->read++;
	progress_step(&r->progress, bytes);
	return step != PASS_STOP;
}

unsigned long
pass_run(const struct corpus *c, const struct pass *p, bool *ret_stopped)
{
	struct run r = { .corpus = c, .pass = p };
	struct corpus_visitor v = { message, &r };
	bool show = !p->quiet && isatty(STDERR_FILENO);

	progress_begin(&r.progress, p->what, show ? corpus_count(c) : 0, p->quiet);
	*ret_stopped = !corpus_walk(c, &v);
	progress_end(&r.progress);
	return r.read;
}
