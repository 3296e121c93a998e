/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/milter_case.h"

void
milter_outcome_clear(struct milter_outcome *o)
{
	text_clear(&o->expected);
	text_clear(&o->got);
	text_clear(&o->diff);
	text_clear(&o->variant);
	*o = (struct milter_outcome){ .rule = N_WIRE_RULES,
		.expected = o->expected,
		.got = o->got,
		.diff = o->diff,
		.variant = o->variant };
}

const char *
milter_end_name(enum milter_end e)
{
	static const char *const names[] = {
		[MILTER_PASS] = "pass",
		[MILTER_FAIL] = "fail",
		[MILTER_NOT_REACHED] = "not reached",
		[MILTER_NOT_RUN] = "not run",
		[MILTER_UNREACHABLE] = "unreachable",
		[MILTER_ERROR] = "error",
	};

	return names[e];
}
