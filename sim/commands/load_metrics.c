/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/commands/load_metrics.h"

#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "sim/transcript/file.h"

enum { FILE_MAX = 16 * 1024 * 1024, LOOK_MS = 50 };

static bool
read_file(const char *path, struct figures *ret, struct text *why)
{
	struct text file = TEXT_INIT(FILE_MAX), what = TEXT_INIT(200);
	bool read = file_read(path, &file, why);
	bool good = read && figures_read(text_slice(&file), ret, &what);

	if (read && !good)
		text_printf(why, "%s: %s", path, text_cstr(&what));
	text_clear(&file);
	text_clear(&what);
	return good;
}

bool
load_metrics_begin(struct load_metrics *m, const char *path, struct text *why)
{
	*m = (struct load_metrics){ .path = path };
	return access(path, F_OK) == -1 || read_file(path, &m->before, why);
}

bool
load_metrics_agree(const struct load_metrics *m, const struct load_result *r,
    unsigned limit_ms, struct text *lines)
{
	const struct figures want = figures_of(&r->accounts, r->took[LOAD_OPEN].count);
	long long until = monotonic_ms() + limit_ms;
	struct figures now = m->before;

	for (;;) {
		text_clear(lines);
		bool read = read_file(m->path, &now, lines);
		enum figures_match match = FIGURES_BEHIND;

		if (read)
			match = figures_compare(&m->before, &now, &want, lines);
		if (match != FIGURES_BEHIND || monotonic_ms() >= until)
			return match == FIGURES_EQUAL;
		(void)poll(NULL, 0, LOOK_MS);
	}
}
