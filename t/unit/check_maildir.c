/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/maildir.h"

#include "t/unit/scratch.h"

enum { FD_MOST = 256, HOST_MOST = 64 };

#define PLAIN "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"

static struct scratch dir;

static void
setup(void)
{
	scratch_setup(&dir);
}

static void
teardown(void)
{
	scratch_teardown(&dir);
}

static unsigned
open_descriptors(void)
{
	unsigned n = 0;

	for (int fd = 0; fd < FD_MOST; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

static struct maildir *
open_maildir(void)
{
	struct text why = TEXT_INIT(500);
	struct maildir *m = maildir_open(dir.path, &why);

	ck_assert_msg(m != NULL, "%s", text_cstr(&why));
	return m;
}

START_TEST(gives_every_descriptor_back)
{
	unsigned before = open_descriptors();
	struct maildir *m = open_maildir();

	ck_assert_ptr_eq(open_maildir(), m); /* one process, one opening */
	ck_assert_uint_gt(open_descriptors(), before);
	maildir_close(m);
	ck_assert_uint_gt(open_descriptors(), before);
	maildir_close(m);
	ck_assert_uint_eq(open_descriptors(), before);
}
END_TEST

START_TEST(gives_them_back_where_it_cannot_open)
{
	struct text why = TEXT_INIT(500);
	char path[128];

	scratch_write(&dir, "envelope", SLICE("no directory"));
	unsigned before = open_descriptors();
	ck_assert_ptr_null(maildir_open(dir.path, &why));
	ck_assert_ptr_nonnull(strstr(text_cstr(&why), "/envelope: Not a directory"));
	ck_assert_uint_eq(open_descriptors(), before);
	text_clear(&why);
	ck_assert_int_eq(unlinkat(dir.fd, ".lock", 0), 0);
	scratch_mkdir(&dir, ".lock");
	ck_assert_ptr_null(maildir_open(dir.path, &why));
	ck_assert_ptr_nonnull(strstr(text_cstr(&why), "/.lock: Is a directory"));
	ck_assert_uint_eq(open_descriptors(), before);
	text_clear(&why);
	ck_assert_ptr_null(maildir_open(scratch_path(&dir, "none", path), &why));
	ck_assert_ptr_nonnull(
	    strstr(text_cstr(&why), "/none: No such file or directory"));
	ck_assert_ptr_null(strstr(text_cstr(&why), "Bad file descriptor"));
	ck_assert_uint_eq(open_descriptors(), before);
	text_clear(&why);
}
END_TEST

/* As far as it needs no escapes. */
START_TEST(a_name_ends_with_the_host)
{
	char host[HOST_MOST + 1] = "", name[MAILDIR_NAME_MAX];
	struct maildir *m = open_maildir();

	ck_assert_int_eq(gethostname(host, sizeof host - 1), 0);
	maildir_name(m, name);
	const char *at = strchr(name, '.');
	ck_assert_ptr_nonnull(at);
	at = strchr(at + 1, '.');
	ck_assert_ptr_nonnull(at);
	ck_assert_int_eq(strncmp(at + 1, host, strspn(host, PLAIN)), 0);
	maildir_close(m);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("maildir");
	TCase *t = tcase_create("directory");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, gives_every_descriptor_back);
	tcase_add_test(t, gives_them_back_where_it_cannot_open);
	tcase_add_test(t, a_name_ends_with_the_host);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
