/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/mailboxes.h"

#include "t/unit/mailboxes_fixture.h"
#include "t/unit/quota_server.h"

static struct quota_server server;

START_TEST(measures_a_spool_file)
{
	char spool[128], limits[128];
	struct usage u;

	scratch_mkdir(&dir, "spool");
	scratch_write(&dir, "spool/anna", SLICE("From x\n\nhello\n"));
	scratch_mkdir(&dir, "spool/folder");
	scratch_write(&dir, "limits", SLICE("free unlimited\n* 1k\n"));
	config.source = SOURCE_MBOX;
	config.spool = scratch_path(&dir, "spool", spool);
	config.limits_path = scratch_path(&dir, "limits", limits);
	open_mailboxes();
	ck_assert_int_eq(usage("anna", 0, true, &u), KNOWN_YES);
	ck_assert_uint_eq(u.bytes, 14);
	ck_assert_uint_eq(u.bytes_limit, 1024);
	ck_assert(u.certain);
	ck_assert_int_eq(usage("newcomer", 0, true, &u), KNOWN_YES);
	ck_assert_uint_eq(u.bytes, 0);
	ck_assert_int_eq(usage("folder", 0, true, &u), KNOWN_YES);
	ck_assert_uint_eq(u.bytes, 0);
	ck_assert_int_eq(usage("free", 0, true, &u), KNOWN_NO);
}
END_TEST

START_TEST(says_that_the_spool_is_missing)
{
	char limits[128];
	struct usage u;

	scratch_write(&dir, "limits", SLICE("* 1k\n"));
	config.source = SOURCE_MBOX;
	config.limits_path = scratch_path(&dir, "limits", limits);
	open_mailboxes();
	ck_assert_int_eq(usage("anna", 0, true, &u), NOT_KNOWN);
	expect_report("mbox ", "/nonexistent/mail: No such file");
}
END_TEST

static void
open_with_server(
    enum usage_source source, const struct quota_server_row *row, size_t rows)
{
	quota_server_start(&server, &dir, row, rows);
	config.source = source;
	config.server = server.where;
	open_mailboxes();
}

static void
close_with_server(void)
{
	mailboxes_close(m);
	m = NULL;
	unlinkat(dir.fd, "quota.sock", 0);
	/* The last worker hangs up its connection when it leaves. */
	quota_server_stop(&server);
}

START_TEST(asks_a_policy_server_and_remembers_for_what_size)
{
	static const struct quota_server_row row[] = {
		{ "action=552 5.2.2 Mailbox is full\n\n", 100 }
	};
	struct usage u;

	open_with_server(SOURCE_POLICY, row, 1);
	ck_assert_int_eq(usage("anna", 5000, false, &u), KNOWN_YES);
	ck_assert_int_eq(u.kind, USAGE_FULL);
	ck_assert(u.certain);
	ck_assert(quota_server_heard(&server, "recipient=anna\nsize=5000\n\n"));
	ck_assert_int_eq(usage("anna", 6000, false, &u), KNOWN_YES);
	ck_assert(quota_server_heard(&server, "size=5000\n")); /* from the cache */
	ck_assert_int_eq(usage("anna", 4000, false, &u), KNOWN_YES);
	ck_assert(quota_server_heard(&server, "size=4000\n"));
	close_with_server();
}
END_TEST

START_TEST(asks_a_socketmap)
{
	static const struct quota_server_row row[] = { { "15:TEMP Over quota,", 1 },
		{ "2:OK,", 1 } };
	struct usage u;

	open_with_server(SOURCE_SOCKETMAP, row, 2);
	ck_assert_int_eq(usage("anna", 5000, false, &u), KNOWN_YES);
	ck_assert_int_eq(u.kind, USAGE_FULL);
	ck_assert(quota_server_heard(&server, "10:quota anna,"));
	ck_assert_int_eq(usage("bert", 5000, false, &u), KNOWN_YES);
	ck_assert_int_eq(u.kind, USAGE_FITS);
	close_with_server();
}
END_TEST

START_TEST(does_not_know_what_a_server_does_not_say)
{
	static const struct quota_server_row row[] = { { "action=\n\n", 1 },
		{ "action=DEFER_IF_PERMIT x\n\n", 1 }, { "", 1 } };
	struct usage u;

	open_with_server(SOURCE_POLICY, row, 3);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(usage("anna", 5000, false, &u), NOT_KNOWN);
	expect_report("server server server ", "mailbox 'anna': Connection reset");
	close_with_server();
}
END_TEST

START_TEST(refuses_a_bad_configuration)
{
	struct text why = TEXT_INIT(500);
	char limits[128];

	config.source = SOURCE_POLICY;
	config.server = "nowhere";
	ck_assert_ptr_null(mailboxes_new(&config, &report, &why));
	ck_assert_str_eq(
	    text_cstr(&why), "'nowhere' is neither unix:/path nor inet:port@host");
	text_clear(&why);
	config.source = SOURCE_MBOX;
	config.limits_path = "/nonexistent/limits";
	ck_assert_ptr_null(mailboxes_new(&config, &report, &why));
	ck_assert_str_eq(text_cstr(&why),
	    "limits /nonexistent/limits: cannot be opened: No such file or directory");
	text_clear(&why);
	scratch_write(&dir, "limits", SLICE("anna\n"));
	config.limits_path = scratch_path(&dir, "limits", limits);
	ck_assert_ptr_null(mailboxes_new(&config, &report, &why));
	ck_assert_ptr_nonnull(strstr(text_cstr(&why), "line 1: has a name but no limit"));
	text_clear(&why);
}
END_TEST

START_TEST(can_be_closed_while_a_look_up_hangs)
{
	config.time_limit_ms = 20;
	open_mailboxes();
	ck_assert_int_eq(user("slow"), NOT_KNOWN);
	mailboxes_close(m);
	m = NULL;
	ck_assert_int_eq(write(passwd_hang[1], "xx", 2), 2);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("mailbox_sources");
	TCase *t = tcase_create("world");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 90);
	tcase_add_test(t, measures_a_spool_file);
	tcase_add_test(t, says_that_the_spool_is_missing);
	tcase_add_test(t, asks_a_policy_server_and_remembers_for_what_size);
	tcase_add_test(t, asks_a_socketmap);
	tcase_add_test(t, does_not_know_what_a_server_does_not_say);
	tcase_add_test(t, refuses_a_bad_configuration);
	tcase_add_test(t, can_be_closed_while_a_look_up_hangs);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
