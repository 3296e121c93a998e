/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/xclient.h"

#include <arpa/inet.h>

#include "base/number.h"
#include "base/put.h"
#include "base/utf8.h"

enum { LABEL_MAX = 63, NAME_BYTES_MAX = 255, PORT_DIGITS = 5 }; /* RFC 1035 2.3.4 */

/* --- values --- */

/* False: not xtext, *out is incomplete. */
static bool
decode(struct slice xtext, struct text *out)
{
	for (size_t i = 0; i < xtext.len; i++) {
		char byte = xtext.ptr[i];
		if (byte == '+') {
			int high = i + 2 < xtext.len ? hex_digit(xtext.ptr[i + 1]) : -1;
			int low = high >= 0 ? hex_digit(xtext.ptr[i + 2]) : -1;
			if (low < 0)
				return false;
			byte = (char)(high * 16 + low);
			i += 2;
		}
		put(out, (struct slice){ &byte, 1 });
	}
	return true;
}

/* A value goes into packets and replies: no NUL, nothing that does not print. */
static struct slice
cleaned(struct text *t)
{
	struct slice s = text_slice(t);
	bool utf8;

	s = slice_first(s, slice_find(s, '\0'));
	utf8 = utf8_valid(s);
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)t->ptr[i];
		if (c < ' ' || c == 0x7f || (c >= 0x80 && !utf8))
			t->ptr[i] = '?';
	}
	return s;
}

static struct slice
decoded(struct slice xtext, struct text *scratch)
{
	text_clear(scratch);
	if (!decode(xtext, scratch)) {
		text_clear(scratch);
		put(scratch, xtext);
	}
	return cleaned(scratch);
}

static bool
label_letter(char c)
{
	char low = ascii_lower(c);

	return (low >= 'a' && low <= 'z') || (low >= '0' && low <= '9') || low == '_';
}

static bool
label_fine(struct slice label)
{
	for (size_t i = 0; i < label.len; i++) {
		bool edge = i == 0 || i + 1 == label.len;
		if (!label_letter(label.ptr[i]) && (label.ptr[i] != '-' || edge))
			return false;
	}
	return label.len != 0 && label.len <= LABEL_MAX;
}

/* Not a number: 1.2.3.4 is an address. */
static bool
host_name(struct slice name, struct xclient_attribute *a)
{
	bool number = true;
	size_t at = 0;

	(void)a;
	while (at <= name.len) {
		struct slice rest = slice_from(name, at);
		struct slice label = slice_first(rest, slice_find(rest, '.'));
		if (!label_fine(label))
			return false;
		at += label.len + 1;
	}
	for (size_t i = 0; i < name.len; i++)
		number = number && strchr("0123456789.", name.ptr[i]) != NULL;
	return !number && name.len <= NAME_BYTES_MAX;
}

/* An IPv4 address inside an IPv6 one is that. */
static bool
unmap(struct xclient_attribute *a)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

	a->inet6 = memcmp(a->address, mapped, sizeof mapped) != 0;
	if (!a->inet6)
		memmove(a->address, a->address + 12, 4);
	return true;
}

static bool
address(struct slice value, struct xclient_attribute *a)
{
	bool tagged = slice_starts_nocase(value, SLICE("IPV6:"));
	char text[INET6_ADDRSTRLEN];

	value = slice_from(value, tagged ? strlen("IPV6:") : 0);
	if (value.len == 0 || value.len >= sizeof text)
		return false;
	memcpy(text, value.ptr, value.len);
	text[value.len] = '\0';
	a->value = value;
	if (tagged)
		return inet_pton(AF_INET6, text, a->address) == 1 && unmap(a);
	return inet_pton(AF_INET, text, a->address) == 1;
}

static bool
port(struct slice value, struct xclient_attribute *a)
{
	uint64_t n;

	(void)a;
	return value.len <= PORT_DIGITS && number_parse(value, &n);
}

static bool
protocol(struct slice value, struct xclient_attribute *a)
{
	(void)a;
	return slice_equal_nocase(value, SLICE("SMTP")) ||
	       slice_equal_nocase(value, SLICE("ESMTP"));
}

static bool
anything(struct slice value, struct xclient_attribute *a)
{
	(void)value;
	(void)a;
	return true;
}

/* --- attributes --- */

static const struct {
	struct slice word;
	bool (*valid)(struct slice value, struct xclient_attribute *a);
	bool unavailable, tempunavail; /* may be said of it */
} attributes[N_XCLIENT_NAMES] = {
	[XCLIENT_NAME] = { SLICE("NAME"), host_name, true, true },
	[XCLIENT_ADDR] = { SLICE("ADDR"), address, true, false },
	[XCLIENT_PROTO] = { SLICE("PROTO"), protocol, false, false },
	[XCLIENT_HELO] = { SLICE("HELO"), anything, true, false },
	[XCLIENT_REVERSE_NAME] = { SLICE("REVERSE_NAME"), host_name, true, true },
	[XCLIENT_PORT] = { SLICE("PORT"), port, true, false },
	[XCLIENT_LOGIN] = { SLICE("LOGIN"), anything, true, false },
	[XCLIENT_DESTADDR] = { SLICE("DESTADDR"), address, true, false },
	[XCLIENT_DESTPORT] = { SLICE("DESTPORT"), port, true, false },
};

struct slice
xclient_word(enum xclient_name name)
{
	return attributes[name].word;
}

static bool
named(struct slice word, enum xclient_name *ret)
{
	for (unsigned i = 0; i < N_XCLIENT_NAMES; i++) {
		if (slice_equal_nocase(word, attributes[i].word)) {
			*ret = (enum xclient_name)i;
			return true;
		}
	}
	return false;
}

static bool
read_value(struct xclient_attribute *a)
{
	if (attributes[a->name].unavailable &&
	    slice_equal_nocase(a->value, SLICE("[UNAVAILABLE]")))
		a->known = XCLIENT_UNAVAILABLE;
	else if (attributes[a->name].tempunavail &&
		 slice_equal_nocase(a->value, SLICE("[TEMPUNAVAIL]")))
		a->known = XCLIENT_TEMPUNAVAIL;
	else
		return attributes[a->name].valid(a->value, a);
	return true;
}

enum xclient_status
xclient_next(struct slice *rest, struct text *scratch, struct xclient_attribute *ret)
{
	struct slice word = slice_next_word(rest);
	size_t equals = slice_find(word, '=');
	struct slice value = slice_from(word, equals + 1);
	struct slice whole;

	*ret = (struct xclient_attribute){ .value = slice_first(word, equals) };
	if (word.len == 0)
		return XCLIENT_END;
	if (equals == 0 || value.len == 0)
		return XCLIENT_NO_VALUE;
	if (value.len > XCLIENT_VALUE_MAX)
		return XCLIENT_TOO_LONG;
	if (!named(slice_first(word, equals), &ret->name))
		return XCLIENT_UNKNOWN;
	ret->value = whole = decoded(value, scratch);
	if (read_value(ret))
		return XCLIENT_OK;
	ret->value = whole;
	return XCLIENT_BAD_VALUE;
}
