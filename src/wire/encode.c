/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/codec.h"

#include "wire/bytes.h"

/* Appends to `out` and, like the cursor of the decoder, remembers its fall. */
struct packer {
	struct text *out;
	enum codec_status status;
};

static void
pack_bytes(struct packer *p, struct slice bytes)
{
	if (p->status == CODEC_OK && text_append(p->out, bytes) != TEXT_OK)
		p->status = CODEC_NO_ROOM;
}

static void
pack_char(struct packer *p, char c)
{
	pack_bytes(p, (struct slice){ &c, 1 });
}

static void
pack_u16(struct packer *p, uint16_t n)
{
	pack_char(p, (char)(n >> 8));
	pack_char(p, (char)(n & 0xff));
}

static void
pack_u32(struct packer *p, uint32_t n)
{
	char b[4];

	bytes_put_u32(b, n);
	pack_bytes(p, (struct slice){ b, sizeof b });
}

static void
pack_string(struct packer *p, struct slice s)
{
	if (p->status == CODEC_OK && slice_find(s, '\0') != s.len)
		p->status = CODEC_NUL;
	pack_bytes(p, s);
	pack_char(p, '\0');
}

static void
encode_optneg(struct packer *p, const struct packet *k)
{
	pack_u32(p, k->optneg.version);
	pack_u32(p, k->optneg.actions);
	pack_u32(p, k->optneg.protocol);
	pack_bytes(p, k->optneg.symlists);
}

static void
encode_macro(struct packer *p, const struct packet *k)
{
	pack_char(p, k->macro.command);
	pack_bytes(p, k->macro.pairs);
}

static void
encode_connect(struct packer *p, const struct packet *k)
{
	pack_string(p, k->connect.host);
	pack_char(p, k->connect.family);
	if (k->connect.family == FAMILY_UNKNOWN)
		return;
	pack_u16(p, k->connect.port);
	pack_string(p, k->connect.address);
}

static void
encode_header(struct packer *p, const struct packet *k)
{
	pack_string(p, k->header.name);
	pack_string(p, k->header.value);
}

static void
encode_indexed(struct packer *p, const struct packet *k)
{
	pack_u32(p, k->header.index);
	encode_header(p, k);
}

static void
encode_string(struct packer *p, const struct packet *k)
{
	pack_string(p, k->string.first);
}

static void
encode_strings(struct packer *p, const struct packet *k)
{
	pack_string(p, k->string.first);
	pack_bytes(p, k->string.args);
}

static void
encode_bytes(struct packer *p, const struct packet *k)
{
	pack_bytes(p, k->bytes);
}

static void
encode_none(struct packer *p, const struct packet *k)
{
	(void)p;
	(void)k;
}

static void (*const encode[N_SHAPES])(struct packer *, const struct packet *) = {
	[SHAPE_NONE] = encode_none,
	[SHAPE_OPTNEG] = encode_optneg,
	[SHAPE_MACRO] = encode_macro,
	[SHAPE_CONNECT] = encode_connect,
	[SHAPE_STRING] = encode_string,
	[SHAPE_STRINGS] = encode_strings,
	[SHAPE_PAIR] = encode_strings,
	[SHAPE_HEADER] = encode_header,
	[SHAPE_INDEXED] = encode_indexed,
	[SHAPE_BYTES] = encode_bytes,
};

/* What was packed must decode: so raw lists from a caller are checked too. */
static enum codec_status
check_packed(const struct packet *k, struct slice payload)
{
	const struct packet_rule *rule = &packet_rules[k->kind];
	struct packet again;

	if (payload.len > FRAME_PAYLOAD_64K)
		return CODEC_TOO_LONG;
	return packet_decode(rule->to, rule->letter, payload, &again);
}

enum codec_status
packet_encode(struct text *out, const struct packet *k)
{
	struct packer p = { .out = out };
	size_t before = out->len;

	if (k->kind >= N_PACKETS)
		return CODEC_UNKNOWN;
	if (frame_append(out, packet_rules[k->kind].letter, (struct slice){ NULL, 0 }) !=
	    TEXT_OK)
		return CODEC_NO_ROOM;
	size_t start = out->len;
	encode[packet_rules[k->kind].shape](&p, k);
	struct slice payload = slice_from(text_slice(out), start);
	if (p.status == CODEC_OK)
		p.status = check_packed(k, payload);
	if (p.status == CODEC_OK)
		bytes_put_u32(out->ptr + before, (uint32_t)payload.len + 1);
	else
		out->len = before;
	return p.status;
}

/* Undoes a half-done append. */
static enum codec_status
settle(struct packer *p, size_t before)
{
	if (p->status != CODEC_OK)
		p->out->len = before;
	return p->status;
}

enum codec_status
string_append(struct text *raw, struct slice s)
{
	struct packer p = { .out = raw };
	size_t before = raw->len;

	pack_string(&p, s);
	return settle(&p, before);
}

enum codec_status
macro_append(struct text *raw, struct slice name, struct slice value)
{
	struct packer p = { .out = raw };
	size_t before = raw->len;

	pack_string(&p, name);
	pack_string(&p, value);
	return settle(&p, before);
}
