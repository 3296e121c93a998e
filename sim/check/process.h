/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_PROCESS_H
#define SIM_CHECK_PROCESS_H

/*
 * process - a milter that we start, watch and end.
 *
 * It gets a folder and a socket of its own, a process group, no input, and its
 * output goes to files in that folder: what it said last is shown with a failure.
 * With --pidfile it may daemonise; then the process of that file is watched.
 *
 * Waits for events only, each with a limit.  One process belongs to one thread
 * at a time; different ones do not know of each other.
 */

#include <sys/types.h>

#include "base/text.h"
#include "sim/check/command.h"
#include "sim/io/socket.h"

struct process_config {
	const char *command; /* of --spawn, with placeholders; sim/check/command.h */
	const char *pidfile; /* with placeholders; NULL: it stays in the foreground */
	enum socket_kind kind;
	/* From start to the first connection taken; longer where it waits for a
	 * processor. */
	unsigned ready_ms;
	unsigned stop_ms; /* from TERM to its end, before it is killed */
};

struct process {
	const struct process_config *config;
	char dir[64];
	struct text socket, path; /* as libmilter writes it; a unix socket's path */
	char port[8];
	struct socket_address address;
	pid_t pid, group; /* 0: not started, or over; its group, for the end */
	long stranger;    /* whom --pidfile named before the start; 0: nobody */
	bool ours;        /* our child: its exit status can be had */
	bool over;
	int status; /* of waitpid(); -1: not known */
};

/* Makes folder and socket name; starts nothing.  False: *why. */
bool process_begin(struct process *p, const struct process_config *c, struct text *why);

/* Kills what runs, takes the folder away. */
void process_end(struct process *p);

/* Starts it and waits until it takes a connection.  False: *why, with its words. */
bool process_start(struct process *p, struct text *why);

/* The same without waiting: exec has worked, no more. */
bool process_launch(struct process *p, struct text *why);
bool process_ready(struct process *p, struct text *why);

/* Is it there?  Reaps it when it is not. */
bool process_alive(struct process *p);

/* The same of one that may be on its way out: then its end is waited for. */
bool process_stays(struct process *p);

/* Waits for its end; false: it still runs after so long. */
bool process_wait(struct process *p, unsigned ms);

/* TERM, wait, KILL.  True: TERM was enough. */
bool process_stop(struct process *p);
void process_kill(struct process *p);
void process_signal(struct process *p, int number);

/* "exited with 3", "was killed by signal 11 (Segmentation fault)". */
void process_how(const struct process *p, struct text *out);

/* What a sanitizer, or an abort, wrote; false: nothing of that kind. */
bool process_sanitizer(const struct process *p, struct text *ret_line);

/* The last lines of its output, at most `most` bytes. */
void process_words(const struct process *p, size_t most, struct text *out);

/*
 * Does one of its threads compute without a pause, nobody having asked for anything?
 * Looks once and returns, unless one runs: then until that sleeps, or for half a
 * second of its processor time.
 */
bool process_spins(const struct process *p);

/* Has it had little of a processor in so many ms, and would like more? */
bool process_starves(const struct process *p, unsigned ms);

/* What it holds.  False: this system does not tell. */
struct process_figures {
	unsigned descriptors, threads;
	unsigned dead; /* children that have ended and that nobody has asked about */
	unsigned long resident_kib, most_kib; /* now, and the most so far */
	unsigned long set_aside_kib;          /* that it may write to, touched or not */
};
bool process_measure(const struct process *p, struct process_figures *ret);

/* It runs with a sanitizer's library or under valgrind, whose own books grow. */
bool process_keeps_books(const struct process *p);

#endif
