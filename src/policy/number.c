/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/number.h"

bool
number_parse(struct slice digits, uint64_t *ret)
{
	uint64_t n = 0;

	for (size_t i = 0; i < digits.len; i++) {
		if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
			return false;
		unsigned digit = (unsigned)(digits.ptr[i] - '0');
		n = n > (UINT64_MAX - digit) / 10 ? UINT64_MAX : n * 10 + digit;
	}
	if (digits.len == 0)
		return false;
	*ret = n;
	return true;
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
	if (!number_parse(text, &n))
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
