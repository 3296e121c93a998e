/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/filters/message.h"

#include "base/put.h"
#include "t/unit/runner.h"

/* Fields as NAME[VALUE], hidden ones with a star, then | and the body. */
static struct text
render(const struct message *m)
{
	struct text t = TEXT_INIT(10000);

	for (size_t i = 0; i < m->fields; i++) {
		const struct field *f = &m->field[i];
		if (f->deleted)
			continue;
		put(&t, f->hidden ? SLICE("*") : SLICE(""));
		put(&t, text_slice(&f->name));
		put(&t, SLICE("["));
		put(&t, text_slice(&f->value));
		put(&t, SLICE("]"));
	}
	put(&t, SLICE("|"));
	put(&t, m->body);
	return t;
}

static const struct {
	const char *what;
	struct slice raw, shown;
} parts[] = {
	{ "header and body", SLICE("A: 1\r\nB: 2\r\n\r\nbody\r\n"),
	    SLICE("A[ 1]B[ 2]|body\r\n") },
	{ "nothing", SLICE(""), SLICE("|") },
	{ "an empty line", SLICE("\r\n"), SLICE("|") },
	{ "a header alone", SLICE("A: 1\r\n"), SLICE("A[ 1]|") },
	{ "an empty body", SLICE("A: 1\r\n\r\n"), SLICE("A[ 1]|") },
	{ "a body alone", SLICE("\r\nbody\r\n"), SLICE("|body\r\n") },
	{ "two empty lines", SLICE("A:1\r\n\r\n\r\nx\r\n"), SLICE("A[1]|\r\nx\r\n") },
	{ "no field at all", SLICE("just text\r\nA: 1\r\n"),
	    SLICE("|just text\r\nA: 1\r\n") },
	{ "a line that is no field ends the header", SLICE("A: 1\r\ntext\r\nB: 2\r\n"),
	    SLICE("A[ 1]|text\r\nB: 2\r\n") },
	{ "folded", SLICE("A: 1\r\n 2\r\n\t3\r\nB: 4\r\n\r\n"),
	    SLICE("A[ 1\n 2\n\t3]B[ 4]|") },
	{ "folded with nothing before", SLICE("A:\r\n x\r\n\r\n"), SLICE("A[\n x]|") },
	{ "a blank line inside a fold", SLICE("A: 1\r\n \r\n x\r\n\r\n"),
	    SLICE("A[ 1\n \n x]|") },
	{ "a fold with no field before it", SLICE(" x\r\nA: 1\r\n"),
	    SLICE("| x\r\nA: 1\r\n") },
	{ "blanks before the colon", SLICE("A \t: 1\r\n\r\n"), SLICE("A[ 1]|") },
	{ "blanks inside the name", SLICE("A B: 1\r\n\r\n"), SLICE("|A B: 1\r\n\r\n") },
	{ "no name", SLICE(": 1\r\n\r\n"), SLICE("|: 1\r\n\r\n") },
	{ "an empty value", SLICE("A:\r\n\r\nx\r\n"), SLICE("A[]|x\r\n") },
	{ "colons in the value", SLICE("A: b:c\r\n\r\n"), SLICE("A[ b:c]|") },
	{ "NUL in the body", SLICE("A:1\r\n\r\na\0b\r\n"), SLICE("A[1]|a\0b\r\n") },
};

START_TEST(takes_a_message_apart)
{
	struct message m;
	struct text got;

	message_init(&m, 1000);
	ck_assert_int_eq(message_parse(&m, parts[_i].raw), MESSAGE_OK);
	got = render(&m);
	ck_assert_msg(slice_equal(text_slice(&got), parts[_i].shown), "%s: %s",
	    parts[_i].what, text_cstr(&got));
	text_clear(&got);
	message_clear(&m);
}
END_TEST

/* What an edit makes of *Received[ r] A[ 1] B[ 2] A[ 3] | old */
static const struct {
	const char *what;
	enum { ADD, INSERT, CHANGE } how;
	size_t index;
	struct slice name, value;
	const char *shown;
} edit[] = {
	{ "add", ADD, 0, SLICE("C"), SLICE("x"), "*Received[ r]A[ 1]B[ 2]A[ 3]C[x]|old" },
	{ "insert at 0 is above Received", INSERT, 0, SLICE("C"), SLICE("x"),
	    "C[x]*Received[ r]A[ 1]B[ 2]A[ 3]|old" },
	{ "insert at 1 counts Received", INSERT, 1, SLICE("C"), SLICE("x"),
	    "*Received[ r]C[x]A[ 1]B[ 2]A[ 3]|old" },
	{ "insert far behind", INSERT, 99, SLICE("C"), SLICE("x"),
	    "*Received[ r]A[ 1]B[ 2]A[ 3]C[x]|old" },
	{ "change the first", CHANGE, 1, SLICE("a"), SLICE("x"),
	    "*Received[ r]A[x]B[ 2]A[ 3]|old" },
	{ "index 0 is the first too", CHANGE, 0, SLICE("A"), SLICE("x"),
	    "*Received[ r]A[x]B[ 2]A[ 3]|old" },
	{ "change the second", CHANGE, 2, SLICE("A"), SLICE("x"),
	    "*Received[ r]A[ 1]B[ 2]A[x]|old" },
	{ "change one that is not there", CHANGE, 3, SLICE("A"), SLICE("x"),
	    "*Received[ r]A[ 1]B[ 2]A[ 3]A[x]|old" },
	{ "delete", CHANGE, 1, SLICE("B"), SLICE(""), "*Received[ r]A[ 1]A[ 3]|old" },
	{ "delete what is not there", CHANGE, 2, SLICE("B"), SLICE(""),
	    "*Received[ r]A[ 1]B[ 2]A[ 3]|old" },
	{ "our Received is out of reach", CHANGE, 1, SLICE("Received"), SLICE(""),
	    "*Received[ r]A[ 1]B[ 2]A[ 3]|old" },
};

static void
begin(struct message *m)
{
	message_init(m, 20);
	ck_assert_int_eq(
	    message_parse(m, SLICE("A: 1\r\nB: 2\r\nA: 3\r\n\r\nold")), MESSAGE_OK);
	ck_assert_int_eq(
	    message_add_trace(m, SLICE("Received"), SLICE(" r")), MESSAGE_OK);
}

START_TEST(edits_the_header)
{
	struct message m;
	struct text got;
	struct slice name = edit[_i].name, value = edit[_i].value;

	begin(&m);
	switch (edit[_i].how) {
	case ADD: ck_assert_int_eq(message_add_field(&m, name, value), MESSAGE_OK); break;
	case INSERT:
		ck_assert_int_eq(
		    message_insert_field(&m, edit[_i].index, name, value), MESSAGE_OK);
		break;
	case CHANGE:
		ck_assert_int_eq(
		    message_change_field(&m, edit[_i].index, name, value), MESSAGE_OK);
		break;
	}
	got = render(&m);
	ck_assert_msg(strcmp(text_cstr(&got), edit[_i].shown) == 0, "%s: %s",
	    edit[_i].what, text_cstr(&got));
	text_clear(&got);
	message_clear(&m);
}
END_TEST

START_TEST(replaces_the_body_once_for_each_filter)
{
	struct message m;

	begin(&m);
	message_filter_turn(&m);
	ck_assert_int_eq(message_replace_body(&m, SLICE("one ")), MESSAGE_OK);
	ck_assert_int_eq(message_replace_body(&m, SLICE("two")), MESSAGE_OK);
	ck_assert(slice_equal(m.body, SLICE("one two")));
	message_filter_turn(&m);
	ck_assert(slice_equal(m.body, SLICE("one two")));
	ck_assert_int_eq(message_replace_body(&m, SLICE("")), MESSAGE_OK);
	ck_assert_uint_eq(m.body.len, 0);
	ck_assert_int_eq(
	    message_replace_body(&m, SLICE("123456789012345678901")), MESSAGE_FULL);
	message_clear(&m);
}
END_TEST

static const struct {
	const char *path;
	enum message_status status;
	size_t left;
} delete[] = {
	{ "<Brown@foo.com>", MESSAGE_OK, 1 },
	{ "<BROWN@FOO.COM>", MESSAGE_OK, 1 },
	{ "Brown@foo.com", MESSAGE_OK, 1 },
	{ "<Green@foo.com>", MESSAGE_NONE, 2 },
	{ "<>", MESSAGE_NONE, 2 },
};

START_TEST(deletes_a_recipient)
{
	struct message m;
	size_t left = 0;

	message_init(&m, 10);
	ck_assert_int_eq(message_add_recipient(&m, SLICE("<Jones@foo.com>")), MESSAGE_OK);
	ck_assert_int_eq(message_add_recipient(&m, SLICE("<Brown@foo.com>")), MESSAGE_OK);
	ck_assert_int_eq(
	    message_delete_recipient(&m, slice_of(delete[_i].path)), delete[_i].status);
	for (size_t i = 0; i < m.recipients; i++)
		left += !m.recipient[i].deleted;
	ck_assert_uint_eq(left, delete[_i].left);
	message_clear(&m);
}
END_TEST

static bool
same_first_letter(void *self, struct slice a, struct slice b)
{
	(void)self;
	return a.ptr[1] == b.ptr[1];
}

START_TEST(deletes_another_path_of_the_mailbox)
{
	const struct edit_rules rules = { .mailbox_matters = _i == 1 };
	struct message m;

	message_init(&m, 10);
	m.rules = &rules;
	m.same = same_first_letter;
	ck_assert_int_eq(message_add_recipient(&m, SLICE("<jones@foo.com>")), MESSAGE_OK);
	ck_assert_int_eq(message_delete_recipient(&m, SLICE("<j>")),
	    _i == 1 ? MESSAGE_OK : MESSAGE_NONE);
	message_clear(&m);
}
END_TEST

START_TEST(everything_has_a_limit)
{
	static const char long_value[FIELD_MAX + 1] = { 'x' };
	struct slice value = { long_value, sizeof long_value };
	struct message m;
	size_t n = 0;

	message_init(&m, 10);
	ck_assert_int_eq(message_add_field(&m, SLICE("A"), value), MESSAGE_FULL);
	while (message_add_field(&m, SLICE("A"), SLICE("")) == MESSAGE_OK)
		n++;
	ck_assert_uint_eq(n, HEADER_MAX / 65);
	for (n = 0; message_add_recipient(&m, SLICE("<a>")) == MESSAGE_OK;)
		n++;
	ck_assert_uint_eq(n, RECIPIENTS_MAX);
	ck_assert_int_eq(message_set_sender(&m, value), MESSAGE_FULL);
	message_clear(&m);
}
END_TEST

/* A limit of 20: name, colon and value. */
static const struct {
	const char *what;
	bool folded;
	struct slice value, kept;
} cut[] = {
	{ "short enough", false, SLICE(" 2345678901234567"), SLICE(" 2345678901234567") },
	{ "in a line", false, SLICE(" 23456789012345678"), SLICE(" 2345678901234567") },
	{ "at the end of a line", false, SLICE(" 2345678901234567\n x"),
	    SLICE(" 2345678901234567") },
	{ "... that is in the last tenth", false, SLICE(" 234567890123456\n xyz"),
	    SLICE(" 234567890123456") },
	{ "... and one that is not", false, SLICE(" 2345678901234\n xyz"),
	    SLICE(" 2345678901234\n x") },
	{ "a tab of the MTA's own does not count", true,
	    SLICE(" 2345\n\t8901\n\t3456789"), SLICE(" 2345\n\t8901\n\t345678") },
	{ "... and another one does", false, SLICE(" 2345\n\t8901\n\t3456789"),
	    SLICE(" 2345\n\t8901\n\t3456") },
};

START_TEST(a_field_is_cut)
{
	const struct edit_rules rules = { .field_cut = 20 };
	struct message m;

	message_init(&m, 100);
	m.rules = &rules;
	struct slice kept =
	    message_cut_value(&m, SLICE("To"), cut[_i].value, cut[_i].folded);
	ck_assert_msg(slice_equal(kept, cut[_i].kept), "%s: '%.*s'", cut[_i].what,
	    (int)kept.len, kept.ptr);
	ck_assert_int_eq(
	    message_add_field(&m, SLICE("To"), SLICE(" 234567890123456789")), MESSAGE_OK);
	ck_assert_uint_eq(m.field[0].value.len, 17);
	message_clear(&m);
}
END_TEST

START_TEST(parameters_of_a_filter_are_kept)
{
	struct message m;

	message_init(&m, 100);
	ck_assert_int_eq(message_add_recipient_told(
			     &m, SLICE("<a>"), SLICE("NOTIFY=NEVER  ORCPT=x;y\0z\0")),
	    MESSAGE_OK);
	ck_assert(slice_equal(
	    text_slice(&m.recipient[0].args), SLICE("NOTIFY=NEVER\0ORCPT=x;y\0")));
	message_clear(&m);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("message");
	TCase *t = tcase_create("message");

	tcase_add_loop_test(t, takes_a_message_apart, 0, COUNT(parts));
	tcase_add_loop_test(t, edits_the_header, 0, COUNT(edit));
	tcase_add_test(t, replaces_the_body_once_for_each_filter);
	tcase_add_loop_test(t, deletes_a_recipient, 0, COUNT(delete));
	tcase_add_loop_test(t, deletes_another_path_of_the_mailbox, 0, 2);
	tcase_add_test(t, everything_has_a_limit);
	tcase_add_loop_test(t, a_field_is_cut, 0, sizeof cut / sizeof cut[0]);
	tcase_add_test(t, parameters_of_a_filter_are_kept);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
