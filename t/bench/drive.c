/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/bench/drive.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

struct driven {
	pid_t pid;
	int fd;
};

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void
spawn(
    struct driven *d, const char *program, const char *where, const char *const *options)
{
	const char *argv[64] = { program, "-f", "-p", where, "-o", "allow-root=yes" };
	size_t n = 6;

	for (; *options != NULL && n < 60; options++) {
		argv[n++] = "-o";
		argv[n++] = *options;
	}
	if ((d->pid = fork()) == -1)
		die("fork");
	if (d->pid == 0) {
		(void)execv(program, (char *const *)argv);
		die(program);
	}
}

static void
put(struct driven *d, const void *bytes, size_t len)
{
	if (send(d->fd, bytes, len, MSG_NOSIGNAL) != (ssize_t)len)
		die("send");
}

static void
take(struct driven *d, void *to, size_t len)
{
	if (recv(d->fd, to, len, MSG_WAITALL) != (ssize_t)len)
		die("recv");
}

/* Appends a packet to `to`; its length behind. */
static size_t
packet(char *to, char letter, const void *payload, size_t len)
{
	uint32_t n = htonl((uint32_t)len + 1);

	memcpy(to, &n, 4);
	to[4] = letter;
	if (len > 0)
		memcpy(to + 5, payload, len);
	return len + 5;
}

static char
answer(struct driven *d)
{
	char body[4096];
	uint32_t n;

	take(d, &n, 4);
	n = ntohl(n);
	if (n == 0 || n > sizeof body)
		die("packet");
	take(d, body, n);
	return body[0];
}

static void
connect_to(struct driven *d, const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	(void)snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
	for (int i = 0; i < 100; i++) {
		d->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (connect(d->fd, (struct sockaddr *)&a, sizeof a) == 0)
			return;
		(void)close(d->fd);
		(void)usleep(50000);
	}
	die(path);
}

/* Version 6, all actions, all steps: MAIL then wants no answer, CONNECT and HELO nothing.
 */
static void
negotiate(struct driven *d)
{
	uint32_t offer[3] = { htonl(6), htonl(0x1ff), htonl(0x1fffff) };
	char bytes[64];

	put(d, bytes, packet(bytes, 'O', offer, sizeof offer));
	if (answer(d) != 'O')
		die("negotiation");
}

struct driven *
drive_start(const char *program, const char *socket_path, const char *const *options)
{
	struct driven *d = calloc(1, sizeof *d);
	char where[200];

	if (d == NULL)
		die("calloc");
	(void)snprintf(where, sizeof where, "unix:%s", socket_path);
	spawn(d, program, where, options);
	connect_to(d, socket_path);
	negotiate(d);
	return d;
}

/* Nanoseconds on a processor, of all threads that still live. */
static unsigned long long
cpu_ns(pid_t pid)
{
	unsigned long long sum = 0, one;
	char path[64], task[400];
	const struct dirent *e;

	(void)snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
	DIR *dir = opendir(path);
	if (dir == NULL)
		die(path);
	while ((e = readdir(dir)) != NULL) {
		(void)snprintf(task, sizeof task, "%s/%s/schedstat", path, e->d_name);
		FILE *f = e->d_name[0] != '.' ? fopen(task, "re") : NULL;
		if (f != NULL && fscanf(f, "%llu", &one) == 1)
			sum += one;
		if (f != NULL)
			(void)fclose(f);
	}
	(void)closedir(dir);
	return sum;
}

double
drive_rcpt(struct driven *d, const char *user, int count)
{
	static const char mail[] = "<a@b.example>";
	char bytes[600], macros[200], path[200];
	int macros_len = snprintf(macros, sizeof macros,
			     "R{rcpt_mailer}%clocal%c{rcpt_addr}%c%s", 0, 0, 0, user) +
			 1;
	int path_len = snprintf(path, sizeof path, "<%s@foo.com>", user) + 1;
	size_t n;

	put(d, bytes, packet(bytes, 'M', mail, sizeof mail));
	unsigned long long before = cpu_ns(d->pid);
	for (int i = 0; i < count; i++) {
		n = packet(bytes, 'D', macros, (size_t)macros_len);
		n += packet(bytes + n, 'R', path, (size_t)path_len);
		put(d, bytes, n);
		if (answer(d) != 'c')
			die("RCPT");
	}
	unsigned long long after = cpu_ns(d->pid);
	put(d, bytes, packet(bytes, 'A', NULL, 0));
	return (double)(after - before) / 1e3 / count;
}

void
drive_stop(struct driven *d)
{
	(void)close(d->fd);
	(void)kill(d->pid, SIGTERM);
	(void)waitpid(d->pid, NULL, 0);
	free(d);
}
