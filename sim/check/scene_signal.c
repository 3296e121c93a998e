/* SPDX-License-Identifier: BSD-2-Clause */
/* scene_signal - how it ends, and how it starts where another was. */
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "sim/check/nap.h"
#include "sim/check/scene.h"

enum {
	TAKEN_MS =
	    50, /* what was read, or a client that says nothing, is known by then */
	ALONE_MS = 2000, /* from its end to that of its children */
	AGAIN_MS = 20,   /* between two signals: sooner they may be one */
	DRAIN = 3,       /* times as long where a message is under way: it may be ended */
};

/* As systemd has it: with exit status 0, or of a SIGTERM that nobody handled. */
static bool
clean_end(int status)
{
	return status == -1 || (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
	       (WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
}

static bool
ended_well(struct scene *s)
{
	struct process *p = &s->job->process;
	bool drains = peer_stage_named(s->argument) == PEER_MESSAGE;
	unsigned ms = p->config->stop_ms * (drains ? DRAIN : 1);
	bool in_time = process_wait(p, ms);
	bool well = in_time && clean_end(p->status);

	if (!well) {
		text_printf(&s->got, "the milter ");
		process_how(p, &s->got);
		text_printf(&s->expected, "its end within %u ms, with exit status 0", ms);
	}
	return well;
}

/*
 * Its socket takes connections before it has done with its start: libmilter listens in
 * smfi_opensocket(), and a signal before smfi_main() has its threads is another matter.
 */
static bool
is_up(struct scene *s)
{
	return scene_serves(s);
}

/* A signal while one session stands at the stage that is named. */
static bool
signal_at(struct scene *s, int number, struct peer *p)
{
	enum peer_stage stage = peer_stage_named(s->argument);

	*p = (struct peer){ .fd = -1 };
	if (!is_up(s) || (stage < N_PEER_STAGES && !scene_open(s, p, stage)))
		return false;
	if (stage < N_PEER_STAGES) {
		peer_taken(p);
		nap_ms(TAKEN_MS);
	}
	process_signal(&s->job->process, number);
	return true;
}

bool
scene_term(struct scene *s)
{
	struct peer p;
	bool ok = signal_at(s, SIGTERM, &p) && ended_well(s);

	peer_close(&p);
	return ok;
}

/* It has a handler of its own, which ends it with 0. */
bool
scene_term_handled(struct scene *s)
{
	struct process *p = &s->job->process;

	if (!scene_term(s))
		return false;
	if (p->status == -1 || WIFEXITED(p->status))
		return true;
	text_printf(&s->got, "the milter ");
	process_how(p, &s->got);
	return scene_differs(s, "exit status 0");
}

/* Behind its end there is none of the processes that it started. */
bool
scene_term_alone(struct scene *s)
{
	struct process *p = &s->job->process;
	long long end = monotonic_ms() + ALONE_MS;
	pid_t group = p->group;

	if (!scene_term(s))
		return false;
	while (kill(-group, 0) == 0 && monotonic_ms() < end)
		nap_ms(AGAIN_MS);
	if (kill(-group, 0) == -1)
		return true;
	text_printf(&s->got, "another process of its group still runs");
	return scene_differs(s, "none of it is left behind SIGTERM");
}

static bool
crashed(const struct process *p)
{
	return p->status != -1 && WIFSIGNALED(p->status) &&
	       WTERMSIG(p->status) != SIGINT && WTERMSIG(p->status) != SIGTERM;
}

bool
scene_int(struct scene *s)
{
	struct peer p;
	bool ok = signal_at(s, SIGINT, &p);

	/* A shell's ^C: dying of the signal is as good as an exit. */
	if (ok && !process_wait(&s->job->process, s->job->process.config->stop_ms)) {
		text_printf(&s->got, "the milter still runs");
		ok = scene_differs(s, "its end");
	}
	if (ok && crashed(&s->job->process)) {
		process_how(&s->job->process, &s->got);
		ok = scene_differs(s, "an exit, or the end that SIGINT brings");
	}
	peer_close(&p);
	return ok;
}

bool
scene_term_twice(struct scene *s)
{
	if (!is_up(s))
		return false;
	for (int i = 0; i < 3; i++) {
		process_signal(&s->job->process, SIGTERM);
		nap_ms(AGAIN_MS);
	}
	return ended_well(s);
}

/* BODYEOB is on its way when TERM comes: an answer or an end, no silence. */
bool
scene_answer_lost(struct scene *s)
{
	struct peer p;
	char letter;
	enum peer_heard h = PEER_SILENCE;

	if (!scene_open(s, &p, PEER_END))
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
		return scene_differs(
		    s, "the answer to BODYEOB, or the connection closed");
	}
	return ended_well(s);
}

/* What the signal came in the middle of. */
static bool
ends_message(struct scene *s, struct peer *p)
{
	return peer_stage_named(s->argument) != PEER_MESSAGE ||
	       (peer_say(p, "EOH", &s->got) && peer_say(p, "BODYEOB", &s->got)) ||
	       scene_differs(s, "an answer to the message that was under way");
}

/* HUP means reload, or an end with 0; never a crash, never a milter that hangs. */
bool
scene_hup(struct scene *s)
{
	enum { END_MS = 500, LATER_MS = 2000 };
	struct peer p;
	bool ok = signal_at(s, SIGHUP, &p);
	bool ends = ok && process_wait(&s->job->process, END_MS);
	bool answered = ok && !ends && ends_message(s, &p);

	peer_close(&p);
	if (!ok)
		return false;
	if (ends || (!answered && process_wait(&s->job->process, LATER_MS)))
		return ended_well(s);
	return answered && (scene_serves(s) || ended_well(s));
}

static bool
start_again(struct scene *s)
{
	if (!process_start(&s->job->process, &s->got))
		return scene_differs(s, "it starts again on the same socket");
	return scene_serves(s);
}

bool
scene_stale_socket(struct scene *s)
{
	process_kill(&s->job->process);
	return start_again(s);
}

bool
scene_restart(struct scene *s)
{
	(void)process_stop(&s->job->process);
	return start_again(s);
}

bool
scene_second(struct scene *s)
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
		return scene_differs(s, "the second instance ends with an error");
	}
	return scene_serves(s);
}

bool
scene_socket_gone(struct scene *s)
{
	struct process *p = &s->job->process;
	struct stat st;

	(void)process_stop(p);
	if (p->path.len == 0 || lstat(text_cstr(&p->path), &st) == -1)
		return true;
	text_printf(&s->got, "the socket's file is still there");
	return scene_differs(s, "no file of the socket behind TERM");
}

bool
scene_socket_mode(struct scene *s)
{
	struct process *p = &s->job->process;
	struct stat st;

	if (p->path.len == 0 || lstat(text_cstr(&p->path), &st) == -1 ||
	    (st.st_mode & S_IWOTH) == 0)
		return true;
	text_printf(&s->got, "mode %04o", (unsigned)st.st_mode & 07777);
	return scene_differs(s, "a socket that not everybody may write to");
}
