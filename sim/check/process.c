/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "sim/check/command.h"
#include "sim/check/folder.h"
#include "sim/check/nap.h"
#include "sim/check/threads.h"
#include "sim/io/interrupt.h"

enum {
	LOOK_AGAIN_MS = 10,
	PATH_ROOM = 200,
	GOING_MS = 5000,    /* from its last close to its end */
	PATIENCE_MS = 1000, /* with a milter's end, once somebody has interrupted us */
};

static bool
fault(struct text *why, const char *what)
{
	text_printf(why, "%s: %s", what, strerror(errno));
	return false;
}

/* --- folder and socket --- */

/* A port that is free now; another may take it, then the start fails and says so. */
static bool
free_port(struct process *p, struct text *why)
{
	bool six = p->config->kind == SOCKET_INET6;
	struct text name = TEXT_INIT(PATH_ROOM);
	struct socket_address any;
	int fd = -1;

	if (socket_address_parse(
		slice_of(six ? "inet6:0@::1" : "inet:0@127.0.0.1"), &any, why))
		fd = socket_listen(&any, &p->address, why);
	if (fd == -1)
		return false;
	(void)close(fd);
	socket_address_describe(&p->address, &name);
	(void)snprintf(p->port, sizeof p->port, "%.*s",
	    (int)strcspn(strchr(text_cstr(&name), ':') + 1, "@"),
	    strchr(text_cstr(&name), ':') + 1);
	text_printf(&p->socket, "%s", text_cstr(&name));
	text_clear(&name);
	return true;
}

bool
process_begin(struct process *p, const struct process_config *c, struct text *why)
{
	*p = (struct process){ .config = c,
		.status = -1,
		.socket = TEXT_INIT(PATH_ROOM),
		.path = TEXT_INIT(PATH_ROOM) };
	if (!folder_make(p->dir, sizeof p->dir))
		return fault(why, "a folder for the milter");
	if (c->kind != SOCKET_UNIX)
		return free_port(p, why);
	text_printf(&p->path, "%s/milter.sock", p->dir);
	text_printf(&p->socket, "unix:%s", text_cstr(&p->path));
	return socket_address_parse(text_slice(&p->socket), &p->address, why);
}

void
process_end(struct process *p)
{
	process_kill(p);
	if (p->dir[0] != '\0')
		folder_remove(p->dir);
	text_clear(&p->socket);
	text_clear(&p->path);
	p->dir[0] = '\0';
}

static struct command_values
values(struct process *p)
{
	return (struct command_values){
		.socket = text_cstr(&p->socket),
		.path = p->path.len > 0 ? text_cstr(&p->path) : NULL,
		.port = p->port[0] != '\0' ? p->port : NULL,
		.dir = p->dir,
	};
}

/* --- start --- */

/* What a daemon wrote; 0: nothing yet. */
static long
number_in_file(struct process *p, struct text *why)
{
	struct text name = TEXT_INIT(PATH_ROOM);
	struct command_values v = values(p);
	long number = 0;

	if (command_fill(p->config->pidfile, &v, &name, why)) {
		FILE *f = fopen(text_cstr(&name), "re");
		char line[32];
		if (f != NULL && fgets(line, sizeof line, f) != NULL)
			number = strtol(line, NULL, 10);
		if (f != NULL)
			(void)fclose(f);
	}
	text_clear(&name);
	return number;
}

static int
output_file(const struct process *p)
{
	char name[PATH_ROOM];

	(void)snprintf(name, sizeof name, "%s/output", p->dir);
	return open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* The child; only calls that are safe behind fork(). */
static void
become(char *const *word, int output, int report, pid_t parent)
{
	sigset_t none;
	int null = open("/dev/null", O_RDONLY);

	(void)setpgid(0, 0);
	/*
	 * Who is killed cannot end its milter.  The signal comes when the thread ends
	 * that forked, and that is the job's, which ends its milter first.
	 */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent)
		_exit(126);
	(void)sigemptyset(&none);
	(void)pthread_sigmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGINT, SIG_DFL);
	if (dup2(null, 0) != -1 && dup2(output, 1) != -1 && dup2(output, 2) != -1)
		(void)execvp(word[0], word);
	int number = errno;
	if (write(report, &number, sizeof number) == -1)
		_exit(126);
	_exit(127);
}

/* Did exec work?  The pipe closes without a word when it did. */
static bool
exec_worked(int fd, const char *word, struct text *why)
{
	int number = 0;
	ssize_t n;

	while ((n = read(fd, &number, sizeof number)) == -1 && errno == EINTR)
		continue;
	if (n != (ssize_t)sizeof number)
		return true;
	text_printf(why, "cannot run '%s': %s", word, strerror(number));
	return false;
}

static bool
fork_and_exec(struct process *p, struct command *c, struct text *why)
{
	int report[2], output = output_file(p);

	if (output == -1)
		return fault(why, "the milter's output");
	if (pipe2(report, O_CLOEXEC) == -1) {
		(void)close(output);
		return fault(why, "pipe");
	}
	pid_t parent = getpid();
	p->pid = fork();
	if (p->pid == 0)
		become(c->word, output, report[1], parent);
	(void)close(output);
	(void)close(report[1]);
	bool ok =
	    p->pid > 0 ? exec_worked(report[0], c->word[0], why) : fault(why, "fork");
	(void)close(report[0]);
	p->pid = p->pid > 0 ? p->pid : 0;
	p->group = p->pid;
	p->ours = true;
	p->over = !ok;
	if (!ok && p->pid > 0)
		(void)waitpid(p->pid, &p->status, 0);
	return ok;
}

bool
process_launch(struct process *p, struct text *why)
{
	struct command_values v = values(p);
	struct command c = { .words = 0 };
	bool ok;

	p->status = -1;
	p->stranger = p->config->pidfile != NULL ? number_in_file(p, why) : 0;
	ok = why->len == 0 && command_read(&c, p->config->command, &v, why) &&
	     fork_and_exec(p, &c, why);
	command_clear(&c);
	return ok;
}

/* --- until it is there --- */

static bool
takes_connections(const struct process *p)
{
	int fd = socket_connect(&p->address);
	struct pollfd f = { .fd = fd, .events = POLLOUT };

	if (fd == -1)
		return false;
	bool ok = poll(&f, 1, 1000) == 1 && socket_error(fd) == 0;
	(void)close(fd);
	return ok;
}

/*
 * A daemon's own process, once its file names one that lives.  One that was named
 * before we started anything is somebody else's, and not ours to end.
 */
static bool
adopt(struct process *p, struct text *why)
{
	long number = number_in_file(p, why);

	if (number <= 1 || number == p->stranger || kill((pid_t)number, 0) == -1)
		return false;
	if (number != p->pid) {
		p->pid = (pid_t)number;
		p->ours = false;
		p->over = false;
	}
	return true;
}

static void
not_ready(struct process *p, struct text *why)
{
	if (!process_alive(p) && p->config->pidfile == NULL) {
		text_printf(why, "the milter ");
		process_how(p, why);
		text_printf(why, " before it took a connection");
	} else {
		text_printf(why, "the milter took no connection on %s within %u ms",
		    text_cstr(&p->socket), p->config->ready_ms);
		if (p->config->pidfile != NULL)
			text_printf(why, ", or did not write %s", p->config->pidfile);
	}
	struct text words = TEXT_INIT(2048);
	process_words(p, 1000, &words);
	if (words.len > 0)
		text_printf(why, "; it said:\n%s", text_cstr(&words));
	text_clear(&words);
}

bool
process_ready(struct process *p, struct text *why)
{
	enum { PATIENCE = 6 }; /* times as long, on a machine that has no turn for it */
	long long end = monotonic_ms() + p->config->ready_ms;
	int left = PATIENCE;
	bool daemon = p->config->pidfile != NULL;

	do {
		bool here = daemon || process_alive(p);
		if (here && takes_connections(p) && (!daemon || adopt(p, why)))
			return true;
		if (!here || why->len > 0)
			break;
		nap_ms(LOOK_AGAIN_MS);
		if (monotonic_ms() >= end && --left > 0 &&
		    process_starves(p, p->config->ready_ms))
			end += p->config->ready_ms;
	} while (monotonic_ms() < end && interrupt_count() == 0);
	if (why->len == 0)
		not_ready(p, why);
	return false;
}

bool
process_start(struct process *p, struct text *why)
{
	if (process_launch(p, why) && process_ready(p, why))
		return true;
	if (p->config->pidfile != NULL)
		(void)adopt(p, why); /* it may be in the background already */
	process_kill(p);
	return false;
}

/* --- until it is gone --- */

bool
process_alive(struct process *p)
{
	if (p->pid == 0 || p->over)
		return false;
	if (!p->ours) {
		p->over = threads_ended(p->pid) || kill(p->pid, 0) == -1;
		return !p->over;
	}
	pid_t got = waitpid(p->pid, &p->status, WNOHANG);
	if (got == p->pid || (got == -1 && errno == ECHILD))
		p->over = true;
	return !p->over;
}

bool
process_wait(struct process *p, unsigned ms)
{
	long long begin = monotonic_ms(), end = begin + ms;

	while (process_alive(p)) {
		unsigned interrupted = interrupt_count();
		long long now = monotonic_ms();
		if (now >= end || interrupted > 1 ||
		    (interrupted == 1 && now >= begin + PATIENCE_MS))
			return false;
		nap_ms(LOOK_AGAIN_MS);
	}
	return true;
}

bool
process_stays(struct process *p)
{
	if (process_alive(p) && threads_exiting(p->pid))
		(void)process_wait(p, GOING_MS);
	return process_alive(p);
}

void
process_signal(struct process *p, int number)
{
	if (process_alive(p))
		(void)kill(p->pid, number);
}

void
process_kill(struct process *p)
{
	if (p->group > 0)
		(void)kill(-p->group, SIGKILL);
	process_signal(p, SIGKILL);
	if (p->pid > 0)
		(void)process_wait(p, 5000);
	p->group = 0;
}

bool
process_stop(struct process *p)
{
	process_signal(p, SIGTERM);
	bool ended = process_wait(p, p->config->stop_ms);
	process_kill(p);
	return ended;
}
