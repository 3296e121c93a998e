/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/codec.h"

#include "wire/bytes.h"

static enum codec_status
cursor_status(const struct cursor *c)
{
	static const enum codec_status of[] = {
		[FALL_NONE] = CODEC_OK,
		[FALL_SHORT] = CODEC_SHORT,
		[FALL_NOT_TERMINATED] = CODEC_NOT_TERMINATED,
	};

	if (c->fall == FALL_NONE && c->rest.len > 0)
		return CODEC_LEFT_OVER;
	return of[c->fall];
}

static enum codec_status
decode_optneg(struct cursor *c, struct packet *p)
{
	p->optneg.version = take_u32(c);
	p->optneg.actions = take_u32(c);
	p->optneg.protocol = take_u32(c);
	p->optneg.symlists = c->rest;
	while (c->rest.len > 0) {
		uint32_t stage = take_u32(c);
		(void)take_string(c);
		if (c->fall == FALL_NONE && stage >= N_SYMLISTS)
			return CODEC_STAGE;
	}
	return cursor_status(c);
}

static enum codec_status
decode_macro(struct cursor *c, struct packet *p)
{
	p->macro.command = take_char(c);
	p->macro.pairs = c->rest;
	if (c->fall == FALL_NONE && packet_kind(TO_MILTER, p->macro.command) == N_PACKETS)
		return CODEC_STAGE;
	while (c->rest.len > 0) {
		struct slice name = take_string(c);
		if (c->fall == FALL_NONE && name.len == 0)
			return CODEC_NO_NAME;
		if (c->fall == FALL_NONE && c->rest.len == 0)
			return CODEC_ODD;
		(void)take_string(c);
	}
	return cursor_status(c);
}

static enum codec_status
decode_connect(struct cursor *c, struct packet *p)
{
	p->connect.host = take_string(c);
	p->connect.family = take_char(c);
	if (c->fall != FALL_NONE || p->connect.family == FAMILY_UNKNOWN)
		return cursor_status(c);
	if (strchr("L46", p->connect.family) == NULL || p->connect.family == '\0')
		return CODEC_FAMILY;
	p->connect.port = take_u16(c);
	p->connect.address = take_string(c);
	return cursor_status(c);
}

static enum codec_status
decode_header(struct cursor *c, struct packet *p)
{
	p->header.name = take_string(c);
	p->header.value = take_string(c);
	if (c->fall == FALL_NONE && p->header.name.len == 0)
		return CODEC_NO_NAME;
	return cursor_status(c);
}

static enum codec_status
decode_indexed(struct cursor *c, struct packet *p)
{
	p->header.index = take_u32(c);
	return decode_header(c, p);
}

static enum codec_status
decode_string(struct cursor *c, struct packet *p)
{
	p->string.first = take_string(c);
	return cursor_status(c);
}

static enum codec_status
decode_strings(struct cursor *c, struct packet *p)
{
	p->string.first = take_string(c);
	p->string.args = c->rest;
	while (c->rest.len > 0)
		(void)take_string(c);
	return cursor_status(c);
}

static enum codec_status
decode_pair(struct cursor *c, struct packet *p)
{
	p->string.first = take_string(c);
	p->string.args = c->rest;
	if (c->rest.len > 0)
		(void)take_string(c);
	return cursor_status(c);
}

static enum codec_status
decode_bytes(struct cursor *c, struct packet *p)
{
	p->bytes = take_rest(c);
	return CODEC_OK;
}

static enum codec_status
decode_none(struct cursor *c, struct packet *p)
{
	(void)p;
	return cursor_status(c);
}

static enum codec_status (*const decode[N_SHAPES])(struct cursor *, struct packet *) = {
	[SHAPE_NONE] = decode_none,
	[SHAPE_OPTNEG] = decode_optneg,
	[SHAPE_MACRO] = decode_macro,
	[SHAPE_CONNECT] = decode_connect,
	[SHAPE_STRING] = decode_string,
	[SHAPE_STRINGS] = decode_strings,
	[SHAPE_PAIR] = decode_pair,
	[SHAPE_HEADER] = decode_header,
	[SHAPE_INDEXED] = decode_indexed,
	[SHAPE_BYTES] = decode_bytes,
};

enum codec_status
packet_decode(enum direction to, char letter, struct slice payload, struct packet *ret)
{
	struct cursor c = { .rest = payload };
	struct packet p = { .kind = packet_kind(to, letter) };

	if (p.kind == N_PACKETS)
		return CODEC_UNKNOWN;
	enum codec_status s = decode[packet_rules[p.kind].shape](&c, &p);
	if (s == CODEC_OK)
		*ret = p;
	return s;
}

bool
string_next(struct slice *rest, struct slice *ret)
{
	struct cursor c = { .rest = *rest };
	struct slice s = take_string(&c);

	if (c.fall != FALL_NONE)
		return false;
	*rest = c.rest;
	*ret = s;
	return true;
}

bool
macro_next(struct slice *rest, struct slice *ret_name, struct slice *ret_value)
{
	struct cursor c = { .rest = *rest };
	struct slice name = take_string(&c);
	struct slice value = take_string(&c);

	if (c.fall != FALL_NONE)
		return false;
	*rest = c.rest;
	*ret_name = name;
	*ret_value = value;
	return true;
}

bool
symlist_next(struct slice *rest, uint32_t *ret_stage, struct slice *ret_names)
{
	struct cursor c = { .rest = *rest };
	uint32_t stage = take_u32(&c);
	struct slice names = take_string(&c);

	if (c.fall != FALL_NONE)
		return false;
	*rest = c.rest;
	*ret_stage = stage;
	*ret_names = names;
	return true;
}

const char *
codec_fault(enum codec_status s)
{
	switch (s) {
	case CODEC_OK: return "no fault";
	case CODEC_UNKNOWN: return "no packet has this letter";
	case CODEC_SHORT: return "payload ends early";
	case CODEC_NOT_TERMINATED: return "string not terminated";
	case CODEC_LEFT_OVER: return "bytes left over";
	case CODEC_FAMILY: return "no such address family";
	case CODEC_STAGE: return "no such stage";
	case CODEC_ODD: return "macro without a value";
	case CODEC_NO_NAME: return "empty name";
	case CODEC_NUL: return "NUL byte in a string";
	case CODEC_TOO_LONG: return "payload too long";
	case CODEC_NO_ROOM: return "no room";
	}
	return "no such codec status";
}
