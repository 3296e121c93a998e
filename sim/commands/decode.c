/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * milter-sim decode - milter bytes or a recording as readable lines.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/commands/subcommand.h"
#include "sim/commands/table.h"
#include "sim/transcript/lines.h"
#include "sim/transcript/recording.h"
#include "wire/codec.h"

enum { INPUT_MAX = 256 * 1024 * 1024 };

enum form { FORM_GUESS, FORM_HEX, FORM_RAW, FORM_RECORDING };

struct input {
	const char *name;
	struct text bytes;
	int faults;
};

static void
complain(struct input *in, const char *unit, size_t at, const char *what)
{
	(void)fprintf(stderr, "%s: %s %zu: %s\n", in->name, unit, at, what);
	in->faults++;
}

static void
print_and_clear(struct text *lines)
{
	if (lines->len > 0)
		(void)fwrite(lines->ptr, 1, lines->len, stdout);
	text_clear(lines);
}

/*
 * Bytes without a direction: capital letters are commands.  OPTNEG goes both
 * ways, so the second one is the answer.
 */
static enum direction
guess_direction(char letter, bool *negotiated)
{
	if (letter != 'O')
		return letter >= 'A' && letter <= 'Z' ? TO_MILTER : TO_MTA;
	*negotiated = !*negotiated;
	return *negotiated ? TO_MILTER : TO_MTA;
}

static void
decode_frame(struct input *in, size_t at, const struct frame *f, bool *negotiated)
{
	struct text line = TEXT_INIT(RECORD_BYTES_MAX);
	enum direction to = guess_direction(f->letter, negotiated);
	struct packet p;
	enum codec_status s = packet_decode(to, f->letter, f->payload, &p);

	if (s != CODEC_OK)
		complain(in, "byte", at, codec_fault(s));
	lines_packet(&line, 1, 1, to, f->letter, f->payload);
	print_and_clear(&line);
}

static void
decode_stream(struct input *in, struct slice bytes)
{
	struct slice rest = bytes;
	bool negotiated = false;
	struct frame f;

	while (rest.len > 0) {
		size_t at = bytes.len - rest.len;
		enum frame_status s = frame_decode(rest, FRAME_PAYLOAD_1M, &f);
		if (s != FRAME_OK) {
			complain(in, "byte", at, frame_fault(s));
			return;
		}
		decode_frame(in, at, &f, &negotiated);
		rest = slice_from(rest, f.size);
	}
}

/* Hexadecimal digits; blanks between bytes and comments behind # are free. */
static void
decode_hex(struct input *in)
{
	struct slice rest = text_slice(&in->bytes);
	struct text bytes = TEXT_INIT(INPUT_MAX);
	struct slice line, word;

	for (size_t number = 1; slice_next_line(&rest, &line); number++) {
		line = slice_trim(slice_first(line, slice_find(line, '#')));
		while (line.len > 0) {
			word = slice_first(line, slice_find(line, ' '));
			line = slice_trim(slice_from(line, word.len));
			if (hex_append(&bytes, word))
				continue;
			complain(in, "line", number,
			    "not hexadecimal; write two digits for each byte, or use "
			    "--raw");
			text_clear(&bytes);
			return;
		}
	}
	decode_stream(in, text_slice(&bytes));
	text_clear(&bytes);
}

static void
decode_record(struct input *in, size_t number, const struct record *r)
{
	struct text line = TEXT_INIT(8 * RECORD_BYTES_MAX);
	struct packet p;

	if (r->kind == RECORD_PACKET) {
		enum codec_status s =
		    packet_decode(r->to, r->letter, text_slice(&r->bytes), &p);
		if (s != CODEC_OK)
			complain(in, "line", number, codec_fault(s));
		else if (r->length != r->bytes.len + 1)
			complain(in, "line", number, "\"len\" is not what \"hex\" holds");
	}
	struct event e;
	if (record_event(r, &e))
		event_transcript(&line, &e);
	print_and_clear(&line);
}

static void
decode_recording(struct input *in)
{
	struct slice rest = text_slice(&in->bytes);
	struct text why = TEXT_INIT(300);
	struct record r = RECORD_INIT;
	struct slice line;

	for (size_t number = 1; slice_next_line(&rest, &line); number++) {
		if (slice_trim(line).len == 0)
			continue;
		if (record_read(line, &r, &why))
			decode_record(in, number, &r);
		else
			complain(in, "line", number, text_cstr(&why));
		text_clear(&why);
	}
	record_clear(&r);
}

static bool
read_all(struct input *in, FILE *from)
{
	char chunk[64 * 1024];
	size_t n;

	while ((n = fread(chunk, 1, sizeof chunk, from)) > 0) {
		if (text_append(&in->bytes, (struct slice){ chunk, n }) != TEXT_OK) {
			errno = EFBIG;
			return false;
		}
	}
	return !ferror(from);
}

static bool
load(struct input *in)
{
	bool standard = strcmp(in->name, "-") == 0;
	FILE *from = standard ? stdin : fopen(in->name, "rb");
	bool ok = from != NULL && read_all(in, from);
	int trouble = errno;

	if (from != NULL && !standard)
		(void)fclose(from);
	if (!ok)
		(void)fprintf(stderr, "%s: %s\n", in->name, strerror(trouble));
	return ok;
}

static enum form
guess_form(struct slice bytes)
{
	struct slice s = slice_trim(bytes);

	return s.len > 0 && s.ptr[0] == '{' ? FORM_RECORDING : FORM_HEX;
}

static int
decode_file(const char *name, enum form form)
{
	struct input in = { .name = name, .bytes = TEXT_INIT(INPUT_MAX) };

	if (!load(&in)) {
		text_clear(&in.bytes);
		return SIM_USAGE;
	}
	switch (form == FORM_GUESS ? guess_form(text_slice(&in.bytes)) : form) {
	case FORM_GUESS:
	case FORM_HEX: decode_hex(&in); break;
	case FORM_RAW: decode_stream(&in, text_slice(&in.bytes)); break;
	case FORM_RECORDING: decode_recording(&in); break;
	}
	text_clear(&in.bytes);
	return in.faults == 0 ? SIM_OK : SIM_DIFFERENT;
}

static const char usage[] =
    "usage: milter-sim decode [--hex | --raw | --recording] [FILE...]\n"
    "       milter-sim decode --table\n\n"
    "Prints milter packets as lines: M> is sent to the milter, M< comes from it.\n"
    "Reads hexadecimal digits (blanks and # comments allowed) or a recording (JSON\n"
    "lines), told apart by their first byte; --raw reads the bytes themselves.\n"
    "Without FILE, or for -, reads standard input.  --table prints the protocol.\n\n"
    "Exit code: 0 all of it is good, 1 something is not, 2 usage or no such file.\n";

static const struct option options[] = {
	{ "hex", no_argument, NULL, FORM_HEX },
	{ "raw", no_argument, NULL, FORM_RAW },
	{ "recording", no_argument, NULL, FORM_RECORDING },
	{ "table", no_argument, NULL, 't' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int
decode_files(int n, char **names, enum form form)
{
	static char standard[] = "-";
	static char *only[] = { standard };
	int worst = SIM_OK;

	for (int i = 0; i < (n > 0 ? n : 1); i++) {
		int got = decode_file(n > 0 ? names[i] : only[i], form);
		if (got > worst)
			worst = got;
	}
	if (fflush(stdout) != 0) {
		perror("standard output");
		return SIM_USAGE;
	}
	return worst;
}

int
decode_main(int argc, char **argv)
{
	enum form form = FORM_GUESS;
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case FORM_HEX:
		case FORM_RAW:
		case FORM_RECORDING: form = (enum form)c; break;
		case 't': return table_print(stdout) ? SIM_OK : SIM_USAGE;
		case 'h': (void)fputs(usage, stdout); return SIM_OK;
		default: (void)fputs(usage, stderr); return SIM_USAGE;
		}
	}
	return decode_files(argc - optind, argv + optind, form);
}
