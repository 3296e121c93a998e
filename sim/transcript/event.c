/* SPDX-License-Identifier: BSD-2-Clause */
/* Events as the lines of a transcript. */
#include "sim/transcript/event.h"

#include "sim/transcript/lines.h"

static void
comment(struct text *out, const struct event *e, const char *what, struct slice detail)
{
	text_printf(out, "# ");
	if (e->conn > 1)
		text_printf(out, "%lu ", e->conn);
	if (e->filter != EVENT_NO_FILTER && e->filter > 0)
		text_printf(out, "M%zu ", e->filter + 1);
	text_printf(out, "%s%s", what, *what != '\0' && detail.len > 0 ? ": " : "");
	text_append_escaped(out, detail, 400);
	text_printf(out, "\n");
}

static void
breach(struct text *out, const struct event *e)
{
	struct text words = TEXT_INIT(1000);

	breach_describe(&words, e->breach);
	comment(out, e, "breach", text_slice(&words));
	text_clear(&words);
}

void
event_transcript(struct text *out, const struct event *e)
{
	int filter = e->filter == EVENT_NO_FILTER ? 0 : (int)e->filter + 1;
	long conn = (long)e->conn;

	switch (e->what) {
	case EVENT_CLIENT: lines_smtp(out, conn, true, e->bytes); break;
	case EVENT_SERVER: lines_smtp(out, conn, false, e->bytes); break;
	case EVENT_PACKET:
		lines_packet(out, conn, filter, e->to, e->letter, e->bytes);
		break;
	case EVENT_RAW: lines_raw(out, conn, filter, e->to, e->bytes); break;
	case EVENT_BREACH: breach(out, e); break;
	case EVENT_NOTE: comment(out, e, "", e->bytes); break;
	case EVENT_DELIVERY: comment(out, e, "delivered", e->bytes); break;
	case EVENT_OPEN: comment(out, e, "open", e->bytes); break;
	case EVENT_CLOSE: comment(out, e, "close", e->bytes); break;
	}
}
