/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/transcript/person.h"

#include "wire/notation.h"

/* Of a body no person wants to read it all. */
enum { SHOWN_MAX = 160, LINE_MAX_BYTES = 4096 };

#define RED "\033[31m"
#define DIM "\033[2m"
#define OFF "\033[0m"

void
person_init(struct person *p, FILE *to, size_t filters, bool colour)
{
	*p = (struct person){ .to = to, .filters = filters, .colour = colour };
}

/* --- within DATA --- */

static size_t
data_of(const struct person *p, unsigned long conn)
{
	size_t i = 0;

	while (i < PERSON_TALKS && p->data[i].conn != conn)
		i++;
	return i;
}

static void
begin_data(struct person *p, unsigned long conn)
{
	size_t i = data_of(p, 0);

	if (i < PERSON_TALKS && data_of(p, conn) == PERSON_TALKS) {
		p->data[i].conn = conn;
		p->data[i].lines = p->data[i].bytes = 0;
	}
}

/* --- one line --- */

static void
put(const struct person *p, const struct event *e, const char *who, const char *colour,
    struct slice what)
{
	bool plain = !p->colour || colour == NULL;

	(void)fprintf(p->to, "%-2lu %s%-4s%.*s%s\n", e->conn, plain ? "" : colour, who,
	    (int)what.len, what.ptr != NULL ? what.ptr : "", plain ? "" : OFF);
	(void)fflush(p->to);
}

static void
put_smtp(struct person *p, const struct event *e)
{
	struct text line = TEXT_INIT(LINE_MAX_BYTES);
	bool whole = slice_ends_nocase(e->bytes, SLICE("\r\n"));
	struct slice bytes = slice_first(e->bytes, e->bytes.len - (whole ? 2 : 0));
	bool client = e->what == EVENT_CLIENT;
	bool refused =
	    !client && bytes.len > 0 && (bytes.ptr[0] == '4' || bytes.ptr[0] == '5');

	text_append_escaped(&line, bytes, 1000);
	put(p, e, client ? "C:" : "S:", refused ? RED : NULL, text_slice(&line));
	text_clear(&line);
}

static void
put_data(struct person *p, const struct event *e, size_t i)
{
	struct text line = TEXT_INIT(200);

	text_printf(&line, "(%lu line%s of the message, %lu bytes)", p->data[i].lines,
	    p->data[i].lines == 1 ? "" : "s", p->data[i].bytes);
	if (p->data[i].lines > 0)
		put(p, e, "C:", NULL, text_slice(&line));
	p->data[i].conn = 0;
	text_clear(&line);
}

static void
side(const struct person *p, const struct event *e, struct text *who)
{
	text_printf(who, "M");
	if (p->filters > 1)
		text_printf(who, "%zu", e->filter + 1);
	text_printf(who, "%s", e->to == TO_MILTER ? ">" : "<");
}

static void
put_packet(const struct person *p, const struct event *e)
{
	struct text line = TEXT_INIT(LINE_MAX_BYTES), packet = TEXT_INIT(64 * 1024);
	struct text who = TEXT_INIT(20);

	if (e->what == EVENT_PACKET)
		payload_describe(&packet, e->to, e->letter, e->bytes);
	else
		text_append_escaped(&packet, e->bytes, SHOWN_MAX);
	struct slice shown = slice_first(text_slice(&packet), SHOWN_MAX);
	text_printf(&line, "%s%.*s", e->what == EVENT_RAW ? "raw " : "", (int)shown.len,
	    shown.ptr != NULL ? shown.ptr : "");
	if (shown.len < packet.len)
		text_printf(&line, "... (%zu bytes)", e->bytes.len);
	side(p, e, &who);
	put(p, e, text_cstr(&who), DIM, text_slice(&line));
	text_clear(&line);
	text_clear(&packet);
	text_clear(&who);
}

static void
put_words(const struct person *p, const struct event *e, const char *who,
    const char *colour, const char *what)
{
	struct text line = TEXT_INIT(LINE_MAX_BYTES);

	if (e->filter != EVENT_NO_FILTER)
		text_printf(&line, "M%zu ", e->filter + 1);
	text_printf(&line, "%s", what);
	if (e->what == EVENT_BREACH)
		breach_describe(&line, e->breach);
	else
		text_append_escaped(&line, e->bytes, 1000);
	put(p, e, who, colour, text_slice(&line));
	text_clear(&line);
}

void
person_show(struct person *p, const struct event *e)
{
	size_t i = e->conn != 0 ? data_of(p, e->conn) : PERSON_TALKS;

	if (i < PERSON_TALKS && e->what == EVENT_CLIENT &&
	    !slice_equal(e->bytes, SLICE(".\r\n"))) {
		p->data[i].lines++;
		p->data[i].bytes += e->bytes.len;
		return;
	}
	if (i < PERSON_TALKS && e->what != EVENT_BREACH && e->what != EVENT_NOTE)
		put_data(p, e, i);
	switch (e->what) {
	case EVENT_CLIENT: put_smtp(p, e); break;
	case EVENT_SERVER:
		put_smtp(p, e);
		if (slice_starts(e->bytes, SLICE("354")))
			begin_data(p, e->conn);
		break;
	case EVENT_PACKET:
	case EVENT_RAW: put_packet(p, e); break;
	case EVENT_BREACH: put_words(p, e, "!!", RED, "breach "); break;
	case EVENT_NOTE: put_words(p, e, "**", RED, ""); break;
	case EVENT_DELIVERY: put_words(p, e, "->", NULL, ""); break;
	case EVENT_OPEN: put_words(p, e, "", NULL, "open "); break;
	case EVENT_CLOSE: put_words(p, e, "", NULL, "close "); break;
	}
}
