/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test - which signatures stand in which messages, and how often in clean mail.
 */
#include <stdio.h>
#include <stdlib.h>

#include "milter-sigs/body_lines.h"
#include "milter-sigs/pass.h"
#include "milter-sigs/subcommand.h"
#include "policy/virus/scan.h"
#include "store/signature_file.h"

/* A message is held in memory to find all hits, not only the first. */
enum { MESSAGE_MAX = 256 << 20, RULE_OF_THREE = 30 };

struct trial {
	const struct signatures *signatures;
	struct scanner *scanner;
	const char *path;
	struct text body;
	struct body_finder finder;
	unsigned long long before; /* bytes of the header */
	unsigned long messages, hit;
	unsigned long *hits; /* of each signature: messages */
	unsigned long *last; /* the message in which it was seen last */
	bool show, failed;
};

static bool
begin(void *self, const char *path)
{
	struct trial *t = self;

	t->path = path;
	t->body.len = 0;
	t->before = 0;
	t->finder = (struct body_finder){ .empty = true };
	return true;
}

static enum pass_step
piece(void *self, struct slice bytes)
{
	struct trial *t = self;
	struct slice body = body_finder_feed(&t->finder, bytes);

	t->before += bytes.len - body.len;
	switch (text_append(&t->body, body)) {
	case TEXT_OK: return PASS_ON;
	case TEXT_FULL:
		(void)fprintf(stderr,
		    "milter-sigs: %s: only its first 256 MiB are looked at\n", t->path);
		return PASS_NEXT;
	case TEXT_NOMEM: break;
	}
	t->failed = true;
	return PASS_STOP;
}

static void
note(struct trial *t, const struct scan_hit *hit, unsigned long long from)
{
	const struct signature *s = &t->signatures->entry[hit->signature];

	if (t->last[hit->signature] != t->messages) {
		t->last[hit->signature] = t->messages;
		t->hits[hit->signature]++;
	}
	if (t->show)
		(void)printf("%s: %.*s at byte %llu (line %zu of the signatures)\n",
		    t->path, (int)s->name.len, s->name.ptr, t->before + from + hit->start,
		    s->line);
}

/* A scan ends at its first hit; the next begins one byte behind where that began. */
static void
end(void *self)
{
	struct trial *t = self;
	struct slice rest = text_slice(&t->body);
	unsigned long long from = 0;
	bool any = false, again = true;

	t->messages++;
	while (again) {
		struct scan scan;
		scan_begin(&scan, t->scanner);
		again = scan_feed(&scan, rest) == SCAN_HIT;
		if (again) {
			note(t, &scan.hit, from);
			any = true;
			rest = slice_from(rest, scan.hit.start + 1);
			from += scan.hit.start + 1;
		}
		t->failed = t->failed || scan.status == SCAN_NOMEM;
		scan_end(&scan);
	}
	t->hit += any;
}

static bool
run(struct trial *t, const struct corpus *c, const char *what, bool quiet)
{
	struct pass p = { NULL, begin, piece, end, t, what, quiet };
	bool stopped;

	t->messages = t->hit = 0;
	(void)pass_run(c, &p, &stopped);
	text_clear(&t->body);
	return !t->failed;
}

static void
say_rate(const char *what, unsigned long hit, unsigned long messages)
{
	(void)printf("%s: %lu of %lu message%s hit", what, hit, messages,
	    messages == 1 ? "" : "s");
	/* The rule of three, 95 % sure; of a few messages it says nothing. */
	if (hit == 0 && messages >= RULE_OF_THREE)
		(void)printf(", so fewer than %.0f in a million (95 %% sure)",
		    3e6 / (double)messages);
	else if (hit == 0 && messages > 0)
		(void)printf(", too few to say how often it would be");
	else if (messages > 0)
		(void)printf(" (%.3g %%)", 100.0 * (double)hit / (double)messages);
	(void)printf("\n");
}

static void
say_signatures(const struct trial *t)
{
	for (size_t i = 0; i < t->signatures->count; i++) {
		const struct signature *s = &t->signatures->entry[i];
		if (t->hits[i] > 0)
			(void)printf("  %.*s (line %zu): %lu\n", (int)s->name.len,
			    s->name.ptr, s->line, t->hits[i]);
	}
}

static int
run_both(struct trial *t, const struct corpus *mail, const struct corpus *clean)
{
	int code = SIGS_GOOD;

	if (mail->count > 0) {
		t->show = true;
		if (!run(t, mail, "testing", false))
			return sigs_misuse("no memory", NULL);
		say_rate("mail", t->hit, t->messages);
		say_signatures(t);
		code = t->hit > 0 ? SIGS_GOOD : SIGS_FAULTS;
	}
	if (clean->count > 0) {
		memset(t->hits, 0, t->signatures->count * sizeof *t->hits);
		memset(t->last, 0xff, t->signatures->count * sizeof *t->last);
		if (!run(t, clean, "clean", false))
			return sigs_misuse("no memory", NULL);
		say_rate("clean", t->hit, t->messages);
		say_signatures(t);
		code = t->hit > 0 ? SIGS_FAULTS : code;
	}
	return code;
}

static struct scanner *
make_scanner(const struct signatures *s)
{
	struct slice *patterns = calloc(s->count + 1, sizeof *patterns);
	struct scanner *scanner = NULL;

	for (size_t i = 0; patterns != NULL && i < s->count; i++)
		patterns[i] = s->entry[i].pattern;
	/* The patterns are borrowed from *s, the list is not needed any more. */
	if (patterns != NULL)
		scanner = scanner_new(patterns, s->count);
	free(patterns);
	return scanner;
}

static int
test(const struct signatures *s, const struct corpus *mail, const struct corpus *clean)
{
	struct trial t = { .signatures = s,
		.scanner = make_scanner(s),
		.body = TEXT_INIT(MESSAGE_MAX),
		.hits = calloc(s->count, sizeof(unsigned long)),
		.last = calloc(s->count, sizeof(unsigned long)) };
	int code = SIGS_TROUBLE;

	if (t.scanner != NULL && t.hits != NULL && t.last != NULL) {
		memset(t.last, 0xff, s->count * sizeof *t.last);
		code = run_both(&t, mail, clean);
	} else {
		code = sigs_misuse("no memory", NULL);
	}
	scanner_free(t.scanner);
	free(t.hits);
	free(t.last);
	return code;
}

bool
sigs_count_hits(
    const struct signatures *s, const struct corpus *mail, unsigned long *ret_hits)
{
	struct trial t = { .signatures = s,
		.scanner = make_scanner(s),
		.body = TEXT_INIT(MESSAGE_MAX),
		.hits = ret_hits,
		.last = calloc(s->count, sizeof(unsigned long)) };
	bool ok = t.scanner != NULL && t.last != NULL;

	if (ok)
		memset(t.last, 0xff, s->count * sizeof *t.last);
	ok = ok && run(&t, mail, "checking", false);
	scanner_free(t.scanner);
	free(t.last);
	return ok;
}

int
test_command(int argc, char **argv)
{
	struct signature_rules rules = { SIGNATURE_SHORTEST };
	unsigned long troubles = 0;
	struct report report = sigs_report(&troubles);
	struct text why = TEXT_INIT(5000);
	struct signatures s;
	int at = 2;

	if (argc < 3 || argv[1][0] == '-')
		return sigs_misuse("test wants a signature file and messages", NULL);
	struct corpus mail = sigs_paths(argc, argv, &at, &report), clean = { .count = 0 };
	if (at < argc && strcmp(argv[at], "--clean") == 0) {
		at++;
		clean = sigs_paths(argc, argv, &at, &report);
	}
	if (at < argc)
		return sigs_misuse("unknown option", argv[at]);
	if (!signature_file_read(argv[1], &rules, &s, &why)) {
		(void)fprintf(stderr, "milter-sigs: %s\n", text_cstr(&why));
		text_clear(&why);
		return SIGS_TROUBLE;
	}
	int code = test(&s, &mail, &clean);
	signatures_clear(&s);
	return troubles > 0 || fflush(stdout) != 0 ? SIGS_TROUBLE : code;
}
