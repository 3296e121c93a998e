/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_ENGINE_H
#define SIM_CHECK_ENGINE_H

/*
 * engine - plays cases against a milter and says what came of each.
 *
 * With a command to spawn, each job has a milter of its own, in a folder and on
 * a socket of its own; a case that may end or hang it gets a fresh one, so that
 * one crash is one failure.  Before and after such a case an ordinary session
 * must pass.  With the address of a milter that runs there is one job.
 *
 * Each case gets a seed made of the run's and of its own id: neither the number
 * of jobs nor --only changes what is played.
 */

#include "sim/check/catalogue.h"
#include "sim/check/process.h"
#include "sim/check/report.h"
#include "sim/check/watch.h"
#include "sim/play/milter_play.h"
#include "sim/profile/profile.h"

enum { JOBS_MAX = 64 };

struct engine_config {
	struct process_config process;        /* command NULL: `address` */
	const struct socket_address *address; /* a milter that runs */
	const char *name;                     /* of the milter, for a person */
	const struct profile *profile;
	bool hostile; /* also without a process of ours */
	unsigned jobs;
	unsigned long long seed;
	struct milter_limits limits;
	const struct milter_param *param;
	size_t params;
	const struct transcript *healthy; /* the ordinary session */
	const char *repeat;               /* a command but for its --only */
	/* Called for each result, before it goes into the report; one at a time. */
	void (*found)(void *self, const struct check_result *r);
	void *self;
};

/*
 * Plays them all, or until interrupt.h says that somebody has had enough: then the
 * report is marked, and what was under way counts as not run.  False: the milter could
 * not be started or reached even once; *why says it, and the report is marked dead.
 */
bool engine_run(const struct engine_config *c, const struct check_case *const *cases,
    size_t n, struct check_report *report, struct text *why);

enum habit { HABIT_FEW_SESSIONS, HABIT_ONE_MESSAGE, N_HABITS };

/* One worker's milter, for the parts of the engine. */
struct job {
	const struct engine_config *config;
	struct process process; /* of ours */
	bool began;             /* folder and socket are there */
	bool spoiled;           /* it failed: the next case gets a new one */
	bool answers_quit; /* it does, each time: judged by the cases of QUIT alone */
	bool hurry;        /* what will come of the case is known: no long waits */
	enum { HABIT_UNKNOWN, HABIT_NO, HABIT_YES } habit[N_HABITS]; /* habit.h */
	const struct socket_address *address;
	struct wire_log *wire;
	struct watch_state *watch; /* NULL: nobody looks */
	uint64_t seed;             /* of the case under way */
};

/* Starts the job's milter unless it runs; `fresh`: a new one in any case. */
bool job_milter(struct job *j, bool fresh, struct text *why);

/* Plays one transcript; the job's wire log has what was said. */
enum milter_end job_play(
    struct job *j, const struct transcript *t, struct milter_outcome *o);

/* Is the milter well?  False: *why says how it ended or what it complained of. */
bool job_alive(struct job *j, struct text *why);

/* An ordinary session; false: *why says what went wrong. */
bool job_healthy(struct job *j, struct text *why);

/* Is there a check of the process of that name?  False: *why lists them. */
bool process_case_known(const char *line, struct text *why);

#endif
