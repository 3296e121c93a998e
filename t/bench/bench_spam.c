/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench_spam - what spam-milter costs: CPU of the milter for each message,
 * beside milters that do nothing, in interleaved rounds; then what a tarpit
 * does to others; then the list by itself.
 *
 *	bench_spam SPAM-MILTER BENCH-SHAPE
 */
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "policy/address/address_list.h"
#include "t/bench/driver.h"

enum { ROUNDS = 7, ENTRIES = 1000000, TARPITTED = 200, PATH = 200 };

static char dir[] = "/tmp/refmilter-bench.XXXXXX";
static const char *spam_milter, *bench_shape;

static const char *const plain[] = { "<brown@foo.example>", "<green@foo.example>" };
static const char *const asked[] = { "<jones@foo.example>", "<smith@foo.example>" };

static struct drive_mail
mail_to(const char *const *rcpt)
{
	return (struct drive_mail){ .sender = "<sender@example.org>",
		.rcpt = rcpt,
		.nrcpt = 2,
		.from = "Somebody <somebody@good.example>",
		.headers = 12,
		.body = 1000,
		.client = "192.0.2.1" };
}

struct subject {
	const char *name, *list; /* list: file of senders, NULL for bench_shape */
	char path[PATH];
	pid_t pid;
	double us[ROUNDS];
};

static void
start_spam(struct subject *s, const char *more)
{
	char socket[PATH + 10], senders[PATH], recipients[PATH];
	const char *argv[] = { spam_milter, "-f", "-p", socket, "-o", "allow-root=yes",
		"-o", senders, "-o", recipients, "-o", "log-level=error", "-o",
		"max-delayed=250", more != NULL ? "-o" : NULL, more, NULL };

	(void)snprintf(socket, sizeof socket, "unix:%s", s->path);
	(void)snprintf(senders, sizeof senders, "senders=%s/%s", dir, s->list);
	(void)snprintf(recipients, sizeof recipients, "recipients=%s/recipients", dir);
	s->pid = drive_spawn((char *const *)(size_t)argv, s->path);
}

static void
start(struct subject *s)
{
	const char *argv[] = { bench_shape, s->name, s->path, NULL };

	(void)snprintf(s->path, sizeof s->path, "%s/%s.%s", dir, s->name,
	    s->list != NULL ? s->list : "x");
	if (s->list != NULL)
		start_spam(s, NULL);
	else
		s->pid = drive_spawn((char *const *)(size_t)argv, s->path);
}

/* Paced: 20 connections with 20 messages each; back to back: 2 with 2,000. */
static void
measure(struct subject *s, const struct drive_mail *mail, bool paced, int round)
{
	struct drive d = { .path = s->path,
		.connections = paced ? 20 : 2,
		.messages = paced ? 20 : 2000,
		.pace_us = paced ? 2000 : 0,
		.mail = mail };
	double before = drive_cpu(s->pid);
	struct drive_sum sum = drive_run(&d);

	s->us[round] = (drive_cpu(s->pid) - before) * 1e6 / (double)sum.messages;
}

/* Median of the paired ratios of two subjects. */
static double
ratio(const struct subject *a, const struct subject *b)
{
	double r[ROUNDS];

	for (int i = 0; i < ROUNDS; i++)
		r[i] = a->us[i] / b->us[i];
	return drive_quantile(r, ROUNDS, 0.5);
}

static double
median(const struct subject *s)
{
	double us[ROUNDS];

	memcpy(us, s->us, sizeof us);
	return drive_quantile(us, ROUNDS, 0.5);
}

enum { HEADERS, SHAPE, SHORT, LONG, SUBJECTS };

static void
compare(struct subject *s, const char *const *rcpt, bool paced)
{
	struct drive_mail mail = mail_to(rcpt);

	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < SUBJECTS; i++)
			measure(&s[i], &mail, paced, round);
	}
	(void)printf("| %s, %s | %.0f | %.0f | %.0f | %.0f | %.2f | %.2f | %.2f |\n",
	    rcpt == plain ? "nobody asked" : "all asked",
	    paced ? "paced" : "back to back", median(&s[HEADERS]), median(&s[SHAPE]),
	    median(&s[SHORT]), median(&s[LONG]), ratio(&s[HEADERS], &s[SHORT]),
	    ratio(&s[SHORT], &s[SHAPE]), ratio(&s[LONG], &s[SHORT]));
	(void)fflush(stdout);
}

static void
bench_messages(void)
{
	struct subject s[SUBJECTS] = { { .name = "headers" }, { .name = "spam" },
		{ .name = "spam", .list = "short" }, { .name = "spam", .list = "long" } };

	(void)printf(
	    "CPU of the milter, us a message (12 headers, 2 recipients); medians of "
	    "%d interleaved rounds, ratios paired.\n\n",
	    ROUNDS);
	(void)printf(
	    "| mail | (h) takes all headers | (n) does nothing, same events | "
	    "(s) spam-milter, 10 senders | (l) 1,000,000 senders | h/s | s/n | l/s "
	    "|\n|---|---|---|---|---|---|---|---|\n");
	for (int i = 0; i < SUBJECTS; i++)
		start(&s[i]);
	compare(s, plain, true);
	compare(s, plain, false);
	compare(s, asked, true);
	compare(s, asked, false);
	for (int i = 0; i < SUBJECTS; i++)
		drive_stop(s[i].pid);
}

struct abuse {
	struct drive drive;
	atomic_bool over;
};

static bool
keep_on(void *self)
{
	struct abuse *a = self;

	return !atomic_load(&a->over);
}

static void *
abuse_run(void *arg)
{
	struct abuse *a = arg;

	(void)drive_run(&a->drive);
	return NULL;
}

/* The time of a message of the well-behaved, ms: 10 connections, 40 messages each. */
static void
others(const char *path, double *ret_median, double *ret_p99)
{
	static double ms[10 * 40];
	struct drive_mail mail = mail_to(asked);
	struct drive d = { .path = path,
		.connections = 10,
		.messages = 40,
		.pace_us = 2000,
		.mail = &mail,
		.ms = ms };

	(void)drive_run(&d);
	*ret_median = drive_quantile(ms, 400, 0.5);
	*ret_p99 = drive_quantile(ms, 400, 0.99);
}

static void
bench_tarpit(void)
{
	struct subject s = { .name = "spam", .list = "short" };
	struct drive_mail spam = mail_to(asked);
	struct abuse abuse = { .drive = { .connections = TARPITTED,
				   .messages = 1000,
				   .pace_us = 2000,
				   .mail = &spam,
				   .keep_on = keep_on } };
	double before[ROUNDS][2], during[ROUNDS][2], r[ROUNDS];
	pthread_t thread;

	spam.from = "bad0@x.example";
	spam.client = "198.51.100.1";
	(void)snprintf(s.path, sizeof s.path, "%s/tarpit", dir);
	for (int i = 0; i < ROUNDS; i++) {
		char option[] = "tarpit-refusals=1";
		struct timespec settle = { 1, 0 };

		start_spam(&s, option);
		others(s.path, &before[i][0], &before[i][1]);
		abuse.drive.path = s.path;
		abuse.drive.self = &abuse;
		atomic_store(&abuse.over, false);
		if (pthread_create(&thread, NULL, abuse_run, &abuse) != 0)
			exit(1);
		(void)nanosleep(&settle, NULL);
		others(s.path, &during[i][0], &during[i][1]);
		atomic_store(&abuse.over, true);
		(void)pthread_join(thread, NULL);
		drive_stop(s.pid);
		r[i] = during[i][1] / before[i][1];
		(void)printf("| %d | %.2f | %.2f | %.2f | %.2f | %.2f |\n", i + 1,
		    before[i][0], before[i][1], during[i][0], during[i][1], r[i]);
		(void)fflush(stdout);
	}
	(void)printf(
	    "\nMedian of the ratios of p99: %.2f\n", drive_quantile(r, ROUNDS, 0.5));
}

static void
write_list(const char *name, unsigned n)
{
	char path[PATH];

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	FILE *f = fopen(path, "w");
	if (f == NULL)
		exit(1);
	for (unsigned i = 0; i < n; i++)
		(void)fprintf(
		    f, "bad%u@%sx.example\n", i * 7919 % n, i % 3 ? "list." : "");
	(void)fclose(f);
}

/* CPU and not the wall clock: others use this machine too. */
static double
cpu_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

static double
lookup_ns(const struct address_list *list, unsigned first, unsigned *hits)
{
	enum { LOOKUPS = 1000000 };
	double start = cpu_ms();

	for (unsigned i = 0; i < LOOKUPS; i++) {
		char local[20];
		struct address_names names;
		struct address_hit hit;
		int n =
		    snprintf(local, sizeof local, "bad%u", first + i * 7919u % ENTRIES);

		address_names_header(&names, (struct slice){ local, (size_t)n },
		    SLICE("list.x.example"), (struct address_habits){ "", NULL });
		*hits += address_list_find(list, &names, &hit);
	}
	return (cpu_ms() - start) * 1e6 / LOOKUPS;
}

/* The same loop without the look-up, to be taken off. */
static double
empty_loop_ns(void)
{
	struct text why = TEXT_INIT(100);
	struct address_list *none;
	unsigned hits = 0;

	if (!address_list_parse(SLICE(""), "none", false, &none, &why))
		exit(1);
	double ns = lookup_ns(none, 0, &hits);
	address_list_free(none);
	return ns;
}

static void
bench_list(void)
{
	struct text content = TEXT_INIT(1 << 28), why = TEXT_INIT(500);
	struct address_list *list;
	unsigned hits = 0;

	for (unsigned i = 0; i < ENTRIES; i++)
		text_printf(&content, "bad%u@%sx.example\n", i, i % 3 ? "list." : "");
	size_t heap = mallinfo2().uordblks + mallinfo2().hblkhd;
	double start = cpu_ms();
	if (!address_list_parse(text_slice(&content), "list", false, &list, &why))
		exit(1);
	double ms = cpu_ms() - start;
	heap = mallinfo2().uordblks + mallinfo2().hblkhd - heap;
	double base = empty_loop_ns();
	double hit = lookup_ns(list, 0, &hits) - base;
	double miss = lookup_ns(list, ENTRIES, &hits) - base;
	(void)printf(
	    "%zu entries, %zu bytes of text: read in %.0f ms of CPU, %.1f MB; an address "
	    "looked up in every form in %.0f ns if listed, %.0f ns if not (%u hits).\n",
	    address_list_count(list), content.len, ms, (double)heap / 1e6, hit, miss,
	    hits);
	address_list_free(list);
	text_clear(&content);
}

int
main(int argc, char **argv)
{
	char command[PATH];

	if (argc != 3 || mkdtemp(dir) == NULL)
		return 64;
	spam_milter = argv[1];
	bench_shape = argv[2];
	write_list("short", 10);
	write_list("long", ENTRIES);
	(void)snprintf(command, sizeof command, "%s/recipients", dir);
	FILE *f = fopen(command, "w");
	(void)fputs("jones@foo.example\nsmith@foo.example\n", f);
	(void)fclose(f);
	bench_list();
	(void)printf("\n");
	bench_messages();
	(void)printf(
	    "\n%d sessions of one client that is in the tarpit (5 s a refusal); ms a "
	    "message of 10 other connections, before and during.\n\n"
	    "| round | median before | p99 before | median during | p99 during | "
	    "ratio of p99 |\n|---|---|---|---|---|---|\n",
	    TARPITTED);
	bench_tarpit();
	(void)snprintf(command, sizeof command, "rm -rf %s", dir);
	return system(command) != 0;
}
