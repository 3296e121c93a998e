/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter-sigs/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

enum { BAR = 30, EVERY_MS = 100 };

void
progress_begin(struct progress *p, const char *what, unsigned long total, bool quiet)
{
	*p = (struct progress){
		.what = what, .total = total, .wanted = !quiet && isatty(STDERR_FILENO)
	};
	p->begun = monotonic_ms();
	p->shown = p->begun;
}

static void
show(const struct progress *p)
{
	char bar[BAR + 1];
	unsigned long total = p->total > 0 ? p->total : 1;
	unsigned long full = p->done < total ? p->done * BAR / total : BAR;
	long long ms = p->shown - p->begun;

	for (unsigned long i = 0; i < BAR; i++)
		bar[i] = i < full ? '#' : '.';
	bar[BAR] = '\0';
	(void)fprintf(stderr, "\r%-9s [%s] %lu of %lu messages, %.0f MB/s ", p->what, bar,
	    p->done, p->total, ms > 0 ? (double)p->bytes / 1e3 / (double)ms : 0.0);
}

void
progress_step(struct progress *p, unsigned long long bytes)
{
	p->done++;
	p->bytes += bytes;
	if (!p->wanted)
		return;
	const long long now = monotonic_ms();
	if (now - p->shown < EVERY_MS)
		return;
	p->shown = now;
	show(p);
}

void
progress_end(struct progress *p)
{
	if (p->wanted)
		(void)fprintf(stderr, "\r%*s\r", BAR + 60, "");
}
