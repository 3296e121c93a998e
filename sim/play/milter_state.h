/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PLAY_MILTER_STATE_H
#define SIM_PLAY_MILTER_STATE_H

/* milter_state - what the files of milter_play share.  Private to them. */

#include "sim/play/milter_case.h"
#include "sim/play/milter_message.h"
#include "sim/play/mta_link.h"
#include "sim/play/variant.h"
#include "sim/puppet/player.h"
#include "sim/transcript/pattern.h"

struct mplay;

/* Why the lines of a connection are passed over. */
enum pass {
	PASS_NOT,
	PASS_MASKED,  /* the milter does not want the last command */
	PASS_MESSAGE, /* it has done with this message */
	PASS_ALL,     /* it has done with this connection */
};

/* One connection as the transcript sees it. */
struct line_state {
	struct mta_link link;
	struct mplay *play;
	struct mta_message message;
	enum packet_kind last; /* the command of the last M> line */
	enum pass pass;        /* ... was passed over */
	bool taken_away;       /* ... has no answer: NR_* */
	bool message_over, connection_over;
	bool told_421;           /* ... and is to close: so it may itself */
	bool quit, shut;         /* QUIT was sent; our half is shut */
	unsigned owed, answered; /* final answers, of commands sent */
	struct player *puppet;
};

/* The steps of one session: the transcript's, once for each of `sessions`. */
struct strand {
	struct mplay *play;
	unsigned number; /* from 1 */
	size_t at;
	bool waiting; /* the step at `at` has begun to wait */
	bool done;
	bool pointing; /* the next step is what the case is about */
	bool reached;
	struct variables variables;
	struct timer deadline, gap;
};

struct mplay {
	const struct milter_play_config *config;
	const struct transcript *t;
	const struct variant *variant;
	const struct step *step; /* the variant's */
	size_t steps;
	struct milter_outcome *outcome;
	struct loop *loop;
	struct line_state *line; /* strands times connections */
	size_t lines;
	struct strand *strand;
	size_t strands;
	struct mta_link_owner owner;
	struct player_observer puppet_observer;
	struct timer wake, total;
	uint64_t random;
	size_t turn;        /* whose strand's */
	struct strand *now; /* whose step is being done */
	bool finishing;     /* all steps are done; connections end */
	bool over;
	enum milter_end end;
	size_t cut_size; /* of the packet that a variant cuts */
};

/* Looks at all strands again, soon; safe from any callback. */
void mplay_poke(struct mplay *p);

/* It is over. */
void mplay_end(struct mplay *p, enum milter_end end, const struct step *s,
    const char *expected, const char *got);

/* The step that the line waits for, or the last one; NULL: there is none. */
const struct step *mplay_step_of(const struct mplay *p, const struct line_state *l);

/* The step differs: a failure, or before point: not reached. */
void mplay_differs(struct mplay *p, const struct step *s, const char *got);

/* It differs, and may do so nowhere: a failure before point: too. */
void mplay_fails(struct mplay *p, const struct step *s, const char *got);

/* What the case is about cannot come about. */
void mplay_not_reached(struct mplay *p, const struct step *s, const char *why);

/* The milter broke a rule of the judge. */
void mplay_broke(struct mplay *p, struct line_state *line, const struct breach *b);

/* The step is done, or at least was not passed over: point: has been reached. */
void mplay_reach(struct mplay *p);

/* False: its process is gone, and that is how it ended. */
bool mplay_alive(struct mplay *p, const struct step *s);

struct line_state *mplay_line(struct mplay *p, const struct strand *d, unsigned conn);

enum stepped { STEP_DONE, STEP_WAITS };

/* One step of a strand. */
enum stepped mplay_step(struct mplay *p, struct strand *d, const struct step *s);

/* The M< line at s and its M| lines, n in all. */
enum stepped mplay_reply(
    struct mplay *p, struct strand *d, const struct step *s, size_t n);

/* Its time is over. */
void mplay_late(struct mplay *p, struct strand *d, const struct step *s, size_t n);

/* How long the M< line at s may take. */
unsigned mplay_patience(const struct mplay *p, const struct step *s, size_t n);

/* R: lines, from s on, n in all; R! same; R<. */
bool mplay_result(struct mplay *p, struct strand *d, const struct step *s, size_t n);
bool mplay_same(struct mplay *p, struct strand *d, const struct step *s);
bool mplay_verdict(struct mplay *p, struct strand *d, const struct step *s);

/* Is this packet what the step wants? */
bool mplay_wanted(
    struct variables *v, const struct step *s, char letter, struct slice payload);

/* Opens the connection unless it is; false: it failed and is over. */
bool mplay_open(struct mplay *p, struct line_state *line);

/* What the MTA and the milter said, into the line's state. */
extern const struct mta_link_owner mplay_owner;

/* The transcript's own milter is over; for its observer. */
void mplay_puppet_ended(void *self, struct player *player);

#endif
