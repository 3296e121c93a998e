/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/transcript/lines.h"

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

/* The next piece: through the first LF, or all. */
static struct slice
next_piece(struct slice *rest)
{
	size_t lf = slice_find(*rest, '\n');
	struct slice piece = slice_first(*rest, lf < rest->len ? lf + 1 : lf);

	*rest = slice_from(*rest, piece.len);
	return piece;
}

void
lines_smtp(struct text *out, long conn, bool from_client, struct slice bytes)
{
	while (bytes.len > 0) {
		struct slice piece = next_piece(&bytes);
		bool whole = slice_ends_nocase(piece, SLICE("\r\n"));
		struct slice line = slice_first(piece, whole ? piece.len - 2 : 0);

		put_number(out, conn, " ");
		text_printf(out, "%c", from_client ? 'C' : 'S');
		if (whole && is_plain(line)) {
			text_printf(out, ":%s%.*s\n", line.len > 0 ? " " : "",
			    (int)line.len, line.ptr != NULL ? line.ptr : "");
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

void
lines_packet(struct text *out, long conn, int milter, enum direction to, char letter,
    struct slice payload)
{
	put_side(out, conn, milter, to);
	payload_describe(out, to, letter, payload);
	text_printf(out, "\n");
}

void
lines_raw(struct text *out, long conn, int milter, enum direction to, struct slice bytes)
{
	put_side(out, conn, milter, to);
	text_printf(out, "raw ");
	text_append_escaped(out, bytes, bytes.len);
	text_printf(out, "\n");
}

/* "m2" is the second; a name without a number is the first. */
static int
milter_number(struct slice name)
{
	if (name.len == 2 && name.ptr[0] == 'm' && name.ptr[1] >= '1' &&
	    name.ptr[1] <= '9')
		return name.ptr[1] - '0';
	return 1;
}

static void
put_comment(struct text *out, const struct record *r)
{
	text_printf(out, "# ");
	if (r->milter.len > 0) {
		text_append_escaped(out, text_slice(&r->milter), 64);
		text_printf(out, " connection %ld: ", r->conn);
	}
	text_append_escaped(out, text_slice(&r->event), 200);
	text_printf(out, "\n");
}

void
lines_record(struct text *out, const struct record *r)
{
	int milter = milter_number(text_slice(&r->milter));
	struct slice bytes = text_slice(&r->bytes);

	switch (r->kind) {
	case RECORD_META:
	case RECORD_EVENT: put_comment(out, r); break;
	case RECORD_PACKET:
		lines_packet(out, r->conn, milter, r->to, r->letter, bytes);
		break;
	case RECORD_RAW: lines_raw(out, r->conn, milter, r->to, bytes); break;
	case RECORD_SMTP: lines_smtp(out, r->conn, r->from_client, bytes); break;
	case RECORD_OTHER: break;
	}
}
