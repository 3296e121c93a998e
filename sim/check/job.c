/* SPDX-License-Identifier: BSD-2-Clause */
/* job - one worker's milter. */
#include "sim/check/engine.h"
#include "sim/check/healthy.h"
#include "sim/io/interrupt.h"
#include "sim/profile/forgives.h"

static bool
begin(struct job *j, struct text *why)
{
	if (!j->began && !process_begin(&j->process, &j->config->process, why))
		return false;
	j->began = true;
	j->address = &j->process.address;
	return true;
}

bool
job_milter(struct job *j, bool fresh, struct text *why)
{
	if (j->config->process.command == NULL) {
		j->address = j->config->address;
		return true;
	}
	if (!fresh && j->began && process_alive(&j->process))
		return true;
	if (j->began) {
		(void)process_stop(&j->process);
		process_end(&j->process);
		j->began = false;
	}
	return begin(j, why) && process_start(&j->process, why);
}

bool
job_alive(struct job *j, struct text *why)
{
	struct text line = TEXT_INIT(400);
	bool well = true;

	if (!j->began)
		return true;
	if (!process_stays(&j->process)) {
		text_printf(why, "the milter's process ");
		process_how(&j->process, why);
		well = false;
	}
	if (process_sanitizer(&j->process, &line)) {
		text_printf(why, "%s%s",
		    well ? "the milter said: " : "; it said: ", text_cstr(&line));
		well = false;
	}
	text_clear(&line);
	return well;
}

static bool
alive(void *self, struct text *why)
{
	return job_alive(self, why);
}

static void
tell(void *self, const struct event *e)
{
	struct job *j = self;
	struct event_sink log = wire_log_sink(j->wire);

	event_tell(&log, e);
	if (j->watch != NULL)
		watch_event(j->watch, e);
}

static enum milter_end
play(struct job *j, const struct transcript *t, bool answers_quit,
    struct milter_outcome *o)
{
	const struct engine_config *c = j->config;
	enum { SHORT_MS = 2000 };
	struct milter_limits limits = c->limits;

	if (j->hurry)
		limits.answer_ms = SHORT_MS; /* it is known what will come of it */
	struct milter_play_config play = {
		.transcript = t,
		.address = j->address,
		.limits = limits,
		.param = c->param,
		.params = c->params,
		.seed = j->seed,
		.allow = profile_forgives(c->profile),
		.answers_quit = answers_quit,
		.alive = alive,
		.stop = interrupt_came,
		.self = j,
	};

	if (j->wire != NULL) {
		wire_log_clear(j->wire);
		play.sink = (struct event_sink){ .tell = tell, .self = j };
	}
	return milter_play(&play, o);
}

/*
 * An answer too many behind QUIT belongs to the command before it, or to QUIT.  A
 * milter that answers QUIT has that one fault, and not one in every case.
 */
enum milter_end
job_play(struct job *j, const struct transcript *t, struct milter_outcome *o)
{
	enum milter_end end = play(j, t, j->answers_quit, o);

	if (end != MILTER_FAIL || !o->behind_quit || j->answers_quit ||
	    !healthy_answers_quit(j->address))
		return end;
	j->answers_quit = true;
	milter_outcome_clear(o);
	return play(j, t, true, o);
}

bool
job_healthy(struct job *j, struct text *why)
{
	struct milter_outcome o = MILTER_OUTCOME_INIT;
	struct wire_log *kept = j->wire;
	enum milter_end end;

	j->wire = NULL; /* the case's own log is what is shown */
	end = job_play(j, j->config->healthy, &o);
	j->wire = kept;
	/* A milter that does not want the message has answered, which is all. */
	bool well = end == MILTER_PASS || end == MILTER_NOT_REACHED;
	if (!well)
		text_printf(why, "%s: %s", milter_end_name(end), text_cstr(&o.got));
	milter_outcome_clear(&o);
	return well;
}
