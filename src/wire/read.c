/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/notation.h"

#include "wire/bytes.h"
#include "wire/words.h"

static bool
put_word(struct text *payload, struct slice word, struct text *why)
{
	return words_unescape(payload, word, true, why) &&
	       words_append(payload, SLICE("\0"), why);
}

static bool
put_u32(struct text *payload, uint32_t n, struct text *why)
{
	char b[4];

	bytes_put_u32(b, n);
	return words_append(payload, (struct slice){ b, sizeof b }, why);
}

static bool
one_bit(struct slice word, const struct bit_name *names, uint32_t all, uint32_t *bits,
    struct text *why)
{
	unsigned long n = 0;

	if (slice_equal_nocase(word, SLICE("none")))
		return true;
	if (slice_equal_nocase(word, SLICE("all"))) {
		*bits |= all;
		return true;
	}
	for (; names->bit != 0; names++) {
		if (slice_equal_nocase(word, slice_of(names->name))) {
			*bits |= names->bit;
			return true;
		}
	}
	if (slice_starts_nocase(word, SLICE("0x")) &&
	    words_number(word, UINT32_MAX, &n, why)) {
		*bits |= (uint32_t)n;
		return true;
	}
	text_printf(why, "no bit is called '");
	text_append_escaped(why, word, 40);
	text_printf(why, "'");
	return false;
}

static bool
put_bits(struct text *payload, struct slice word, const struct bit_name *names,
    uint32_t all, struct text *why)
{
	uint32_t bits = 0;

	do {
		size_t bar = slice_find(word, '|');
		if (!one_bit(slice_first(word, bar), names, all, &bits, why))
			return false;
		word = slice_from(word, bar + 1);
	} while (word.len > 0);
	return put_u32(payload, bits, why);
}

/* The word behind the word `label`. */
static bool
labelled(struct slice *rest, const char *label, struct slice *ret, struct text *why)
{
	struct slice word;

	if (!words_next(rest, &word, why))
		return false;
	if (!slice_equal_nocase(word, slice_of(label))) {
		text_printf(why, "wants '%s' and its value here", label);
		return false;
	}
	return words_next(rest, ret, why);
}

static bool
put_symlist(struct text *payload, struct slice word, struct text *why)
{
	bool open;
	size_t equals = words_end(word, '=', &open);

	for (uint32_t i = 0; i < N_SYMLISTS && equals < word.len; i++) {
		if (!slice_equal_nocase(
			slice_first(word, equals), slice_of(symlist_names[i])))
			continue;
		return put_u32(payload, i, why) &&
		       put_word(payload, slice_from(word, equals + 1), why);
	}
	text_printf(why,
	    "a macro list is STAGE=\"names\", STAGE one of CONNECT HELO MAIL "
	    "RCPT DATA EOM EOH");
	return false;
}

static bool
read_optneg(struct slice rest, struct text *payload, struct text *why)
{
	struct slice word;
	unsigned long version;

	if (!labelled(&rest, "version", &word, why) ||
	    !words_number(word, UINT32_MAX, &version, why) ||
	    !put_u32(payload, (uint32_t)version, why))
		return false;
	if (!labelled(&rest, "actions", &word, why) ||
	    !put_bits(payload, word, action_names, ACTIONS_ALL, why))
		return false;
	if (!labelled(&rest, "protocol", &word, why) ||
	    !put_bits(payload, word, protocol_names, PROTO_ALL, why))
		return false;
	while (words_next(&rest, &word, why)) {
		if (word.len == 0)
			return true;
		if (!put_symlist(payload, word, why))
			return false;
	}
	return false;
}

static bool
put_pair(struct text *payload, struct slice word, struct text *why)
{
	bool open;
	size_t equals = words_end(word, '=', &open);

	if (equals == word.len) {
		text_printf(why, "a macro is name=value");
		return false;
	}
	return put_word(payload, slice_first(word, equals), why) &&
	       put_word(payload, slice_from(word, equals + 1), why);
}

static bool
read_macro(struct slice rest, struct text *payload, struct text *why)
{
	struct slice word;

	if (!words_next(&rest, &word, why))
		return false;
	enum packet_kind of = packet_kind_named(TO_MILTER, word);
	if (of == N_PACKETS) {
		text_printf(why, "MACRO wants the name of the command that it is for");
		return false;
	}
	if (!words_append(payload, (struct slice){ &packet_rules[of].letter, 1 }, why))
		return false;
	while (words_next(&rest, &word, why)) {
		if (word.len == 0)
			return true;
		if (!put_pair(payload, word, why))
			return false;
	}
	return false;
}

static char
family_letter(struct slice word)
{
	if (slice_equal_nocase(word, SLICE("inet")))
		return FAMILY_INET;
	if (slice_equal_nocase(word, SLICE("inet6")))
		return FAMILY_INET6;
	if (slice_equal_nocase(word, SLICE("unix")))
		return FAMILY_UNIX;
	return slice_equal_nocase(word, SLICE("unknown")) ? FAMILY_UNKNOWN : '\0';
}

static bool
read_connect(struct slice rest, struct text *payload, struct text *why)
{
	struct slice host, word;
	unsigned long port;

	if (!words_next(&rest, &host, why) || !put_word(payload, host, why) ||
	    !words_next(&rest, &word, why))
		return false;
	char family = family_letter(word);
	if (family == '\0') {
		text_printf(why, "an address family is inet, inet6, unix or unknown");
		return false;
	}
	if (!words_append(payload, (struct slice){ &family, 1 }, why))
		return false;
	if (family == FAMILY_UNKNOWN)
		return words_done(rest, why);
	if (!words_next(&rest, &word, why) || !words_number(word, UINT16_MAX, &port, why))
		return false;
	char be[2] = { (char)(port >> 8), (char)(port & 0xff) };
	return words_append(payload, (struct slice){ be, 2 }, why) &&
	       words_next(&rest, &word, why) && put_word(payload, word, why) &&
	       words_done(rest, why);
}

static bool
read_header(struct slice rest, struct text *payload, struct text *why)
{
	size_t colon = slice_find(rest, ':');
	struct slice value = slice_from(rest, colon + 1);

	if (colon == rest.len) {
		text_printf(why, "a header is 'Name: value'");
		return false;
	}
	if (value.len > 0 && value.ptr[0] == ' ')
		value = slice_from(value, 1);
	return words_unescape(payload, slice_first(rest, colon), false, why) &&
	       words_append(payload, SLICE("\0"), why) &&
	       words_unescape(payload, value, false, why) &&
	       words_append(payload, SLICE("\0"), why);
}

static bool
read_indexed(struct slice rest, struct text *payload, struct text *why)
{
	struct slice word;
	unsigned long index;

	return words_next(&rest, &word, why) &&
	       words_number(word, UINT32_MAX, &index, why) &&
	       put_u32(payload, (uint32_t)index, why) &&
	       read_header(slice_from(rest, 1), payload, why);
}

static bool
read_string(struct slice rest, struct text *payload, struct text *why)
{
	return words_unescape(payload, rest, false, why) &&
	       words_append(payload, SLICE("\0"), why);
}

static bool
read_strings(struct slice rest, struct text *payload, struct text *why)
{
	struct slice word;

	while (words_next(&rest, &word, why)) {
		if (word.len == 0)
			return true;
		if (!put_word(payload, word, why))
			return false;
	}
	return false;
}

static bool
read_bytes(struct slice rest, struct text *payload, struct text *why)
{
	return words_unescape(payload, rest, false, why);
}

static bool
read_none(struct slice rest, struct text *payload, struct text *why)
{
	(void)payload;
	return words_done(rest, why);
}

static bool (*const read_payload[N_SHAPES])(
    struct slice, struct text *, struct text *) = {
	[SHAPE_NONE] = read_none,
	[SHAPE_OPTNEG] = read_optneg,
	[SHAPE_MACRO] = read_macro,
	[SHAPE_CONNECT] = read_connect,
	[SHAPE_STRING] = read_string,
	[SHAPE_STRINGS] = read_strings,
	[SHAPE_PAIR] = read_strings,
	[SHAPE_HEADER] = read_header,
	[SHAPE_INDEXED] = read_indexed,
	[SHAPE_BYTES] = read_bytes,
};

/* Builds the payload and holds it against the decoder before it goes out. */
static bool
build(const struct packet_rule *rule, struct slice rest, struct text *out,
    struct text *payload, struct text *why)
{
	struct packet p;

	if (!read_payload[rule->shape](rest, payload, why))
		return false;
	enum codec_status s =
	    packet_decode(rule->to, rule->letter, text_slice(payload), &p);
	if (s != CODEC_OK) {
		text_printf(why, "%s", codec_fault(s));
		return false;
	}
	if (frame_append(out, rule->letter, text_slice(payload)) != TEXT_OK) {
		text_printf(why, "packet too long");
		return false;
	}
	return true;
}

bool
packet_read(struct text *out, enum direction to, struct slice line, struct text *why)
{
	struct text payload = TEXT_INIT(FRAME_PAYLOAD_64K);
	size_t blank = slice_find(line, ' ');
	enum packet_kind kind = packet_kind_named(to, slice_first(line, blank));

	if (kind == N_PACKETS) {
		text_printf(why, "no packet is called '");
		text_append_escaped(why, slice_first(line, blank), 40);
		text_printf(why, "'");
		return false;
	}
	bool ok =
	    build(&packet_rules[kind], slice_from(line, blank + 1), out, &payload, why);
	text_clear(&payload);
	return ok;
}
