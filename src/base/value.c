/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/value.h"

#include <limits.h>

struct unit {
	char letter;
	long long factor;
};

/* Largest first, so that printing takes the shortest form. */
static const struct unit byte_unit[] = {
	{ 'G', 1LL << 30 },
	{ 'M', 1LL << 20 },
	{ 'k', 1LL << 10 },
	{ 0, 1 },
};
static const struct unit time_unit[] = {
	{ 'd', 86400 },
	{ 'h', 3600 },
	{ 'm', 60 },
	{ 's', 1 },
	{ 0, 1 },
};

static bool
digits(struct slice s, int base, long long *ret)
{
	long long n = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		int digit = s.ptr[i] - '0';
		if (digit < 0 || digit >= base || n > (LLONG_MAX - digit) / base)
			return false;
		n = n * base + digit;
	}
	*ret = n;
	return true;
}

static bool
scaled(struct slice s, const struct unit *unit, long long *ret)
{
	long long n;

	if (s.len == 0)
		return false;
	char last = ascii_lower(s.ptr[s.len - 1]);
	while (unit->letter != 0 && ascii_lower(unit->letter) != last)
		unit++;
	if (unit->letter != 0)
		s.len--;
	if (!digits(s, 10, &n) || n > LLONG_MAX / unit->factor)
		return false;
	*ret = n * unit->factor;
	return true;
}

bool
value_number(struct slice s, long long *ret)
{
	return digits(s, 10, ret);
}

bool
value_bytes(struct slice s, long long *ret)
{
	return scaled(s, byte_unit, ret);
}

bool
value_seconds(struct slice s, long long *ret)
{
	return scaled(s, time_unit, ret);
}

bool
value_octal(struct slice s, long long *ret)
{
	return digits(s, 8, ret);
}

bool
value_bool(struct slice s, bool *ret)
{
	static const struct {
		struct slice word;
		bool means;
	} row[] = {
		{ SLICE("yes"), true },
		{ SLICE("no"), false },
		{ SLICE("true"), true },
		{ SLICE("false"), false },
		{ SLICE("on"), true },
		{ SLICE("off"), false },
	};

	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		if (slice_equal_nocase(s, row[i].word)) {
			*ret = row[i].means;
			return true;
		}
	}
	return false;
}

static void
print_scaled(struct text *t, const struct unit *unit, long long n)
{
	while (unit->letter != 0 && (n == 0 || n % unit->factor != 0))
		unit++;
	text_printf(t, "%lld", n / unit->factor);
	if (unit->letter != 0)
		text_printf(t, "%c", unit->letter);
}

void
value_print_bytes(struct text *t, long long n)
{
	print_scaled(t, byte_unit, n);
}

void
value_print_seconds(struct text *t, long long n)
{
	print_scaled(t, time_unit, n);
}
