/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_SCENE_H
#define SIM_CHECK_SCENE_H

/*
 * scene - one case about the milter's process, as it is played.
 *
 * Each of these is a `process: NAME [ARGUMENT]`, or `again: N`: it does something to the
 * job's milter, which runs, and says whether that bore it; if not, `expected` and `got`
 * tell.  Private to process_case.c and the files that tell a kind each:
 * scene_signal.c (signals and starts), scene_crowd.c (many
 * clients), scene_holds.c (what it holds and for how long).
 */

#include "sim/check/engine.h"
#include "sim/check/peer.h"

enum { SCENE_ANSWER_MS = 10000 };

struct scene {
	struct job *job;
	struct slice argument;
	const struct check_case *play; /* with a transcript, for scene_play_again() */
	bool not_reached;              /* what failed is no fault of the milter */
	bool beside;                   /* it failed with more than one session open */
	struct text expected, got;
};

typedef bool scene_fn(struct scene *s);

/* Says what was expected; false, always. */
bool scene_differs(struct scene *s, const char *expected);

/* An ordinary session passes. */
bool scene_serves(struct scene *s);

/* A session that is left at the stage. */
bool scene_open(struct scene *s, struct peer *p, enum peer_stage stage);

/* The number that an argument begins with; it is taken off. */
unsigned scene_number(struct slice *rest);

/* What it held before it holds again, soon; if not, says so. */
bool scene_given_back(struct scene *s, const struct process_figures *before);

/* scene_signal.c */
scene_fn scene_term, scene_term_twice, scene_term_handled, scene_term_alone, scene_int,
    scene_hup, scene_answer_lost, scene_stale_socket, scene_restart, scene_second,
    scene_socket_gone, scene_socket_mode;

/* scene_crowd.c */
scene_fn scene_crowd, scene_throng;

/* scene_holds.c */
scene_fn scene_sessions, scene_quits, scene_again, scene_length, scene_deaf, scene_gone,
    scene_play_again;

#endif
