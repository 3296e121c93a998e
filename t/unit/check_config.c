/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/config.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "t/unit/runner.h"

struct options {
	char *name;
	long count, wait, mode;
	long long size;
	bool flag;
	int colour;
	struct config_list list;
	char *file, *folder;
};

static const char *const colour[] = { "red", "green", NULL };

#define AT(member) offsetof(struct options, member)
static const struct config_row rows[] = {
	{ "name", CONFIG_TEXT, AT(name), "fallback", 0, 0, NULL, "a text" },
	{ "count", CONFIG_NUMBER, AT(count), "3", 1, 10, NULL, "a number" },
	{ "wait", CONFIG_SECONDS, AT(wait), "5m", 0, 0, NULL, "a time" },
	{ "mode", CONFIG_MODE, AT(mode), "0660", 0, 0, NULL, "a mode" },
	{ "size", CONFIG_BYTES, AT(size), "25k", 0, 0, NULL, "a size" },
	{ "flag", CONFIG_BOOL, AT(flag), "no", 0, 0, NULL, "a flag" },
	{ "colour", CONFIG_CHOICE, AT(colour), "red", 0, 0, colour, "a choice" },
	{ "list", CONFIG_LIST, AT(list), "a, b", 0, 0, NULL, "a list" },
	{ "file", CONFIG_PATH, AT(file), "/dev/null", 0, 0, NULL, "a file" },
	{ "folder", CONFIG_PATH, AT(folder), "", 0, 0, NULL, "a folder or none" },
};
static const struct config_table table = { rows, COUNT(rows) };

static char path[] = "/tmp/check_config.XXXXXX";
static struct options got;
static struct text why;

static void
before(void)
{
	memcpy(path + sizeof path - 7, "XXXXXX", 6);
	int fd = mkstemp(path);
	ck_assert_int_ne(fd, -1);
	(void)close(fd);
	why = (struct text)TEXT_INIT(500);
	got = (struct options){ 0 };
}

static void
after(void)
{
	config_clear(&table, 1, &got);
	config_clear(&table, 1, &got);
	text_clear(&why);
	(void)unlink(path);
}

static bool
read_content(struct slice content)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(content.ptr, 1, content.len, f), content.len);
	ck_assert_int_eq(fclose(f), 0);
	return config_read(&table, 1, path, NULL, 0, &got, &why);
}

START_TEST(every_key_has_its_default)
{
	ck_assert_msg(
	    config_read(&table, 1, NULL, NULL, 0, &got, &why), "%s", text_cstr(&why));
	ck_assert_str_eq(got.name, "fallback");
	ck_assert_int_eq(got.count, 3);
	ck_assert_int_eq(got.wait, 300);
	ck_assert_int_eq(got.mode, 0660);
	ck_assert_int_eq(got.size, 25600);
	ck_assert(!got.flag);
	ck_assert_int_eq(got.colour, 0);
	ck_assert_uint_eq(got.list.count, 2);
	ck_assert_str_eq(got.list.item[1], "b");
}
END_TEST

START_TEST(a_file_overrides_defaults)
{
	ck_assert_msg(read_content(SLICE("# a comment with \"a quote\n"
					 "name = \"two words # no comment\" # a comment\n"
					 "count=10\nwait = 2h\nmode = 0600\nsize = 1M\n"
					 "flag = Yes\ncolour = green\n"
					 "list = { x, \"y z\",\n  w }")),
	    "%s", text_cstr(&why));
	ck_assert_str_eq(got.name, "two words # no comment");
	ck_assert_int_eq(got.count, 10);
	ck_assert_int_eq(got.wait, 7200);
	ck_assert_int_eq(got.mode, 0600);
	ck_assert_int_eq(got.size, 1048576);
	ck_assert(got.flag);
	ck_assert_int_eq(got.colour, 1);
	ck_assert_uint_eq(got.list.count, 3);
	ck_assert_str_eq(got.list.item[1], "y z");
}
END_TEST

/* Each is the empty list, not the default "a, b". */
START_TEST(a_list_in_a_file_may_be_empty)
{
	static const struct slice empty[] = { SLICE("list = {}\n"), SLICE("list = { }\n"),
		SLICE("list = \"\"\n"), SLICE("list = { \"\" }\n") };

	for (size_t i = 0; i < COUNT(empty); i++) {
		ck_assert_msg(read_content(empty[i]), "%s", text_cstr(&why));
		ck_assert_msg(
		    got.list.count == 0, "%.*s", (int)empty[i].len, empty[i].ptr);
		config_clear(&table, 1, &got);
	}
	ck_assert(read_content(SLICE("list = {}\nlist += { x }\nlist += { y, z }\n")));
	ck_assert_uint_eq(got.list.count, 3);
	config_clear(&table, 1, &got);
	ck_assert(read_content(SLICE("count = 7\n")));
	ck_assert_uint_eq(got.list.count, 2);
}
END_TEST

/* clang-format off */
static const struct {
	struct slice content;
	const char *says; /* after the path */
} fault[] = {
	{ SLICE("nmae = x\n"), ":1: no such option 'nmae'" },
	{ SLICE("# one\n# two\nname = x # three\nnmae = x\n"), ":4: no such option 'nmae'" },
	{ SLICE("\ncount = 11\n"), ":2: count = '11' does not fit, want a whole number from 1 to 10" },
	{ SLICE("count = -1\n"), ":1: count = '-1' does not fit" },
	{ SLICE("count = 99999999999999999999\n"), ":1: count = '99999999999999999999' does not fit" },
	{ SLICE("wait = 5x\n"), ":1: wait = '5x' does not fit, want a time" },
	{ SLICE("mode = 0680\n"), ":1: mode = '0680' does not fit, want an octal mode" },
	{ SLICE("size = 9223372036854775807k\n"), ":1: size = '9223372036854775807k' does not fit" },
	{ SLICE("flag = maybe\n"), ":1: flag = 'maybe' does not fit, want yes or no" },
	{ SLICE("colour = blue\n"), ":1: colour = 'blue' does not fit, want one of red, green" },
	{ SLICE("name = two words\n"), ":1: no such option 'words'" },
	{ SLICE("name = \"open\n"), ": premature end of file" },
	{ SLICE("list = { a, b\n"), ": premature end of file" },
	{ SLICE("name\n"), "premature end of file" },
	{ SLICE("name x\n"), ":1: missing equal sign" },
	{ SLICE("name = a\0b\n"), ": has a NUL byte" },
	{ SLICE("name = a\n\nname = b\n"), ":3: name is set in line 1 already, keep one of them" },
	{ SLICE("flag = yes\ncount = 1\nwait = 1\ncount = 1\n"), ":4: count is set in line 2" },
	{ SLICE("list = { a }\nlist = { b }\n"), ":2: list is set in line 1" },
	{ SLICE("list = a\nlist = \"\"\n"), ":2: list is set in line 1" },
	{ SLICE("list = { a }\nlist = {}\n"), ":2: list is set in line 1" },
	{ SLICE("list = {}\nlist = { a,\n b }\n"), ":2: list is set in line 1" },
	{ SLICE("list = { \"a\n\" }list={ b }"), ":2: list is set in line 1" },
	{ SLICE("list = {\"a\"}\ncount = 1\nlist = {\"b\"}\n"), ":3: list is set in line 1" },
	{ SLICE("list = {'a'}\ncount = 1\nlist = {'b'}\n"), ":3: list is set in line 1" },
	{ SLICE("name = \"ab\"\ncount = 1\ncount = 2\n"), ":3: count is set in line 2" },
	{ SLICE("name = \"abc\"\ncount = 1\ncount = 2\n"), ":3: count is set in line 2" },
	{ SLICE("name = \"a\\\\\"\ncount = 1\ncount = 2\n"), ":3: count is set in line 2" },
	{ SLICE("name = a//b\ncount = 1\ncount = 2\n"), ":3: count is set in line 2" },
	{ SLICE("count=1 count=2"), ":1: count is set in line 1" },
	{ SLICE("count = 1\ncount = x\n"), ":2: count is set in line 1" },
};
/* clang-format on */

START_TEST(a_fault_is_named_with_its_line)
{
	ck_assert(!read_content(fault[_i].content));
	ck_assert_msg(strncmp(text_cstr(&why), path, strlen(path)) == 0 &&
			  strstr(text_cstr(&why), fault[_i].says) != NULL,
	    "want '%s', got '%s'", fault[_i].says, text_cstr(&why));
}
END_TEST

/* No key of another name, in quotes or in a comment is taken for it. */
START_TEST(what_looks_like_a_key_is_none)
{
	ck_assert_msg(read_content(SLICE("// count = 1\n"
					 "name = \"count = 1\n\\\"count = 2\"\n"
					 "# count = 3\ncount = 4 # count = 5\n"
					 "// count = 6\n/* count = 7\n count = 8 */\n"
					 "file = \"/count = 10\" // count=9\n"
					 "list = { \"count = 6\", 'count=7' }\n")),
	    "%s", text_cstr(&why));
	ck_assert_int_eq(got.count, 4);
}
END_TEST

START_TEST(a_file_that_everybody_may_write_is_refused)
{
	ck_assert(read_content(SLICE("count = 4\n")));
	config_clear(&table, 1, &got);
	ck_assert_int_eq(chmod(path, 0666), 0);
	ck_assert(!config_read(&table, 1, path, NULL, 0, &got, &why));
	ck_assert_ptr_nonnull(
	    strstr(text_cstr(&why), ": everybody may write to it, chmod o-w it"));
	config_clear(&table, 1, &got);
	text_clear(&why);
	ck_assert_int_eq(chmod(path, 0664), 0);
	ck_assert(config_read(&table, 1, path, NULL, 0, &got, &why));
}
END_TEST

START_TEST(what_is_not_a_file_is_refused)
{
	ck_assert(!config_read(&table, 1, "/", NULL, 0, &got, &why));
	ck_assert_str_eq(text_cstr(&why), "/: a directory, name the file in it");
	text_clear(&why);
	ck_assert(!config_read(&table, 1, "/nonexistent/x", NULL, 0, &got, &why));
	ck_assert_str_eq(text_cstr(&why),
	    "/nonexistent/x: cannot be opened: No such file or directory");
}
END_TEST

START_TEST(the_command_line_wins)
{
	char *const set[] = { (char[]){ "count=7" }, (char[]){ "list= p, q ,r" },
		(char[]){ "name=a = b" } };

	ck_assert_msg(config_read(&table, 1, NULL, set, COUNT(set), &got, &why), "%s",
	    text_cstr(&why));
	ck_assert_int_eq(got.count, 7);
	ck_assert_uint_eq(got.list.count, 3);
	ck_assert_str_eq(got.list.item[1], "q");
	ck_assert_str_eq(got.name, "a = b");
}
END_TEST

/* A list is written as in a file, or without the braces. */
START_TEST(a_list_on_the_command_line)
{
	static const struct {
		const char *set, *first, *last;
		size_t count;
	} list[] = {
		{ "list={ a, b }", "a", "b", 2 },
		{ "list = {a,b}", "a", "b", 2 },
		{ "list=\"x y\", z", "x y", "z", 2 },
		{ "list={ \"a, b\" }", "a, b", "a, b", 1 },
		{ "list={}", NULL, NULL, 0 },
		{ "list=", NULL, NULL, 0 },
		{ "list=\"\"", NULL, NULL, 0 },
	};

	for (size_t i = 0; i < COUNT(list); i++) {
		char *copy = strdup(list[i].set);

		ck_assert_msg(config_read(&table, 1, NULL, &copy, 1, &got, &why), "%s",
		    text_cstr(&why));
		ck_assert_uint_eq(got.list.count, list[i].count);
		if (list[i].count > 0) {
			ck_assert_str_eq(got.list.item[0], list[i].first);
			ck_assert_str_eq(got.list.item[list[i].count - 1], list[i].last);
		}
		config_clear(&table, 1, &got);
		free(copy);
	}
}
END_TEST

static const struct {
	const char *set, *says;
} bad_set[] = {
	{ "nmae=3", "-o 'nmae=3': no such option" },
	{ "count", "-o 'count': want key=value" },
	{ "", "-o '': want key=value" },
	{ "count=0", "-o: count = '0' does not fit" },
	{ "list={ a, b", "-o: list = '{ a, b': one brace alone" },
	{ "list=a }", "one brace alone" },
	{ "list={", "one brace alone" },
	{ "file=here", "-o: file = 'here' does not fit, want a whole path, from / on" },
	{ "file=", "-o: file = '' does not fit" },
	{ "folder=./here", "-o: folder = './here' does not fit" },
};

START_TEST(a_bad_override_is_named)
{
	char *copy = strdup(bad_set[_i].set);

	ck_assert(!config_read(&table, 1, NULL, &copy, 1, &got, &why));
	ck_assert_msg(strstr(text_cstr(&why), bad_set[_i].says) != NULL, "got '%s'",
	    text_cstr(&why));
	free(copy);
}
END_TEST

START_TEST(what_is_printed_reads_back_the_same)
{
	char *first = NULL, *second = NULL;
	size_t n;

	ck_assert(read_content(SLICE(
	    "name = \"a \\\"b\\\" \\\\ \\$HOME\"\nsize = 2M\nlist = { \"x y\" }\n")));
	FILE *f = open_memstream(&first, &n);
	config_print(f, &table, 1, &got);
	ck_assert_int_eq(fclose(f), 0);
	config_clear(&table, 1, &got);
	ck_assert_msg(
	    read_content(slice_of(first)), "%s in:\n%s", text_cstr(&why), first);
	ck_assert_str_eq(got.name, "a \"b\" \\ $HOME");
	f = open_memstream(&second, &n);
	config_print(f, &table, 1, &got);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_str_eq(first, second);
	ck_assert_ptr_nonnull(strstr(first, "size = 2M"));
	free(first);
	free(second);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("config");
	TCase *t = tcase_create("config");

	tcase_add_checked_fixture(t, before, after);
	tcase_add_test(t, every_key_has_its_default);
	tcase_add_test(t, a_file_overrides_defaults);
	tcase_add_loop_test(t, a_fault_is_named_with_its_line, 0, COUNT(fault));
	tcase_add_test(t, what_looks_like_a_key_is_none);
	tcase_add_test(t, a_file_that_everybody_may_write_is_refused);
	tcase_add_test(t, what_is_not_a_file_is_refused);
	tcase_add_test(t, the_command_line_wins);
	tcase_add_test(t, a_list_in_a_file_may_be_empty);
	tcase_add_test(t, a_list_on_the_command_line);
	tcase_add_loop_test(t, a_bad_override_is_named, 0, COUNT(bad_set));
	tcase_add_test(t, what_is_printed_reads_back_the_same);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
