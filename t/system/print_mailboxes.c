/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * print_mailboxes - for test_from_reader.py: From fields on standard input,
 * one a line in hexadecimal; for each a line of its addresses as
 * "LOCAL/DOMAIN", both in hexadecimal, between blanks.
 */
#include <stdio.h>

#include "policy/spam/from_field.h"

enum { FIELD_MAX = 1 << 17 };

static int
digit(int c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c > 0 ? strchr(digits, c) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* False at the end of the input. */
static bool
read_field(char *field, size_t *ret_len)
{
	int c;

	*ret_len = 0;
	while ((c = getchar()) != EOF && c != '\n') {
		int low = getchar();
		if (digit(c) < 0 || digit(low) < 0 || *ret_len == FIELD_MAX)
			return false;
		field[(*ret_len)++] = (char)(digit(c) << 4 | digit(low));
	}
	return c == '\n';
}

static void
print_hex(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		(void)printf("%02x", (unsigned char)s.ptr[i]);
}

int
main(void)
{
	static char field[FIELD_MAX];
	struct from_field r;
	struct from_address m;
	size_t len;

	while (read_field(field, &len)) {
		from_field_begin(&r, (struct slice){ field, len });
		while (from_field_next(&r, &m)) {
			print_hex(m.local);
			(void)printf("/");
			print_hex(m.domain);
			(void)printf(" ");
		}
		(void)printf("\n");
	}
	return ferror(stdout) ? 1 : 0;
}
