/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/number.h"

/* *ret_fits: it was not cut to UINT64_MAX. */
static bool
digits(struct slice s, uint64_t *ret, bool *ret_fits)
{
	uint64_t n = 0;
	bool fits = true;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
		unsigned digit = (unsigned)(s.ptr[i] - '0');
		fits = fits && n <= (UINT64_MAX - digit) / 10;
		n = fits ? n * 10 + digit : UINT64_MAX;
	}
	if (s.len == 0)
		return false;
	*ret = n;
	*ret_fits = fits;
	return true;
}

bool
number_parse(struct slice s, uint64_t *ret)
{
	uint64_t n;
	bool fits;

	if (!digits(s, &n, &fits) || !fits)
		return false;
	*ret = n;
	return true;
}

bool
number_parse_capped(struct slice s, uint64_t *ret)
{
	bool fits;

	return digits(s, ret, &fits);
}

bool
number_parse_bytes(struct slice text, uint64_t *ret)
{
	static const char units[] = "kmgt";
	unsigned shift = 0;
	uint64_t n;

	if (text.len > 1) {
		char last = ascii_lower(text.ptr[text.len - 1]);
		const char *unit = last != '\0' ? strchr(units, last) : NULL;
		if (unit != NULL) {
			shift = 10 * (unsigned)(unit - units + 1);
			text.len--;
		}
	}
	if (!number_parse_capped(text, &n))
		return false;
	*ret = n > UINT64_MAX >> shift ? UINT64_MAX : n << shift;
	return true;
}

bool
number_parse_signed(struct slice text, int64_t *ret)
{
	bool negative = text.len > 0 && text.ptr[0] == '-';
	uint64_t n;

	if (text.len > 0 && (negative || text.ptr[0] == '+'))
		text = slice_from(text, 1);
	if (!number_parse(text, &n) || n > INT64_MAX)
		return false;
	*ret = negative ? -(int64_t)n : (int64_t)n;
	return true;
}
