/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/bench/driver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PACKET_MAX = 70000, OFFER_ACTIONS = 0x1ff, OFFER_STEPS = 0x1fffff };

struct connection {
	int fd;
	uint32_t steps;
	char packet[PACKET_MAX];
	size_t len;
	struct drive_sum sum;
	const struct drive *d;
	size_t number;
};

static void
die(const char *what)
{
	(void)fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
put(struct connection *c, const void *bytes, size_t n)
{
	if (n > sizeof c->packet - c->len)
		die("packet too large");
	memcpy(c->packet + c->len, bytes, n);
	c->len += n;
}

static void
begin(struct connection *c, char letter)
{
	c->len = 4;
	put(c, &letter, 1);
}

static void
put_string(struct connection *c, const char *s)
{
	put(c, s, strlen(s) + 1);
}

static void
flush(struct connection *c)
{
	uint32_t n = htonl((uint32_t)(c->len - 4));

	memcpy(c->packet, &n, sizeof n);
	for (size_t done = 0; done < c->len;) {
		ssize_t w = write(c->fd, c->packet + done, c->len - done);
		if (w == -1 && errno != EINTR)
			die("write");
		done += w > 0 ? (size_t)w : 0;
	}
}

static void
read_exactly(struct connection *c, void *to, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t r = read(c->fd, (char *)to + done, n - done);
		if (r == 0 || (r == -1 && errno != EINTR))
			die("the milter closed the connection");
		done += r > 0 ? (size_t)r : 0;
	}
}

static char
answer(struct connection *c)
{
	uint32_t n;

	read_exactly(c, &n, sizeof n);
	n = ntohl(n);
	if (n == 0 || n > sizeof c->packet)
		die("an answer of a strange size");
	read_exactly(c, c->packet, n);
	return c->packet[0];
}

static const struct {
	char letter;
	uint32_t no, no_reply;
} step[] = {
	{ 'C', 0x001, 0x1000 },
	{ 'H', 0x002, 0x2000 },
	{ 'M', 0x004, 0x4000 },
	{ 'R', 0x008, 0x8000 },
	{ 'T', 0x200, 0x10000 },
	{ 'L', 0x020, 0x80 },
	{ 'N', 0x040, 0x40000 },
	{ 'B', 0x010, 0x80000 },
	{ 'E', 0, 0 },
};

/* 'c' also where nothing is sent or no answer is due. */
static char
command(struct connection *c, char letter, const char *const *string, size_t n)
{
	for (size_t i = 0; i < sizeof step / sizeof step[0]; i++) {
		if (step[i].letter != letter)
			continue;
		if (c->steps & step[i].no)
			return 'c';
		begin(c, letter);
		for (size_t s = 0; s < n; s++)
			put_string(c, string[s]);
		flush(c);
		c->sum.commands++;
		return c->steps & step[i].no_reply ? 'c' : answer(c);
	}
	die("no such command");
	return 0;
}

static void
macros(struct connection *c, char stage, const char *const *pair, size_t n)
{
	begin(c, 'D');
	put(c, &stage, 1);
	for (size_t i = 0; i < n; i++)
		put_string(c, pair[i]);
	flush(c);
}

static void
pause_a_little(const struct connection *c)
{
	struct timespec t = { 0, (long)c->d->pace_us * 1000 };

	if (c->d->pace_us > 0)
		(void)nanosleep(&t, NULL);
}

static int
dial(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(sun.sun_path, sizeof sun.sun_path, "%s", path);
	if (fd != -1 && connect(fd, (struct sockaddr *)&sun, sizeof sun) == -1) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

static void
negotiate(struct connection *c)
{
	uint32_t offer[3] = { htonl(6), htonl(OFFER_ACTIONS), htonl(OFFER_STEPS) };
	uint32_t got[3];

	begin(c, 'O');
	put(c, offer, sizeof offer);
	flush(c);
	if (answer(c) != 'O')
		die("negotiation");
	memcpy(got, c->packet + 1, sizeof got);
	c->steps = ntohl(got[2]);
}

static void
greet(struct connection *c)
{
	char who[100];
	const char *pair[] = { "_", who, "j", "mx.example" };
	const char *name = "client.example";

	(void)snprintf(who, sizeof who, "client.example [%s]", c->d->mail->client);
	pause_a_little(c);
	macros(c, 'C', pair, 4);
	if (!(c->steps & step[0].no)) {
		begin(c, 'C');
		put_string(c, name);
		put(c, "4\x04\xd2", 3);
		put_string(c, c->d->mail->client);
		flush(c);
		(void)(c->steps & step[0].no_reply ? 'c' : answer(c));
	}
	pause_a_little(c);
	(void)command(c, 'H', &name, 1);
}

/* The letter that ended the envelope, or 'c'. */
static char
envelope(struct connection *c)
{
	const struct drive_mail *m = c->d->mail;
	const char *id[] = { "i", "QUEUEID1" };
	char said;

	pause_a_little(c);
	macros(c, 'M', id, 2);
	said = command(c, 'M', &m->sender, 1);
	for (size_t i = 0; i < m->nrcpt && said == 'c'; i++) {
		const char *pair[] = { "{rcpt_mailer}", "local", "{rcpt_addr}",
			m->rcpt[i] };
		pause_a_little(c);
		macros(c, 'R', pair, 4);
		said = command(c, 'R', &m->rcpt[i], 1);
	}
	pause_a_little(c);
	return said == 'c' ? command(c, 'T', NULL, 0) : said;
}

/* A header of about a hundred bytes, as Received and DKIM-Signature are. */
static char
content(struct connection *c)
{
	static const char filler[] = "from relay.example (relay.example [192.0.2.77]) by "
				     "mx.example with ESMTPS id 4QsZ5n0b7Wz9t2";
	const struct drive_mail *m = c->d->mail;
	char said = 'c';

	for (size_t i = 0; i < m->headers && said == 'c'; i++) {
		bool from = i == m->headers / 2;
		const char *pair[] = { from ? "From" : "Received",
			from ? m->from : filler };
		said = command(c, 'L', pair, 2);
	}
	if (said == 'c')
		said = command(c, 'N', NULL, 0);
	for (size_t left = m->body; left > 0 && said == 'c' && !(c->steps & 0x10);) {
		size_t n = left < 65535 ? left : 65535;
		begin(c, 'B');
		if (m->text != NULL)
			memcpy(c->packet + c->len, m->text + (m->body - left), n);
		else
			memset(c->packet + c->len, 'x', n);
		c->len += n;
		flush(c);
		c->sum.commands++;
		said = c->steps & 0x80000 ? 'c' : answer(c);
		left -= n;
	}
	return said == 'c' ? command(c, 'E', NULL, 0) : said;
}

static void
message(struct connection *c)
{
	double start = drive_now_ms();
	char said = envelope(c);

	if (said == 'c')
		said = content(c);
	if (c->d->ms != NULL)
		c->d->ms[c->number * c->d->messages + c->sum.messages] =
		    drive_now_ms() - start;
	c->sum.messages++;
	c->sum.accepted += said == 'a' || said == 'c';
	c->sum.refused += said == 'y' || said == 'r';
}

static void *
connection_run(void *arg)
{
	struct connection *c = arg;

	c->fd = dial(c->d->path);
	if (c->fd == -1)
		die(c->d->path);
	negotiate(c);
	greet(c);
	for (size_t i = 0; i < c->d->messages; i++) {
		if (c->d->keep_on != NULL && !c->d->keep_on(c->d->self))
			break;
		message(c);
	}
	begin(c, 'Q');
	flush(c);
	(void)close(c->fd);
	return NULL;
}

struct drive_sum
drive_run(const struct drive *d)
{
	struct connection *all = calloc(d->connections, sizeof *all);
	pthread_t *thread = calloc(d->connections, sizeof *thread);
	struct drive_sum sum = { 0 };

	if (all == NULL || thread == NULL)
		die("memory");
	for (size_t i = 0; i < d->connections; i++) {
		all[i].d = d;
		all[i].number = i;
		if (pthread_create(&thread[i], NULL, connection_run, &all[i]) != 0)
			die("thread");
	}
	for (size_t i = 0; i < d->connections; i++) {
		(void)pthread_join(thread[i], NULL);
		sum.messages += all[i].sum.messages;
		sum.accepted += all[i].sum.accepted;
		sum.refused += all[i].sum.refused;
		sum.commands += all[i].sum.commands;
	}
	free(all);
	free(thread);
	return sum;
}

pid_t
drive_spawn(char *const argv[], const char *path)
{
	pid_t pid = fork();
	struct timespec step_10_ms = { 0, 10000000 };

	if (pid == 0) {
		(void)execv(argv[0], argv);
		die(argv[0]);
	}
	for (int i = 0; i < 1000; i++) {
		int fd = dial(path);
		if (fd != -1) {
			(void)close(fd);
			return pid;
		}
		if (waitpid(pid, NULL, WNOHANG) != 0)
			die("the milter did not start");
		(void)nanosleep(&step_10_ms, NULL);
	}
	die("the milter makes no socket");
	return -1;
}

void
drive_stop(pid_t pid)
{
	(void)kill(pid, SIGTERM);
	(void)waitpid(pid, NULL, 0);
}

double
drive_cpu(pid_t pid)
{
	clockid_t clock;
	struct timespec t;

	if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
		die("CPU clock");
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double
drive_now_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
drive_quantile(double *value, size_t n, double q)
{
	qsort(value, n, sizeof *value, compare);
	return n > 0 ? value[(size_t)(q * (double)(n - 1) + 0.5)] : 0;
}
