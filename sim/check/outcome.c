/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/outcome.h"

const char *const check_level_names[N_CHECK_LEVELS] = {
	[CHECK_MUST] = "must",
	[CHECK_INTEROP] = "interop",
	[CHECK_SHOULD] = "should",
	[CHECK_INFO] = "info",
};

const char *const check_outcome_names[N_OUTCOMES] = {
	[CHECK_PASS] = "pass",
	[CHECK_FAIL] = "fail",
	[CHECK_NOT_REACHED] = "not reached",
	[CHECK_NOT_RUN] = "not run",
	[CHECK_KNOWN] = "known",
	[CHECK_ERROR] = "error",
};

static int
named(struct slice name, const char *const *names, int n)
{
	int i = 0;

	while (i < n && !slice_equal(name, slice_of(names[i])))
		i++;
	return i;
}

enum check_level
check_level_named(struct slice name)
{
	return (enum check_level)named(name, check_level_names, N_CHECK_LEVELS);
}

enum check_outcome
check_outcome_named(struct slice name)
{
	return (enum check_outcome)named(name, check_outcome_names, N_OUTCOMES);
}

void
check_count(struct check_tally *t, enum check_level l, enum check_outcome o)
{
	t->n[l][o]++;
}

unsigned
check_total(const struct check_tally *t, enum check_outcome o)
{
	unsigned sum = 0;

	for (int l = 0; l < N_CHECK_LEVELS; l++)
		sum += t->n[l][o];
	return sum;
}

bool
check_is_failure(enum check_level l, enum check_outcome o, bool strict)
{
	switch (o) {
	case CHECK_FAIL: return l < CHECK_SHOULD || (l == CHECK_SHOULD && strict);
	case CHECK_KNOWN: return l < CHECK_INFO && strict;
	case CHECK_ERROR: return true;
	case CHECK_PASS:
	case CHECK_NOT_REACHED:
	case CHECK_NOT_RUN:
	case N_OUTCOMES: break;
	}
	return false;
}

int
check_exit(const struct check_tally *t, bool strict)
{
	unsigned ran = check_total(t, CHECK_PASS) + check_total(t, CHECK_FAIL) +
		       check_total(t, CHECK_KNOWN) + check_total(t, CHECK_ERROR);

	if (t->dead)
		return 3;
	for (int l = 0; l < N_CHECK_LEVELS; l++) {
		for (int o = 0; o < N_OUTCOMES; o++) {
			if (t->n[l][o] > 0 && check_is_failure((enum check_level)l,
						  (enum check_outcome)o, strict))
				return 1;
		}
	}
	return ran > 0 ? 0 : CHECK_NOTHING_RUN;
}
