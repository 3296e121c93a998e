/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * No recipient makes a port see a name with a slash or a control character.
 *
 * fuzz libraries: -lidn2
 */
#include "policy/quota/quota.h"

#include "t/fuzz/fuzz.h"

static void
must_be_clean(struct slice name)
{
	FUZZ_ASSERT(name.len > 0 && name.len <= MAILBOX_NAME_MAX);
	FUZZ_ASSERT(name.ptr[0] != '-' && name.ptr[0] != '.');
	for (size_t i = 0; i < name.len; i++) {
		FUZZ_ASSERT((unsigned char)name.ptr[i] >= ' ' && name.ptr[i] != 0x7f);
		FUZZ_ASSERT(
		    name.ptr[i] != '/' && name.ptr[i] == ascii_lower(name.ptr[i]));
	}
}

static enum knowledge
no_alias(void *self, struct slice name, struct alias *ret)
{
	(void)self;
	must_be_clean(name);
	*ret = (struct alias){ .kinds = 0 };
	return KNOWN_NO;
}

static enum knowledge
any_user(void *self, struct slice name)
{
	must_be_clean(name);
	return self != NULL ? KNOWN_YES : KNOWN_NO;
}

static enum knowledge
full(void *self, const struct usage_question *q, struct usage *ret)
{
	(void)self;
	must_be_clean(q->mailbox);
	*ret = (struct usage){ .kind = USAGE_FULL, .certain = true };
	return KNOWN_YES;
}

static enum knowledge
no_forward(void *self, struct slice name, struct slice whole, unsigned *ret_kinds)
{
	(void)self;
	must_be_clean(name);
	must_be_clean(whole);
	*ret_kinds = 0;
	return KNOWN_NO;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char yes;
	struct slice in = fuzz_slice(data, size);
	uint8_t options = fuzz_take_byte(&in);
	struct quota_rules rules = {
		.delimiters = "+-",
		.names_are_addresses = (options & 1) != 0,
		.full = { "552", "5.2.2", "Mailbox full" },
		.world = { no_alias, any_user, full, no_forward,
		    (options & 2) != 0 ? &yes : NULL },
	};
	struct client client = { .address = { "192.0.2.1", 9 } };
	struct envelope_event ev = { .path = in, .args = &in, .nargs = 1 };
	void *m = quota_policy.begin(&rules, &client);
	struct text line = TEXT_INIT(2000);

	FUZZ_ASSERT(m != NULL);
	(void)quota_policy.mail(m, &ev);
	struct verdict v = quota_policy.rcpt(m, &ev);
	FUZZ_ASSERT(v.kind == VERDICT_CONTINUE || v.kind == VERDICT_REJECT);
	quota_policy.describe(m, &line);
	for (size_t i = 0; i < line.len; i++)
		FUZZ_ASSERT((unsigned char)line.ptr[i] >= ' ' && line.ptr[i] != 0x7f);
	text_clear(&line);
	quota_policy.end(m);
	return 0;
}
