/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/load/load.h"

#include <errno.h>
#include <stdlib.h>

#include "sim/io/interrupt.h"

enum { PROGRESS_MS = 500, REDIAL_MS = 5, REDIALS = 2000 };

struct run {
	const struct load_config *config;
	struct load_result *result;
	struct loop *loop;
	struct line *line;
	struct line_owner owner;
	struct timer progress, redial;
	struct interrupt interrupt;
	unsigned redials; /* without a success */
	uint64_t next, began;
};

static void
fail(struct run *r, const char *why)
{
	if (r->result->fault.len == 0)
		text_printf(&r->result->fault, "%s", why);
	loop_stop(r->loop);
}

static double
seconds(const struct run *r)
{
	return (double)(loop_now(r->loop) - r->began) / 1000;
}

/* --- what lines say --- */

static bool
next_message(void *self, uint64_t *ret_number, uint64_t *ret_at)
{
	struct run *r = self;
	uint64_t due;

	if (r->next >= r->config->messages)
		return false;
	if (r->config->rate > 0) {
		due = r->began + (uint64_t)((double)r->next * 1000 / r->config->rate);
		if (due > loop_now(r->loop)) {
			*ret_at = due;
			return false;
		}
	}
	*ret_number = r->next++;
	r->result->accounts.begun++;
	return true;
}

static void
settled_rcpt(void *self, const struct load_rcpt_outcome *o)
{
	struct run *r = self;

	accounts_settle_rcpt(&r->result->accounts, o);
}

static void
settled(void *self, const struct load_outcome *o)
{
	struct run *r = self;
	struct accounts *a = &r->result->accounts;

	accounts_settle(a, o);
	if (accounts_settled(a) == r->config->messages)
		r->result->done = true;
}

static void
took(void *self, enum load_stage stage, uint64_t us)
{
	struct run *r = self;

	r->result->reached = true;
	histogram_add(&r->result->took[stage], us);
}

static void
broke(void *self, struct line *l, const char *why)
{
	struct run *r = self;

	if (!l->connecting)
		r->result->reached = true;
	fail(r, why);
}

static bool
all_closed(const struct run *r)
{
	for (unsigned i = 0; i < r->config->connections; i++) {
		if (line_is_open(&r->line[i]))
			return false;
	}
	return true;
}

/* A unix socket whose queue is full lives: it is dialled again, for a time. */
static void
open_lines(struct run *r)
{
	uint64_t left = r->config->messages - r->next;

	for (unsigned i = 0; i < r->config->connections && left > 0; i++) {
		if (line_is_open(&r->line[i]))
			continue;
		if (line_open(&r->line[i])) {
			r->redials = 0;
			left--;
			continue;
		}
		if (errno != EAGAIN || r->redials++ >= REDIALS)
			fail(r, strerror(errno));
		else
			(void)loop_set(
			    r->loop, &r->redial, loop_now(r->loop) + REDIAL_MS);
		return;
	}
}

static void
redial(void *self)
{
	open_lines(self);
}

static void
closed(void *self, struct line *l)
{
	struct run *r = self;

	(void)l;
	if (r->next < r->config->messages)
		open_lines(r);
	else if (r->result->done && all_closed(r))
		loop_stop(r->loop);
}

static void
show_progress(void *self)
{
	struct run *r = self;

	r->config->progress(r->config->self, &r->result->accounts, seconds(r));
	(void)loop_set(r->loop, &r->progress, loop_now(r->loop) + PROGRESS_MS);
}

/* --- the run --- */

static void
interrupted(void *self)
{
	struct run *r = self;

	if (r->result->done) /* only its connections are not yet closed */
		loop_stop(r->loop);
	else
		fail(r, "interrupted");
}

static bool
begin(struct run *r)
{
	const struct load_config *c = r->config;

	r->loop = loop_new();
	r->line = calloc(c->connections, sizeof *r->line);
	r->interrupt = (struct interrupt){ .came = interrupted, .self = r };
	if (r->loop == NULL || r->line == NULL ||
	    !interrupt_watch(r->loop, &r->interrupt))
		return false;
	for (unsigned i = 0; i < c->connections; i++)
		line_init(&r->line[i], r->loop, &c->wish, &r->owner);
	r->progress = (struct timer){ .fire = show_progress, .self = r };
	r->redial = (struct timer){ .fire = redial, .self = r };
	r->began = loop_now(r->loop);
	return c->progress == NULL ||
	       loop_set(r->loop, &r->progress, r->began + PROGRESS_MS);
}

static void
look(const struct load_config *c, struct load_result *r, int when)
{
	(void)load_usage_read(0, &r->driver[when]);
	if (c->watched != 0)
		r->is_watched = load_usage_read(c->watched, &r->watched[when]) &&
				(when == 0 || r->is_watched);
}

bool
load_run(const struct load_config *c, struct load_result *result)
{
	struct run r = { .config = c, .result = result };

	r.owner = (struct line_owner){ next_message, settled, settled_rcpt, took, broke,
		closed, &r };
	bool ok = begin(&r);
	if (ok) {
		look(c, result, 0);
		open_lines(&r);
		loop_run(r.loop);
		result->seconds = seconds(&r);
		look(c, result, 1);
		result->done = result->done && result->fault.len == 0;
		if (!result->done && result->fault.len == 0)
			text_printf(&result->fault, "%s", strerror(errno));
	}
	for (unsigned i = 0; r.line != NULL && i < c->connections; i++)
		line_clear(&r.line[i]);
	loop_free(r.loop);
	free(r.line);
	return ok;
}
