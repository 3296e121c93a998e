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

enum {
	ROUNDS = 5,
	IDLE_MESSAGES = 12000,
	KEPT = 20, /* connections */
	EACH = 50, /* messages on each */
	BODY = 20000,
	SIDECAR = 900,
};

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
	double middle = drive_quantile(ratio, ROUNDS, 0.5);
	(void)printf("| %s | %.2f (%.2f-%.2f) | %.1f | %.1f |\n", what, middle, ratio[0],
	    ratio[ROUNDS - 1], drive_quantile(a, ROUNDS, 0.5),
	    drive_quantile(b, ROUNDS, 0.5));
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

/* What each writer of a plain loop does for a message, from less to more. */
enum effort { ONE_FILE, TWO_FILES, FILE_AND_DIRECTORY };

struct loop {
	atomic_long left;
	enum effort effort;
	int folder;
};

static void
write_file(int folder, const char *name, size_t len)
{
	static char content[BODY];
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd == -1 || write(fd, content, len) != (ssize_t)len || fsync(fd) != 0 ||
	    close(fd) != 0)
		die(name);
}

static void *
write_and_sync(void *self)
{
	struct loop *l = self;
	char name[40];
	long n;

	while ((n = atomic_fetch_sub(&l->left, 1)) > 0) {
		(void)snprintf(name, sizeof name, "%ld", n);
		write_file(l->folder, name, BODY);
		(void)snprintf(name, sizeof name, "%ld.json", n);
		if (l->effort == TWO_FILES)
			write_file(l->folder, name, SIDECAR);
		if (l->effort == FILE_AND_DIRECTORY && fsync(l->folder) != 0)
			die("fsync");
	}
	return NULL;
}

/* What the disk can do: messages a second, in plain loops. */
static double
loops_a_second(int threads, long messages, enum effort effort)
{
	struct loop l = { .effort = effort };
	pthread_t thread[KEPT];
	char path[250];

	shell("rm -rf $D/plain && mkdir $D/plain");
	(void)snprintf(path, sizeof path, "%s/plain", dir);
	if ((l.folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		die(path);
	atomic_init(&l.left, messages);
	double start = drive_now_ms();
	for (int i = 0; i < threads; i++) {
		if (pthread_create(&thread[i], NULL, write_and_sync, &l) != 0)
			die("thread");
	}
	for (int i = 0; i < threads; i++)
		(void)pthread_join(thread[i], NULL);
	double ms = drive_now_ms() - start;
	(void)close(l.folder);
	return (double)messages * 1000 / ms;
}

enum { ON, OFF, LOOP, LOOPS, LOOPS_TWO, LOOPS_DIRECTORY, ROWS };

static void
print_rates(double rate[ROWS][ROUNDS])
{
	static const char *const name[] = { "logger-milter, switch on",
		"logger-milter, switch off", "one loop of write and fsync",
		"20 loops of write and fsync",
		"20 loops, a message and a sidecar, each synced",
		"20 loops, a message and its directory synced" };
	double ratio[ROUNDS];

	for (int row = 0; row < ROWS; row++) {
		for (int i = 0; i < ROUNDS; i++)
			ratio[i] = rate[ON][i] / rate[row][i];
		double middle = drive_quantile(ratio, ROUNDS, 0.5);
		(void)printf("| %s | %.2f (%.2f-%.2f) | %.0f |\n", name[row], middle,
		    ratio[0], ratio[ROUNDS - 1], drive_quantile(rate[row], ROUNDS, 0.5));
	}
}

static void
capturing(void)
{
	double rate[ROWS][ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		rate[ON][i] = messages_a_second(true);
		rate[OFF][i] = messages_a_second(false);
		rate[LOOP][i] = loops_a_second(1, KEPT * EACH / 10, ONE_FILE);
		rate[LOOPS][i] = loops_a_second(KEPT, KEPT * EACH, ONE_FILE);
		rate[LOOPS_TWO][i] = loops_a_second(KEPT, KEPT * EACH, TWO_FILES);
		rate[LOOPS_DIRECTORY][i] =
		    loops_a_second(KEPT, KEPT * EACH, FILE_AND_DIRECTORY);
	}
	print_rates(rate);
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
	    "### logger-milter, idle: there is no switch file\n\nCPU of the milter, us a "
	    "message, beside a milter without callbacks; %d paired rounds.\n\n"
	    "| mail | logger : without callbacks | without callbacks, us | logger, us |\n"
	    "|:--|--:|--:|--:|\n",
	    ROUNDS);
	idle("one message on a connection, back to back", 1, 0);
	idle("50 messages on a connection, back to back", 50, 0);
	idle("one message on a connection, paced", 1, 2000);
	(void)printf(
	    "\n### logger-milter, capturing 20 KB messages over 20 connections\n\n"
	    "Messages a second; %d paired rounds.\n\n| | logger, switch on, against it "
	    "| a second |\n|:--|--:|--:|\n",
	    ROUNDS);
	capturing();
	shell("rm -rf $D");
	return 0;
}
