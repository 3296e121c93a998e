/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/clamd_link.h"

#include "t/unit/clamd_link_fixture.h"

static void
expect_explained(const char *want)
{
	struct text line = TEXT_INIT(400);

	clamd_link_explain(&l, &line);
	ck_assert_str_eq(text_cstr(&line), want);
	text_clear(&line);
}

static const struct {
	size_t size, memory;
} sizes[] = { { 0, 1 << 20 }, { 1, 1 << 20 }, { CHUNK - 1, 1 << 20 }, { CHUNK, 1 << 20 },
	{ CHUNK + 1, 1 << 20 }, { 3 * CHUNK + 7, 1 << 20 }, { 3 * CHUNK + 7, 1000 } };

START_TEST(streams_the_message_and_takes_the_verdict)
{
	struct spool *message = fake_clamd_spool(&dir, sizes[_i].size, sizes[_i].memory);

	long long began = monotonic_ms();

	sum = patience_begin(PATIENT_MS, &progress);
	sum.tell_at_ms = 0;
	clamd.takes = fake_clamd_length(sizes[_i].size);
	clamd.answer = SLICE("stream: OK\0");
	ck_assert_int_eq(scan(message, false), CLAMD_CLEAN);
	fake_clamd_expect(&clamd, message);
	/* Once, and then not for PROGRESS_MS, through all waits. */
	ck_assert_int_ge(told, 1);
	ck_assert_int_le(told, 1 + (monotonic_ms() - began) / PROGRESS_MS);
	spool_free(message);
}
END_TEST

/* Smaller than the length of a chunk, as large, larger, and all but a byte. */
static const size_t takes_at_once[] = { 1, 3, 4, 5, 13, 1000, CHUNK + 3 };

START_TEST(a_write_may_be_taken_in_pieces)
{
	size_t size = takes_at_once[_i] < 1000 ? 999 : 2 * CHUNK + 100;
	struct spool *message = fake_clamd_spool(&dir, size, 1 << 20);

	kernel.most = takes_at_once[_i];
	kernel.interrupts = true;
	clamd.takes = fake_clamd_length(size);
	clamd.answer = SLICE("stream: OK\0");
	ck_assert_int_eq(scan(message, false), CLAMD_CLEAN);
	fake_clamd_expect(&clamd, message);
	spool_free(message);
}
END_TEST

static const struct {
	struct slice says;
	enum clamd_answer want;
	enum clamd_trouble trouble;
	const char *words; /* of a verdict the name, else as explained */
} answers[] = {
	{ SLICE("stream: A.B-1 FOUND\0"), CLAMD_FOUND, 0, "A.B-1" },
	{ SLICE(""), CLAMD_INCOMPLETE, CLAMD_CLOSED_TROUBLE, "closed" },
	{ SLICE("stream: O"), CLAMD_INCOMPLETE, CLAMD_CLOSED_TROUBLE,
	    "closed: 'stream: O'" },
	{ SLICE("stream: OK\n"), CLAMD_OTHER, CLAMD_ERROR_TROUBLE,
	    "error: 'stream: OK\\n'" },
	{ SLICE("stream: OK\0stream: X FOUND\0"), CLAMD_NONSENSE, CLAMD_NONSENSE_TROUBLE,
	    "nonsense: 'stream: OK\\x00stream: X FOUND\\x00'" },
	{ SLICE("it's\0"), CLAMD_OTHER, CLAMD_ERROR_TROUBLE, "error: 'it\\x27s\\x00'" },
	{ SLICE("\0"), CLAMD_NONSENSE, CLAMD_NONSENSE_TROUBLE, "nonsense: '\\x00'" },
};

static void
expect_answer(int row)
{
	struct spool *message = fake_clamd_spool(&dir, 100, 1000);

	clamd.takes = fake_clamd_length(100);
	clamd.answer = answers[row].says;
	ck_assert_int_eq(scan(message, false), answers[row].want);
	if (answers[row].want == CLAMD_FOUND) {
		ck_assert_uint_eq(l.words.len, strlen(answers[row].words));
		ck_assert_mem_eq(l.words.ptr, answers[row].words, l.words.len);
	} else {
		ck_assert_int_eq(l.trouble, answers[row].trouble);
		expect_explained(answers[row].words);
	}
	spool_free(message);
}

START_TEST(reads_an_answer_at_once)
{
	expect_answer(_i);
}
END_TEST

START_TEST(reads_an_answer_byte_by_byte)
{
	clamd.piece = 1;
	if (answers[_i].want !=
	    CLAMD_NONSENSE) /* a byte behind the end may come too late */
		expect_answer(_i);
}
END_TEST

/* Not a byte goes beside the room for it, whatever came before. */
START_TEST(every_byte_of_an_answer_has_its_place)
{
	struct spool *message = fake_clamd_spool(&dir, 100, 1000);

	kernel.reads = 1;
	kernel.room = (struct slice){ l.got, sizeof l.got };
	clamd.takes = fake_clamd_length(100);
	clamd.answer = SLICE("stream: A FOUND\0");
	ck_assert_int_eq(scan(message, false), CLAMD_FOUND);
	ck_assert(slice_equal(l.words, SLICE("A")));
	spool_free(message);
}
END_TEST

/* Without an end, longer than there is room. */
START_TEST(an_answer_without_end_is_nonsense)
{
	static char endless[3000];
	struct spool *message = fake_clamd_spool(&dir, 100, 1000);

	memset(endless, 'x', sizeof endless);
	clamd.takes = fake_clamd_length(100);
	clamd.answer = (struct slice){ endless, sizeof endless };
	clamd.waits = true;
	ck_assert_int_eq(scan(message, false), CLAMD_NONSENSE);
	ck_assert_int_eq(l.trouble, CLAMD_NONSENSE_TROUBLE);
	ck_assert_uint_le(l.ngot, sizeof l.got);
	spool_free(message);
}
END_TEST

static const struct {
	struct slice says;
	bool waits;
	enum clamd_answer want;
	enum clamd_trouble trouble;
} early[] = {
	{ SLICE("stream: OK\0"), true, CLAMD_NONSENSE, CLAMD_NONSENSE_TROUBLE },
	{ SLICE("stream: OK\0"), false, CLAMD_NONSENSE, CLAMD_NONSENSE_TROUBLE },
	{ SLICE("stream: X FOUND\0"), true, CLAMD_NONSENSE, CLAMD_NONSENSE_TROUBLE },
	{ SLICE("\1\2\3\0"), true, CLAMD_NONSENSE, CLAMD_NONSENSE_TROUBLE },
	{ SLICE("INSTREAM size limit exceeded. ERROR\0"), true, CLAMD_OTHER,
	    CLAMD_ERROR_TROUBLE },
	{ SLICE("COMMAND READ TIMED OUT\n"), true, CLAMD_OTHER, CLAMD_ERROR_TROUBLE },
	{ SLICE(""), false, CLAMD_INCOMPLETE, CLAMD_SEND_TROUBLE },
};

START_TEST(what_is_said_before_the_end_is_no_verdict)
{
	struct spool *message = fake_clamd_spool(&dir, 4 << 20, 8 << 20);

	clamd.takes = 20;
	clamd.answer = early[_i].says;
	clamd.waits = early[_i].waits;
	ck_assert_int_eq(scan(message, false), early[_i].want);
	ck_assert_int_eq(l.trouble, early[_i].trouble);
	spool_free(message);
}
END_TEST

/* Before it has got a byte, to whatever it is asked. */
START_TEST(what_is_said_at_once_is_no_verdict)
{
	struct spool *message = fake_clamd_spool(&dir, 100, 1000);

	dialled.hears = true;
	clamd.waits = true;
	clamd.answer = SLICE("stream: OK\0");
	for (int by_descriptor = 0; by_descriptor < 2; by_descriptor++) {
		ck_assert_int_eq(scan(message, by_descriptor), CLAMD_NONSENSE);
		ck_assert_int_eq(l.trouble, CLAMD_NONSENSE_TROUBLE);
		ck_assert_int_eq(l.error, 0);
	}
	spool_free(message);
}
END_TEST

START_TEST(says_why_there_is_no_connection)
{
	struct clamd_address none = { .len = 0 };
	struct sockaddr_un away = { .sun_family = AF_UNIX };
	struct spool *message = fake_clamd_spool(&dir, 100, 1000);
	int before = next_descriptor();

	l = (struct clamd_link){ .address = &none, .limits = &limits, .sum = &sum };
	ck_assert_int_eq(clamd_link_scan(&l, message, false), CLAMD_INCOMPLETE);
	expect_explained("connect: Cannot assign requested address");
	(void)snprintf(away.sun_path, sizeof away.sun_path, "%s/none", dir.path);
	memcpy(&none.at, &away, sizeof away);
	none.len = sizeof away;
	ck_assert_int_eq(clamd_link_scan(&l, message, false), CLAMD_INCOMPLETE);
	expect_explained("connect: No such file or directory");
	ck_assert(!clamd_link_ask(&l, "PING"));
	ck_assert_int_eq(l.trouble, CLAMD_CONNECT_TROUBLE);
	ck_assert_int_eq(next_descriptor(), before);
	spool_free(message);
}
END_TEST

START_TEST(passes_the_message_as_a_descriptor)
{
	size_t size = sizes[_i].size;
	struct spool *message = fake_clamd_spool(&dir, size, sizes[_i].memory);
	static char room[CHUNK], file[CHUNK];

	clamd.takes = sizeof "zFILDES" + 1;
	clamd.answer = SLICE("fd[9]: A FOUND\0");
	ck_assert_int_eq(scan(message, true), CLAMD_FOUND);
	ck_assert_mem_eq(clamd.got, "zFILDES\0", sizeof "zFILDES" + 1);
	ck_assert_int_ne(clamd.passed, -1);
	for (unsigned long long at = 0; at < size;) {
		struct slice want = spool_read(message, at, room, CHUNK);
		ck_assert_int_eq(read(clamd.passed, file, want.len), (ssize_t)want.len);
		ck_assert_mem_eq(file, want.ptr, want.len);
		at += want.len;
	}
	ck_assert_int_eq(read(clamd.passed, file, 1), 0);
	(void)close(clamd.passed);
	spool_free(message);
}
END_TEST

static const struct {
	struct slice says;
	bool want;
	enum clamd_trouble trouble;
} pongs[] = {
	{ SLICE("PONG\0"), true, 0 },
	{ SLICE("stream: OK\0"), false, CLAMD_NONSENSE_TROUBLE },
	{ SLICE("stream: A FOUND\0"), false, CLAMD_NONSENSE_TROUBLE },
	{ SLICE("\377\0"), false, CLAMD_NONSENSE_TROUBLE },
	{ SLICE(""), false, CLAMD_CLOSED_TROUBLE },
};

START_TEST(asks_a_question)
{
	clamd.takes = sizeof "zPING";
	clamd.answer = pongs[_i].says;
	fake_clamd_start(&clamd, &dir);
	l = (struct clamd_link){
		.address = &clamd.address, .limits = &limits, .sum = &sum
	};
	ck_assert_int_eq(clamd_link_ask(&l, "PING"), pongs[_i].want);
	fake_clamd_stop(&clamd);
	ck_assert_uint_eq(clamd.ngot, sizeof "zPING");
	ck_assert_mem_eq(clamd.got, "zPING", sizeof "zPING");
	if (pongs[_i].want)
		ck_assert(slice_equal(l.words, SLICE("PONG")));
	else
		ck_assert_int_eq(l.trouble, pongs[_i].trouble);
	ck_assert_int_eq(l.fd, -1);
}
END_TEST

/* The watch asks; connect is all the time that its answer has. */
START_TEST(a_question_waits_no_longer_than_for_a_connection)
{
	limits.connect = SHORT_MS;
	clamd.takes = sizeof "zPING";
	clamd.waits = true;
	fake_clamd_start(&clamd, &dir);
	l = (struct clamd_link){
		.address = &clamd.address, .limits = &limits, .sum = &sum
	};
	ck_assert(!clamd_link_ask(&l, "PING"));
	fake_clamd_stop(&clamd);
	expect_explained("late: Connection timed out");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("clamd_link");
	TCase *t = tcase_create("link");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(
	    t, streams_the_message_and_takes_the_verdict, 0, COUNT(sizes));
	tcase_add_loop_test(t, a_write_may_be_taken_in_pieces, 0, COUNT(takes_at_once));
	tcase_add_loop_test(t, reads_an_answer_at_once, 0, COUNT(answers));
	tcase_add_loop_test(t, reads_an_answer_byte_by_byte, 0, COUNT(answers));
	tcase_add_test(t, every_byte_of_an_answer_has_its_place);
	tcase_add_test(t, what_is_said_at_once_is_no_verdict);
	tcase_add_test(t, an_answer_without_end_is_nonsense);
	tcase_add_loop_test(
	    t, what_is_said_before_the_end_is_no_verdict, 0, COUNT(early));
	tcase_add_test(t, says_why_there_is_no_connection);
	tcase_add_loop_test(t, passes_the_message_as_a_descriptor, 0, COUNT(sizes));
	tcase_add_loop_test(t, asks_a_question, 0, COUNT(pongs));
	tcase_add_test(t, a_question_waits_no_longer_than_for_a_connection);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
