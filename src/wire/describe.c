/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/notation.h"

enum { BYTES_SHOWN = 80 }; /* of a payload that cannot be decoded */

static void
show_plain(struct text *out, struct slice s)
{
	text_append_escaped(out, s, s.len);
}

/* A name, in which none of the `special` bytes may stand for itself. */
static void
show_name(struct text *out, struct slice s, const char *special)
{
	for (size_t i = 0; i < s.len; i++) {
		if (strchr(special, s.ptr[i]) != NULL)
			text_printf(out, "\\x%02X", (unsigned char)s.ptr[i]);
		else
			show_plain(out, (struct slice){ s.ptr + i, 1 });
	}
}

/* To the end of the line; a blank there would not be seen, so it is escaped. */
static void
show_rest(struct text *out, struct slice s)
{
	if (s.len == 0)
		return;
	text_printf(out, " ");
	show_plain(out, slice_first(s, s.len - 1));
	show_name(out, slice_from(s, s.len - 1), " ");
}

/* As part of a "word": quotes must not end it. */
static void
show_quotable(struct text *out, struct slice s)
{
	for (;;) {
		size_t quote = slice_find(s, '"');
		show_plain(out, slice_first(s, quote));
		if (quote == s.len)
			return;
		text_printf(out, "\\\"");
		s = slice_from(s, quote + 1);
	}
}

static void
show_word(struct text *out, struct slice s)
{
	bool quoted = s.len == 0 || slice_find(s, ' ') != s.len;

	text_printf(out, "%s", quoted ? "\"" : "");
	show_quotable(out, s);
	text_printf(out, "%s", quoted ? "\"" : "");
}

static void
show_bits(struct text *out, uint32_t bits, const struct bit_name *names)
{
	const char *between = "";

	if (bits == 0)
		text_printf(out, "none");
	for (; names->bit != 0; names++) {
		if ((bits & names->bit) == 0)
			continue;
		text_printf(out, "%s%s", between, names->name);
		bits &= ~names->bit;
		between = "|";
	}
	if (bits != 0)
		text_printf(out, "%s0x%x", between, (unsigned)bits);
}

static void
show_optneg(struct text *out, const struct packet *p)
{
	struct slice rest = p->optneg.symlists;
	struct slice names;
	uint32_t stage;

	text_printf(out, " version %u actions ", (unsigned)p->optneg.version);
	show_bits(out, p->optneg.actions, action_names);
	text_printf(out, " protocol ");
	show_bits(out, p->optneg.protocol, protocol_names);
	while (symlist_next(&rest, &stage, &names)) {
		text_printf(out, " %s=", symlist_names[stage]);
		show_word(out, names);
	}
}

static void
show_macro(struct text *out, const struct packet *p)
{
	enum packet_kind of = packet_kind(TO_MILTER, p->macro.command);
	struct slice rest = p->macro.pairs;
	struct slice name, value;

	text_printf(out, " %s", packet_rules[of].name);
	while (macro_next(&rest, &name, &value)) {
		text_printf(out, " ");
		show_name(out, name, "= \"");
		text_printf(out, "=");
		show_word(out, value);
	}
}

static const char *
family_name(char family)
{
	switch (family) {
	case FAMILY_UNIX: return "unix";
	case FAMILY_INET: return "inet";
	case FAMILY_INET6: return "inet6";
	}
	return "unknown";
}

static void
show_connect(struct text *out, const struct packet *p)
{
	text_printf(out, " ");
	show_word(out, p->connect.host);
	text_printf(out, " %s", family_name(p->connect.family));
	if (p->connect.family == FAMILY_UNKNOWN)
		return;
	text_printf(out, " %u ", (unsigned)p->connect.port);
	show_word(out, p->connect.address);
}

static void
show_header(struct text *out, const struct packet *p)
{
	text_printf(out, " ");
	show_name(out, p->header.name, ": ");
	text_printf(out, ":");
	show_rest(out, p->header.value);
}

static void
show_indexed(struct text *out, const struct packet *p)
{
	text_printf(out, " %u", (unsigned)p->header.index);
	show_header(out, p);
}

static void
show_string(struct text *out, const struct packet *p)
{
	show_rest(out, p->string.first);
}

static void
show_strings(struct text *out, const struct packet *p)
{
	struct slice rest = p->string.args;
	struct slice arg;

	text_printf(out, " ");
	show_word(out, p->string.first);
	while (string_next(&rest, &arg)) {
		text_printf(out, " ");
		show_word(out, arg);
	}
}

static void
show_bytes(struct text *out, const struct packet *p)
{
	show_rest(out, p->bytes);
}

static void
show_none(struct text *out, const struct packet *p)
{
	(void)out;
	(void)p;
}

static void (*const show[N_SHAPES])(struct text *, const struct packet *) = {
	[SHAPE_NONE] = show_none,
	[SHAPE_OPTNEG] = show_optneg,
	[SHAPE_MACRO] = show_macro,
	[SHAPE_CONNECT] = show_connect,
	[SHAPE_STRING] = show_string,
	[SHAPE_STRINGS] = show_strings,
	[SHAPE_PAIR] = show_strings,
	[SHAPE_HEADER] = show_header,
	[SHAPE_INDEXED] = show_indexed,
	[SHAPE_BYTES] = show_bytes,
};

void
packet_describe(struct text *out, const struct packet *p)
{
	text_printf(out, "%s", packet_rules[p->kind].name);
	show[packet_rules[p->kind].shape](out, p);
}

void
payload_describe(struct text *out, enum direction to, char letter, struct slice payload)
{
	struct packet p;
	enum codec_status s = packet_decode(to, letter, payload, &p);
	enum packet_kind kind = packet_kind(to, letter);

	if (s == CODEC_OK) {
		packet_describe(out, &p);
		return;
	}
	if (kind == N_PACKETS)
		show_word(out, (struct slice){ &letter, 1 });
	else
		text_printf(out, "%s", packet_rules[kind].name);
	text_printf(out, " [%s] ", codec_fault(s));
	text_append_escaped(out, payload, BYTES_SHOWN);
}
