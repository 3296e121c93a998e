/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/journal.h"

#include "sim/transcript/recording.h"

void
journal_event(struct text *journal, const struct event *e)
{
	struct text lines = TEXT_INIT(RECORD_BYTES_MAX);
	struct slice rest, line;

	event_transcript(&lines, e);
	rest = text_slice(&lines);
	while (slice_next_line(&rest, &line)) {
		bool cut = line.len > JOURNAL_LINE_MAX;
		text_printf(journal, "%.*s%s\n",
		    cut ? (int)JOURNAL_LINE_MAX : (int)line.len, line.ptr,
		    cut ? "..." : "");
	}
	text_clear(&lines);
}

void
journal_smtp(struct text *journal, unsigned conn, bool from_client, struct slice bytes)
{
	journal_event(
	    journal, &(struct event){ .what = from_client ? EVENT_CLIENT : EVENT_SERVER,
			 .conn = conn,
			 .filter = EVENT_NO_FILTER,
			 .bytes = bytes });
}

void
journal_note(struct text *journal, const char *what)
{
	journal_event(journal,
	    &(struct event){
		.what = EVENT_NOTE, .filter = EVENT_NO_FILTER, .bytes = slice_of(what) });
}
