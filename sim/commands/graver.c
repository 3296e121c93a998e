/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/commands/subcommand.h"
#include "sim/commands/try.h"

static int
gravity(int code)
{
	static const int order[] = { SIM_OK, TRY_GONE, TRY_DEFERRED, TRY_REFUSED,
		SIM_DIFFERENT, SIM_UNREACHABLE, SIM_USAGE };
	int i = 0;

	while (i < 6 && order[i] != code)
		i++;
	return i;
}

int
graver(int a, int b)
{
	return gravity(b) > gravity(a) ? b : a;
}
