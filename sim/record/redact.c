/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/redact.h"

#include "wire/protocol.h"

/* Masks bytes of the payload in place, from `at` on. */
typedef void mask_fn(char *bytes, size_t len, size_t at);

static size_t
behind_nul(const char *bytes, size_t len, size_t at)
{
	while (at < len && bytes[at] != '\0')
		at++;
	return at < len ? at + 1 : len;
}

static bool
is_letter(char c)
{
	return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

static void
mask(char *bytes, size_t len, size_t at)
{
	for (; at < len; at++) {
		if (bytes[at] >= '0' && bytes[at] <= '9')
			bytes[at] = '0';
		else if (is_letter(bytes[at]) || (unsigned char)bytes[at] >= 0x80)
			bytes[at] = 'x';
	}
}

static void
mask_nothing(char *bytes, size_t len, size_t at)
{
	(void)bytes;
	(void)len;
	(void)at;
}

/* Command letter, then name and value in turn. */
static void
mask_macros(char *bytes, size_t len, size_t at)
{
	for (at++; at < len;) {
		size_t value = behind_nul(bytes, len, at);
		size_t next = behind_nul(bytes, len, value);
		mask(bytes, next, value);
		at = next;
	}
}

static void
mask_header(char *bytes, size_t len, size_t at)
{
	mask(bytes, len, behind_nul(bytes, len, at));
}

/* A number in front of the name. */
static void
mask_change(char *bytes, size_t len, size_t at)
{
	mask_header(bytes, len, at + 4 < len ? at + 4 : len);
}

/* Host, family, port, and an address that stays one. */
static void
mask_connect(char *bytes, size_t len, size_t at)
{
	size_t family = behind_nul(bytes, len, at);

	mask(bytes, family, at);
	for (size_t i = family + 3; i < len; i++) {
		if (bytes[family] == 'L')
			mask(bytes, i + 1, i);
		else if (is_letter(bytes[i]) || (bytes[i] >= '0' && bytes[i] <= '9'))
			bytes[i] = '0';
	}
}

/* 550 5.7.1 and, of each further line, that again. */
static void
mask_reply(char *bytes, size_t len, size_t at)
{
	while (at < len) {
		size_t end = at;
		while (end < len && bytes[end] != '\n')
			end++;
		size_t word = at + 4 < end ? at + 4 : end;
		while (word < end && strchr("0123456789.", bytes[word]) != NULL)
			word++;
		mask(bytes, end, word);
		at = end + 1;
	}
}

static const struct {
	enum direction to;
	char letter;
	mask_fn *mask;
} rules[] = {
	{ TO_MILTER, 'O', mask_nothing },
	{ TO_MILTER, 'D', mask_macros },
	{ TO_MILTER, 'C', mask_connect },
	{ TO_MILTER, 'L', mask_header },
	{ TO_MTA, 'O', mask_nothing },
	{ TO_MTA, 'h', mask_header },
	{ TO_MTA, 'i', mask_change },
	{ TO_MTA, 'm', mask_change },
	{ TO_MTA, 'y', mask_reply },
};

bool
redact_event(const struct event *e, struct text *out)
{
	size_t before = out->len;
	mask_fn *how = mask;

	if (e->bytes.len == 0)
		return true;
	if (text_append(out, e->bytes) != TEXT_OK)
		return false;
	for (size_t i = 0; e->what == EVENT_PACKET && i < sizeof rules / sizeof rules[0];
	     i++) {
		if (rules[i].to == e->to && rules[i].letter == e->letter)
			how = rules[i].mask;
	}
	how(out->ptr + before, out->len - before, 0);
	return true;
}
