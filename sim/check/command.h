/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_COMMAND_H
#define SIM_CHECK_COMMAND_H

/*
 * command - the words of --spawn, and what its placeholders stand for.
 *
 *	./mymilter -p {socket}
 *	python3 'my milter.py' --port {port} --state {dir}
 *
 * Words are separated by blanks; '...' and "..." make one word of what holds
 * some, a backslash makes a character one of the word.  No shell sees the
 * command, and what a placeholder stands for is never split again; who needs a
 * shell names it: sh -c '...'.
 *
 * Pure but for memory, and thread-safe.
 */

#include "base/text.h"

enum { COMMAND_WORDS = 200, COMMAND_BYTES = 64 * 1024 };

struct command_values {
	const char *socket; /* as libmilter writes it: unix:/path, inet:25@127.0.0.1 */
	const char *path;   /* the bare path; NULL: the socket is none of files */
	const char *port;   /* NULL: the socket has none */
	const char *dir;    /* a folder for its files */
};

struct command {
	char *word[COMMAND_WORDS + 1]; /* NULL behind the last */
	int words;
};

/* False: *why says what is wrong.  command_clear() in every case. */
bool command_read(struct command *c, const char *line, const struct command_values *v,
    struct text *why);
void command_clear(struct command *c);

/* Appends `line` with its placeholders filled in, as one word; for --pidfile. */
bool command_fill(
    const char *line, const struct command_values *v, struct text *out, struct text *why);

/* What {socket} is: --via. */
enum socket_kind { SOCKET_UNIX, SOCKET_INET, SOCKET_INET6 };

/* "unix", "inet" or "inet6"; false: *why says so, *ret is untouched. */
bool socket_kind_read(enum socket_kind *ret, const char *word, struct text *why);

/*
 * What it is for this command, once all options are read: inet where it has {port} and
 * *ret is unix, which is the default too.  False: *why, it says nowhere what its socket
 * is, and would never be found.
 */
bool command_socket_kind(const char *line, enum socket_kind *ret, struct text *why);

#endif
