/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"

#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>
#include <unistd.h>

#include "base/syslog_line.h"

/* RFC 3164 says 1024 for a syslog packet; PIPE_BUF is 4096: a line is one write. */
enum { LINE_MAX_BYTES = 2048 };

static struct {
	pthread_mutex_t lock; /* keeps lines whole and the poll before a write true */
	const char *ident;
	enum log_sink sink;
	enum log_level most;
	void (*divert)(void *, enum log_level, const char *);
	void *divert_self;
} out = {
	.lock = PTHREAD_MUTEX_INITIALIZER, .ident = "refmilter", .most = LOG_LEVEL_INFO
};

static const struct {
	int priority;
	const char *word;
} level_row[] = {
	[LOG_LEVEL_ERROR] = { LOG_ERR, "error: " },
	[LOG_LEVEL_WARNING] = { LOG_WARNING, "warning: " },
	[LOG_LEVEL_NOTICE] = { LOG_NOTICE, "" },
	[LOG_LEVEL_INFO] = { LOG_INFO, "" },
	[LOG_LEVEL_DEBUG] = { LOG_DEBUG, "debug: " },
};

void
log_open(const char *ident, enum log_sink sink, int facility)
{
	out.ident = ident;
	out.sink = sink;
	if (sink == LOG_TO_SYSLOG)
		syslog_line_open(ident, facility != 0 ? facility : LOG_MAIL, NULL);
}

void
log_set_level(enum log_level most)
{
	out.most = most;
}

void
log_divert(void (*line)(void *, enum log_level, const char *), void *self)
{
	pthread_mutex_lock(&out.lock);
	out.divert = line;
	out.divert_self = self;
	pthread_mutex_unlock(&out.lock);
}

/* Under out.lock, so that nobody fills the pipe between poll() and write(). */
static void
write_stderr(enum log_level level, const char *line)
{
	char whole[LINE_MAX_BYTES + 128];
	struct pollfd ready = { .fd = STDERR_FILENO, .events = POLLOUT };
	int n = snprintf(
	    whole, sizeof whole, "%s: %s%s\n", out.ident, level_row[level].word, line);

	if (n < 0)
		return;
	if ((size_t)n >= sizeof whole)
		n = sizeof whole - 1;
	if (poll(&ready, 1, 0) == 1 && (ready.revents & POLLOUT) &&
	    !(ready.revents & POLLERR))
		(void)!write(
		    STDERR_FILENO, whole, (size_t)n); /* there is nobody to tell */
}

void
log_line(enum log_level level, const char *format, ...)
{
	char raw[LINE_MAX_BYTES];
	va_list ap;

	if (level > out.most)
		return;
	va_start(ap, format);
	int n = vsnprintf(raw, sizeof raw, format, ap);
	va_end(ap);
	if (n < 0)
		return;
	for (char *p = raw; *p != '\0'; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	}
	pthread_mutex_lock(&out.lock);
	if (out.divert != NULL)
		out.divert(out.divert_self, level, raw);
	else if (out.sink == LOG_TO_SYSLOG)
		syslog_line_send(level_row[level].priority, raw);
	else
		write_stderr(level, raw);
	pthread_mutex_unlock(&out.lock);
}
