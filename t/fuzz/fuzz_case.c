/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The head of a case is read, or its fault is named; what was read is whole, and
 * once its lines are hidden from the reader of transcripts, all others keep their
 * places.
 */
#include "sim/check/head.h"

#include <stdlib.h>

#include "t/fuzz/fuzz.h"

static void
check_whole(const struct check_head *h)
{
	size_t family = strlen(h->family);

	FUZZ_ASSERT(h->id[0] != '\0' && h->says != NULL && h->source != NULL);
	FUZZ_ASSERT(h->rule != NULL && h->breaks != NULL);
	FUZZ_ASSERT(h->level < N_CHECK_LEVELS);
	FUZZ_ASSERT(h->process == NULL || h->needs != CHECK_NEEDS_NOTHING);
	FUZZ_ASSERT(strncmp(h->id, h->family, family) == 0);
	FUZZ_ASSERT(check_id_order(h->id, h->id) == 0);
	FUZZ_ASSERT(check_level_under(h, "strict") == h->level);
	FUZZ_ASSERT(check_level_under(h, "postfix-3.7") >= h->level);
}

static void
check_hidden(struct slice source)
{
	char *copy = malloc(source.len + 1);

	FUZZ_ASSERT(copy != NULL);
	if (source.len > 0)
		memcpy(copy, source.ptr, source.len);
	check_head_hide(copy, source.len);
	for (size_t i = 0; i < source.len; i++)
		FUZZ_ASSERT(copy[i] == source.ptr[i] || copy[i] == '#');
	for (size_t i = 0; i < source.len; i++)
		FUZZ_ASSERT((copy[i] == '\n') == (source.ptr[i] == '\n'));
	free(copy);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice source = fuzz_slice(data, size);
	struct text why = TEXT_INIT(1000);
	struct check_head h;

	if (check_head_read(&h, source, &why))
		check_whole(&h);
	else
		FUZZ_ASSERT(why.len > 0);
	check_hidden(source);
	check_head_clear(&h);
	text_clear(&why);
	return 0;
}
