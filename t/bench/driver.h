/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_BENCH_DRIVER_H
#define T_BENCH_DRIVER_H

/*
 * driver - the MTA's side of the milter protocol, for measuring a milter.
 *
 * Sends what an MTA sends for one message after another: macros, one packet a
 * write, and waits for an answer where one is due by what was negotiated.
 * One thread and one connection each, like the processes of sendmail.
 * Trouble with the milter ends the bench with a line on stderr.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct drive_mail {
	const char *sender;
	const char *const *rcpt; /* paths, "<a@b>" */
	size_t nrcpt;
	const char *from;   /* header From */
	size_t headers;     /* how many in all, From included */
	size_t body;        /* bytes */
	const char *text;   /* they, or NULL: a row of x */
	const char *client; /* address, "192.0.2.1" */
};

struct drive {
	const char *path;             /* of the unix socket */
	size_t connections, messages; /* messages on each connection */
	unsigned pace_us; /* before CONNECT, HELO, MAIL, RCPT, DATA, as a client types */
	const struct drive_mail *mail;
	double *ms; /* NULL, or room for each message's time: connections * messages */
	bool (*keep_on)(void *self); /* NULL, or asked before each message */
	void *self;
};

/* What happened to the messages, over all connections. */
struct drive_sum {
	size_t messages, accepted, refused, commands; /* commands that were sent */
};

struct drive_sum drive_run(const struct drive *d);

/* Starts a program and waits until it takes connections on the socket. */
pid_t drive_spawn(char *const argv[], const char *path);
void drive_stop(pid_t pid); /* SIGTERM, and waits for its end */

/* Seconds of CPU that the process has used. */
double drive_cpu(pid_t pid);

/* Of n values, which are sorted by it: 0.5 the median, 0.99 the 99th in a hundred. */
double drive_quantile(double *value, size_t n, double q);

double drive_now_ms(void);

#endif
