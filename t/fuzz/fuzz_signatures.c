/* SPDX-License-Identifier: BSD-2-Clause */
/* What is read can be written and is read the same again; a refusal names a line. */
#include "policy/virus/signatures.h"

#include "t/fuzz/fuzz.h"

static const struct signature_rules rules = { .min_pattern = SIGNATURE_SHORTEST };

static void
write_out(struct text *to, const struct signatures *s)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct signature *e = &s->entry[i];

		FUZZ_ASSERT(e->name.len > 0 && e->name.len <= SIGNATURE_NAME_MAX);
		FUZZ_ASSERT(e->pattern.len >= rules.min_pattern);
		FUZZ_ASSERT(e->pattern.len <= SIGNATURE_LONGEST);
		FUZZ_ASSERT(text_append(to, e->name) == TEXT_OK);
		FUZZ_ASSERT(text_append(to, SLICE(" =\n")) == TEXT_OK);
		FUZZ_ASSERT(text_append(to, e->pattern) == TEXT_OK);
		FUZZ_ASSERT(text_append(to, SLICE("\n\n")) == TEXT_OK);
	}
}

/*
 * Joined lines may look like something else once they are one line: "A" and
 * "=b" is a pattern, "A=b" too, but "x =" "y" joins to "x =y".  Then it is
 * refused, never read as other patterns.
 */
static void
check_again(const struct signatures *s)
{
	struct text out = TEXT_INIT(1 << 24), why = TEXT_INIT(1000);
	struct signatures again = { 0 };

	write_out(&out, s);
	if (signatures_parse(text_slice(&out), &rules, &again, &why)) {
		FUZZ_ASSERT(again.count == s->count);
		for (size_t i = 0; i < s->count; i++) {
			FUZZ_ASSERT(slice_equal(again.entry[i].name, s->entry[i].name));
			FUZZ_ASSERT(
			    slice_equal(again.entry[i].pattern, s->entry[i].pattern));
		}
		signatures_clear(&again);
	}
	text_clear(&why);
	text_clear(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct signatures s = { 0 };
	struct text why = TEXT_INIT(1000);

	if (signatures_parse(fuzz_slice(data, size), &rules, &s, &why)) {
		FUZZ_ASSERT(s.count > 0 && why.len == 0);
		check_again(&s);
		signatures_clear(&s);
	} else {
		const char *line = text_cstr(&why);

		FUZZ_ASSERT(s.count == 0 && *line >= '1' && *line <= '9');
		while (*line >= '0' && *line <= '9')
			line++;
		FUZZ_ASSERT(line[0] == ':' && line[1] == ' ' && line[2] != '\0');
		for (; *line != '\0'; line++)
			FUZZ_ASSERT(*line >= ' ' && *line <= '~');
	}
	text_clear(&why);
	return 0;
}
