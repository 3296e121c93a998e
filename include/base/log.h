/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_LOG_H
#define BASE_LOG_H

/*
 * log - one line for a person or a watcher, to syslog, stderr or a test.
 *
 * Only programs, glue and the simulator's commands log.  A layer that must
 * not (policy, store) hands what it has to say to a struct report, and its
 * program connects that to the log.
 *
 * Every line goes out whole or not at all and never blocks the caller for a
 * reader who does not read, be it a pipe or the system's log daemon: it is lost.
 * Control characters in a line become '?' here as a last net; text from mail
 * must be escaped before by text_append_escaped().  Thread-safe.
 */

#include <stdbool.h>

/* The names and order of syslog(3)'s levels that we use. */
enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

enum log_sink { LOG_TO_STDERR, LOG_TO_SYSLOG };

/*
 * Call once before threads start.  `ident` must outlive the program's use of
 * the log.  `facility` is syslog(3)'s number; 0 means LOG_MAIL.
 */
void log_open(const char *ident, enum log_sink sink, int facility);

/* Lines above this level are left out; LOG_LEVEL_INFO to begin with. */
void log_set_level(enum log_level most);

/* For tests: every line goes to `line` instead; NULL restores the sink. */
void log_divert(void (*line)(void *self, enum log_level, const char *), void *self);

void log_line(enum log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define log_error(...)   log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...)  log_line(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...)    log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)   log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
