/* SPDX-License-Identifier: BSD-2-Clause */
/* A reply template that is taken expands to something smfi_setreply() takes. */
#include "policy/reply.h"

#include "t/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char class[] = { 0, '4', '5' };
	struct slice in = fuzz_slice(data, size);
	struct text why = TEXT_INIT(500);
	struct reply_template template;
	struct reply got;
	char asked = class[fuzz_take_byte(&in) % sizeof class];

	if (reply_parse("reply", in, asked, "v", &template, &why)) {
		reply_expand(&template, 'v', in, &got);
		FUZZ_ASSERT(got.code[0] == '4' || got.code[0] == '5');
		FUZZ_ASSERT(asked == 0 || got.code[0] == asked);
		FUZZ_ASSERT(got.enhanced[0] == got.code[0]);
		FUZZ_ASSERT(strlen(got.text) <= REPLY_TEXT_MAX);
		for (const char *p = got.text; *p != '\0'; p++)
			FUZZ_ASSERT(*p >= ' ' && *p <= '~');
	} else {
		FUZZ_ASSERT(why.len > 0);
	}
	text_clear(&why);
	return 0;
}
