/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/maildir_usage.h"

#include <sys/resource.h>

#include "base/clock.h"
#include "t/unit/scratch.h"

static struct scratch dir;
static struct maildir_place place;

static void
setup(void)
{
	scratch_setup(&dir);
	scratch_mkdir(&dir, "Maildir");
	scratch_mkdir(&dir, "Maildir/new");
	scratch_mkdir(&dir, "Maildir/cur");
	scratch_mkdir(&dir, "Maildir/tmp");
	place = (struct maildir_place){ .home = dir.path,
		.maildir = "Maildir",
		.owner = getuid(),
		.deadline_ms = monotonic_ms() + 60000 };
}

static void
teardown(void)
{
	scratch_teardown(&dir);
}

static void
expect(bool certain, enum knowledge want, uint64_t bytes, uint64_t messages)
{
	struct text why = TEXT_INIT(500);
	struct usage u = { 0 };
	enum knowledge got = maildir_usage(&place, certain, &u, &why);

	ck_assert_msg(got == want, "knowledge %d: %s", got, text_cstr(&why));
	ck_assert_int_eq(got == NOT_KNOWN, why.len > 0);
	if (got == KNOWN_YES) {
		ck_assert_uint_eq(u.bytes, bytes);
		ck_assert_uint_eq(u.messages, messages);
		ck_assert(u.certain || !certain);
	}
	text_clear(&why);
}

static void
put_messages(void)
{
	scratch_write(&dir, "Maildir/new/1.a.host", SLICE("12345"));
	scratch_write(&dir, "Maildir/new/2.b.host,S=1000", SLICE("x"));
	scratch_write(&dir, "Maildir/cur/3.c.host,S=200:2,S", SLICE("x"));
	scratch_write(&dir, "Maildir/cur/4.d.host:2,RS", SLICE("1234567"));
	scratch_write(&dir, "Maildir/cur/5.e.host,S=5000:2,ST", SLICE("x"));
	scratch_write(&dir, "Maildir/tmp/6.f.host,S=9999", SLICE("x"));
	scratch_write(&dir, "Maildir/new/.hidden", SLICE("123"));
}

START_TEST(believes_the_file)
{
	put_messages();
	scratch_write(&dir, "Maildir/maildirsize", SLICE("10000S\n4000 4\n"));
	expect(false, KNOWN_YES, 4000, 4);
	expect(true, KNOWN_YES, 4000, 4); /* one line, and fresh */
}
END_TEST

START_TEST(walks_to_be_certain_of_several_lines)
{
	put_messages();
	scratch_write(&dir, "Maildir/maildirsize", SLICE("10000S\n4000 4\n5000 1\n"));
	expect(false, KNOWN_YES, 9000, 5);
	expect(true, KNOWN_YES, 1212, 4);
}
END_TEST

/* Seconds from now, which goes on meanwhile; a file system may know fewer years than
 * time_t does. */
static const long long not_fresh[] = { -901, 1000, -4000000001, 4000000001,
	-5000000000000000001 };

START_TEST(walks_to_be_certain_of_a_file_that_is_not_of_now)
{
	struct timespec then[2] = { { .tv_sec = (time_t)(time(NULL) + not_fresh[_i]) } };

	then[1] = then[0];
	put_messages();
	scratch_write(&dir, "Maildir/maildirsize", SLICE("10000S\n9999 1\n"));
	ck_assert_int_eq(utimensat(dir.fd, "Maildir/maildirsize", then, 0), 0);
	expect(false, KNOWN_YES, 9999, 1);
	expect(true, KNOWN_YES, 1212, 4);
}
END_TEST

START_TEST(walks_where_the_file_is_broken)
{
	put_messages();
	scratch_write(&dir, "Maildir/maildirsize", SLICE("10000S\n\0\0\0\n"));
	expect(false, KNOWN_YES, 1212, 4);
	scratch_write(&dir, "Maildir/maildirsize", SLICE("10000S\n-1 -1\n"));
	expect(false, KNOWN_YES, 1212, 4);
}
END_TEST

/* An MDA may add lines for ever. */
static const size_t too_long[] = { 5120, 8192, 16384, 20480, 20481, 100000, 1 << 20 };

START_TEST(walks_where_the_file_is_too_long)
{
	struct text file = TEXT_INIT(2 << 20);

	put_messages();
	text_printf(&file, "10000S\n");
	while (file.len < too_long[_i])
		text_printf(&file, "1 1\n");
	scratch_write(&dir, "Maildir/maildirsize", text_slice(&file));
	expect(false, KNOWN_YES, 1212, 4);
	text_clear(&file);
}
END_TEST

START_TEST(walks_where_there_is_a_limit_but_no_file)
{
	put_messages();
	expect(false, KNOWN_NO, 0, 0);
	place.limit = 10000;
	expect(false, KNOWN_YES, 1212, 4);
	scratch_write(&dir, "Maildir/maildirsize", SLICE("nonsense\n"));
	expect(false, KNOWN_YES, 1212, 4);
}
END_TEST

START_TEST(counts_folders_but_not_the_trash)
{
	place.limit = 10000;
	put_messages();
	for (int i = 0; i < 3; i++) {
		static const char *const folder[] = { ".a", ".Trash", ".rm -r * ;" };
		char path[100];

		snprintf(path, sizeof path, "Maildir/%s", folder[i]);
		scratch_mkdir(&dir, path);
		snprintf(path, sizeof path, "Maildir/%s/cur", folder[i]);
		scratch_mkdir(&dir, path);
		snprintf(path, sizeof path, "Maildir/%s/cur/7.g,S=500:2,", folder[i]);
		scratch_write(&dir, path, SLICE("x"));
	}
	scratch_write(&dir, "Maildir/.file", SLICE("not a folder"));
	ck_assert_int_eq(symlinkat("/", dir.fd, "Maildir/.link"), 0);
	ck_assert_int_eq(symlinkat("/etc", dir.fd, "Maildir/.a/new"), 0);
	expect(false, KNOWN_YES, 2212, 6);
}
END_TEST

START_TEST(a_folder_leads_to_its_parent)
{
	scratch_mkdir(&dir, "Maildir/.sub");
	scratch_write(&dir, "Maildir/.sub/maildirfolder", SLICE(""));
	scratch_write(&dir, "Maildir/maildirsize", SLICE("10000S\n77 1\n"));
	place.maildir = "Maildir/.sub";
	expect(false, KNOWN_YES, 77, 1);
}
END_TEST

START_TEST(has_no_quota)
{
	scratch_write(&dir, "Maildir/maildirsize", SLICE("0S,0C\n77 1\n"));
	expect(false, KNOWN_NO, 0, 0);
	place.maildir = "none";
	expect(false, KNOWN_NO, 0, 0);
	place.home = "/nonexistent/home";
	expect(false, KNOWN_NO, 0, 0);
}
END_TEST

START_TEST(does_not_know)
{
	scratch_write(&dir, "Maildir/maildirsize", SLICE("nonsense\n77 1\n"));
	expect(false, NOT_KNOWN, 0, 0);
	scratch_write(&dir, "Maildir/maildirsize", SLICE("100S\n100 1\n"));
	ck_assert_int_eq(fchmodat(dir.fd, "Maildir/maildirsize", 0666, 0), 0);
	expect(false, NOT_KNOWN, 0, 0); /* anybody could fill this mailbox */
	ck_assert_int_eq(unlinkat(dir.fd, "Maildir/maildirsize", 0), 0);
	ck_assert_int_eq(symlinkat("/etc/passwd", dir.fd, "Maildir/maildirsize"), 0);
	expect(false, NOT_KNOWN, 0, 0);
	ck_assert_int_eq(unlinkat(dir.fd, "Maildir/maildirsize", 0), 0);
	ck_assert_int_eq(mkfifoat(dir.fd, "Maildir/maildirsize", 0600), 0);
	expect(false, NOT_KNOWN, 0, 0);
}
END_TEST

START_TEST(a_maildir_of_somebody_else)
{
	place.owner = 54321;
	scratch_write(&dir, "Maildir/maildirsize", SLICE("100S\n100 1\n"));
	expect(false, NOT_KNOWN, 0, 0);
}
END_TEST

START_TEST(gives_up_in_time)
{
	char name[100];

	for (int i = 0; i < 600; i++) {
		snprintf(name, sizeof name, "Maildir/new/%d.x", i);
		scratch_write(&dir, name, SLICE("x"));
	}
	place.limit = 10000;
	expect(true, KNOWN_YES, 600, 600);
	place.deadline_ms = monotonic_ms() - 1;
	expect(true, NOT_KNOWN, 0, 0);
}
END_TEST

/* What was not counted is not nothing. */
START_TEST(a_folder_that_cannot_be_opened_is_not_empty)
{
	struct rlimit before, few;
	int next = dup(0);

	place.limit = 10000;
	scratch_mkdir(&dir, "Maildir/.a");
	scratch_mkdir(&dir, "Maildir/.a/cur");
	scratch_write(&dir, "Maildir/.a/cur/1.a,S=9999:2,", SLICE("x"));
	expect(true, KNOWN_YES, 9999, 1);
	close(next);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = before;
	for (rlim_t left = 1; left <= 3; left++) { /* the Maildir, its list, .a */
		few.rlim_cur = (rlim_t)next + left;
		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
		expect(true, NOT_KNOWN, 0, 0);
	}
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	expect(true, KNOWN_YES, 9999, 1);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("maildir_usage");
	TCase *t = tcase_create("usage");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, believes_the_file);
	tcase_add_test(t, walks_to_be_certain_of_several_lines);
	tcase_add_loop_test(
	    t, walks_to_be_certain_of_a_file_that_is_not_of_now, 0, COUNT(not_fresh));
	tcase_add_test(t, walks_where_the_file_is_broken);
	tcase_add_loop_test(t, walks_where_the_file_is_too_long, 0, COUNT(too_long));
	tcase_add_test(t, walks_where_there_is_a_limit_but_no_file);
	tcase_add_test(t, counts_folders_but_not_the_trash);
	tcase_add_test(t, a_folder_leads_to_its_parent);
	tcase_add_test(t, has_no_quota);
	tcase_add_test(t, does_not_know);
	tcase_add_test(t, a_maildir_of_somebody_else);
	tcase_add_test(t, gives_up_in_time);
	tcase_add_test(t, a_folder_that_cannot_be_opened_is_not_empty);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
