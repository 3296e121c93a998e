/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/workers.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "t/unit/runner.h"

/* A job that reads a byte from a pipe: it hangs until the test writes one. */
struct pipe_job {
	struct job job;
	int from;
	bool in_time;
	char byte;
};

static bool
run(struct job *job)
{
	struct pipe_job *p = (struct pipe_job *)job;

	return read(p->from, &p->byte, 1) == 1 && p->in_time;
}

static void
drop(struct job *job)
{
	free(job);
}

static struct job *
job_new(int from, const char *group, int key)
{
	struct pipe_job *p = calloc(1, sizeof *p);

	p->job.run = run;
	p->job.drop = drop;
	p->from = from;
	p->in_time = true;
	strcpy(p->job.group, group);
	snprintf(p->job.key, sizeof p->job.key, "%d", key);
	return &p->job;
}

/* For what comes at once, were the machine not busy. */
enum { GENEROUS_MS = 30000 };

static int hang[2], ready[2];

static void
setup(void)
{
	ck_assert_int_eq(pipe(hang), 0);
	ck_assert_int_eq(pipe(ready), 0);
}

static void
teardown(void)
{
	for (int i = 0; i < 2; i++) {
		close(hang[i]);
		close(ready[i]);
	}
}

static void
on_last(void *self)
{
	char byte = 'x';

	ck_assert_int_eq(write(*(int *)self, &byte, 1), 1);
}

/* Lets all hanging jobs end, and waits until the last thread has gone. */
static void
end(struct workers *w, int hanging)
{
	int last[2];
	char byte;

	ck_assert_int_eq(pipe(last), 0);
	workers_close(w, on_last, &last[1]);
	for (int i = 0; i < hanging; i++)
		ck_assert_int_eq(write(hang[1], "h", 1), 1);
	ck_assert_int_eq(read(last[0], &byte, 1), 1);
	close(last[0]);
	close(last[1]);
}

static enum asked
ask(struct workers *w, int from, const char *group, int key, unsigned ms, char *ret)
{
	struct job *job = job_new(from, group, key);
	enum asked how = workers_ask(w, &job, ms);

	if (how == ASKED_DONE && ret != NULL)
		*ret = ((struct pipe_job *)job)->byte;
	workers_release(w, job);
	return how;
}

static enum asked
ask_ready(struct workers *w, const char *group, int key)
{
	char byte = 0;

	ck_assert_int_eq(write(ready[1], "r", 1), 1);
	enum asked how = ask(w, ready[0], group, key, GENEROUS_MS, &byte);
	if (how == ASKED_DONE)
		ck_assert_int_eq(byte, 'r');
	else
		ck_assert_int_eq(read(ready[0], &byte, 1), 1);
	return how;
}

/* For a group that is given IMPATIENT_MS, which a busy machine may exceed. */
static void
ask_till_done(struct workers *w, const char *group, int key)
{
	char byte = 0;

	do /* one byte for each job there may be */
		ck_assert_int_eq(write(ready[1], "r", 1), 1);
	while (ask(w, ready[0], group, key, GENEROUS_MS, &byte) == ASKED_LATE);
	ck_assert_int_eq(byte, 'r');
}

START_TEST(answers)
{
	struct workers *w = workers_new(4);

	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(ask_ready(w, "a", i), ASKED_DONE);
	end(w, 0);
}
END_TEST

START_TEST(waits_no_longer_than_told)
{
	struct workers *w = workers_new(4);
	long long began = monotonic_ms();

	ck_assert_int_eq(ask(w, hang[0], "a", 1, 30, NULL), ASKED_LATE);
	long long took = monotonic_ms() - began;
	ck_assert_msg(took >= 29 && took < GENEROUS_MS, "%lld ms", took);
	end(w, 1);
}
END_TEST

START_TEST(two_hundred_hanging_delay_nobody)
{
	struct workers *w = workers_new(512);

	for (int i = 0; i < 200; i++)
		ck_assert_int_eq(ask(w, hang[0], "dead", i, 1, NULL), ASKED_LATE);
	long long began = monotonic_ms();
	ck_assert_int_eq(ask_ready(w, "well", 1000), ASKED_DONE);
	ask_till_done(w, "dead", 1001);
	ck_assert_int_lt(monotonic_ms() - began, GENEROUS_MS);
	end(w, 200);
}
END_TEST

START_TEST(one_group_leaves_a_quarter_to_the_others)
{
	struct workers *w = workers_new(8);

	for (int i = 0; i < 6; i++)
		ck_assert_int_eq(ask(w, hang[0], "dead", i, 1, NULL), ASKED_LATE);
	ck_assert_int_eq(ask(w, hang[0], "dead", 6, 1, NULL), ASKED_BUSY);
	ck_assert_int_eq(ask_ready(w, "dead", 7), ASKED_BUSY);
	ck_assert_int_eq(ask_ready(w, "well", 8), ASKED_DONE);
	end(w, 6);
}
END_TEST

START_TEST(never_more_threads_than_told)
{
	struct workers *w = workers_new(4);
	const char *group[] = { "a", "b", "c", "d", "e" };

	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(ask(w, hang[0], group[i], i, 1, NULL), ASKED_LATE);
	ck_assert_int_eq(ask_ready(w, "e", 5), ASKED_BUSY);
	end(w, 4);
}
END_TEST

START_TEST(loses_patience_with_a_dead_group_and_finds_it_again)
{
	struct workers *w = workers_new(32);

	for (int i = 0; i < GROUP_MISSES; i++)
		ck_assert_int_eq(ask(w, hang[0], "dead", i, 1, NULL), ASKED_LATE);
	long long began = monotonic_ms();
	ck_assert_int_eq(ask(w, hang[0], "dead", 10, 2 * GENEROUS_MS, NULL), ASKED_LATE);
	ck_assert_int_lt(monotonic_ms() - began, GENEROUS_MS);
	ask_till_done(w, "dead", 11);
	/* Well again: a slow one is waited for in full. */
	began = monotonic_ms();
	ck_assert_int_eq(ask(w, hang[0], "dead", 12, 4 * IMPATIENT_MS, NULL), ASKED_LATE);
	ck_assert_int_ge(monotonic_ms() - began, 3 * IMPATIENT_MS);
	end(w, GROUP_MISSES + 2);
}
END_TEST

START_TEST(a_job_that_ran_into_its_limit_is_a_miss)
{
	struct workers *w = workers_new(8);

	for (int i = 0; i < GROUP_MISSES; i++) {
		struct job *job = job_new(ready[0], "slow", i);
		((struct pipe_job *)job)->in_time = false;
		ck_assert_int_eq(write(ready[1], "r", 1), 1);
		ck_assert_int_eq(workers_ask(w, &job, GENEROUS_MS), ASKED_DONE);
		workers_release(w, job);
	}
	long long began = monotonic_ms();
	ck_assert_int_eq(ask(w, hang[0], "slow", 10, 2 * GENEROUS_MS, NULL), ASKED_LATE);
	ck_assert_int_lt(monotonic_ms() - began, GENEROUS_MS);
	end(w, 1);
}
END_TEST

START_TEST(the_same_question_is_asked_once)
{
	struct workers *w = workers_new(8);
	char byte = 0;

	/* The second job would read from `ready`, where nothing ever comes. */
	ck_assert_int_eq(ask(w, hang[0], "a", 7, 1, NULL), ASKED_LATE);
	ck_assert_int_eq(ask(w, ready[0], "a", 7, 1, NULL), ASKED_LATE);
	ck_assert_int_eq(write(hang[1], "z", 1), 1);
	enum asked how = ask(w, ready[0], "a", 7, 5000, &byte);
	if (how == ASKED_DONE)
		ck_assert_int_eq(byte, 'z');
	else /* the first had ended already: this one was begun and hangs */
		ck_assert_int_eq(write(ready[1], "r", 1), 1);
	end(w, 0);
}
END_TEST

START_TEST(more_groups_than_it_can_tell_apart)
{
	struct workers *w = workers_new(256);
	char name[24];

	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof name, "group%d", i);
		ck_assert_int_eq(ask(w, hang[0], name, i, 0, NULL), ASKED_LATE);
	}
	ask_till_done(w, "another", 1000);
	end(w, 100);
}
END_TEST

struct asker {
	struct workers *w;
	int first;
	unsigned done;
};

static void *
ask_many(void *self)
{
	struct asker *a = self;

	for (int i = 0; i < 200; i++)
		a->done += ask_ready(a->w, "a", a->first + i % 20) == ASKED_DONE;
	return NULL;
}

START_TEST(many_ask_at_once)
{
	struct workers *w = workers_new(64);
	struct asker asker[8];
	pthread_t thread[8];

	for (int i = 0; i < 8; i++) {
		asker[i] = (struct asker){ .w = w, .first = 100 * i };
		ck_assert_int_eq(
		    pthread_create(&thread[i], NULL, ask_many, &asker[i]), 0);
	}
	for (int i = 0; i < 8; i++) {
		pthread_join(thread[i], NULL);
		ck_assert_uint_eq(asker[i].done, 200);
	}
	end(w, 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("workers");
	TCase *t = tcase_create("ask");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, answers);
	tcase_add_test(t, waits_no_longer_than_told);
	tcase_add_test(t, two_hundred_hanging_delay_nobody);
	tcase_add_test(t, one_group_leaves_a_quarter_to_the_others);
	tcase_add_test(t, never_more_threads_than_told);
	tcase_add_test(t, loses_patience_with_a_dead_group_and_finds_it_again);
	tcase_add_test(t, a_job_that_ran_into_its_limit_is_a_miss);
	tcase_add_test(t, the_same_question_is_asked_once);
	tcase_add_test(t, more_groups_than_it_can_tell_apart);
	tcase_add_test(t, many_ask_at_once);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
