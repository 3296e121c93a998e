/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/server/witness.h"

#include "base/put.h"

enum { LINE_KEPT_MAX = 2000 };

void
witness_init(struct witness *w, const struct loop *loop, const struct event_sink *sink,
    unsigned long conn, size_t filters, unsigned long *breaches)
{
	w->loop = loop;
	w->sink = sink;
	w->conn = conn;
	w->breaches = breaches;
	w->line = (struct text)TEXT_INIT(LINE_KEPT_MAX);
	w->told = 0;
	witness_renew(w, filters);
}

void
witness_renew(struct witness *w, size_t filters)
{
	for (size_t i = 0; i < filters; i++)
		judge_init(&w->judge[i]);
}

void
witness_clear(struct witness *w)
{
	text_clear(&w->line);
}

/* Fills in when and where. */
static void
tell(const struct witness *w, size_t filter, struct event e)
{
	e.ms = loop_now(w->loop);
	e.conn = w->conn;
	e.filter = filter;
	event_tell(w->sink, &e);
}

void
witness_tell(struct witness *w, enum event_what what, size_t filter, struct slice bytes)
{
	tell(w, filter, (struct event){ .what = what, .bytes = bytes });
}

/* --- milters --- */

static void
tell_breach(struct witness *w, size_t filter, const struct breach *b)
{
	++*w->breaches;
	tell(w, filter, (struct event){ .what = EVENT_BREACH, .to = b->by, .breach = b });
}

void
witness_packet(struct witness *w, size_t filter, enum direction to, char letter,
    struct slice payload)
{
	struct breach b[JUDGE_BREACHES];

	tell(w, filter,
	    (struct event){
		.what = EVENT_PACKET, .to = to, .letter = letter, .bytes = payload });
	size_t n = judge_packet(&w->judge[filter], to, letter, payload, b);
	for (size_t i = 0; i < n; i++)
		tell_breach(w, filter, &b[i]);
}

void
witness_bad_frame(struct witness *w, size_t filter, enum frame_status status)
{
	const struct breach b = judge_frame(&w->judge[filter], TO_MTA, status);

	tell_breach(w, filter, &b);
}

void
witness_early(struct witness *w, size_t filter, char letter)
{
	const struct breach b = judge_early(&w->judge[filter], letter);

	tell_breach(w, filter, &b);
}

/* --- SMTP --- */

/* A piece of a line is told with what came before it. */
static void
tell_part(struct witness *w, struct slice part)
{
	size_t room = w->line.limit - w->line.len;

	put(&w->line, part);
	if (part.ptr[part.len - 1] != '\n' && part.len < room)
		return;
	witness_tell(w, EVENT_CLIENT, EVENT_NO_FILTER, text_slice(&w->line));
	text_clear(&w->line);
}

void
witness_client(struct witness *w, struct slice bytes)
{
	while (bytes.len != 0) {
		struct slice part = slice_first(bytes, w->line.limit - w->line.len),
			     line = slice_next_piece(&part);

		if (w->line.len == 0 && line.ptr[line.len - 1] == '\n')
			witness_tell(w, EVENT_CLIENT, EVENT_NO_FILTER, line);
		else
			tell_part(w, line);
		bytes = slice_from(bytes, line.len);
	}
}

void
witness_server(struct witness *w, struct slice waiting)
{
	struct slice fresh = slice_from(waiting, w->told);

	while (fresh.len != 0)
		witness_tell(w, EVENT_SERVER, EVENT_NO_FILTER, slice_next_piece(&fresh));
	w->told = waiting.len;
}

void
witness_unsent(struct witness *w, size_t len)
{
	w->told = len;
}
