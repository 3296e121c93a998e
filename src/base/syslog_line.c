/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/syslog_line.h"

#include <errno.h>
#include <paths.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 2048 + 200 };

static struct {
	const char *ident, *path;
	int facility, fd;
} to = { .fd = -1 };

static void
connect_again(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };

	if (to.fd != -1)
		(void)close(to.fd);
	(void)strncpy(sun.sun_path, to.path, sizeof sun.sun_path - 1);
	to.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (to.fd == -1 || connect(to.fd, (struct sockaddr *)&sun, sizeof sun) == 0)
		return;
	int reason = errno;
	(void)close(to.fd);
	to.fd = -1;
	errno = reason;
}

void
syslog_line_open(const char *ident, int facility, const char *path)
{
	to.ident = ident;
	to.facility = facility;
	to.path = path != NULL ? path : _PATH_LOG;
	connect_again(); /* now, while we may: privileges go soon */
}

/* Sent, or lost since nobody reads; false: there is nobody, perhaps a new one. */
static bool
send_once(const char *bytes, size_t len)
{
	if (to.fd == -1)
		return false;
	return send(to.fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT) != -1 ||
	       errno == EAGAIN || errno == ENOBUFS || errno == EMSGSIZE;
}

void
syslog_line_send(int priority, const char *line)
{
	char date[20] = "", whole[LINE_MAX_BYTES];
	time_t now = time(NULL);
	struct tm tm;

	if (localtime_r(&now, &tm) != NULL)
		(void)strftime(date, sizeof date, "%b %e %H:%M:%S", &tm);
	int n = snprintf(whole, sizeof whole, "<%d>%s %s[%ld]: %s",
	    to.facility | priority, date, to.ident, (long)getpid(), line);
	if (n < 0)
		return;
	size_t len = (size_t)n < sizeof whole ? (size_t)n : sizeof whole - 1;
	if (send_once(whole, len))
		return;
	connect_again();
	(void)send_once(whole, len);
}
