/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_SYSLOG_LINE_H
#define BASE_SYSLOG_LINE_H

/*
 * syslog_line - a line for the system's log daemon that waits for nobody.
 *
 * syslog(3) waits while the daemon is alive and does not read: with a journal
 * that hangs, every thread with a line to log hangs too, and mail with it.  Here
 * such a line is lost.  The form of a line is RFC 3164's, as the C library
 * writes it.  Not thread-safe: the log calls it under its lock.
 */

/*
 * Once.  `ident` must outlive the use; `facility` is syslog(3)'s number; `path`
 * NULL: /dev/log.  A daemon that is not there yet is looked for at each line.
 */
void syslog_line_open(const char *ident, int facility, const char *path);

/* `priority` is syslog(3)'s level. */
void syslog_line_send(int priority, const char *line);

#endif
