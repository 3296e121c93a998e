/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench_logger - what logger-milter costs, idle and capturing, as Markdown.
 *
 *	bench_logger LOGGER-MILTER BENCH_NULL
 *
 * BENCH_DIR names a folder on the disk to measure (/tmp).  Rounds of what is
 * compared alternate; ratios are medians of paired rounds.
 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "t/bench/driver.h"

enum { ROUNDS = 5, IDLE_MESSAGES = 12000, KEPT = 20, EACH = 150, BODY = 20000 };

static const char *logger, *null;
static char dir[200];

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
shell(const char *command)
{
	char line[500];

	(void)snprintf(line, sizeof line, "D=%s; %s", dir, command);
	if (system(line) != 0)
		die(command);
}

static struct drive_mail
mail(size_t body)
{
	static const char *const rcpt[] = { "<jones@foo.example>" };

	return (struct drive_mail){ .sender = "<smith@bar.example>",
		.rcpt = rcpt,
		.nrcpt = 1,
		.from = "smith@bar.example",
		.headers = 12,
		.body = body,
		.client = "192.0.2.1" };
}

static pid_t
start_logger(const char *path)
{
	char socket[300], store[300], on[300];
	const char *argv[] = { logger, "-f", "-p", socket, "-o", "allow-root=yes", "-o",
		store, "-o", on, "-o", "min-free=0", "-o", "log-level=error", NULL };

	(void)snprintf(socket, sizeof socket, "unix:%s", path);
	(void)snprintf(store, sizeof store, "directory=%s/store", dir);
	(void)snprintf(on, sizeof on, "switch=%s/on", dir);
	shell("rm -rf $D/store && mkdir $D/store");
	return drive_spawn((char *const *)(size_t)argv, path);
}

static pid_t
start_null(const char *path)
{
	char socket[300];
	char *argv[] = { (char *)(size_t)null, socket, NULL };

	(void)snprintf(socket, sizeof socket, "unix:%s", path);
	return drive_spawn(argv, path);
}

/* Microseconds of the milter's CPU for a message. */
static double
cpu_per_message(pid_t (*start)(const char *path), size_t per_connection, unsigned pace)
{
	struct drive_mail m = mail(3000);
	char path[250];
	size_t connections = pace > 0 ? 20 : 4;
	size_t rounds =
	    IDLE_MESSAGES / (pace > 0 ? 10u : 1u) / connections / per_connection;
	struct drive d = { .path = path,
		.connections = connections,
		.messages = per_connection,
		.pace_us = pace,
		.mail = &m };
	size_t messages = 0;

	(void)snprintf(path, sizeof path, "%s/socket", dir);
	pid_t pid = start(path);
	(void)drive_run(&d);
	double before = drive_cpu(pid);
	for (size_t i = 0; i < rounds; i++)
		messages += drive_run(&d).messages;
	double used = drive_cpu(pid) - before;
	drive_stop(pid);
	return used * 1e6 / (double)messages;
}

static void
idle(const char *what, size_t per_connection, unsigned pace)
{
	double a[ROUNDS], b[ROUNDS], ratio[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		a[i] = cpu_per_message(start_null, per_connection, pace);
		b[i] = cpu_per_message(start_logger, per_connection, pace);
		ratio[i] = b[i] / a[i];
	}
	(void)printf("| %s | %.1f | %.1f | %.2f |\n", what,
	    drive_quantile(a, ROUNDS, 0.5), drive_quantile(b, ROUNDS, 0.5),
	    drive_quantile(ratio, ROUNDS, 0.5));
	(void)fflush(stdout);
}

static size_t
stored(void)
{
	char path[250];
	size_t n = 0;

	(void)snprintf(path, sizeof path, "%s/store/new", dir);
	DIR *d = opendir(path);
	if (d == NULL)
		die(path);
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		n += e->d_name[0] != '.';
	(void)closedir(d);
	return n;
}

/* Messages a second over 20 connections, with or without the switch. */
static double
messages_a_second(bool on)
{
	struct drive_mail m = mail(BODY);
	char path[250];
	struct drive d = {
		.path = path, .connections = KEPT, .messages = EACH, .mail = &m
	};

	shell(on ? "touch $D/on" : "rm -f $D/on");
	(void)snprintf(path, sizeof path, "%s/socket", dir);
	pid_t pid = start_logger(path);
	double start = drive_now_ms();
	struct drive_sum sum = drive_run(&d);
	double ms = drive_now_ms() - start;
	drive_stop(pid);
	if (sum.accepted != sum.messages || stored() != (on ? sum.messages : 0)) {
		(void)fprintf(stderr, "bench_logger: %zu accepted, %zu stored of %zu\n",
		    sum.accepted, stored(), sum.messages);
		exit(1);
	}
	return (double)sum.messages * 1000 / ms;
}

static atomic_long left;

static void *
write_and_sync(void *unused)
{
	static char content[BODY];
	char path[300];
	long n;

	while ((n = atomic_fetch_sub(&left, 1)) > 0) {
		(void)snprintf(path, sizeof path, "%s/plain/%ld", dir, n);
		int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
		if (fd == -1 || write(fd, content, sizeof content) != sizeof content ||
		    fsync(fd) != 0 || close(fd) != 0)
			die(path);
	}
	return unused;
}

/* What the disk can do: files a second, written and synced in a plain loop. */
static double
files_a_second(int threads, long files)
{
	pthread_t thread[KEPT];

	shell("rm -rf $D/plain && mkdir $D/plain");
	atomic_store(&left, files);
	double start = drive_now_ms();
	for (int i = 0; i < threads; i++) {
		if (pthread_create(&thread[i], NULL, write_and_sync, NULL) != 0)
			die("thread");
	}
	for (int i = 0; i < threads; i++)
		(void)pthread_join(thread[i], NULL);
	return (double)files * 1000 / (drive_now_ms() - start);
}

enum { ON, OFF, LOOP, LOOPS, ROWS };

static void
capturing(void)
{
	static const char *const name[] = { "logger-milter, switch on",
		"logger-milter, switch off", "write and fsync in a loop, 1 thread",
		"write and fsync in a loop, 20 threads" };
	double rate[ROWS][ROUNDS], ratio[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		rate[ON][i] = messages_a_second(true);
		rate[OFF][i] = messages_a_second(false);
		rate[LOOP][i] = files_a_second(1, 1000);
		rate[LOOPS][i] = files_a_second(KEPT, KEPT * EACH);
	}
	for (int row = 0; row < ROWS; row++) {
		for (int i = 0; i < ROUNDS; i++)
			ratio[i] = rate[ON][i] / rate[row][i];
		double copy[ROUNDS];
		memcpy(copy, rate[row], sizeof copy);
		(void)printf("| %s | %.0f | %.2f |\n", name[row],
		    drive_quantile(copy, ROUNDS, 0.5),
		    drive_quantile(ratio, ROUNDS, 0.5));
	}
}

int
main(int argc, char **argv)
{
	const char *disk = getenv("BENCH_DIR");

	if (argc != 3)
		return 2;
	logger = argv[1];
	null = argv[2];
	(void)snprintf(dir, sizeof dir, "%.150s/rm.XXXXXX", disk != NULL ? disk : "/tmp");
	if (mkdtemp(dir) == NULL)
		die(dir);
	(void)printf(
	    "## Idle: there is no switch file\n\nCPU of the milter, us a message, "
	    "beside a milter without callbacks; medians of %d paired rounds.\n\n"
	    "| mail | without callbacks | logger-milter | ratio |\n"
	    "|---|---|---|---|\n",
	    ROUNDS);
	idle("one message on a connection, back to back", 1, 0);
	idle("50 messages on a connection, back to back", 50, 0);
	idle("one message on a connection, paced", 1, 2000);
	(void)printf(
	    "\n## Capturing: 20 KB messages, 20 connections\n\nA second; medians of "
	    "%d paired rounds.\n\n| | a second | logger, switch on, against it "
	    "|\n|---|---|---|\n",
	    ROUNDS);
	capturing();
	shell("rm -rf $D");
	return 0;
}
