/* SPDX-License-Identifier: BSD-2-Clause */
#include "defect.h"

#include <stdio.h>
#include <string.h>

static const struct defect *const tables[] = { defects_talk, defects_edit, defects_order,
	defects_rough, defects_policy };
enum { TABLES = sizeof tables / sizeof tables[0] };

static const struct defect *chosen;

const struct defect *
defect_find(const char *name)
{
	for (int t = 0; t < TABLES; t++) {
		for (const struct defect *d = tables[t]; d->name != NULL; d++) {
			if (strcmp(d->name, name) == 0)
				return d;
		}
	}
	return NULL;
}

void
defect_choose(const struct defect *d)
{
	chosen = d;
}

const struct defect *
defect_now(void)
{
	return chosen;
}

bool
quirk(enum quirk q)
{
	return chosen->quirk == q;
}

bool
defect_at(const struct seen *seen)
{
	const struct place *at = &chosen->at;

	return chosen->act != AS_USUAL &&
	       (at->command == 0 || at->command == seen->letter) &&
	       (at->nth == 0 || at->nth == seen->nth) &&
	       (at->message == 0 || at->message == seen->message) &&
	       (at->when == NULL || at->when(seen));
}

void
defect_list(void)
{
	static const char *const families[] = { "neg", "ord", "rep", "mod", "body", "rob",
		"tim", "con", "shu", "inv", "policy" };
	static const char *const shapes[] = { "general", "quiet", "masked", "passive" };
	static const char *const builds[] = { "any", "address", "thread" };

	for (int t = 0; t < TABLES; t++) {
		for (const struct defect *d = tables[t]; d->name != NULL; d++)
			(void)printf("%s\t%s\t%s\t%s\t%s\t%u\t%s\n", d->name,
			    families[d->family], d->rule, builds[d->build],
			    shapes[d->shape], d->bug, d->what);
	}
}
