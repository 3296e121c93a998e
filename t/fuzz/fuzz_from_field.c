/* SPDX-License-Identifier: BSD-2-Clause */
/* An address that was read, written properly, reads as itself and alone. */
#include "policy/spam/from_field.h"

#include <string.h>

#include "t/fuzz/fuzz.h"

static size_t
quote(char *to, struct slice local)
{
	size_t n = 0;

	to[n++] = '"';
	for (size_t i = 0; i < local.len; i++) {
		if (local.ptr[i] == '"' || local.ptr[i] == '\\')
			to[n++] = '\\';
		to[n++] = local.ptr[i];
	}
	to[n++] = '"';
	return n;
}

static bool
is_writable(struct slice domain)
{
	for (size_t i = 0; i < domain.len; i++) {
		unsigned char c = (unsigned char)domain.ptr[i];
		if (c < 0x80 && !(c >= '-' && c <= '9' && c != '/') &&
		    !(ascii_lower((char)c) >= 'a' && ascii_lower((char)c) <= 'z'))
			return false;
	}
	return domain.len > 0;
}

static void
check_round_trip(const struct from_address *m)
{
	char field[4 * FROM_PART_MAX];
	struct from_field r;
	struct from_address again;

	size_t n = quote(field, m->local);
	field[n++] = '@';
	memcpy(field + n, m->domain.ptr, m->domain.len);
	from_field_begin(&r, (struct slice){ field, n + m->domain.len });
	FUZZ_ASSERT(from_field_next(&r, &again));
	FUZZ_ASSERT(slice_equal(again.local, m->local));
	FUZZ_ASSERT(slice_equal(again.domain, m->domain));
	FUZZ_ASSERT(!from_field_next(&r, &again));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct from_field r;
	struct from_address m;
	size_t n = 0;

	from_field_begin(&r, fuzz_slice(data, size));
	while (from_field_next(&r, &m)) {
		FUZZ_ASSERT(++n <= 3 * size);
		FUZZ_ASSERT(m.local.len <= FROM_PART_MAX);
		FUZZ_ASSERT(m.domain.len <= FROM_PART_MAX);
		if (is_writable(m.domain) && m.local.len > 0)
			check_round_trip(&m);
	}
	return 0;
}
