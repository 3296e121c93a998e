/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/process_case.h"

#include <stdlib.h>

#include "sim/check/habit.h"
#include "sim/check/scene.h"

bool
scene_differs(struct scene *s, const char *expected)
{
	text_printf(&s->expected, "%s", expected);
	return false;
}

bool
scene_serves(struct scene *s)
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

bool
scene_open(struct scene *s, struct peer *p, enum peer_stage stage)
{
	if (peer_open(p, s->job->address, stage, SCENE_ANSWER_MS, &s->got))
		return true;
	return scene_differs(s, "a session up to there");
}

static const struct {
	const char *name;
	scene_fn *run;
} rows[] = {
	{ "term", scene_term },
	{ "term-twice", scene_term_twice },
	{ "term-handled", scene_term_handled },
	{ "term-alone", scene_term_alone },
	{ "int", scene_int },
	{ "hup", scene_hup },
	{ "answer-at-term", scene_answer_lost },
	{ "stale-socket", scene_stale_socket },
	{ "restart", scene_restart },
	{ "second-instance", scene_second },
	{ "socket-gone", scene_socket_gone },
	{ "socket-mode", scene_socket_mode },
	{ "crowd", scene_crowd },
	{ "throng", scene_throng },
	{ "sessions", scene_sessions },
	{ "quits", scene_quits },
	{ "again", scene_again },
	{ "length", scene_length },
	{ "deaf", scene_deaf },
	{ "gone", scene_gone },
};

static scene_fn *
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
	return scene_differs(s, "no report of a sanitizer");
}

void
process_case(struct job *j, const struct check_case *k, struct check_result *r)
{
	struct slice line =
	    k->head.process != NULL ? slice_of(k->head.process) : SLICE("");
	struct slice name = slice_first(line, slice_find(line, ' '));
	struct scene s = { .job = j,
		.play = k,
		.argument = slice_trim(slice_from(line, name.len)),
		.expected = TEXT_INIT(1000),
		.got = TEXT_INIT(4000) };
	scene_fn *run = k->head.again > 0 ? scene_play_again : row_named(name);

	watch_free(j->watch); /* of the case before */
	j->watch = NULL;
	r->outcome = run != NULL && run(&s) && clean(&s) ? CHECK_PASS : CHECK_FAIL;
	const char *habit =
	    r->outcome == CHECK_FAIL && !s.not_reached
		? habit_explains(j, k->head.rule, s.beside, text_slice(&s.got))
		: NULL;
	if (habit != NULL) {
		text_clear(&s.got);
		text_printf(&s.got, "%s", habit);
		s.not_reached = true;
	}
	if (s.not_reached) {
		r->outcome = CHECK_NOT_REACHED;
		r->why = strdup(text_cstr(&s.got));
	}
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
