/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/transcript/trace.h"

#include "base/text.h"
#include "wire/notation.h"

/* Of a body no person wants to read it all. */
enum { SHOWN_MAX = 200 };

static void
mark(struct text *line, const struct trace_printer *p, const struct trace_event *e)
{
	static const char *const words[] = {
		[TRACE_CLIENT] = "C: ",
		[TRACE_SERVER] = "S: ",
		[TRACE_NOTE] = "** ",
		[TRACE_DELIVERY] = "-> ",
		[TRACE_OPEN] = "open ",
		[TRACE_CLOSE] = "close",
	};

	text_printf(line, "[%lu] ", e->session);
	if (e->what != TRACE_PACKET && e->filter == NO_FILTER) {
		text_printf(line, "%s", words[e->what]);
		return;
	}
	text_printf(line, "M");
	if (p->filters > 1)
		text_printf(line, "%zu", e->filter + 1);
	text_printf(line, "%s ",
	    e->what == TRACE_NOTE ? "**"
	    : e->to == TO_MILTER  ? ">"
				  : "<");
}

void
trace_print(void *self, const struct trace_event *e)
{
	const struct trace_printer *p = self;
	struct text line = TEXT_INIT(4096), packet = TEXT_INIT(64 * 1024);

	mark(&line, p, e);
	if (e->what == TRACE_PACKET) {
		payload_describe(&packet, e->to, e->letter, e->bytes);
		struct slice shown = slice_first(text_slice(&packet), SHOWN_MAX);
		text_printf(&line, "%.*s", (int)shown.len, shown.ptr);
		if (shown.len < packet.len)
			text_printf(&line, "... (%zu bytes)", e->bytes.len);
	} else {
		text_append_escaped(&line, e->bytes, 1000);
	}
	(void)fprintf(p->to, "%s\n", text_cstr(&line));
	(void)fflush(p->to);
	text_clear(&line);
	text_clear(&packet);
}
