/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_UNIT_CLAMD_FIXTURE_H
#define T_UNIT_CLAMD_FIXTURE_H

/* clamd_fixture - a clamd of two servers that a test plays, a spool and a log. */

#include "store/clamd.h"
#include "t/unit/failing_malloc.h"
#include "t/unit/fake_clamds.h"

enum { HOUR_MS = 3600000, SHORT_MS = 60, MEMORY = 1000 };

static struct scratch dir;
static struct fake_clamds a, b;
static struct fake_news news;
static struct clamd_totals totals;
static struct clamd_config config;
static char *servers[CLAMD_SERVERS_MAX + 1];
static struct clamd *clamd;
static struct text why = TEXT_INIT(600);
static struct opinion_name found;

static void
setup(void)
{
	fail_at = 0;
	scratch_setup(&dir);
	scratch_mkdir(&dir, "spool");
	static char spool[128];
	fake_news_init(&news);
	fake_clamds_name(&a, &dir, "a");
	fake_clamds_name(&b, &dir, "b");
	servers[0] = a.name;
	servers[1] = b.name;
	totals = (struct clamd_totals){ .bytes = 0 };
	config = (struct clamd_config){ .servers = { servers, 2 },
		.limits = { FAKE_PATIENCE_MS, FAKE_PATIENCE_MS, FAKE_PATIENCE_MS },
		.sum_ms = FAKE_PATIENCE_MS,
		.look_ms = HOUR_MS,
		.places = 1,
		.memory = MEMORY,
		.spool = scratch_path(&dir, "spool", spool),
		.totals = &totals,
		.news = &news.report };
	found = (struct opinion_name){ 0 };
}

static void
teardown(void)
{
	fail_at = 0;
	clamd_close(clamd);
	clamd_close(NULL);
	clamd = NULL;
	text_clear(&why);
	scratch_teardown(&dir);
}

static void
open_it(void)
{
	clamd = clamd_new(&config, &why);
	ck_assert_msg(clamd != NULL, "%s", text_cstr(&why));
}

/* A message of that many bytes, whose MTA is `progress`. */
static enum opinion
ask(size_t size, const struct progress *progress)
{
	static char bytes[4 * MEMORY];
	struct opinion_source s = clamd_source(clamd);
	void *copy = s.begin(s.self);

	ck_assert_ptr_nonnull(copy);
	ck_assert(s.write(copy, (struct slice){ bytes, size }));
	enum opinion o = s.ask(copy, progress, &found);
	s.drop(copy);
	ck_assert_uint_eq(atomic_load(&totals.now), 0);
	return o;
}

static void
expect_trouble(enum clamd_trouble t, unsigned long long n)
{
	for (int i = 0; i < N_CLAMD_TROUBLES; i++)
		ck_assert_msg(atomic_load(&totals.trouble[i]) == (i == (int)t ? n : 0ULL),
		    "%s: %llu", clamd_trouble_name((enum clamd_trouble)i),
		    atomic_load(&totals.trouble[i]));
}

#endif
