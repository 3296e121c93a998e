/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/session_file.h"

#include "sim/record/redact.h"
#include "sim/transcript/recording.h"

static void
flush(struct session_file *f)
{
	static const char last[] = "recording-ends";
	struct event e = { .what = EVENT_NOTE, .conn = 1, .bytes = slice_of(last) };

	if (f->lines.len == 0)
		return;
	bool written = shelf_write(f->shelf, &f->volume, text_slice(&f->lines));
	text_clear(&f->lines);
	if (written)
		return;
	e.ms = loop_now(f->loop);
	if (event_json(&f->lines, &e, f->start))
		(void)shelf_write(f->shelf, &f->volume, text_slice(&f->lines));
	text_clear(&f->lines);
	shelf_end(f->shelf, &f->volume);
}

static void
tell(void *self, const struct event *e)
{
	struct session_file *f = self;
	struct text masked = TEXT_INIT(RECORD_BYTES_MAX);
	struct event line = *e;

	line.ms = loop_now(f->loop);
	line.conn = 1;
	if (f->redact && (e->what == EVENT_PACKET || e->what == EVENT_RAW)) {
		if (!redact_event(e, &masked))
			return; /* no memory: rather nothing than what may not be seen */
		line.bytes = text_slice(&masked);
	}
	if (!event_json(&f->lines, &line, f->start))
		flush(f);
	text_clear(&masked);
}

void
session_file_begin(
    struct session_file *f, struct shelf *s, const struct loop *l, bool redact)
{
	*f = (struct session_file){ .shelf = s,
		.loop = l,
		.lines = TEXT_INIT(8 * RECORD_BYTES_MAX),
		.start = loop_now(l),
		.redact = redact };
	tap_init(&f->to_milter, TO_MILTER);
	tap_init(&f->to_mta, TO_MTA);
	shelf_begin(s, &f->volume, time(NULL));
	if (f->volume.fd == -1)
		return;
	text_printf(&f->lines,
	    "{\"kind\":\"meta\",\"version\":1,\"scenario\":\"milter-sim record\","
	    "\"redacted\":%s}\n",
	    redact ? "true" : "false");
	tell(f, &(struct event){ .what = EVENT_OPEN });
	flush(f);
}

void
session_file_bytes(struct session_file *f, enum direction to, struct slice bytes)
{
	const struct event_sink sink = { tell, f };

	if (f->volume.fd == -1)
		return;
	tap_bytes(to == TO_MILTER ? &f->to_milter : &f->to_mta, bytes, &sink);
	flush(f);
}

void
session_file_note(struct session_file *f, const char *what)
{
	if (f->volume.fd == -1)
		return;
	tell(f, &(struct event){ .what = EVENT_NOTE, .bytes = slice_of(what) });
	flush(f);
}

void
session_file_end(struct session_file *f)
{
	const struct event_sink sink = { tell, f };

	if (f->volume.fd != -1) {
		tap_end(&f->to_milter, &sink);
		tap_end(&f->to_mta, &sink);
		tell(f, &(struct event){ .what = EVENT_CLOSE });
		flush(f);
	}
	shelf_end(f->shelf, &f->volume);
	tap_clear(&f->to_milter);
	tap_clear(&f->to_mta);
	text_clear(&f->lines);
}
