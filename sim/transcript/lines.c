/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/transcript/lines.h"

#include "sim/transcript/pattern.h"
#include "wire/notation.h"

static void
put_number(struct text *out, long n, const char *behind)
{
	if (n > 1)
		text_printf(out, "%ld%s", n, behind);
}

static bool
is_plain(struct slice line)
{
	for (size_t i = 0; i < line.len; i++) {
		if (line.ptr[i] < ' ' || line.ptr[i] > '~')
			return false;
	}
	return true;
}

void
lines_smtp(struct text *out, long conn, bool from_client, struct slice bytes)
{
	while (bytes.len > 0) {
		struct slice piece = slice_next_piece(&bytes);
		bool whole = slice_ends_nocase(piece, SLICE("\r\n"));
		struct slice line = slice_first(piece, whole ? piece.len - 2 : 0);

		put_number(out, conn, " ");
		text_printf(out, "%c", from_client ? 'C' : 'S');
		if (whole && is_plain(line)) {
			text_printf(out, ":%s", line.len > 0 ? " " : "");
			pattern_escape(out, line);
			text_printf(out, "\n");
			continue;
		}
		text_printf(out, "= ");
		text_append_escaped(out, piece, piece.len);
		text_printf(out, "\n");
	}
}

static void
put_side(struct text *out, long conn, int milter, enum direction to)
{
	put_number(out, conn, " ");
	text_printf(out, "M");
	put_number(out, milter, "");
	text_printf(out, "%s ", to == TO_MILTER ? ">" : "<");
}

/* Letter and payload to a milter, a whole frame from it: as transcripts have it. */
static void
put_raw_packet(struct text *out, enum direction to, char letter, struct slice payload)
{
	struct text bytes = TEXT_INIT(FRAME_HEAD + FRAME_PAYLOAD_1M);
	bool ok = to == TO_MTA
		      ? frame_append(&bytes, letter, payload) == TEXT_OK
		      : text_append(&bytes, (struct slice){ &letter, 1 }) == TEXT_OK &&
			    text_append(&bytes, payload) == TEXT_OK;

	text_printf(out, "raw ");
	if (ok)
		text_append_escaped(out, text_slice(&bytes), bytes.len);
	text_clear(&bytes);
}

void
lines_packet(struct text *out, long conn, int milter, enum direction to, char letter,
    struct slice payload)
{
	struct text line = TEXT_INIT(5 * FRAME_PAYLOAD_1M);
	struct packet p;

	bool good = packet_decode(to, letter, payload, &p) == CODEC_OK;
	payload_describe(&line, to, letter, payload);
	if (!good)
		text_printf(out, "# %s\n", text_cstr(&line));
	put_side(out, conn, milter, to);
	if (good)
		pattern_escape(out, text_slice(&line));
	else
		put_raw_packet(out, to, letter, payload);
	text_printf(out, "\n");
	text_clear(&line);
}

void
lines_raw(struct text *out, long conn, int milter, enum direction to, struct slice bytes)
{
	put_side(out, conn, milter, to);
	text_printf(out, "raw ");
	text_append_escaped(out, bytes, bytes.len);
	text_printf(out, "\n");
}
