/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every entry of a list that was taken is found in it, and an entry written
 * as the list keeps it reads as itself.
 *
 * fuzz libraries: -lidn2
 */
#include "policy/address/address_entry.h"
#include "policy/address/address_list.h"

#include "t/fuzz/fuzz.h"

/* The local part in quotes, since it may hold what only quotes keep. */
static void
write_quoted(struct text *out, struct slice local, struct slice behind)
{
	text_append_cut(out, SLICE("\""));
	for (size_t i = 0; i < local.len; i++) {
		if (local.ptr[i] == '"' || local.ptr[i] == '\\')
			text_append_cut(out, SLICE("\\"));
		text_append_cut(out, (struct slice){ local.ptr + i, 1 });
	}
	text_append_cut(out, SLICE("\""));
	text_append_cut(out, behind);
}

static void
check_round_trip(const struct address_entry *e)
{
	struct slice kept = { e->bytes, e->len };
	bool has_local = (e->form & (ADDRESS_FORM_ADDRESS | ADDRESS_FORM_MAILBOX |
					ADDRESS_FORM_USER)) != 0;
	size_t at =
	    e->form == ADDRESS_FORM_MAILBOX ? kept.len : slice_find_last(kept, '@');
	struct text written = TEXT_INIT(4096);
	struct address_entry again;

	write_quoted(&written, slice_first(kept, at), slice_from(kept, at));
	struct slice word = has_local ? text_slice(&written) : kept;
	if (address_entry_read(word, &again) == NULL && again.form == e->form)
		FUZZ_ASSERT(slice_equal((struct slice){ again.bytes, again.len }, kept));
	text_clear(&written);
}

static void
check_found(const struct address_list *list, const struct address_entry *e)
{
	struct slice kept = { e->bytes, e->len };
	size_t at = slice_find_last(kept, '@');
	struct address_names names;
	struct address_hit hit = { { NULL, 0 }, 0 };

	if (e->form != ADDRESS_FORM_ADDRESS && e->form != ADDRESS_FORM_MAILBOX)
		return;
	if (e->form == ADDRESS_FORM_MAILBOX)
		at = kept.len;
	address_names_header(&names, slice_first(kept, at), slice_from(kept, at + 1),
	    (struct address_habits){ "+", NULL });
	FUZZ_ASSERT(address_list_find(list, &names, &hit));
	FUZZ_ASSERT(hit.line > 0);
	FUZZ_ASSERT(slice_equal(hit.entry, kept));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice content = fuzz_slice(data, size), line;
	struct text why = TEXT_INIT(500);
	struct address_list *list = NULL;
	bool ok = address_list_parse(content, "list", true, &list, &why);

	FUZZ_ASSERT(ok == (why.len == 0));
	while (slice_next_line(&content, &line)) {
		struct address_entry e;

		struct slice word = address_entry_word(&line);
		if (address_entry_read(word, &e) != NULL || e.len == 0)
			continue;
		check_round_trip(&e);
		if (ok && word.ptr[0] != '\357')
			check_found(list, &e);
	}
	address_list_free(list);
	text_clear(&why);
	return 0;
}
