/* SPDX-License-Identifier: BSD-2-Clause */
/* scene_holds - what sessions cost it, and whether it gives that back. */
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "sim/check/nap.h"
#include "sim/check/scene.h"

enum {
	THINK_MS = 1500,       /* what it may do with a length word */
	LOOK_MS = 20,          /* and how often that is looked at */
	GONE_MS = 300,         /* an answer has been written by then */
	END_MS = 20000,        /* from TERM, with sessions that were broken off */
	SETTLE_MS = 5000,      /* until what was held is given back */
	CROWD_MAX = 1000,      /* connections at once */
	GROWTH_KIB = 8 * 1024, /* more than this over many sessions is a leak */
	SUSPECT_KIB = 192,     /* ... and so is this, if it goes on and on */
	ROUNDS = 6,            /* so often, which no cache and no pool does */
	ROUNDS_MS = 60000,     /* for all of them; who is slower goes free */
	GROWTH_DEAD = 30,      /* children are waited for, though not at once */
	MANY_MS = 20000,       /* who is slow is not asked as often as all that */
	WARM_UP = 20,          /* sessions and messages until pools and caches are full */
	GROWTH_THREADS = 30,   /* a pool may grow, but not with every session */
	BIG_KIB = 48 * 1024,   /* what a length word may make a milter allocate */
	/* The same, untouched: stacks of new threads and a heap's step are less. */
	SET_ASIDE_KIB = 160 * 1024,
};

static bool
fits(const struct process_figures *before, const struct process_figures *now)
{
	/* Libraries open a log or a resolver's socket once: a few are no leak. */
	return now->descriptors <= before->descriptors + 4 &&
	       now->threads <= before->threads + GROWTH_THREADS &&
	       now->dead <= before->dead + GROWTH_DEAD &&
	       now->resident_kib <= before->resident_kib + GROWTH_KIB;
}

static void
say_figures(struct text *out, const struct process_figures *f)
{
	text_printf(out, "%u descriptors, %lu KiB, %u threads", f->descriptors,
	    f->resident_kib, f->threads);
	if (f->dead > 0)
		text_printf(out, ", %u children that have ended", f->dead);
}

bool
scene_given_back(struct scene *s, const struct process_figures *before)
{
	struct process_figures now = *before;
	long long end = monotonic_ms() + SETTLE_MS;

	while (process_measure(&s->job->process, &now) && !fits(before, &now)) {
		if (monotonic_ms() >= end) {
			say_figures(&s->expected, before);
			text_printf(&s->expected, ", as before");
			say_figures(&s->got, &now);
			return false;
		}
		nap_ms(20);
	}
	return true;
}

unsigned
scene_number(struct slice *rest)
{
	char digits[12] = "";
	struct slice word = slice_next_word(rest);

	memcpy(digits, word.ptr, word.len < sizeof digits ? word.len : sizeof digits - 1);
	unsigned long n = strtoul(digits, NULL, 10);
	return n < 1 ? 1 : n > CROWD_MAX ? CROWD_MAX : (unsigned)n;
}

enum turn { TURN_MORE, TURN_ENOUGH, TURN_FAILED };

/* What is done many times; where it failed it has said how. */
typedef enum turn turn_fn(struct scene *s, void *what);

/*
 * A little more behind N turns may be a cache or a pool, which fill up.  What grows by
 * as much again with each N that follow is neither.
 */
static bool
goes_on_growing(struct scene *s, unsigned n, turn_fn *turn, void *what,
    const struct process_figures *before)
{
	long long end = monotonic_ms() + ROUNDS_MS;
	struct process_figures last, now;

	if (!process_measure(&s->job->process, &last))
		return false;
	unsigned long grown = last.resident_kib - before->resident_kib;
	if (last.resident_kib < before->resident_kib + SUSPECT_KIB ||
	    process_keeps_books(&s->job->process))
		return false;
	for (int round = 1; round < ROUNDS; round++, last = now) {
		for (unsigned i = 0; i < n; i++) {
			enum turn t = monotonic_ms() < end ? turn(s, what) : TURN_ENOUGH;
			if (t != TURN_MORE)
				return t == TURN_FAILED;
		}
		if (!process_measure(&s->job->process, &now) ||
		    now.resident_kib < last.resident_kib + grown / 2)
			return false;
	}
	text_printf(
	    &s->expected, "no more than the %lu KiB at first", before->resident_kib);
	text_printf(&s->got, "%lu KiB, about %lu more with every %u, %d times over",
	    last.resident_kib, grown, n, ROUNDS);
	return true;
}

/* N times behind a warm-up, and what they held is given back. */
static bool
many(struct scene *s, unsigned n, turn_fn *turn, void *what)
{
	struct process_figures before = { .threads = 0 };
	long long end = monotonic_ms() + MANY_MS;
	bool known = true;
	enum turn last = TURN_MORE;
	unsigned i;

	for (i = 0; last == TURN_MORE && i < n + WARM_UP && monotonic_ms() < end; i++) {
		if (i == WARM_UP)
			known = process_measure(&s->job->process, &before);
		last = turn(s, what);
	}
	if (last == TURN_MORE && i <= WARM_UP) {
		text_printf(&s->got, "it is too slow to be looked at for what it keeps");
		s->not_reached = true;
		return false;
	}
	return last == TURN_ENOUGH ||
	       (last == TURN_MORE &&
		   (!known || (scene_given_back(s, &before) &&
				  !goes_on_growing(s, n, turn, what, &before))));
}

static enum turn
drop_session(struct scene *s, void *stage)
{
	struct peer p;

	if (!scene_open(s, &p, *(enum peer_stage *)stage))
		return TURN_FAILED;
	peer_close(&p);
	return TURN_MORE;
}

/* "sessions N STAGE": one after the other, each dropped at the stage. */
bool
scene_sessions(struct scene *s)
{
	struct slice rest = s->argument;
	unsigned n = scene_number(&rest);
	enum peer_stage stage = peer_stage_named(rest);

	if (!many(s, n, drop_session, &stage) || !scene_serves(s))
		return false;
	/* Some leaks are told at the end only, by a sanitizer: process_case.c looks. */
	process_signal(&s->job->process, SIGTERM);
	(void)process_wait(&s->job->process, END_MS);
	return true;
}

static enum turn
quit_session(struct scene *s, void *unused)
{
	struct peer p;

	(void)unused;
	if (!scene_open(s, &p, PEER_IDLE))
		return TURN_FAILED;
	bool ok = peer_quit(&p, &s->got) ||
		  scene_differs(s, "the connection closed behind QUIT");
	peer_close(&p);
	return ok ? TURN_MORE : TURN_FAILED;
}

/* "quits N": so many sessions, one after the other, that end as they should. */
bool
scene_quits(struct scene *s)
{
	struct slice rest = s->argument;

	return many(s, scene_number(&rest), quit_session, NULL);
}

struct again {
	struct peer peer;
	enum peer_stage stage;
};

static enum turn
one_message(struct scene *s, void *what)
{
	struct again *a = what;

	if (a->peer.settled || a->peer.over) /* it wants no more of this session */
		return TURN_ENOUGH;
	bool ok = peer_again(&a->peer, a->stage, &s->got) ||
		  scene_differs(s, "each message of a session is answered");
	return ok ? TURN_MORE : TURN_FAILED;
}

/* "again N message|end": so many messages in one session, aborted or ended. */
bool
scene_again(struct scene *s)
{
	struct slice rest = s->argument;
	unsigned n = scene_number(&rest);
	struct again a = { .stage = peer_stage_named(rest) };

	if (!scene_open(s, &a.peer, PEER_IDLE))
		return false;
	bool ok = many(s, n, one_message, &a);
	peer_close(&a.peer);
	return ok && scene_serves(s);
}

static enum turn
play_session(struct scene *s, void *unused)
{
	struct milter_outcome o = MILTER_OUTCOME_INIT;
	enum milter_end end = job_play(s->job, &s->play->transcript, &o);

	(void)unused;
	s->not_reached = end == MILTER_NOT_REACHED || end == MILTER_NOT_RUN;
	if (end != MILTER_PASS) {
		text_append_cut(&s->expected, text_slice(&o.expected));
		text_append_cut(&s->got, text_slice(&o.got));
	}
	milter_outcome_clear(&o);
	return end == MILTER_PASS ? TURN_MORE : TURN_FAILED;
}

/* `again: N`: the case's own transcript so many times. */
bool
scene_play_again(struct scene *s)
{
	return many(s, s->play->head.again, play_session, NULL);
}

/* What is set aside is seen at once, though it may take long until it is touched. */
static bool
is_big(struct scene *s, const struct process_figures *before)
{
	struct process_figures now;
	unsigned long touched, aside;

	if (!process_measure(&s->job->process, &now))
		return false;
	touched = now.most_kib - before->most_kib;
	aside = now.set_aside_kib > before->set_aside_kib
		    ? now.set_aside_kib - before->set_aside_kib
		    : 0;
	if (touched <= BIG_KIB && aside <= SET_ASIDE_KIB)
		return false;
	text_printf(&s->got, "%lu KiB more, %lu KiB of them touched",
	    aside > touched ? aside : touched, touched);
	return true;
}

/* "length HEX": a length word, then bytes by and by: nothing is set aside for it. */
bool
scene_length(struct scene *s)
{
	struct process_figures before;
	struct peer p;
	bool big = false;
	char word[9] = "", head[5];

	memcpy(word, s->argument.ptr, s->argument.len < 8 ? s->argument.len : 8);
	unsigned long length = strtoul(word, NULL, 16);
	bool known = process_measure(&s->job->process, &before);
	if (!scene_open(s, &p, PEER_IDLE))
		return false;
	for (int i = 0; i < 4; i++)
		head[i] = (char)(length >> (8 * (3 - i)));
	head[4] = 'M';
	(void)peer_send(&p, (struct slice){ head, 5 });
	for (int i = 0; i < 20 && peer_send(&p, SLICE("<Smith@bar.com>")); i++)
		nap_ms(5);
	/* It closes, or waits for the rest. */
	p.answer_ms = LOOK_MS;
	for (int ms = 0; ms < THINK_MS && !big; ms += LOOK_MS) {
		big = known && is_big(s, &before);
		if (peer_hear(&p, head) == PEER_CLOSED)
			break;
	}
	peer_close(&p);
	if (!big && !scene_serves(s))
		return false;
	if (!big && !(known && is_big(s, &before)))
		return true;
	return scene_differs(s, "no memory set aside for bytes that have not come");
}

/*
 * It goes between a command and the answer, and has read all that came before.  Closed
 * with something unread, a socket tells ECONNRESET first, which kills nobody; closed in
 * our direction alone, EPIPE at once.
 */
bool
scene_gone(struct scene *s)
{
	struct peer p;

	if (!scene_open(s, &p, PEER_IDLE))
		return false;
	(void)shutdown(p.fd, SHUT_RD);
	(void)peer_send(&p, SLICE("\0\0\0\21M<Smith@bar.com>\0"));
	nap_ms(GONE_MS);
	peer_close(&p);
	return process_stays(&s->job->process) ? scene_serves(s)
					       : scene_differs(s, "the milter lives on");
}

/* A client that writes and never reads; others must not feel it. */
bool
scene_deaf(struct scene *s)
{
	struct peer p;

	if (!scene_open(s, &p, PEER_IDLE))
		return false;
	p.answer_ms = 200;
	for (int i = 0; i < 20000; i++) {
		if (!peer_send(&p, SLICE("\0\0\0\20MSmith@bar.com>\0\0\0\0\1A")))
			break;
	}
	bool ok = scene_serves(s);
	s->beside = !ok;
	peer_close(&p);
	return ok;
}
