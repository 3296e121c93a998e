/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter-sigs/worth.h"

#include <stdint.h>

#include "base/base64.h"
#include "milter-sigs/body_lines.h"
#include "policy/virus/signature_line.h"

enum { PERIOD_MAX = 8 };

/* What harmless mail is full of; a signature must not be part of such a line. */
static const struct slice common[] = {
	SLICE("This is a multi-part message in MIME format."),
	SLICE("This is a cryptographically signed message in MIME format."),
	SLICE("Content-Type: text/plain; charset=\"iso-8859-1\""),
	SLICE("Content-Type: text/html; charset=\"iso-8859-1\""),
	SLICE("Content-Type: text/plain; charset=UTF-8; format=flowed"),
	SLICE("Content-Type: application/octet-stream"),
	SLICE("Content-Transfer-Encoding: quoted-printable"),
	SLICE("Content-Transfer-Encoding: base64"),
	SLICE("Content-Disposition: attachment; filename="),
	SLICE("<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.0 Transitional//EN\">"),
	SLICE("<META http-equiv=Content-Type content=\"text/html; charset=iso-8859-1\">"),
	SLICE("-----BEGIN PGP SIGNED MESSAGE-----"),
	/* how every program for Windows begins: the MZ header and its message */
	SLICE("TVqQAAMAAAAEAAAA//"
	      "8AALgAAAAAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
	SLICE("TVoAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	      "AA"),
	SLICE("AAAA6AAAAA4fug4AtAnNIbgBTM0hVGhpcyBwcm9ncmFtIGNhbm5vdCBiZSBydW4gaW4gRE9TIG"
	      "1v"),
	SLICE("ZGUuDQ0KJAAAAAAAAAA"),
	/* the beginnings of GIF, JPEG, PDF and ZIP */
	SLICE("R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="),
	SLICE("/9j/4AAQSkZJRgABAQEAYABgAAD/"
	      "2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0a"),
	SLICE("HBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/"
	      "2wBDAQkJCQwLDBgNDRgyIRwhMjIyMjIy"),
	SLICE("JVBERi0xLjQKJcfsj6IKNSAwIG9iago8PC9MZW5ndGggNiAwIFIvRmlsdGVyIC9GbGF0ZURlY2"
	      "9k"),
	SLICE("UEsDBBQAAAAIAA"),
};

/*
 * 1000 times log2 of n, n < 2^16, by squaring: each squaring of a number
 * between 1 and 2 gives one more binary digit of its logarithm.
 */
static unsigned
log2_thousandths(unsigned n)
{
	unsigned whole = 0, digits = 0;
	uint64_t x = n;

	while (x >> (whole + 1) != 0)
		whole++;
	x = (x << 16) >> whole; /* 16 binary places */
	for (int i = 0; i < 16; i++) {
		x = x * x >> 16;
		digits = digits << 1 | (x >> 17 & 1);
		x >>= x >> 17 & 1;
	}
	return whole * 1000 + (unsigned)((uint64_t)digits * 1000 >> 16);
}

unsigned
worth_entropy(struct slice line)
{
	unsigned count[256] = { 0 };
	uint64_t sum = 0;

	if (line.len == 0 || line.len > UINT16_MAX)
		return 0;
	for (size_t i = 0; i < line.len; i++)
		count[(unsigned char)line.ptr[i]]++;
	for (size_t i = 0; i < 256; i++) {
		if (count[i] > 1)
			sum += (uint64_t)count[i] * log2_thousandths(count[i]);
	}
	return log2_thousandths((unsigned)line.len) - (unsigned)(sum / line.len);
}

/* Thousandths of the most that base64 of this length can have. */
static unsigned
randomness(struct slice line)
{
	unsigned most = log2_thousandths(line.len < 64 ? (unsigned)line.len : 64);

	return most > 0 ? worth_entropy(line) * 1000 / most : 0;
}

/* Half of the bytes are what stood a few bytes before. */
static bool
is_run(struct slice line)
{
	for (size_t period = 1; period <= PERIOD_MAX; period++) {
		size_t same = 0;
		for (size_t i = period; i < line.len; i++)
			same += line.ptr[i] == line.ptr[i - period];
		if (same * 2 > line.len)
			return true;
	}
	return false;
}

static bool
is_part_of(struct slice part, struct slice whole)
{
	return part.len <= whole.len &&
	       memmem(whole.ptr, whole.len, part.ptr, part.len) != NULL;
}

static bool
is_common(struct slice line)
{
	for (size_t i = 0; i < sizeof common / sizeof common[0]; i++) {
		if (is_part_of(line, common[i]) || is_part_of(common[i], line))
			return true;
	}
	return false;
}

static bool
fits_a_file(struct slice line)
{
	struct slice pattern;

	return signature_line(line, &pattern) == LINE_PATTERN &&
	       slice_equal(pattern, line);
}

static bool
is_base64(struct slice line)
{
	for (size_t i = 0; i < line.len; i++) {
		char c = line.ptr[i];
		bool in = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			  (c >= '0' && c <= '9') || c == '+' || c == '/';
		if (!in)
			return false;
	}
	return true;
}

/* Text that was put into base64: a letter, not a program. */
static bool
is_text_in_base64(struct slice line)
{
	struct text plain = TEXT_INIT(BODY_LINE_MAX);
	size_t printable = 0;

	if (!base64_decode(slice_first(line, line.len / 4 * 4), &plain)) {
		text_clear(&plain);
		return false;
	}
	for (size_t i = 0; i < plain.len; i++) {
		char c = plain.ptr[i];
		printable +=
		    (c >= ' ' && c <= '~') || c == '\r' || c == '\n' || c == '\t';
	}
	bool text = printable * 10 >= plain.len * 9;
	text_clear(&plain);
	return text;
}

static bool
looks_random(struct slice line)
{
	if (!is_base64(line))
		return randomness(line) >= WORTH_RANDOM;
	return randomness(line) >= WORTH_RANDOM_BASE64 && !is_text_in_base64(line);
}

enum worth_fault
worth_of(struct slice line)
{
	if (line.len < WORTH_SHORTEST)
		return WORTH_SHORT;
	if (!fits_a_file(line))
		return WORTH_NO_ENTRY;
	if (is_run(line))
		return WORTH_RUN;
	if (is_common(line))
		return WORTH_COMMON;
	return looks_random(line) ? WORTH_FINE : WORTH_NO_RANDOM;
}

const char *
worth_words(enum worth_fault fault)
{
	static const char *const words[] = {
		[WORTH_FINE] = "",
		[WORTH_SHORT] = "is too short: 20 characters or more hardly ever stand "
				"in other mail by chance",
		[WORTH_NO_ENTRY] = "cannot stand in a signature file",
		[WORTH_RUN] = "repeats itself: such lines stand in harmless mail too",
		[WORTH_COMMON] = "is part of what harmless mail is full of",
		[WORTH_NO_RANDOM] = "does not look random: text may stand in other mail "
				    "too",
	};

	return words[fault];
}

unsigned
worth_score(struct slice line)
{
	unsigned whole_line = line.len == BASE64_LINE ? 1000 : 0;

	return worth_entropy(line) / 10 + (is_base64(line) ? 2000 + whole_line : 0);
}
