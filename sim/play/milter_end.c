/* SPDX-License-Identifier: BSD-2-Clause */
/* How a play with a milter ends, and what is said of it. */
#include "sim/play/milter_state.h"

void
mplay_end(struct mplay *p, enum milter_end end, const struct step *s,
    const char *expected, const char *got)
{
	struct milter_outcome *o = p->outcome;

	if (p->over)
		return;
	p->over = true;
	p->end = end;
	if (expected != NULL)
		text_printf(&o->expected, "%s", expected);
	if (got != NULL)
		text_printf(&o->got, "%s", got);
	if (s != NULL) {
		o->file = s->file;
		o->line = s->line;
	}
	loop_stop(p->loop);
}

static bool
is_before_point(const struct mplay *p)
{
	return p->t->pointed && !p->now->reached && !p->now->pointing;
}

static void
end_at(struct mplay *p, enum milter_end end, const struct step *s, const char *got)
{
	struct text expected = TEXT_INIT(2000);

	step_describe(s, &expected);
	mplay_end(p, end, s, text_cstr(&expected), got);
	text_clear(&expected);
}

void
mplay_differs(struct mplay *p, const struct step *s, const char *got)
{
	end_at(p, is_before_point(p) ? MILTER_NOT_REACHED : MILTER_FAIL, s, got);
}

void
mplay_fails(struct mplay *p, const struct step *s, const char *got)
{
	end_at(p, MILTER_FAIL, s, got);
}

void
mplay_not_reached(struct mplay *p, const struct step *s, const char *why)
{
	end_at(p, MILTER_NOT_REACHED, s, why);
}

void
mplay_reach(struct mplay *p)
{
	p->now->reached |= p->now->pointing;
	p->now->pointing = false;
}

/* Of the step that the line waits for, or the last one. */
const struct step *
mplay_step_of(const struct mplay *p, const struct line_state *l)
{
	size_t n = (size_t)(l - p->line) / p->t->connections;
	size_t at = n < p->strands ? p->strand[n].at : 0;

	return p->steps == 0 ? NULL : &p->step[at < p->steps ? at : p->steps - 1];
}

void
mplay_broke(struct mplay *p, struct line_state *line, const struct breach *b)
{
	struct text expected = TEXT_INIT(1000), got = TEXT_INIT(1000);

	if (b->by != TO_MTA)
		return;
	wire_rule_set_add(&p->outcome->broken, b->rule);
	if (p->over || wire_rule_set_has(p->t->allow, b->rule) ||
	    wire_rule_set_has(p->config->allow, b->rule))
		return;
	text_printf(&expected, "%s", wire_rules[b->rule].says);
	if (b->reply < N_PACKETS)
		text_printf(&got, "M< %s", packet_rules[b->reply].name);
	else if (b->rule == RULE_AFTER_QUIT)
		text_printf(&got, "the connection stays open");
	else
		text_printf(&got, "bytes that are no packet");
	if (b->command < N_PACKETS)
		text_printf(
		    &got, ", the last command was %s", packet_rules[b->command].name);
	p->outcome->rule = b->rule;
	mplay_end(p, MILTER_FAIL, mplay_step_of(p, line), text_cstr(&expected),
	    text_cstr(&got));
	text_clear(&expected);
	text_clear(&got);
}

bool
mplay_alive(struct mplay *p, const struct step *s)
{
	struct text why = TEXT_INIT(1000);
	bool alive = p->config->alive == NULL || p->config->alive(p->config->self, &why);

	if (!alive)
		mplay_end(p, MILTER_FAIL, s, "the milter lives on", text_cstr(&why));
	text_clear(&why);
	return alive;
}
