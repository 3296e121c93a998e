/* SPDX-License-Identifier: BSD-2-Clause */
#include "defect.h"

#include <stdio.h>
#include <string.h>

static const struct defect *const tables[] = { defects_talk, defects_edit, defects_order,
	defects_rough, defects_policy, defects_each, defects_shape, defects_late,
	defects_alone, defects_colour, defects_holds, defects_wild, defects_border,
	defects_kept, defects_words, defects_own, defects_mail, defects_strange };
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

/* Does a session but this one stand behind the letter? */
static bool
elsewhere(const struct seen *seen, char letter)
{
	return seen->others(letter) > (seen->last == letter ? 1 : 0);
}

static bool
payload_fits(const struct place *at, const struct seen *seen)
{
	return (at->stage == 0 ||
		   (seen->len > 0 && (char)seen->payload[0] == at->stage)) &&
	       (at->bytes == 0 || at->bytes == seen->len) && seen->len >= at->above &&
	       (at->has.len == 0 ||
		   memmem(seen->payload, seen->len, at->has.bytes, at->has.len) != NULL);
}

static bool
order_fits(const struct place *at, const struct seen *seen)
{
	return (at->command == 0 || at->command == seen->letter) &&
	       (at->nth == 0 || at->nth == seen->nth) &&
	       (at->message == 0 || at->message == seen->message) &&
	       (at->last == 0 || at->last == seen->last) &&
	       (at->before == 0 || at->before == seen->before) &&
	       (at->others == 0 || elsewhere(seen, at->others));
}

bool
defect_at(const struct seen *seen)
{
	const struct place *at = &chosen->at;

	return chosen->act != AS_USUAL && order_fits(at, seen) &&
	       payload_fits(at, seen) && (at->when == NULL || at->when(seen));
}

void
defect_list(void)
{
	static const char *const families[] = { "neg", "ord", "rep", "mod", "body", "rob",
		"tim", "con", "shu", "inv", "ses", "policy" };
	static const char *const shapes[] = { "general", "quiet", "masked", "passive",
		"bytewise", "chatty" };
	static const char *const builds[] = { "any", "address", "thread" };

	for (int t = 0; t < TABLES; t++) {
		for (const struct defect *d = tables[t]; d->name != NULL; d++)
			(void)printf("%s\t%s\t%s\t%s\t%s\t%u\t%s\n", d->name,
			    families[d->family], d->rule, builds[d->build],
			    shapes[d->shape], d->bug, d->what);
	}
}
