/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/process_case.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "sim/check/nap.h"
#include "sim/check/peer.h"

enum {
	ANSWER_MS = 10000,
	SETTLE_MS = 5000,      /* until what was held is given back */
	CROWD_MAX = 1000,      /* connections at once */
	GROWTH_KIB = 8 * 1024, /* more than this over many sessions is a leak */
	BIG_KIB = 48 * 1024,   /* what a length word may make a milter allocate */
};

struct scene {
	struct job *job;
	struct slice argument;
	struct text expected, got;
};

typedef bool check_fn(struct scene *s);

static bool
differs(struct scene *s, const char *expected)
{
	text_printf(&s->expected, "%s", expected);
	return false;
}

/* It must end by itself, without a signal, and say so with exit status 0. */
static bool
ended_well(struct scene *s)
{
	struct process *p = &s->job->process;
	bool in_time = process_wait(p, p->config->stop_ms);
	bool well = in_time && (p->status == -1 ||
				   (WIFEXITED(p->status) && WEXITSTATUS(p->status) == 0));

	if (!well) {
		text_printf(&s->got, "the milter ");
		process_how(p, &s->got);
		text_printf(&s->expected, "its end within %u ms, with exit status 0",
		    p->config->stop_ms);
	}
	return well;
}

static bool
serves(struct scene *s)
{
	struct text why = TEXT_INIT(1000);
	bool ok = job_healthy(s->job, &why);

	if (!ok) {
		text_printf(&s->got, "%s", text_cstr(&why));
		text_printf(&s->expected, "an ordinary session passes");
	}
	text_clear(&why);
	return ok;
}

static bool
open_at(struct scene *s, struct peer *p, enum peer_stage stage)
{
	if (peer_open(p, s->job->address, stage, ANSWER_MS, &s->got))
		return true;
	return differs(s, "a session up to there");
}

/* A signal while one session stands at the stage that is named. */
static bool
signal_at(struct scene *s, int number, struct peer *p)
{
	enum peer_stage stage = peer_stage_named(s->argument);

	*p = (struct peer){ .fd = -1 };
	if (stage < N_PEER_STAGES && !open_at(s, p, stage))
		return false;
	process_signal(&s->job->process, number);
	return true;
}

static bool
check_term(struct scene *s)
{
	struct peer p;
	bool ok = signal_at(s, SIGTERM, &p) && ended_well(s);

	peer_close(&p);
	return ok;
}

static bool
check_int(struct scene *s)
{
	struct peer p;
	bool ok = signal_at(s, SIGINT, &p);

	/* A shell's ^C: dying of the signal is as good as an exit. */
	if (ok && !process_wait(&s->job->process, s->job->process.config->stop_ms)) {
		text_printf(&s->got, "the milter still runs");
		ok = differs(s, "its end");
	}
	peer_close(&p);
	return ok;
}

static bool
check_term_twice(struct scene *s)
{
	process_signal(&s->job->process, SIGTERM);
	process_signal(&s->job->process, SIGTERM);
	return ended_well(s);
}

/* BODYEOB is on its way when TERM comes: an answer or an end, no silence. */
static bool
check_answer_lost(struct scene *s)
{
	struct peer p;
	char letter;
	enum peer_heard h = PEER_SILENCE;

	if (!open_at(s, &p, PEER_END))
		return false;
	if (p.settled) { /* it was answered long before its end */
		peer_close(&p);
		return true;
	}
	process_signal(&s->job->process, SIGTERM);
	do
		h = peer_hear(&p, &letter);
	while (h == PEER_PACKET && packet_kind(TO_MTA, letter) < N_PACKETS &&
	       !packet_rules[packet_kind(TO_MTA, letter)].final);
	peer_close(&p);
	if (h == PEER_SILENCE) {
		text_printf(&s->got, "neither an answer nor an end of the connection");
		return differs(s, "the answer to BODYEOB, or the connection closed");
	}
	return ended_well(s);
}

/* HUP means reload, or an end with 0; never a crash, never a milter that hangs. */
static bool
check_hup(struct scene *s)
{
	struct peer p;
	bool ok = signal_at(s, SIGHUP, &p);

	peer_close(&p);
	if (!ok)
		return false;
	if (process_wait(&s->job->process, 500))
		return ended_well(s);
	return serves(s) || ended_well(s);
}

static bool
start_again(struct scene *s)
{
	if (!process_start(&s->job->process, &s->got))
		return differs(s, "it starts again on the same socket");
	return serves(s);
}

static bool
check_stale_socket(struct scene *s)
{
	process_kill(&s->job->process);
	return start_again(s);
}

static bool
check_restart(struct scene *s)
{
	(void)process_stop(&s->job->process);
	return start_again(s);
}

static bool
check_second(struct scene *s)
{
	struct process second = s->job->process; /* the same folder and socket */
	struct text why = TEXT_INIT(1000);
	bool refused = !process_launch(&second, &why) ||
		       process_wait(&second, second.config->ready_ms);

	bool zero = refused && second.status != -1 && WIFEXITED(second.status) &&
		    WEXITSTATUS(second.status) == 0;
	process_kill(&second);
	text_clear(&why);
	if (!refused || zero) {
		text_printf(
		    &s->got, refused ? "the second ends with exit status 0" : "both run");
		return differs(s, "the second instance ends with an error");
	}
	return serves(s);
}

static bool
check_socket_gone(struct scene *s)
{
	struct process *p = &s->job->process;
	struct stat st;

	(void)process_stop(p);
	if (p->path.len == 0 || lstat(text_cstr(&p->path), &st) == -1)
		return true;
	text_printf(&s->got, "the socket's file is still there");
	return differs(s, "no file of the socket behind TERM");
}

static bool
check_socket_mode(struct scene *s)
{
	struct process *p = &s->job->process;
	struct stat st;

	if (p->path.len == 0 || lstat(text_cstr(&p->path), &st) == -1 ||
	    (st.st_mode & S_IWOTH) == 0)
		return true;
	text_printf(&s->got, "mode %04o", (unsigned)st.st_mode & 07777);
	return differs(s, "a socket that not everybody may write to");
}

/* --- what it holds --- */

static bool
fits(const struct process_figures *before, const struct process_figures *now)
{
	/* Libraries open a log or a resolver's socket once: a few are no leak. */
	return now->descriptors <= before->descriptors + 4 &&
	       now->resident_kib <= before->resident_kib + GROWTH_KIB;
}

static bool
given_back(struct scene *s, const struct process_figures *before)
{
	struct process_figures now = *before;
	long long end = monotonic_ms() + SETTLE_MS;

	while (process_measure(&s->job->process, &now) && !fits(before, &now)) {
		if (monotonic_ms() >= end) {
			text_printf(&s->expected, "%u descriptors, %lu KiB, as before",
			    before->descriptors, before->resident_kib);
			text_printf(&s->got, "%u descriptors, %lu KiB, %u threads",
			    now.descriptors, now.resident_kib, now.threads);
			return false;
		}
		nap_ms(20);
	}
	return true;
}

static unsigned
number(struct slice *rest)
{
	char digits[12] = "";
	struct slice word = slice_first(*rest, slice_find(*rest, ' '));

	memcpy(digits, word.ptr, word.len < sizeof digits ? word.len : sizeof digits - 1);
	*rest = slice_trim(slice_from(*rest, word.len));
	unsigned long n = strtoul(digits, NULL, 10);
	return n < 1 ? 1 : n > CROWD_MAX ? CROWD_MAX : (unsigned)n;
}

/* N connections at once, each left at the stage; then an ordinary session. */
static bool
crowd(struct scene *s, struct peer *peer, unsigned n, enum peer_stage stage)
{
	unsigned open = 0;

	while (open < n && open_at(s, &peer[open], stage))
		open++;
	bool ok = open == n && serves(s);
	for (unsigned i = 0; i < open; i++)
		peer_close(&peer[i]);
	return ok;
}

/* "crowd N STAGE": what N clients that go away held is given back. */
static bool
check_crowd(struct scene *s)
{
	struct slice rest = s->argument;
	unsigned n = number(&rest);
	enum peer_stage stage = peer_stage_named(rest);
	struct peer *peer = calloc(n, sizeof *peer);
	struct process_figures before;
	bool known = process_measure(&s->job->process, &before);

	bool ok = peer != NULL && serves(s) && /* what the first session costs for good */
		  (!known || process_measure(&s->job->process, &before)) &&
		  crowd(s, peer, n, stage < N_PEER_STAGES ? stage : PEER_CONNECTED) &&
		  (!known || given_back(s, &before));
	free(peer);
	return ok;
}

/* "sessions N STAGE": one after the other, each dropped at the stage. */
static bool
check_sessions(struct scene *s)
{
	struct slice rest = s->argument;
	unsigned n = number(&rest);
	enum peer_stage stage = peer_stage_named(rest);
	struct process_figures before = { .threads = 0 };
	bool known = true;

	for (unsigned i = 0; i < n + 20; i++) {
		struct peer p;
		if (i == 20) /* pools and caches are filled by now */
			known = process_measure(&s->job->process, &before);
		if (!open_at(s, &p, stage))
			return false;
		peer_close(&p);
	}
	return serves(s) && (!known || given_back(s, &before));
}

/* "length HEX": a length word, then bytes by and by: nothing is set aside for it. */
static bool
check_length(struct scene *s)
{
	struct process_figures before, now;
	struct peer p;
	char word[9] = "", head[5];

	memcpy(word, s->argument.ptr, s->argument.len < 8 ? s->argument.len : 8);
	unsigned long length = strtoul(word, NULL, 16);
	if (!process_measure(&s->job->process, &before))
		before.resident_kib = 0;
	if (!open_at(s, &p, PEER_IDLE))
		return false;
	for (int i = 0; i < 4; i++)
		head[i] = (char)(length >> (8 * (3 - i)));
	head[4] = 'M';
	(void)peer_send(&p, (struct slice){ head, 5 });
	for (int i = 0; i < 20 && peer_send(&p, SLICE("<Smith@bar.com>")); i++)
		nap_ms(5);
	bool known = process_measure(&s->job->process, &now);
	peer_close(&p);
	if (known && now.resident_kib > before.resident_kib + BIG_KIB) {
		text_printf(
		    &s->got, "%lu KiB more", now.resident_kib - before.resident_kib);
		return differs(s, "no memory set aside for bytes that have not come");
	}
	return true;
}

/* A client that writes and never reads; others must not feel it. */
static bool
check_deaf(struct scene *s)
{
	struct peer p;

	if (!open_at(s, &p, PEER_IDLE))
		return false;
	p.answer_ms = 200;
	for (int i = 0; i < 20000; i++) {
		if (!peer_send(&p, SLICE("\0\0\0\20MSmith@bar.com>\0\0\0\0\1A")))
			break;
	}
	bool ok = serves(s);
	peer_close(&p);
	return ok;
}

static const struct {
	const char *name;
	check_fn *run;
} rows[] = {
	{ "term", check_term },
	{ "term-twice", check_term_twice },
	{ "int", check_int },
	{ "hup", check_hup },
	{ "answer-at-term", check_answer_lost },
	{ "stale-socket", check_stale_socket },
	{ "restart", check_restart },
	{ "second-instance", check_second },
	{ "socket-gone", check_socket_gone },
	{ "socket-mode", check_socket_mode },
	{ "crowd", check_crowd },
	{ "sessions", check_sessions },
	{ "length", check_length },
	{ "deaf", check_deaf },
};

static check_fn *
row_named(struct slice name)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (slice_equal(name, slice_of(rows[i].name)))
			return rows[i].run;
	}
	return NULL;
}

bool
process_case_known(const char *line, struct text *why)
{
	if (row_named(slice_first(slice_of(line), strcspn(line, " "))) != NULL)
		return true;
	text_printf(why, "no `process:` is called '%s'; there are", line);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		text_printf(why, " %s", rows[i].name);
	return false;
}

/* Leaks are told at the end, behind all that was asked. */
static bool
clean(struct scene *s)
{
	if (!process_sanitizer(&s->job->process, &s->got))
		return true;
	return differs(s, "no report of a sanitizer");
}

void
process_case(struct job *j, const struct check_case *k, struct check_result *r)
{
	struct slice line = slice_of(k->head.process);
	struct slice name = slice_first(line, slice_find(line, ' '));
	struct scene s = { .job = j,
		.argument = slice_trim(slice_from(line, name.len)),
		.expected = TEXT_INIT(1000),
		.got = TEXT_INIT(4000) };
	check_fn *run = row_named(name);

	r->outcome = run != NULL && run(&s) && clean(&s) ? CHECK_PASS : CHECK_FAIL;
	if (r->outcome == CHECK_FAIL) {
		r->why = strdup("the milter's process does not do what the case says");
		r->expected = strdup(text_cstr(&s.expected));
		r->got = strdup(text_cstr(&s.got));
	}
	/* The next case gets a new one: this one may be at its end. */
	if (j->began) {
		process_kill(&j->process);
		process_end(&j->process);
		j->began = false;
	}
	text_clear(&s.expected);
	text_clear(&s.got);
}
