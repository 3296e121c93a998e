/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_UNIT_SECOND_WORLD_H
#define T_UNIT_SECOND_WORLD_H

/* A second scanner for tests: it keeps what it is shown and says what the test wants. */

#include <stdio.h>

#include "policy/virus/second.h"
#include "t/unit/runner.h"

static struct {
	struct text shown;
	enum opinion answer;
	struct opinion_name name;
	bool no_memory, no_room;
	unsigned copies, asked;
	unsigned long long outcome[N_SECOND_OUTCOMES];
	char reported[200];
} world;

static inline void *
begin(void *self)
{
	(void)self;
	if (world.no_memory)
		return NULL;
	world.copies++;
	text_clear(&world.shown);
	return &world;
}

static inline bool
keep(void *copy, struct slice bytes)
{
	ck_assert_ptr_eq(copy, &world);
	return !world.no_room && text_append(&world.shown, bytes) == TEXT_OK;
}

static inline enum opinion
ask(void *copy, const struct progress *progress, struct opinion_name *ret)
{
	ck_assert_ptr_eq(copy, &world);
	(void)progress;
	world.asked++;
	*ret = world.name;
	return world.answer;
}

static inline void
drop(void *copy)
{
	ck_assert_ptr_eq(copy, &world);
	world.copies--;
}

static inline void
count(void *self, enum second_outcome outcome)
{
	(void)self;
	world.outcome[outcome]++;
}

static inline void
report(void *self, const char *cause, const char *text)
{
	(void)self;
	ck_assert_str_eq(cause, "older-connection");
	(void)snprintf(world.reported, sizeof world.reported, "%s", text);
}

static const struct report reporter = { report, NULL };
static char pua[] = "PUA.*", exact[] = "Exact.Name", url[] = "*Phishing*Url";
static char *ignored[] = { pua, exact, url };
static struct second_rules rules;
static struct client client;
static struct second *second;

static inline void
setup(void)
{
	memset(&world, 0, sizeof world);
	world.shown = (struct text)TEXT_INIT(1 << 20);
	world.answer = OPINION_CLEAN;
	rules = (struct second_rules){
		.source = { begin, keep, ask, drop, count, NULL },
		.max_size = 1000,
		.ignore = { ignored, COUNT(ignored) },
		.report = &reporter,
	};
	client = (struct client){ .events = ON_HEADER | ON_EOH | ON_BODY };
	second = second_new(&rules, &client);
	ck_assert_ptr_nonnull(second);
}

static inline void
teardown(void)
{
	second_free(second);
	ck_assert_uint_eq(world.copies, 0);
	text_clear(&world.shown);
}

static inline void
find(const char *name)
{
	world.answer = OPINION_FOUND;
	world.name.len = strlen(name);
	memcpy(world.name.bytes, name, world.name.len);
}

#endif
