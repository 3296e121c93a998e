/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/signature_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "t/unit/runner.h"

static const struct signature_rules rules = { .min_pattern = 8 };
static char dir[100], path[200];
static const char entry[] = "A =\nabcdefgh\n";

static void
make_dir(void)
{
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(
	    dir, sizeof dir, "%s/signaturesXXXXXX", tmp != NULL ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	(void)snprintf(path, sizeof path, "%s/signatures", dir);
}

static void
remove_dir(void)
{
	(void)chmod(path, 0600);
	if (unlink(path) != 0)
		(void)rmdir(path);
	(void)rmdir(dir);
}

static void
write_file(const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_eq(chmod(path, mode), 0);
}

/* What is said of `path`, which "PATH" in `want` stands for. */
static void
expect_refusal(const char *what, const char *want)
{
	struct signatures s = { .count = 4711 };
	struct text why = TEXT_INIT(1000), full = TEXT_INIT(1000);

	ck_assert_msg(!signature_file_read(path, &rules, &s, &why), "%s was taken", what);
	text_printf(&full, "%s%s", path, want);
	ck_assert_str_eq(text_cstr(&why), text_cstr(&full));
	ck_assert_uint_eq(s.count, 4711);
	text_clear(&full);
	text_clear(&why);
}

START_TEST(reads_what_is_sound)
{
	static const mode_t modes[] = { 0644, 0600, 0440, 0664 };

	for (size_t i = 0; i < COUNT(modes); i++) {
		struct signatures s = { 0 };
		struct text why = TEXT_INIT(1000);

		write_file(entry, modes[i]);
		ck_assert_msg(
		    signature_file_read(path, &rules, &s, &why), "%s", text_cstr(&why));
		ck_assert_uint_eq(s.count, 1);
		ck_assert(slice_equal(s.entry[0].name, SLICE("A")));
		ck_assert(slice_equal(s.entry[0].pattern, SLICE("abcdefgh")));
		signatures_clear(&s);
		text_clear(&why);
		ck_assert_int_eq(unlink(path), 0);
	}
}
END_TEST

START_TEST(follows_a_link)
{
	struct signatures s = { 0 };
	struct text why = TEXT_INIT(1000);
	char other[300];

	write_file(entry, 0644);
	(void)snprintf(other, sizeof other, "%s.link", path);
	ck_assert_int_eq(symlink(path, other), 0);
	ck_assert(signature_file_read(other, &rules, &s, &why));
	signatures_clear(&s);
	ck_assert_int_eq(unlink(other), 0);
}
END_TEST

/* Row 14: a file that could not be read made a scanner that passed everything. */
START_TEST(refuses_a_file_that_is_not_there)
{
	expect_refusal("nothing", ": cannot be opened: No such file or directory");
}
END_TEST

START_TEST(refuses_an_empty_file)
{
	write_file("", 0644);
	expect_refusal("an empty file",
	    ":1: the file ends without a signature, and without any every virus would "
	    "pass: put in at least one");
}
END_TEST

START_TEST(refuses_a_directory)
{
	ck_assert_int_eq(mkdir(path, 0700), 0);
	expect_refusal("a directory", ": a directory, name the file in it");
}
END_TEST

START_TEST(refuses_a_fifo_without_waiting)
{
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	expect_refusal("a FIFO", ": not a regular file, put the text into one");
}
END_TEST

START_TEST(refuses_a_device)
{
	(void)snprintf(path, sizeof path, "/dev/zero");
	expect_refusal("a device", ": not a regular file, put the text into one");
	(void)snprintf(path, sizeof path, "%s/signatures", dir);
}
END_TEST

START_TEST(refuses_what_everybody_may_write)
{
	write_file(entry, 0646);
	expect_refusal(
	    "a world-writable file", ": everybody may write to it, chmod o-w it");
}
END_TEST

START_TEST(refuses_what_it_may_not_read)
{
	write_file(entry, 0000);
	if (geteuid() == 0)
		return; /* root may read it; the other users' run shows the refusal */
	expect_refusal("a file of mode 0", ": cannot be opened: Permission denied");
}
END_TEST

START_TEST(refuses_a_file_without_end)
{
	write_file(entry, 0644);
	ck_assert_int_eq(truncate(path, (off_t)SIGNATURE_FILE_MAX + 1), 0);
	expect_refusal(
	    "a huge file", ": larger than such a file may be, make it shorter");
}
END_TEST

START_TEST(names_the_line_of_a_fault)
{
	write_file("A =\nabcdefgh\n\nB =\nshort\n", 0644);
	expect_refusal("a short pattern", ":5: a pattern of 5 characters, at least 8 are "
					  "needed: take more of the line");
}
END_TEST

START_TEST(names_the_file_in_warnings)
{
	struct signatures s = { 0 };
	struct text why = TEXT_INIT(1000), want = TEXT_INIT(1000);

	write_file("A =\nabcdefgh\nB =\nabcdefgh\nC =\nabcdefgh\n", 0644);
	ck_assert(signature_file_read(path, &rules, &s, &why));
	text_printf(&want,
	    "%s:4: the same pattern as in line 2 (A), remove one of them\n"
	    "%s:6: the same pattern as in line 2 (A), remove one of them\n",
	    path, path);
	ck_assert_str_eq(text_cstr(&s.warnings), text_cstr(&want));
	text_clear(&want);
	signatures_clear(&s);
}
END_TEST

/* fixtures/signatures/: `signatures` and good-* are taken; bad-* are refused with
   the text that stands in their first line behind "# ". */
static const char *const good_fixture[] = { "signatures", "good-crlf", "good-wrapped",
	"good-no-newline" };
static const char *const bad_fixture[] = { "bad-base64-name", "bad-blank-in-pattern",
	"bad-eight-bit", "bad-name", "bad-no-pattern", "bad-one-line", "bad-repetition",
	"bad-short" };

static void
use_fixture(char *to, size_t size, const char *name)
{
	const char *fixtures = getenv("FIXTURES");

	(void)snprintf(
	    to, size, "%s/signatures/%s", fixtures != NULL ? fixtures : "fixtures", name);
}

START_TEST(takes_the_good_fixtures)
{
	struct signatures s = { 0 };
	struct text why = TEXT_INIT(2000);
	char file[1000];

	use_fixture(file, sizeof file, good_fixture[_i]);
	ck_assert_msg(signature_file_read(file, &rules, &s, &why), "%s", text_cstr(&why));
	ck_assert_uint_ge(s.count, 2);
	signatures_clear(&s);
}
END_TEST

START_TEST(refuses_the_bad_fixtures)
{
	struct signatures s = { 0 };
	struct text why = TEXT_INIT(2000);
	char file[1000], want[500] = "";

	use_fixture(file, sizeof file, bad_fixture[_i]);
	FILE *f = fopen(file, "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(want, sizeof want, f));
	(void)fclose(f);
	want[strcspn(want, "\n")] = '\0';
	ck_assert(!signature_file_read(file, &rules, &s, &why));
	ck_assert_str_eq(text_cstr(&why) + strlen(file) + 1, want + 2);
	text_clear(&why);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("signature_file");
	TCase *t = tcase_create("file");

	tcase_add_checked_fixture(t, make_dir, remove_dir);
	tcase_add_test(t, reads_what_is_sound);
	tcase_add_test(t, follows_a_link);
	tcase_add_test(t, refuses_a_file_that_is_not_there);
	tcase_add_test(t, refuses_an_empty_file);
	tcase_add_test(t, refuses_a_directory);
	tcase_add_test(t, refuses_a_fifo_without_waiting);
	tcase_add_test(t, refuses_a_device);
	tcase_add_test(t, refuses_what_everybody_may_write);
	tcase_add_test(t, refuses_what_it_may_not_read);
	tcase_add_test(t, refuses_a_file_without_end);
	tcase_add_test(t, names_the_line_of_a_fault);
	tcase_add_test(t, names_the_file_in_warnings);
	tcase_add_loop_test(t, takes_the_good_fixtures, 0, COUNT(good_fixture));
	tcase_add_loop_test(t, refuses_the_bad_fixtures, 0, COUNT(bad_fixture));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
