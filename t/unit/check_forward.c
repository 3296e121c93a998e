/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/quota/forward.h"

#include "policy/quota/aliases.h"
#include "policy/quota/limits.h"
#include "t/unit/runner.h"

static char here_name[] = "here.example";
static char *here_domains[] = { here_name };

/* What `sendmail -bv user` did with each of these as ~user/.forward. */
enum { LOCAL = FORWARD_SELF, REMOTE = FORWARD_ADDRESS, BOTH = LOCAL | REMOTE };

/* clang-format off */
static const struct {
	struct slice file;
	unsigned kinds;
} row[] = {
	{ SLICE(""), 0 },
	{ SLICE("\n\n"), 0 },
	{ SLICE("# nothing here\n#\n"), 0 },
	{ SLICE("   \n\t\n"), 0 },
	{ SLICE(",,,\n"), 0 },
	{ SLICE("\\user\n"), LOCAL },
	{ SLICE("user\n"), LOCAL },
	{ SLICE("\"user\"\n"), LOCAL },
	{ SLICE("\"\\user\"\n"), LOCAL },
	{ SLICE("USER\n"), LOCAL },
	{ SLICE("user@here.example"), LOCAL },
	{ SLICE("USER@HERE.EXAMPLE"), LOCAL },
	{ SLICE("\\user@here.example"), LOCAL },
	{ SLICE("user+x\n"), LOCAL },
	{ SLICE("<user>\n"), LOCAL },
	{ SLICE("A User <user@here.example>\n"), LOCAL },
	{ SLICE("\\user\r\n"), LOCAL },
	{ SLICE("# comment, other@x\n\\user\n"), LOCAL },
	{ SLICE("other@x.example"), REMOTE },
	{ SLICE("other\n"), REMOTE },
	{ SLICE("user@elsewhere.example"), REMOTE },
	{ SLICE("A User <user@elsewhere.example>\n"), REMOTE },
	{ SLICE("error:5.7.1:550 x\n"), REMOTE },
	{ SLICE("\357\273\277user\n"), REMOTE },
	{ SLICE("user other@x"), REMOTE },
	{ SLICE("\"user\n"), REMOTE },
	{ SLICE("\0user\n"), REMOTE },
	{ SLICE("\\user, other@x"), BOTH },
	{ SLICE("\\user, other@x\r\n"), BOTH },
	{ SLICE("\\user\nother@x\n"), BOTH },
	{ SLICE("\\user,#other\n"), BOTH },
	{ SLICE("\"a,user\"@x.example\n"), REMOTE },
	{ SLICE("a\\,user\n"), REMOTE },
	{ SLICE("\\user, \"|/usr/bin/vacation user\"\n"), LOCAL | FORWARD_PROGRAM },
	{ SLICE("\"|prog a, b\"\n"), FORWARD_PROGRAM },
	{ SLICE("|prog\n"), FORWARD_PROGRAM },
	{ SLICE("|\"prog a, b\"\n"), FORWARD_PROGRAM },
	{ SLICE("/dev/null\n"), FORWARD_FILE },
	{ SLICE("\"/home/user/a file\"\n"), FORWARD_FILE },
	{ SLICE(":include:/f\n"), FORWARD_INCLUDE },
	{ SLICE(":Include:/f, \\user\n"), FORWARD_INCLUDE | LOCAL },
};

static const char alias_file[] =
	"# names have no case\n"
	"Postmaster: root\n"
	"first.last:\tanna\n"
	"\"with blank\": anna\n"
	"staff: anna,\n"
	"\tbert,\n"
	"# a comment between is no end\n"
	"out: anna@elsewhere.example\n"
	"in: anna@here.example\n"
	"this line is nothing\n"
	"pipe: \"|/usr/bin/prog: x\"\n"
	"file: /var/mail/archive\n"
	"list: :include:/etc/list\n"
	"anna: \\anna\n"
	"empty:\n"
	"twice: anna\n"
	"twice: bert\n"
	": no name\n"
	"last: bert";

static const struct {
	const char *name;
	bool found;
	unsigned kinds;
	const char *target;
} alias[] = {
	{ "postmaster", true, REMOTE, "root" },
	{ "POSTMASTER", true, REMOTE, "root" },
	{ "first.last", true, REMOTE, "anna" },
	{ "with blank", true, REMOTE, "anna" },
	{ "staff", true, REMOTE, "" },
	{ "out", true, REMOTE, "" },
	{ "in", true, REMOTE, "anna" },
	{ "pipe", true, FORWARD_PROGRAM, "" },
	{ "file", true, FORWARD_FILE, "" },
	{ "list", true, FORWARD_INCLUDE, "" },
	{ "anna", true, LOCAL, "" },
	{ "empty", true, 0, "" },
	{ "twice", true, REMOTE, "" },
	{ "last", true, REMOTE, "bert" },
	{ "bert", false, 0, "" },
	{ "", false, 0, "" },
	{ "firs", false, 0, "" },
};

static const struct {
	const char *name;
	uint64_t limit;
} limit[] = {
	{ "anna", 52428800 }, { "ANNA", 52428800 }, { "bert", 1000 }, { "root", 0 },
	{ "zero", 0 }, { "huge", UINT64_MAX }, { "somebody", 26214400 }, { "", 26214400 },
};

static const struct {
	struct slice file;
	const char *why;
} bad_limits[] = {
	{ SLICE("anna\n"), "line 1: has a name but no limit" },
	{ SLICE("# x\n\nanna 5 6\n"), "line 3: has more than a name and a limit" },
	{ SLICE("anna lots\n"), "line 1: has a limit that is neither" },
	{ SLICE("anna -5\n"), "neither" },
	{ SLICE("anna K\n"), "neither" },
	{ SLICE("anna 5KB\n"), "neither" },
	{ SLICE("anna 5\nbert 6\nANNA 7\n"), "has two limits" },
	{ SLICE("* \0\n"), "line 1: has a limit that is neither" },
	{ SLICE("bert 5\nanna\0 5\n"), "line 2: has a name that no mailbox can have" },
	{ SLICE("an\033na 5\n"), "line 1: has a name that no mailbox can have" },
	{ SLICE("*  1M\n/etc 5\n"), "line 2: has a name that no mailbox can have" },
};
/* clang-format on */

START_TEST(reads_as_sendmail_does)
{
	struct forward_owner user = { SLICE("user"), { here_domains, 1 }, "+" };

	ck_assert_msg(forward_kinds(row[_i].file, &user) == row[_i].kinds, "%.*s: %x",
	    (int)row[_i].file.len, row[_i].file.ptr, forward_kinds(row[_i].file, &user));
}
END_TEST

START_TEST(finds_an_alias)
{
	struct forward_owner here = { .domains = { here_domains, 1 }, .delimiters = "+" };
	struct alias_table t;
	struct alias a = { 0 };

	ck_assert(aliases_parse(slice_of(alias_file), &t));
	ck_assert_uint_eq(t.bad_lines, 2);
	ck_assert_uint_eq(t.first_bad_line, 10);
	ck_assert_msg(
	    aliases_find(&t, slice_of(alias[_i].name), &here, &a) == alias[_i].found,
	    "%s", alias[_i].name);
	ck_assert_msg(
	    a.kinds == alias[_i].kinds, "%s: kinds %x", alias[_i].name, a.kinds);
	ck_assert_str_eq(a.target, alias[_i].target);
	aliases_clear(&t);
	aliases_clear(&t);
}
END_TEST

START_TEST(finds_in_an_empty_alias_file)
{
	struct forward_owner here = { .delimiters = "" };
	struct alias_table t;
	struct alias a;

	ck_assert(aliases_parse(SLICE(""), &t));
	ck_assert(!aliases_find(&t, SLICE("x"), &here, &a));
	aliases_clear(&t);
}
END_TEST

START_TEST(finds_a_limit)
{
	struct text why = TEXT_INIT(500);
	struct limit_table t;

	ck_assert_msg(
	    limits_parse(SLICE("\357\273\277# quotas\nanna 50M # more\n\nzero 0\n"
			       "root unlimited\nbert\t1000\r\n*   25m\n"
			       "huge 99999999999T"),
		&t, &why),
	    "%s", text_cstr(&why));
	ck_assert_msg(limits_find(&t, slice_of(limit[_i].name)) == limit[_i].limit, "%s",
	    limit[_i].name);
	limits_clear(&t);
	limits_clear(&t);
}
END_TEST

START_TEST(has_no_limit_without_a_default)
{
	struct text why = TEXT_INIT(500);
	struct limit_table t;

	ck_assert(limits_parse(SLICE(""), &t, &why));
	ck_assert_uint_eq(limits_find(&t, SLICE("anna")), 0);
	limits_clear(&t);
}
END_TEST

START_TEST(names_the_line_of_a_bad_limit)
{
	struct text why = TEXT_INIT(500);
	struct limit_table t;

	ck_assert(!limits_parse(bad_limits[_i].file, &t, &why));
	ck_assert_msg(strstr(text_cstr(&why), bad_limits[_i].why) != NULL, "got '%s'",
	    text_cstr(&why));
	limits_clear(&t);
	text_clear(&why);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("forward");
	TCase *t = tcase_create("parse");

	tcase_add_loop_test(t, reads_as_sendmail_does, 0, COUNT(row));
	tcase_add_loop_test(t, finds_an_alias, 0, COUNT(alias));
	tcase_add_test(t, finds_in_an_empty_alias_file);
	tcase_add_loop_test(t, finds_a_limit, 0, COUNT(limit));
	tcase_add_test(t, has_no_limit_without_a_default);
	tcase_add_loop_test(t, names_the_line_of_a_bad_limit, 0, COUNT(bad_limits));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
