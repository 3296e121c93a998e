/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/baseline.h"

#include <stdlib.h>

#include "sim/transcript/file.h"

static bool
next_id(struct slice *rest, struct slice *ret)
{
	while (slice_next_line(rest, ret)) {
		*ret = slice_trim(slice_first(*ret, slice_find(*ret, '#')));
		if (ret->len > 0)
			return true;
	}
	return false;
}

bool
baseline_read(const char *file, struct text *ret, struct text *why)
{
	struct slice rest, id;

	if (!file_read(file, ret, why))
		return false;
	rest = text_slice(ret);
	while (next_id(&rest, &id)) {
		if (slice_find(id, '/') == id.len || slice_find(id, ' ') < id.len) {
			text_printf(why, "%s: '%.*s' is no id of a case", file,
			    (int)(id.len < 60 ? id.len : 60), id.ptr);
			return false;
		}
	}
	return true;
}

static bool
listed(struct slice ids, const char *id)
{
	struct slice one;

	while (next_id(&ids, &one)) {
		if (slice_equal(one, slice_of(id)))
			return true;
	}
	return false;
}

static void
healed(struct check_result *r, const char *file)
{
	struct text why = TEXT_INIT(400);

	text_printf(&why, "passes now: take its line out of %s", file);
	free(r->why);
	r->why = strdup(text_cstr(&why));
	r->outcome = CHECK_FAIL;
	text_clear(&why);
}

void
baseline_apply(struct check_report *t, struct slice ids, const char *file)
{
	bool dead = t->tally.dead;

	t->tally = (struct check_tally){ .dead = dead };
	for (size_t i = 0; i < t->results; i++) {
		struct check_result *r = &t->result[i];
		bool known = listed(ids, r->head.id);

		if (known && r->outcome == CHECK_FAIL) {
			r->outcome = CHECK_KNOWN;
			free(r->head.known);
			r->head.known = strdup(file);
		} else if (known && r->outcome == CHECK_PASS) {
			healed(r, file);
		}
		check_count(&t->tally, r->level, r->outcome);
	}
}

bool
baseline_write(const struct check_report *t, const char *file)
{
	FILE *to = fopen(file, "we");

	if (to == NULL)
		return false;
	(void)fprintf(
	    to, "# Failures of %s under %s that are known.\n", t->milter, t->profile);
	for (size_t i = 0; i < t->results; i++) {
		if (t->result[i].outcome == CHECK_FAIL ||
		    t->result[i].outcome == CHECK_KNOWN)
			(void)fprintf(to, "%-14s # %s\n", t->result[i].head.id,
			    t->result[i].head.says);
	}
	bool ok = ferror(to) == 0;
	return fclose(to) == 0 && ok;
}
