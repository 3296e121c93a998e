/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/milter_ending.h"

void
ending_set(struct milter_ending *e, enum milter_end end, const struct step *s,
    const char *expected, const char *got)
{
	struct milter_outcome *o = e->outcome;

	if (e->over)
		return;
	e->over = true;
	e->end = end;
	if (expected != NULL)
		text_printf(&o->expected, "%s", expected);
	if (got != NULL)
		text_printf(&o->got, "%s", got);
	if (s != NULL) {
		o->file = s->file;
		o->line = s->line;
	}
	loop_stop(e->loop);
}

void
ending_error(struct milter_ending *e, const struct step *s, const char *why)
{
	ending_set(e, MILTER_ERROR, s, NULL, why);
}

static bool
is_before_point(const struct milter_ending *e)
{
	return e->config->transcript->pointed && !e->point->reached && !e->point->next;
}

static void
end_at(
    struct milter_ending *e, enum milter_end end, const struct step *s, const char *got)
{
	struct text expected = TEXT_INIT(2000);

	step_describe(s, &expected);
	ending_set(e, end, s, text_cstr(&expected), got);
	text_clear(&expected);
}

void
ending_differs(struct milter_ending *e, const struct step *s, const char *got)
{
	end_at(e, is_before_point(e) ? MILTER_NOT_REACHED : MILTER_FAIL, s, got);
}

void
ending_fails(struct milter_ending *e, const struct step *s, const char *got)
{
	end_at(e, MILTER_FAIL, s, got);
}

void
ending_not_reached(struct milter_ending *e, const struct step *s, const char *why)
{
	end_at(e, MILTER_NOT_REACHED, s, why);
}

void
ending_reach(struct milter_ending *e)
{
	e->point->reached |= e->point->next;
	e->point->next = false;
}

void
ending_met(struct milter_ending *e)
{
	e->outcome->answers++;
	ending_reach(e);
}

bool
ending_allows(const struct milter_ending *e, enum wire_rule rule)
{
	return wire_rule_set_has(e->config->transcript->allow, rule) ||
	       wire_rule_set_has(e->config->allow, rule);
}

void
ending_broke(struct milter_ending *e, const struct step *s, const struct breach *b)
{
	struct text expected = TEXT_INIT(1000), got = TEXT_INIT(1000);

	if (b->by != TO_MTA)
		return;
	wire_rule_set_add(&e->outcome->broken, b->rule);
	if (e->over || ending_allows(e, b->rule))
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
	e->outcome->rule = b->rule;
	ending_set(e, MILTER_FAIL, s, text_cstr(&expected), text_cstr(&got));
	text_clear(&expected);
	text_clear(&got);
}

bool
ending_alive(struct milter_ending *e, const struct step *s)
{
	struct text why = TEXT_INIT(1000);
	bool alive = e->config->alive == NULL || e->config->alive(e->config->self, &why);

	if (!alive)
		ending_set(e, MILTER_FAIL, s, "the milter lives on", text_cstr(&why));
	text_clear(&why);
	return alive;
}
