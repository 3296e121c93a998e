/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/strand.h"

#include "sim/play/strand_lines.h"

static size_t
group(const struct strand_share *p, size_t at)
{
	enum step_kind kind = p->step[at].kind;
	enum step_kind more = kind == STEP_RESULT ? STEP_RESULT : STEP_REPLY_OR;
	size_t n = 1;

	if (kind != STEP_REPLY && kind != STEP_RESULT)
		return 1;
	while (at + n < p->steps && p->step[at + n].kind == more &&
	       p->step[at + n].conn == p->step[at].conn)
		n++;
	return n;
}

static enum stepped
do_step(struct strand *d, const struct step *s, size_t n)
{
	switch (s->kind) {
	case STEP_REPLY: return strand_reply(d, s, n);
	case STEP_RESULT:
	case STEP_RESULT_SAME:
	case STEP_VERDICT: return strand_result(d, s, n);
	default: return strand_send(d, s);
	}
}

static void
begin_wait(struct strand *d, const struct step *s, size_t n)
{
	struct loop *loop = d->share->loop;
	unsigned ms = strand_patience(d, s, n);

	if (d->waiting)
		return;
	d->waiting = true;
	if (s->kind != STEP_MTA_WAIT &&
	    !loop_set(loop, &d->deadline, loop_now(loop) + ms))
		ending_error(d->share->ending, NULL, "out of memory");
}

bool
strand_advance(struct strand *d)
{
	const struct strand_share *p = d->share;

	if (d->at >= p->steps) {
		d->done = true;
		return false;
	}
	size_t n = group(p, d->at);
	const struct step *s = &p->step[d->at];
	p->ending->point = &d->point;
	if (do_step(d, s, n) == STEP_WAITS) {
		begin_wait(d, s, n);
		return false;
	}
	if (p->ending->over)
		return false;
	(void)loop_set(p->loop, &d->deadline, 0);
	d->waiting = false;
	d->at += n;
	return true;
}

const struct step *
strand_step(const struct strand *d)
{
	const struct strand_share *p = d->share;

	return p->steps == 0 ? NULL : &p->step[d->at < p->steps ? d->at : p->steps - 1];
}

unsigned
strand_answer_ms(const struct milter_play_config *c)
{
	return c->limits.answer_ms != 0 ? c->limits.answer_ms : c->transcript->timeout_ms;
}

static void
too_late(void *self)
{
	struct strand *d = self;
	const struct strand_share *p = d->share;

	if (p->ending->over || d->at >= p->steps)
		return;
	p->ending->point = &d->point;
	strand_late(d, &p->step[d->at], group(p, d->at));
	p->wake(p->self);
}

static void
gap_over(void *self)
{
	const struct strand_share *p = ((struct strand *)self)->share;

	p->wake(p->self);
}

/* The params, and ${session}. */
static bool
set_variables(const struct milter_play_config *c, unsigned session, struct variables *v)
{
	const struct transcript *t = c->transcript;
	struct text n = TEXT_INIT(20);
	bool ok = true;

	variables_init(v);
	for (size_t i = 0; ok && i < t->params; i++)
		ok = variables_set_pattern(
		    v, text_slice(&t->param[i].name), text_slice(&t->param[i].value));
	for (size_t i = 0; ok && i < c->params; i++)
		ok = variables_set_pattern(
		    v, slice_of(c->param[i].name), slice_of(c->param[i].value));
	text_printf(&n, "%u", session);
	ok = ok && variables_set(v, SLICE("session"), text_slice(&n));
	text_clear(&n);
	return ok;
}

bool
strand_init(struct strand *d, const struct strand_share *share, unsigned number,
    struct milter_line *line)
{
	*d = (struct strand){
		.share = share,
		.line = line,
		.number = number,
		.deadline = { .fire = too_late, .self = d },
		.gap = { .fire = gap_over, .self = d },
	};
	return set_variables(share->ending->config, number, &d->variables) &&
	       variant_variables(share->variant, &d->variables);
}

void
strand_clear(struct strand *d)
{
	variables_clear(&d->variables);
}
