/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench_virus - what virus-milter costs a message, as Markdown.
 *
 *	bench_virus VIRUS-MILTER BENCH_2003 BENCH_SHAPE
 *
 * CPU of the milter, beside the scanner of 2003 in its callbacks and beside a
 * milter that asks for the same and does nothing.  Rounds of the three
 * alternate; a ratio is the median over paired rounds, with least and most.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/bench/driver.h"
#include "t/bench/sets.h"

enum { ROUNDS = 5, MANY = 100000, TEXT = 1 << 20 };
enum { OURS, OLD, NOTHING, SUBJECTS };

struct subject {
	const char *program, *argument;
	char path[250];
	pid_t pid;
	double us[ROUNDS]; /* CPU a message */
};

struct load {
	const char *what;
	size_t signatures, body, connections, messages;
	unsigned pace_us;
	bool skip_old; /* it would take minutes */
};

static char dir[200];
static struct corpus text;

static void
write_signatures(const struct set *set, size_t count, const char *name, bool named)
{
	char path[250];

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *f = fopen(path, "w");
	if (f == NULL)
		abort();
	for (size_t i = 0; i < count; i++) {
		if (named)
			(void)fprintf(f, "\nWORM.%zu =\n", i);
		(void)fprintf(f, "%.*s\n", LINE, set->pattern[i].ptr);
	}
	(void)fclose(f);
}

static void
start(struct subject *s, int which)
{
	char socket[300], list[300], old[300];
	const char *ours[] = { s->program, "-f", "-p", socket, "-o", list, "-o",
		"log-level=error", "-o", "allow-root=yes", NULL };
	const char *theirs[] = { s->program, which == OLD ? old : "virus", s->path,
		NULL };

	(void)snprintf(s->path, sizeof s->path, "%s/socket.%d", dir, which);
	(void)snprintf(socket, sizeof socket, "unix:%s", s->path);
	(void)snprintf(list, sizeof list, "signatures=%s/ours", dir);
	(void)snprintf(old, sizeof old, "%s/old", dir);
	s->pid =
	    drive_spawn((char *const *)(size_t)(which == OURS ? ours : theirs), s->path);
}

static double
cpu_per_message(const struct subject *s, const struct load *l)
{
	static const char *const rcpt[] = { "<a@bar.example>", "<b@bar.example>" };
	struct drive_mail mail = { .sender = "<smith@foo.example>",
		.rcpt = rcpt,
		.nrcpt = 2,
		.from = "smith@foo.example",
		.headers = 12,
		.body = l->body,
		.text = text.bytes,
		.client = "192.0.2.1" };
	struct drive d = { .path = s->path,
		.connections = l->connections,
		.messages = l->messages,
		.pace_us = l->pace_us,
		.mail = &mail };
	double before = drive_cpu(s->pid);
	struct drive_sum sum = drive_run(&d);

	if (sum.refused > 0) {
		(void)fprintf(stderr, "bench_virus: clean mail was refused\n");
		exit(1);
	}
	return (drive_cpu(s->pid) - before) * 1e6 / (double)sum.messages;
}

static void
print_ratio(const struct subject *a, const struct subject *b)
{
	double r[ROUNDS];

	for (int i = 0; i < ROUNDS; i++)
		r[i] = a->us[i] / b->us[i];
	double middle = drive_quantile(r, ROUNDS, 0.5);
	(void)printf(" %.2f (%.2f-%.2f) |", middle, r[0], r[ROUNDS - 1]);
}

static void
print_row(const struct load *l, const struct subject *s)
{
	double us[ROUNDS];

	(void)printf("| %s |", l->what);
	if (l->skip_old)
		(void)printf(" - |");
	else
		print_ratio(&s[OLD], &s[OURS]);
	print_ratio(&s[OURS], &s[NOTHING]);
	for (int i = 0; i < SUBJECTS; i++) {
		memcpy(us, s[i].us, sizeof us);
		(void)printf(i == OLD && l->skip_old ? " - |" : " %.1f |",
		    drive_quantile(us, ROUNDS, 0.5));
	}
	(void)printf("\n");
	(void)fflush(stdout);
}

static void
run(const struct load *l, struct subject *s, const struct set *set)
{
	write_signatures(set, l->signatures, "old", false);
	write_signatures(set, l->signatures, "ours", true);
	for (int i = 0; i < SUBJECTS; i++) {
		if (i != OLD || !l->skip_old)
			start(&s[i], i);
	}
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < SUBJECTS; i++) {
			if (i != OLD || !l->skip_old)
				s[i].us[round] = cpu_per_message(&s[i], l);
		}
	}
	for (int i = 0; i < SUBJECTS; i++) {
		if (i != OLD || !l->skip_old)
			drive_stop(s[i].pid);
	}
	print_row(l, s);
}

static const struct load loads[] = {
	{ "20 KB, 23 signatures", 23, 20000, 2, 1500, 0, false },
	{ "1 MB, 23 signatures", 23, 1000000, 2, 100, 0, false },
	{ "20 KB, 23 signatures, paced as by an MTA", 23, 20000, 20, 20, 2000, false },
	{ "20 KB, 1,000 signatures", 1000, 20000, 2, 500, 0, false },
	{ "20 KB, 10,000 signatures", 10000, 20000, 2, 1500, 0, true },
	{ "20 KB, 100,000 signatures", MANY, 20000, 2, 1500, 0, true },
};

int
main(int argc, char **argv)
{
	char clean[300];
	struct set set = set_random(MANY, 20030530);

	if (argc != 1 + SUBJECTS)
		return 2;
	struct subject s[SUBJECTS] = { { .program = argv[1] }, { .program = argv[2] },
		{ .program = argv[3] } };
	(void)snprintf(dir, sizeof dir, "/tmp/bench_virus.XXXXXX");
	if (mkdtemp(dir) == NULL)
		return 1;
	text = corpus_new(2 * TEXT, 14);
	(void)printf(
	    "### virus-milter, CPU a message\n\n"
	    "| mail | scanner of 2003 : ours | ours : a milter that does nothing "
	    "| ours, us | 2003, us | nothing, us |\n|:--|--:|--:|--:|--:|--:|\n");
	for (size_t i = 0; i < sizeof loads / sizeof loads[0]; i++)
		run(&loads[i], s, &set);
	(void)printf("\n");
	(void)snprintf(clean, sizeof clean, "rm -rf %s", dir);
	corpus_free(&text);
	set_clear(&set);
	return system(clean) == 0 ? 0 : 1;
}
