/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_UNIT_VIRUS_RULES_H
#define T_UNIT_VIRUS_RULES_H

/* Two worms of 2003 and a short one, as rules of virus-milter, and a message's events. */

#include "policy/virus/virus.h"
#include "t/unit/runner.h"

static const char two_worms[] =
    "KLEZ.H "
    "=\n3lpIgfolie6zmnhcGIyyLf/Nyvs1yrasOC61mjc7YAdRsQj6qgXMK27MylBH5HULwb88lpLFnNvg\n"
    "SOBIG.B =\nuqZpmpiQhHhwL2RpmqZpYFxyVFCmaZqmTEhEQDyapmma\n"
    "ODQsIBgQs2y6QQgDAPhI7E3TNE3k2MzI\n"
    "SHORT =\nWORMWORM\n";

#define SOBIG                                                                            \
	"uqZpmpiQhHhwL2RpmqZpYFxyVFCmaZqmTEhEQDyapmmaODQsIBgQs2y6QQgDAPhI7E3TNE3k2MzI"

static inline struct virus_rules *
rules_from(struct slice file, enum virus_action action, const char *reply)
{
	static const struct signature_rules limits = { .min_pattern = 8 };
	static const char class[] = { [VIRUS_REJECT] = '5', [VIRUS_TEMPFAIL] = '4' };
	struct signatures s = { 0 };
	struct text why = TEXT_INIT(1000);
	struct reply_template r = { 0 };
	struct virus_rules *rules = NULL;

	if (signatures_parse(file, &limits, &s, &why)) {
		bool ok = action == VIRUS_LOG || reply_parse("reply", slice_of(reply),
						     class[action], "v", &r, &why);
		if (ok)
			rules = virus_rules_new(&s, action, &r);
		signatures_clear(&s);
	}
	text_clear(&why);
	return rules;
}

static inline struct virus_rules *
two_worm_rules(void)
{
	struct virus_rules *r =
	    rules_from(slice_of(two_worms), VIRUS_REJECT, "550 5.7.0 VIRUS FOUND");

	ck_assert_ptr_nonnull(r);
	return r;
}

static inline void
mail_from(void *msg, struct slice path)
{
	struct envelope_event ev = { .path = path };

	ck_assert_int_eq(virus_policy.mail(msg, &ev).kind, VERDICT_CONTINUE);
}

static inline void
body(void *msg, struct slice chunk)
{
	ck_assert_int_eq(virus_policy.body(msg, chunk).kind, VERDICT_CONTINUE);
}

#endif
