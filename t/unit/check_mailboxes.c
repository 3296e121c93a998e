/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/mailboxes.h"

#include "store/user_file.h"
#include "t/unit/mailboxes_fixture.h"

/* 30 ms may be too short for a busy machine: then ask again. */
enum { PATIENCE_MS = 60000 };

START_TEST(finds_users_once_per_lifetime)
{
	open_mailboxes();
	for (int i = 0; i < 10; i++) {
		ck_assert_int_eq(user("anna"), KNOWN_YES);
		ck_assert_int_eq(user("ghost"), KNOWN_NO);
	}
	ck_assert_uint_eq(passwd_asked, 3); /* anna, anna with more room, ghost */
}
END_TEST

START_TEST(does_not_know_users_when_the_database_fails)
{
	passwd_error = EIO;
	open_mailboxes();
	ck_assert_int_eq(user("anna"), NOT_KNOWN);
	expect_report("users ", "mailbox 'anna': user database: ");
	passwd_error = 0;
	ck_assert_int_eq(user("anna"), KNOWN_YES); /* a failure is not kept */
}
END_TEST

START_TEST(waits_no_longer_for_a_user_than_told_but_keeps_the_answer)
{
	config.time_limit_ms = 30;
	open_mailboxes();
	ck_assert_int_eq(user("slow"), NOT_KNOWN);
	expect_report("late ", "mailbox 'slow': its user is not known within 30 ms");
	long long until = monotonic_ms() + PATIENCE_MS;
	while (user("anna") != KNOWN_YES)
		ck_assert_int_lt(monotonic_ms(), until);
	/* Both questions of getpwnam_r(), first with too little room. */
	ck_assert_int_eq(write(passwd_hang[1], "xx", 2), 2);
	while (user("slow") != KNOWN_YES)
		ck_assert_int_lt(monotonic_ms(), until);
}
END_TEST

START_TEST(finds_homes_in_a_folder)
{
	char homes[128];
	struct usage u;

	config.homes = scratch_path(&dir, "home", homes);
	scratch_write(&dir, "home/file", SLICE(""));
	ck_assert_int_eq(symlinkat("anna", dir.fd, "home/link"), 0);
	open_mailboxes();
	ck_assert_int_eq(user("anna"), KNOWN_YES);
	ck_assert_int_eq(user("ghost"), KNOWN_NO);
	ck_assert_int_eq(user("file"), KNOWN_NO);
	ck_assert_int_eq(user("link"), KNOWN_NO);
	ck_assert_int_eq(usage("anna", 0, false, &u), KNOWN_YES);
	ck_assert_uint_eq(u.bytes, 900);
	ck_assert_uint_eq(passwd_asked, 0);
}
END_TEST

START_TEST(knows_the_usage_of_a_maildir)
{
	struct usage u;

	open_mailboxes();
	ck_assert_int_eq(usage("anna", 0, false, &u), KNOWN_YES);
	ck_assert_uint_eq(u.bytes, 900);
	ck_assert_uint_eq(u.bytes_limit, 1000);
	ck_assert(u.certain);
	ck_assert_int_eq(usage("ghost", 0, false, &u), NOT_KNOWN);
	ck_assert_int_eq(usage("newcomer", 0, false, &u), KNOWN_NO);
}
END_TEST

START_TEST(takes_usage_from_the_cache)
{
	struct usage u;

	open_mailboxes();
	ck_assert_int_eq(usage("anna", 0, false, &u), KNOWN_YES);
	scratch_write(&dir, "home/anna/Maildir/maildirsize", SLICE("1000S\n0 0\n"));
	ck_assert_int_eq(usage("anna", 0, false, &u), KNOWN_YES);
	ck_assert_uint_eq(u.bytes, 900);
}
END_TEST

START_TEST(takes_nothing_from_a_cache_without_lifetime)
{
	struct usage u;

	config.answer_lifetime_ms = 0;
	open_mailboxes();
	ck_assert_int_eq(usage("anna", 0, false, &u), KNOWN_YES);
	scratch_write(&dir, "home/anna/Maildir/maildirsize", SLICE("1000S\n7 1\n"));
	ck_assert_int_eq(usage("anna", 0, false, &u), KNOWN_YES);
	ck_assert_uint_eq(u.bytes, 7);
}
END_TEST

START_TEST(looks_again_before_it_is_certain)
{
	struct usage u;

	scratch_write(
	    &dir, "home/anna/Maildir/maildirsize", SLICE("1000S\n900 1\n90 1\n"));
	scratch_write(&dir, "home/anna/Maildir/new/1.a,S=10", SLICE("x"));
	open_mailboxes();
	ck_assert_int_eq(usage("anna", 0, false, &u), KNOWN_YES);
	ck_assert(!u.certain);
	ck_assert_uint_eq(u.bytes, 990);
	ck_assert_int_eq(usage("anna", 0, true, &u), KNOWN_YES);
	ck_assert(u.certain);
	ck_assert_uint_eq(u.bytes, 10);
}
END_TEST

START_TEST(says_what_is_wrong_with_a_maildir)
{
	struct usage u;

	scratch_write(&dir, "home/anna/Maildir/maildirsize", SLICE("nonsense\n"));
	open_mailboxes();
	ck_assert_int_eq(usage("anna", 0, false, &u), NOT_KNOWN);
	expect_report("maildir ", "mailbox 'anna': maildirsize has no quota");
}
END_TEST

START_TEST(reads_forward_files)
{
	unsigned kinds;

	open_mailboxes();
	ck_assert_int_eq(forward("anna", &kinds), KNOWN_NO);
	mailboxes_close(m);
	scratch_write(&dir, "home/anna/.forward", SLICE("\\anna, bert@x\n"));
	open_mailboxes();
	ck_assert_int_eq(forward("anna", &kinds), KNOWN_YES);
	ck_assert_uint_eq(kinds, FORWARD_SELF | FORWARD_ADDRESS);
	mailboxes_close(m);
	ck_assert_int_eq(fchmodat(dir.fd, "home/anna/.forward", 0666, 0), 0);
	open_mailboxes();
	ck_assert_int_eq(forward("anna", &kinds), KNOWN_NO);
	mailboxes_close(m);
	config.honour_unsafe_forward = true;
	open_mailboxes();
	ck_assert_int_eq(forward("anna", &kinds), KNOWN_NO);
	mailboxes_close(m);
	ck_assert_int_eq(fchmodat(dir.fd, "home/anna/.forward", 0664, 0), 0);
	open_mailboxes();
	ck_assert_int_eq(forward("anna", &kinds), KNOWN_YES);
	ck_assert_int_eq(forward("newcomer", &kinds), KNOWN_NO);
	mailboxes_close(m);
	scratch_write(&dir, "home/anna/.forward", SLICE("# nothing\n"));
	open_mailboxes();
	ck_assert_int_eq(forward("anna", &kinds), KNOWN_NO);
}
END_TEST

START_TEST(a_detail_has_a_forward_of_its_own)
{
	unsigned kinds;

	scratch_write(&dir, "home/anna/.forward+list", SLICE("bert@x\n"));
	open_mailboxes();
	ck_assert_int_eq(forward("anna+list", &kinds), KNOWN_YES);
	ck_assert_uint_eq(kinds, FORWARD_ADDRESS);
	ck_assert_int_eq(forward("anna", &kinds), KNOWN_NO);
	ck_assert_int_eq(forward("anna+", &kinds), KNOWN_NO);
	ck_assert_int_eq(forward("anna+lis", &kinds), KNOWN_NO);
	ck_assert_int_eq(forward("anna+list+x", &kinds), KNOWN_NO);
	ck_assert_int_eq(forward("anna+list", &kinds), KNOWN_YES); /* of the cache */
	mailboxes_close(m);
	scratch_write(&dir, "home/anna/.forward", SLICE("\\anna\n"));
	open_mailboxes();
	ck_assert_int_eq(forward("anna+list", &kinds), KNOWN_YES);
	ck_assert_uint_eq(kinds, FORWARD_ADDRESS);
	ck_assert_int_eq(forward("anna+other", &kinds), KNOWN_YES);
	ck_assert_uint_eq(kinds, FORWARD_SELF);
}
END_TEST

START_TEST(takes_forwards_from_the_cache)
{
	unsigned kinds;

	scratch_write(&dir, "home/anna/.forward", SLICE("bert@x\n"));
	open_mailboxes();
	ck_assert_int_eq(forward("anna", &kinds), KNOWN_YES);
	scratch_write(&dir, "home/anna/.forward", SLICE("# nothing\n"));
	ck_assert_int_eq(forward("anna", &kinds), KNOWN_YES);
	ck_assert_uint_eq(kinds, FORWARD_ADDRESS);
}
END_TEST

START_TEST(a_large_forward_file_is_not_known)
{
	static char large[USER_FILE_MAX + 1];
	unsigned kinds;

	memset(large, '#', sizeof large);
	scratch_write(&dir, "home/anna/.forward", (struct slice){ large, sizeof large });
	open_mailboxes();
	ck_assert_int_eq(forward("anna", &kinds), NOT_KNOWN);
	expect_report("forward ", ".forward: File too large");
}
END_TEST

START_TEST(an_exempt_file_stands_for_a_program)
{
	unsigned kinds;

	scratch_write(&dir, "home/anna/.dovecot.sieve", SLICE(""));
	open_mailboxes();
	ck_assert_int_eq(forward("anna", &kinds), KNOWN_YES);
	ck_assert_uint_eq(kinds, FORWARD_PROGRAM);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("mailboxes");
	TCase *t = tcase_create("world");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 90);
	tcase_add_test(t, finds_users_once_per_lifetime);
	tcase_add_test(t, does_not_know_users_when_the_database_fails);
	tcase_add_test(t, waits_no_longer_for_a_user_than_told_but_keeps_the_answer);
	tcase_add_test(t, finds_homes_in_a_folder);
	tcase_add_test(t, knows_the_usage_of_a_maildir);
	tcase_add_test(t, takes_usage_from_the_cache);
	tcase_add_test(t, takes_nothing_from_a_cache_without_lifetime);
	tcase_add_test(t, looks_again_before_it_is_certain);
	tcase_add_test(t, says_what_is_wrong_with_a_maildir);
	tcase_add_test(t, reads_forward_files);
	tcase_add_test(t, a_detail_has_a_forward_of_its_own);
	tcase_add_test(t, takes_forwards_from_the_cache);
	tcase_add_test(t, a_large_forward_file_is_not_known);
	tcase_add_test(t, an_exempt_file_stands_for_a_program);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
