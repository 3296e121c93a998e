/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/reload.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "glue/options.h"
#include "t/unit/scratch.h"

struct options {
	struct common_options common;
	long number;
};

/* clang-format off */
static const struct config_row row[] = {
	{ "number", CONFIG_NUMBER, offsetof(struct options, number), "1", 0, 1000, NULL,
	  "a number; 666 is not taken" },
};
/* clang-format on */

static bool
load(const void *options, const struct report *report, void **ret_rules, struct text *why)
{
	const struct options *o = options;
	long *rules = malloc(sizeof *rules);

	(void)report;
	ck_assert_ptr_nonnull(rules);
	*rules = o->number;
	*ret_rules = rules;
	if (o->number != 666)
		return true;
	free(rules);
	text_printf(why, "number: 666");
	return false;
}

static void
announce(const void *rules, struct text *line)
{
	text_printf(line, "number %ld", *(const long *)rules);
}

static const struct policy policy = { .name = "test" };
static const struct rulebook book = {
	.policy = &policy,
	.options = { row, COUNT(row) },
	.options_size = sizeof(struct options),
	.load = load,
	.drop = free,
	.announce = announce,
};
static const struct program program = { .name = "test-milter", .rulebook = &book };

static struct scratch dir;
static char path[128];
static struct args args;
static struct reload r;
static struct text said = TEXT_INIT(5000);

static void
listen_to(void *self, enum log_level level, const char *line)
{
	(void)self;
	(void)level;
	text_printf(&said, "%s\n", line);
}

/* A configuration file of that content; NULL: none. */
static void
put(const char *content)
{
	(void)unlink(path);
	if (content != NULL)
		scratch_write(&dir, "conf", slice_of(content));
}

static void
begin(const char *content, bool named)
{
	struct text why = TEXT_INIT(500);

	put(content);
	args = (struct args){ .config = named ? path : NULL, .default_config = path };
	r = (struct reload){ .program = &program,
		.args = &args,
		.holder = snapshot_holder_new(),
		.counters = counters_new("test") };
	struct settings *s = settings_read(&program, &args, &why);
	ck_assert_msg(s != NULL && reload_first(&r, s, &why), "%s", text_cstr(&why));
	reload_announce_first(&r, "unix:/here");
}

static const char *
again(const char *content)
{
	put(content);
	text_clear(&said);
	reload_again(&r);
	return text_cstr(&said);
}

static long
in_force(void)
{
	struct snapshot *s = snapshot_pin(r.holder);
	long number = *(const long *)snapshot_rules(s);

	snapshot_unpin(r.holder, s);
	return number;
}

static void
before(void)
{
	scratch_setup(&dir);
	(void)scratch_path(&dir, "conf", path);
	log_divert(listen_to, NULL);
}

static void
after(void)
{
	snapshot_holder_free(r.holder);
	settings_free(r.started);
	settings_free(r.last);
	counters_free(r.counters);
	text_clear(&said);
	log_divert(NULL, NULL);
	scratch_teardown(&dir);
}

#define CONFIGURATION "; configuration /tmp/refmilter-"

START_TEST(ready_tells_what_was_read_and_where_it_listens)
{
	begin("number = 23\n", false);
	ck_assert_ptr_nonnull(strstr(text_cstr(&said), "ready: number 23" CONFIGURATION));
	ck_assert_ptr_nonnull(strstr(text_cstr(&said), "; listening on unix:/here\n"));
}
END_TEST

START_TEST(a_default_file_that_came_after_the_start_is_read)
{
	begin(NULL, false);
	ck_assert_ptr_nonnull(
	    strstr(text_cstr(&said), "number 1; no configuration file"));
	ck_assert_ptr_nonnull(
	    strstr(again("number = 23\n"), "reloaded: number 23" CONFIGURATION));
	ck_assert_int_eq(in_force(), 23);
}
END_TEST

START_TEST(a_default_file_that_went_leaves_the_defaults)
{
	begin("number = 23\n", false);
	ck_assert_str_eq(again(NULL), "reloaded: number 1; no configuration file\n");
	ck_assert_int_eq(in_force(), 1);
	ck_assert_str_eq(again(NULL), "reloaded: number 1; no configuration file\n");
}
END_TEST

/* It was asked for by name: its absence is a mistake, but not one of the rules. */
START_TEST(a_named_file_that_went_leaves_its_last_values)
{
	begin("number = 23\n", true);
	const char *line = again(NULL);
	ck_assert_ptr_nonnull(
	    strstr(line, "conf is gone, its last values stay in force"));
	ck_assert_ptr_nonnull(strstr(line, "reloaded: number 23"));
	ck_assert_int_eq(in_force(), 23);
	ck_assert_ptr_nonnull(strstr(again("number = 24\n"), "reloaded: number 24"));
	ck_assert_int_eq(in_force(), 24);
}
END_TEST

/* clang-format off */
static const struct {
	const char *content, *says;
} bad[] = {
	{ "number = many\n", "reload: /tmp/refmilter-" },
	{ "nonsense = 1\n", "no such option" },
	{ "number = 666\n", "reload: number: 666; keeping the old rules" },
};
/* clang-format on */

START_TEST(a_fault_keeps_the_old_ones)
{
	struct totals t;

	begin("number = 23\n", false);
	const char *line = again(bad[_i].content);
	ck_assert_msg(strstr(line, bad[_i].says) != NULL &&
			  strstr(line, "; keeping the old rules\n") != NULL &&
			  strstr(line, "reloaded") == NULL,
	    "%s", line);
	ck_assert_int_eq(in_force(), 23);
	ck_assert_ptr_nonnull(strstr(again("number = 24\n"), "reloaded: number 24"));
	counters_read(r.counters, &t);
	ck_assert_uint_eq(t.count[COUNT_RELOADS], 1);
	ck_assert_uint_eq(t.count[COUNT_RELOADS_FAILED], 1);
}
END_TEST

START_TEST(a_file_that_may_not_be_read_is_a_fault_and_not_an_absence)
{
	begin("number = 23\n", false);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(symlink("conf", path), 0); /* to itself: ELOOP */
	text_clear(&said);
	reload_again(&r);
	ck_assert_ptr_nonnull(strstr(text_cstr(&said), "keeping the old rules"));
	ck_assert_int_eq(in_force(), 23);
}
END_TEST

START_TEST(keys_that_wait_for_the_next_start_are_named)
{
	begin("number = 23\nsocket-mode = 0600\n", false);
	ck_assert_ptr_null(strstr(text_cstr(&said), "next start"));
	ck_assert_ptr_nonnull(
	    strstr(again("number = 24\nsocket-mode = 0666\nlog-level = debug\n"),
		"; from the next start on: socket-mode, log-level\n"));
	/* Still true the next time, and not any more when they are put back. */
	ck_assert_ptr_nonnull(
	    strstr(again("socket-mode = 0666\n"), "next start on: socket-mode\n"));
	ck_assert_ptr_null(strstr(again("socket-mode = 0600\n"), "next start"));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("reload");
	TCase *t = tcase_create("reload");

	tcase_add_checked_fixture(t, before, after);
	tcase_add_test(t, ready_tells_what_was_read_and_where_it_listens);
	tcase_add_test(t, a_default_file_that_came_after_the_start_is_read);
	tcase_add_test(t, a_default_file_that_went_leaves_the_defaults);
	tcase_add_test(t, a_named_file_that_went_leaves_its_last_values);
	tcase_add_loop_test(t, a_fault_keeps_the_old_ones, 0, COUNT(bad));
	tcase_add_test(t, a_file_that_may_not_be_read_is_a_fault_and_not_an_absence);
	tcase_add_test(t, keys_that_wait_for_the_next_start_are_named);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
