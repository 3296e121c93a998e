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
