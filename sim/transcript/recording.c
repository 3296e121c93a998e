/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/transcript/recording.h"

#include <jansson.h>

#include "base/number.h"
#include "wire/notation.h"

static const char *const direction_names[] = {
	[TO_MILTER] = "mta>milter",
	[TO_MTA] = "milter>mta",
};

bool
hex_append(struct text *out, struct slice digits)
{
	if (digits.len % 2 != 0)
		return false;
	for (size_t i = 0; i < digits.len; i += 2) {
		int high = hex_digit(digits.ptr[i]);
		int low = hex_digit(digits.ptr[i + 1]);
		char byte = (char)(high * 16 + low);
		if (high < 0 || low < 0 ||
		    text_append(out, (struct slice){ &byte, 1 }) != TEXT_OK)
			return false;
	}
	return true;
}

/* Code points up to 255 become the bytes they stand for. */
static bool
latin1_append(struct text *out, struct slice utf8)
{
	for (size_t i = 0; i < utf8.len; i++) {
		unsigned char c = (unsigned char)utf8.ptr[i];
		if (c >= 0xc4 || (c >= 0x80 && i + 1 == utf8.len))
			return false;
		if (c >= 0x80)
			c = (unsigned char)((c & 3) << 6 | (utf8.ptr[++i] & 0x3f));
		char byte = (char)c;
		if (text_append(out, (struct slice){ &byte, 1 }) != TEXT_OK)
			return false;
	}
	return true;
}

static struct slice
string_of(const json_t *object, const char *key)
{
	const json_t *v = json_object_get(object, key);

	if (!json_is_string(v))
		return (struct slice){ NULL, 0 };
	return (struct slice){ json_string_value(v), json_string_length(v) };
}

static bool
fault(struct text *why, const char *what)
{
	text_printf(why, "%s", what);
	return false;
}

static bool
read_packet(const json_t *o, struct record *r, struct text *why)
{
	struct slice letter = string_of(o, "cmd");
	const json_t *length = json_object_get(o, "len");

	r->kind = RECORD_PACKET;
	if (letter.len != 1)
		return fault(why, "\"cmd\" is not one letter");
	r->letter = letter.ptr[0];
	if (!hex_append(&r->bytes, string_of(o, "hex")))
		return fault(why, "\"hex\" is not hexadecimal");
	r->length = (uint32_t)r->bytes.len + 1;
	if (length == NULL)
		return true;
	if (json_integer_value(length) < 0 || json_integer_value(length) > UINT32_MAX)
		return fault(why, "\"len\" is out of range");
	r->length = (uint32_t)json_integer_value(length);
	return true;
}

/* The name of a milter goes into lines as it is. */
static bool
is_plain(struct slice name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] <= ' ' || name.ptr[i] > '~')
			return false;
	}
	return name.len > 0 && name.len <= 64;
}

static bool
read_milter(const json_t *o, struct record *r, struct text *why)
{
	struct slice dir = string_of(o, "dir");
	struct slice name = string_of(o, "milter");

	if (!is_plain(name) || text_append(&r->milter, name) != TEXT_OK)
		return fault(why, "\"milter\" is not a name");
	r->conn = (long)json_integer_value(json_object_get(o, "conn"));
	if (dir.ptr == NULL)
		return true;
	if (slice_equal(dir, slice_of(direction_names[TO_MILTER])))
		r->to = TO_MILTER;
	else if (slice_equal(dir, slice_of(direction_names[TO_MTA])))
		r->to = TO_MTA;
	else
		return fault(why, "\"dir\" is neither mta>milter nor milter>mta");
	if (json_object_get(o, "raw") == NULL)
		return read_packet(o, r, why);
	r->kind = RECORD_RAW;
	return hex_append(&r->bytes, string_of(o, "raw")) ||
	       fault(why, "\"raw\" is not hexadecimal");
}

static bool
read_smtp(const json_t *o, struct record *r, struct text *why)
{
	struct slice dir = string_of(o, "dir");

	r->conn = (long)json_integer_value(json_object_get(o, "conn"));
	if (dir.ptr == NULL)
		return true;
	r->kind = RECORD_SMTP;
	r->from_client = slice_equal(dir, SLICE("C>S"));
	if (!r->from_client && !slice_equal(dir, SLICE("S>C")))
		return fault(why, "\"dir\" is neither C>S nor S>C");
	return latin1_append(&r->bytes, string_of(o, "text")) ||
	       fault(why, "\"text\" is not Latin-1");
}

static bool
read_meta(const json_t *o, struct record *r, struct text *why)
{
	const json_t *version = json_object_get(o, "version");

	r->kind = RECORD_META;
	text_append_escaped(&r->event, string_of(o, "scenario"), 100);
	r->redacted = json_is_true(json_object_get(o, "redacted"));
	return version == NULL || json_integer_value(version) == RECORD_VERSION ||
	       fault(why, "a recording of another version than 1");
}

static bool
read_object(const json_t *o, struct record *r, struct text *why)
{
	struct slice src = string_of(o, "src");
	struct slice event = string_of(o, "ev");

	r->t = json_number_value(json_object_get(o, "t"));
	if (slice_equal(string_of(o, "kind"), SLICE("meta")))
		return read_meta(o, r, why);
	r->kind = RECORD_OTHER;
	if (event.ptr != NULL) {
		r->kind = RECORD_EVENT;
		text_append_escaped(&r->event, event, 100);
	}
	if (slice_equal(src, SLICE("milter")))
		return read_milter(o, r, why);
	if (slice_equal(src, SLICE("smtp")))
		return read_smtp(o, r, why);
	return true;
}

bool
record_read(struct slice line, struct record *r, struct text *why)
{
	json_error_t e;

	record_clear(r);
	json_t *o = json_loadb(line.ptr, line.len, JSON_ALLOW_NUL, &e);
	if (o == NULL) {
		text_printf(why, "not JSON: ");
		text_append_escaped(why, slice_of(e.text), sizeof e.text);
		return false;
	}
	bool ok =
	    json_is_object(o) ? read_object(o, r, why) : fault(why, "not a JSON object");
	json_decref(o);
	return ok;
}

/* In pieces: a chunk of a body is long. */
static void
put_hex(struct text *out, struct slice bytes)
{
	static const char digit[] = "0123456789abcdef";
	char piece[4096];

	while (bytes.len > 0) {
		size_t n = bytes.len < sizeof piece / 2 ? bytes.len : sizeof piece / 2;

		for (size_t i = 0; i < n; i++) {
			unsigned char c = (unsigned char)bytes.ptr[i];

			piece[2 * i] = digit[c >> 4];
			piece[2 * i + 1] = digit[c & 15];
		}
		text_append_cut(out, (struct slice){ piece, 2 * n });
		bytes = slice_from(bytes, n);
	}
}

/* How many bytes at the start stand for themselves. */
static size_t
plain_length(struct slice s)
{
	size_t n = 0;

	while (n < s.len && s.ptr[n] >= ' ' && s.ptr[n] <= '~' && s.ptr[n] != '"' &&
	       s.ptr[n] != '\\')
		n++;
	return n;
}

/* Latin-1 as JSON string; quotes, backslashes and controls by number. */
static void
put_json(struct text *out, struct slice bytes)
{
	text_append_cut(out, SLICE("\""));
	while (bytes.len != 0) {
		size_t n = plain_length(bytes);
		text_append_cut(out, slice_first(bytes, n));
		bytes = slice_from(bytes, n);
		if (bytes.len == 0)
			break;
		text_printf(out, "\\u%04x", (unsigned char)bytes.ptr[0]);
		bytes = slice_from(bytes, 1);
	}
	text_append_cut(out, SLICE("\""));
}

static void
put_name(struct text *out, const char *name)
{
	text_append_cut(out, SLICE(",\""));
	text_append_cut(out, slice_of(name));
	text_append_cut(out, SLICE("\":"));
}

static void
put_member(struct text *out, const char *name, struct slice value)
{
	put_name(out, name);
	put_json(out, value);
}

static void
put_hex_member(struct text *out, const char *name, struct slice bytes)
{
	put_name(out, name);
	text_append_cut(out, SLICE("\""));
	put_hex(out, bytes);
	text_append_cut(out, SLICE("\""));
}

static void
put_payload(struct text *out, const struct event *e)
{
	struct text line = TEXT_INIT(1024); /* for people, "hex" has all of it */

	put_member(out, "dir", slice_of(direction_names[e->to]));
	if (e->what == EVENT_PACKET) {
		payload_describe(&line, e->to, e->letter, e->bytes);
		put_member(out, "cmd", (struct slice){ &e->letter, 1 });
		text_printf(out, ",\"len\":%zu", e->bytes.len + 1);
		put_hex_member(out, "hex", e->bytes);
	} else {
		text_append_escaped(&line, e->bytes, 80);
		put_hex_member(out, "raw", e->bytes);
	}
	put_member(out, "txt", text_slice(&line));
	text_clear(&line);
}

static void
put_breach(struct text *out, const struct breach *b)
{
	struct text words = TEXT_INIT(1000);

	put_member(out, "ev", SLICE("breach"));
	put_member(out, "rule", slice_of(wire_rules[b->rule].name));
	put_member(out, "by", b->by == TO_MTA ? SLICE("milter") : SLICE("MTA"));
	breach_describe(&words, b);
	put_member(out, "txt", text_slice(&words));
	text_clear(&words);
}

/* What happened in one word, or the words that came with it. */
static void
put_event(struct text *out, const char *word, struct slice detail)
{
	put_member(out, "ev", detail.len > 0 ? detail : slice_of(word));
}

void
record_begin_json(
    struct text *out, struct slice scenario, struct slice about, struct slice mta)
{
	text_printf(out, "{\"kind\":\"meta\",\"version\":%d", RECORD_VERSION);
	put_member(out, "scenario", scenario);
	if (about.len > 0)
		put_member(out, "desc", about);
	if (mta.len > 0)
		put_member(out, "mta", mta);
	text_printf(out, "}\n");
}

bool
event_json(struct text *out, const struct event *e, uint64_t start_ms)
{
	bool milter = e->filter != EVENT_NO_FILTER;

	text_printf(out, "{\"t\":%.4f", (double)(e->ms - start_ms) / 1000);
	put_member(out, "src", milter ? SLICE("milter") : SLICE("smtp"));
	if (milter)
		text_printf(out, ",\"milter\":\"m%zu\"", e->filter + 1);
	text_printf(out, ",\"conn\":%lu", e->conn);
	switch (e->what) {
	case EVENT_CLIENT:
	case EVENT_SERVER:
		put_member(
		    out, "dir", e->what == EVENT_CLIENT ? SLICE("C>S") : SLICE("S>C"));
		put_member(out, "text", e->bytes);
		break;
	case EVENT_PACKET:
	case EVENT_RAW: put_payload(out, e); break;
	case EVENT_BREACH: put_breach(out, e->breach); break;
	case EVENT_OPEN: put_event(out, "connect", e->bytes); break;
	case EVENT_CLOSE: put_event(out, "close", e->bytes); break;
	case EVENT_NOTE: put_event(out, "note", e->bytes); break;
	case EVENT_DELIVERY: put_event(out, "delivery", e->bytes); break;
	}
	return text_append(out, SLICE("}\n")) == TEXT_OK;
}

bool
record_filter(struct slice name, size_t *ret)
{
	if (name.len != 2 || name.ptr[0] != 'm' || name.ptr[1] < '1' || name.ptr[1] > '9')
		return false;
	*ret = (size_t)(name.ptr[1] - '1');
	return true;
}

/* A name without a number is the first. */
static size_t
filter_of(struct slice milter)
{
	size_t filter = 0;

	if (milter.len == 0)
		return EVENT_NO_FILTER;
	(void)record_filter(milter, &filter);
	return filter;
}

bool
record_event(const struct record *r, struct event *ret)
{
	static const enum event_what what[] = {
		[RECORD_META] = EVENT_NOTE,
		[RECORD_PACKET] = EVENT_PACKET,
		[RECORD_RAW] = EVENT_RAW,
		[RECORD_EVENT] = EVENT_NOTE,
	};
	bool words = r->kind == RECORD_META || r->kind == RECORD_EVENT;

	if (r->kind == RECORD_OTHER)
		return false;
	bool timely = r->t >= 0 && r->t < 1e12;
	*ret = (struct event){ .ms = timely ? (uint64_t)(r->t * 1000 + 0.5) : 0,
		.conn = (unsigned long)r->conn,
		.filter = filter_of(text_slice(&r->milter)),
		.to = r->to,
		.letter = r->letter,
		.bytes = words ? text_slice(&r->event) : text_slice(&r->bytes) };
	if (r->kind == RECORD_SMTP)
		ret->what = r->from_client ? EVENT_CLIENT : EVENT_SERVER;
	else
		ret->what = what[r->kind];
	return true;
}

void
record_clear(struct record *r)
{
	text_clear(&r->milter);
	text_clear(&r->bytes);
	text_clear(&r->event);
	*r = (struct record){ .milter = r->milter, .bytes = r->bytes, .event = r->event };
}
