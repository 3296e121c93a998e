/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * mutant - a milter on plain sockets with one defect, or with none.
 *
 *	mutant [--mutant NAME] [--shape SHAPE] [--design NAME] SOCKET
 *	mutant --list | --designs
 *
 * SOCKET is as libmilter writes it: unix:PATH, inet:PORT@HOST, inet6:PORT@HOST.
 * SHAPE (general, quiet, masked, passive, bytewise, chatty) is how the filter is
 * set up; a mutant has its own.  Exit code: 0 after SIGTERM, 1 for a socket that cannot
 * be had, 2 for wrong use.  A design is design.h's.
 */

#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "crowd.h"
#include "defect.h"
#include "design.h"
#include "wire.h"

enum { BACKLOG = 128, DRAIN_SECONDS = 5 };

static const char *path; /* of a unix socket, to take away at the end */
static int listener = -1;

static int
fail(const char *what)
{
	perror(what);
	return -1;
}

/* Does anybody listen there? */
static bool
alive(const struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	bool is = fd != -1 && connect(fd, (const struct sockaddr *)at, sizeof *at) == 0;

	(void)close(fd);
	return is;
}

static int
listen_unix(const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd == -1 || strlen(name) >= sizeof at.sun_path)
		return fail(name);
	(void)snprintf(at.sun_path, sizeof at.sun_path, "%s", name);
	if (access(name, F_OK) == 0 && !quirk(STALE_IS_FATAL) && !quirk(RESTART_FAILS)) {
		if (alive(&at) && !quirk(STEALS_SOCKET)) {
			(void)fprintf(stderr, "%s: another one listens there\n", name);
			if (quirk(SECOND_UNLINKS))
				(void)unlink(name);
			return -1;
		}
		(void)unlink(name);
	}
	(void)umask(quirk(SOCKET_FOR_ALL) ? 0 : 0117);
	if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0)
		return fail(name);
	path = name;
	return fd;
}

static int
listen_inet(const char *address, int family)
{
	struct addrinfo hint = { .ai_family = family, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	char port[16];
	const char *at = strchr(address, '@');
	int on = 1;

	(void)snprintf(port, sizeof port, "%.*s", (int)strcspn(address, "@"), address);
	if (getaddrinfo(at != NULL ? at + 1 : NULL, port, &hint, &found) != 0) {
		(void)fprintf(stderr, "%s: no such address\n", address);
		return -1;
	}
	int fd = socket(found->ai_family, SOCK_STREAM, 0);
	bool ok = fd != -1 &&
		  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
		  bind(fd, found->ai_addr, found->ai_addrlen) == 0;
	freeaddrinfo(found);
	return ok ? fd : fail(address);
}

static int
listen_at(const char *address)
{
	const char *rest = strchr(address, ':');
	int fd = -1;

	if (rest != NULL &&
	    (strncmp(address, "unix:", 5) == 0 || strncmp(address, "local:", 6) == 0))
		fd = listen_unix(rest + 1);
	else if (strncmp(address, "inet:", 5) == 0)
		fd = listen_inet(rest + 1, AF_INET);
	else if (strncmp(address, "inet6:", 6) == 0)
		fd = listen_inet(rest + 1, AF_INET6);
	else
		(void)fprintf(
		    stderr, "%s: not a socket: unix:PATH, inet:PORT@HOST\n", address);
	if (fd != -1 && listen(fd, BACKLOG) != 0)
		return fail(address);
	return fd;
}

static void *
take(void *unused)
{
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd != -1 && !crowd_serve(fd))
			(void)close(fd);
	}
	return unused;
}

static void
second(int number)
{
	(void)number;
	abort();
}

/* A second SIGTERM is more than it can bear, for a while. */
static void
first_only(void)
{
	sigset_t term;

	(void)sigemptyset(&term);
	(void)sigaddset(&term, SIGTERM);
	(void)signal(SIGTERM, second);
	(void)pthread_sigmask(SIG_UNBLOCK, &term, NULL);
	(void)usleep(300 * 1000);
}

/* The end: messages under way are finished, new sessions are not taken. */
static int
stop(void)
{
	(void)shutdown(listener, SHUT_RD);
	if (path != NULL && !quirk(LEAVES_SOCKET) && !quirk(RESTART_FAILS))
		(void)unlink(path);
	if (quirk(TERM_LEAVES_CHILD) && fork() == 0) {
		(void)sleep(DRAIN_SECONDS);
		_exit(0);
	}
	while (quirk(TERM_WAITS_PACKET) && wire_partial > 0)
		(void)usleep(10 * 1000);
	if (quirk(TERM_TWICE))
		first_only();
	bool for_ever = quirk(TERM_WAITS_MESSAGE) || quirk(TERM_WAITS_SESSION);
	crowd_wait(for_ever ? 3600 : DRAIN_SECONDS);
	if (quirk(TERM_CRASHES))
		abort();
	return quirk(TERM_FAILS) ? 1 : 0;
}

static int
wait_for_the_end(const sigset_t *signals)
{
	int got = 0;

	while (sigwait(signals, &got) == 0) {
		if (got == SIGHUP && quirk(HUP_DEAFENS))
			(void)shutdown(listener, SHUT_RD);
		if (got == SIGHUP && quirk(HUP_KILLS))
			(void)raise(SIGKILL); /* as if nobody had thought of it */
		if (got == SIGHUP && quirk(HUP_CUTS))
			wire_cut();
		if (got == SIGHUP)
			continue;
		if (got == SIGINT && quirk(INT_FAILS))
			abort();
		if (quirk(TERM_IGNORED))
			continue;
		while (quirk(TERM_HANGS))
			(void)pause();
		break;
	}
	return stop();
}

static int
serve(const char *address)
{
	pthread_t acceptor;
	sigset_t signals;

	(void)sigemptyset(&signals);
	if (!quirk(TERM_UNHANDLED))
		(void)sigaddset(&signals, SIGTERM);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGHUP);
	(void)pthread_sigmask(SIG_BLOCK, &signals, NULL);
	listener = listen_at(address);
	if (listener == -1 || pthread_create(&acceptor, NULL, take, NULL) != 0)
		return quirk(SECOND_SILENT) ? 0 : 1;
	(void)fprintf(stderr, "mutant: %s: ready\n", defect_now()->name);
	return wait_for_the_end(&signals);
}

static int
usage(void)
{
	(void)fputs(
	    "usage: mutant [--mutant NAME] [--shape SHAPE] [--design NAME] SOCKET\n"
	    "       mutant --list | --designs\n",
	    stderr);
	return 2;
}

/* The good variant, set up in one of the ways that there are. */
static const struct defect *
good(const char *shape)
{
	static const char *const names[] = { "general", "quiet", "masked", "passive",
		"bytewise", "chatty" };
	static struct defect none = { .name = "none" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(names[i], shape) == 0) {
			none.shape = (enum shape)i;
			return &none;
		}
	}
	return NULL;
}

static bool
lists(const char *option)
{
	if (strcmp(option, "--list") == 0)
		defect_list();
	else if (strcmp(option, "--designs") == 0)
		design_list();
	else
		return false;
	return true;
}

int
main(int argc, char **argv)
{
	const struct defect *d = good("general");
	const char *address = NULL;

	for (int i = 1; i < argc && d != NULL; i++) {
		if (lists(argv[i]))
			return 0;
		if (strcmp(argv[i], "--mutant") == 0 && i + 1 < argc)
			d = defect_find(argv[++i]);
		else if (strcmp(argv[i], "--shape") == 0 && i + 1 < argc)
			d = good(argv[++i]);
		else if (strcmp(argv[i], "--design") == 0 && i + 1 < argc)
			d = design_choose(argv[++i]) ? d : NULL;
		else if (argv[i][0] == '-' || address != NULL)
			return usage();
		else
			address = argv[i];
	}
	if (d == NULL || address == NULL)
		return usage();
	defect_choose(d);
	return serve(address);
}
