/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/thread.h"

/*
 * libmilter's threads get the default size; 8 MB each made 200 busy
 * connections reserve 2 GB of addresses, and fail under a limit.
 */
enum { STACK_BYTES = 512 * 1024 };

static int ready_fd = -1;

/* The parent's part: as the child fares, so do we exit. */
static _Noreturn void
wait_for_child(pid_t child, int fd)
{
	char byte;
	int status = 0;
	ssize_t n;

	while ((n = read(fd, &byte, 1)) == -1 && errno == EINTR)
		;
	if (n == 1)
		_exit(EX_OK);
	while (waitpid(child, &status, 0) == -1 && errno == EINTR)
		;
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE);
}

bool
process_background(struct text *why)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) == -1) {
		text_printf(why, "cannot go to the background: %s", strerror(errno));
		return false;
	}
	(void)fflush(NULL);
	pid_t child = fork();
	if (child == -1) {
		text_printf(why, "cannot go to the background: %s", strerror(errno));
		(void)close(ends[0]);
		(void)close(ends[1]);
		return false;
	}
	if (child > 0) {
		(void)close(ends[1]);
		wait_for_child(child, ends[0]);
	}
	(void)close(ends[0]);
	ready_fd = ends[1];
	(void)setsid();
	if (chdir("/") == -1) {
		text_printf(why, "cannot change to /: %s", strerror(errno));
		return false;
	}
	return true;
}

/* From now on nobody sees our stderr; give it to /dev/null, not to a dead terminal. */
static void
detach_streams(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null == -1)
		return;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		(void)dup2(null, fd);
	if (null > STDERR_FILENO)
		(void)close(null);
}

void
process_ready(void)
{
	if (ready_fd == -1)
		return;
	detach_streams();
	while (write(ready_fd, "", 1) == -1 && errno == EINTR)
		;
	(void)close(ready_fd);
	ready_fd = -1;
}

void
process_notify(const char *state)
{
	const char *path =
	    getenv("NOTIFY_SOCKET"); /* set before threads; never changed */
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct text message = TEXT_INIT(1500);
	struct timespec t;

	if (path == NULL || (path[0] != '/' && path[0] != '@') ||
	    strlen(path) >= sizeof to.sun_path)
		return;
	memcpy(to.sun_path, path, strlen(path));
	if (path[0] == '@')
		to.sun_path[0] = '\0'; /* the abstract name space */
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	text_printf(&message, "%s\nMONOTONIC_USEC=%lld", state,
	    (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd != -1) {
		socklen_t len =
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
		(void)sendto(fd, message.ptr, message.len, MSG_NOSIGNAL | MSG_DONTWAIT,
		    (const struct sockaddr *)&to, len);
		(void)close(fd);
	}
	text_clear(&message);
}

bool
process_identity(const char *user, struct identity *ret, struct text *why)
{
	char buffer[4096];
	struct passwd pw, *found = NULL;

	*ret = (struct identity){ .uid = geteuid(), .gid = getegid() };
	if (user[0] == '\0')
		return true;
	if (getpwnam_r(user, &pw, buffer, sizeof buffer, &found) != 0 || found == NULL ||
	    strlen(user) >= sizeof ret->name) {
		text_printf(why, "user = '%s': no such user", user);
		return false;
	}
	ret->uid = found->pw_uid;
	ret->gid = found->pw_gid;
	memcpy(ret->name, user, strlen(user));
	return true;
}

bool
process_group(const char *name, gid_t *ret, struct text *why)
{
	char buffer[4096];
	struct group g, *found = NULL;

	*ret = (gid_t)-1;
	if (name[0] == '\0')
		return true;
	if (getgrnam_r(name, &g, buffer, sizeof buffer, &found) == 0 && found != NULL) {
		*ret = found->gr_gid;
		return true;
	}
	text_printf(why, "socket-group = '%s': no such group", name);
	return false;
}

static bool
cannot(const struct identity *who, struct text *why)
{
	text_printf(why, "cannot become user '%s': %s", who->name, strerror(errno));
	return false;
}

bool
process_act_as(const struct identity *who, gid_t group, struct text *why)
{
	if (geteuid() != 0)
		return true;
	if (who->uid != 0 && initgroups(who->name, who->gid) == -1)
		return cannot(who, why);
	if (setegid(group != (gid_t)-1 ? group : who->gid) == -1 ||
	    seteuid(who->uid) == -1)
		return cannot(who, why);
	return true;
}

void
process_act_as_root(void)
{
	if (getuid() == 0 && (seteuid(0) == -1 || setegid(getgid()) == -1))
		abort(); /* it was root's to begin with */
}

bool
process_become(const struct identity *who, struct text *why)
{
	if (who->uid == geteuid())
		return true;
	/* Groups first, while we may; and prove that there is no way back. */
	if (initgroups(who->name, who->gid) == -1 || setgid(who->gid) == -1 ||
	    setuid(who->uid) == -1)
		return cannot(who, why);
	if (who->uid == 0 || setuid(0) == -1)
		return true;
	text_printf(why, "could become root again");
	return false;
}

void
process_limits(void)
{
	struct rlimit files;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	thread_default_stack(STACK_BYTES);
}
