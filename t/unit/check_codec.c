/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/codec.h"

#include "t/unit/runner.h"
#include "wire/notation.h"

/* Bytes and how they read: each row is decoded, shown, encoded and read back. */
static const struct {
	enum direction to;
	char letter;
	struct slice payload;
	const char *line;
} good[] = {
	{ TO_MILTER, 'O', SLICE("\0\0\0\6\0\0\0\x11\0\0\4\1"),
	    "OPTNEG version 6 actions ADDHDRS|CHGHDRS protocol NOCONNECT|SKIP" },
	{ TO_MTA, 'O', SLICE("\0\0\0\2\0\0\0\0\0\0\0\0"),
	    "OPTNEG version 2 actions none protocol none" },
	{ TO_MTA, 'O', SLICE("\0\0\0\6\x80\0\0\1\0\x40\0\0"),
	    "OPTNEG version 6 actions ADDHDRS|0x80000000 protocol 0x400000" },
	{ TO_MTA, 'O', SLICE("\0\0\0\6\0\0\1\0\0\0\0\0\0\0\0\3i {rcpt_addr}\0\0\0\0\5\0"),
	    "OPTNEG version 6 actions SETSYMLIST protocol none RCPT=\"i {rcpt_addr}\" "
	    "EOM=\"\"" },
	{ TO_MILTER, 'D', SLICE("H"), "MACRO HELO" },
	{ TO_MILTER, 'D', SLICE("Mi\0h4F1\0{mail_addr}\0a@b\0_\0localhost [::1]\0x\0\0"),
	    "MACRO MAIL i=h4F1 {mail_addr}=a@b _=\"localhost [::1]\" x=\"\"" },
	{ TO_MILTER, 'D', SLICE("La=\"\0b=\"c\0"), "MACRO HEADER a\\x3D\\x22=b=\\\"c" },
	{ TO_MILTER, 'C',
	    SLICE("localhost\0004\xe2\x1a"
		  "127.0.0.1\0"),
	    "CONNECT localhost inet 57882 127.0.0.1" },
	{ TO_MILTER, 'C', SLICE("[::1]\0006\0\x19IPv6:::1\0"),
	    "CONNECT [::1] inet6 25 IPv6:::1" },
	{ TO_MILTER, 'C', SLICE("localhost\0L\0\0/run/a b\0"),
	    "CONNECT localhost unix 0 \"/run/a b\"" },
	{ TO_MILTER, 'C', SLICE("localhost\0U"), "CONNECT localhost unknown" },
	{ TO_MILTER, 'H', SLICE("bar.com\0"), "HELO bar.com" },
	{ TO_MILTER, 'H', SLICE("a  b \0"), "HELO a  b\\x20" },
	{ TO_MILTER, 'H', SLICE("\0"), "HELO" },
	{ TO_MILTER, 'M', SLICE("<Smith@bar.com>\0SIZE=100\0BODY=8BITMIME\0"),
	    "MAIL <Smith@bar.com> SIZE=100 BODY=8BITMIME" },
	{ TO_MILTER, 'M', SLICE("\0"), "MAIL \"\"" },
	{ TO_MILTER, 'R', SLICE("<\"a b\"@c>\0\0"), "RCPT \"<\\\"a b\\\"@c>\" \"\"" },
	{ TO_MILTER, 'T', SLICE(""), "DATA" },
	{ TO_MILTER, 'L', SLICE("Subject\0test one\0"), "HEADER Subject: test one" },
	{ TO_MILTER, 'L', SLICE("X\0\0"), "HEADER X:" },
	{ TO_MILTER, 'L', SLICE("X\0 two\0"), "HEADER X:  two" },
	{ TO_MILTER, 'L', SLICE("X\0 \0"), "HEADER X: \\x20" },
	{ TO_MILTER, 'L', SLICE("X: y\0a\n\tb \0"),
	    "HEADER X\\x3A\\x20y: a\\n\\tb\\x20" },
	{ TO_MILTER, 'N', SLICE(""), "EOH" },
	{ TO_MILTER, 'B', SLICE("a\0b\377\\\r\n"), "BODY a\\x00b\\xFF\\\\\\r\\n" },
	{ TO_MILTER, 'B', SLICE(""), "BODY" },
	{ TO_MILTER, 'E', SLICE(""), "BODYEOB" },
	{ TO_MILTER, 'U', SLICE("BAR  spaced  args \0"),
	    "UNKNOWN BAR  spaced  args\\x20" },
	{ TO_MILTER, 'A', SLICE(""), "ABORT" },
	{ TO_MILTER, 'Q', SLICE(""), "QUIT" },
	{ TO_MILTER, 'K', SLICE(""), "QUIT_NC" },
	{ TO_MTA, 'c', SLICE(""), "CONTINUE" },
	{ TO_MTA, 'y', SLICE("550 5.7.0 VIRUS FOUND\0"),
	    "REPLYCODE 550 5.7.0 VIRUS FOUND" },
	{ TO_MTA, 'y', SLICE("550-a\r\n550 b\0"), "REPLYCODE 550-a\\r\\n550 b" },
	{ TO_MTA, 'h', SLICE("X-Add0\0zero lead\0"), "ADDHEADER X-Add0: zero lead" },
	{ TO_MTA, 'i', SLICE("\0\0\0\0X-Seen\0yes\0"), "INSHEADER 0 X-Seen: yes" },
	{ TO_MTA, 'm', SLICE("\0\0\0\3X\0\0"), "CHGHEADER 3 X:" },
	{ TO_MTA, '+', SLICE("<a@b>\0"), "ADDRCPT <a@b>" },
	{ TO_MTA, '2', SLICE("<a@b>\0NOTIFY=NEVER ORCPT=x\0"),
	    "ADDRCPT_PAR <a@b> \"NOTIFY=NEVER ORCPT=x\"" },
	{ TO_MTA, '2', SLICE("<a@b>\0\0"), "ADDRCPT_PAR <a@b> \"\"" },
	{ TO_MTA, '2', SLICE("<a@b>\0"), "ADDRCPT_PAR <a@b>" },
	{ TO_MTA, '-', SLICE("<a@b>\0"), "DELRCPT <a@b>" },
	{ TO_MTA, 'e', SLICE("<>\0"), "CHGFROM <>" },
	{ TO_MTA, 'b', SLICE("new\r\n"), "REPLBODY new\\r\\n" },
	{ TO_MTA, 'q', SLICE("held by test\0"), "QUARANTINE held by test" },
};

START_TEST(reads_and_writes_the_same_bytes)
{
	struct text bytes = TEXT_INIT(1000), line = TEXT_INIT(1000), why = TEXT_INIT(200);
	struct packet p;
	struct frame f;

	enum codec_status s =
	    packet_decode(good[_i].to, good[_i].letter, good[_i].payload, &p);
	ck_assert_msg(s == CODEC_OK, "%s: %s", good[_i].line, codec_fault(s));
	packet_describe(&line, &p);
	ck_assert_str_eq(text_cstr(&line), good[_i].line);

	ck_assert_int_eq(packet_encode(&bytes, &p), CODEC_OK);
	ck_assert_int_eq(
	    frame_decode(text_slice(&bytes), FRAME_PAYLOAD_64K, &f), FRAME_OK);
	ck_assert_int_eq(f.letter, good[_i].letter);
	ck_assert_msg(slice_equal(f.payload, good[_i].payload), "%s", good[_i].line);

	text_clear(&bytes);
	ck_assert_msg(packet_read(&bytes, good[_i].to, text_slice(&line), &why), "%s: %s",
	    good[_i].line, text_cstr(&why));
	ck_assert_int_eq(
	    frame_decode(text_slice(&bytes), FRAME_PAYLOAD_64K, &f), FRAME_OK);
	ck_assert_msg(slice_equal(f.payload, good[_i].payload), "%s", good[_i].line);
	text_clear(&bytes);
	text_clear(&line);
	text_clear(&why);
}
END_TEST

static const struct {
	enum direction to;
	char letter;
	struct slice payload;
	enum codec_status want;
	const char *line;
} bad[] = {
	{ TO_MTA, 'Z', SLICE("xx"), CODEC_UNKNOWN, "Z [no packet has this letter] xx" },
	{ TO_MILTER, 'c', SLICE(""), CODEC_UNKNOWN, "c [no packet has this letter] " },
	{ TO_MTA, 'l', SLICE("\0\0\0\0j\0"), CODEC_UNKNOWN, NULL },
	{ TO_MILTER, 'O', SLICE("\0\0\0\6\0\0\0\0\0\0\0"), CODEC_SHORT, NULL },
	{ TO_MTA, 'O', SLICE("\0\0\0\6\0\0\0\0\0\0\0\0x"), CODEC_SHORT, NULL },
	{ TO_MTA, 'O', SLICE("\0\0\0\6\0\0\0\0\0\0\0\0\0\0\0\0j"), CODEC_NOT_TERMINATED,
	    NULL },
	{ TO_MTA, 'O', SLICE("\0\0\0\6\0\0\0\0\0\0\0\0\0\0\0\7j\0"), CODEC_STAGE, NULL },
	{ TO_MILTER, 'D', SLICE(""), CODEC_SHORT, NULL },
	{ TO_MILTER, 'D', SLICE("Zj\0x\0"), CODEC_STAGE, NULL },
	{ TO_MILTER, 'D', SLICE("Cj\0"), CODEC_ODD,
	    "MACRO [macro without a value] Cj\\x00" },
	{ TO_MILTER, 'D', SLICE("Cj\0x"), CODEC_NOT_TERMINATED, NULL },
	{ TO_MILTER, 'D', SLICE("C\0x\0"), CODEC_NO_NAME, NULL },
	{ TO_MILTER, 'C', SLICE("host"), CODEC_NOT_TERMINATED, NULL },
	{ TO_MILTER, 'C', SLICE("host\0"), CODEC_SHORT, NULL },
	{ TO_MILTER, 'C', SLICE("host\0X\0\0a\0"), CODEC_FAMILY, NULL },
	{ TO_MILTER, 'C', SLICE("host\0\0\0\0a\0"), CODEC_FAMILY, NULL },
	{ TO_MILTER, 'C', SLICE("host\0004\0"), CODEC_SHORT, NULL },
	{ TO_MILTER, 'C',
	    SLICE("host\0004\0\31"
		  "1.2.3.4"),
	    CODEC_NOT_TERMINATED, NULL },
	{ TO_MILTER, 'C', SLICE("host\0U\0"), CODEC_LEFT_OVER, NULL },
	{ TO_MILTER, 'H', SLICE(""), CODEC_SHORT, NULL },
	{ TO_MILTER, 'H', SLICE("bar.com"), CODEC_NOT_TERMINATED,
	    "HELO [string not terminated] bar.com" },
	{ TO_MILTER, 'H', SLICE("a\0b\0"), CODEC_LEFT_OVER, NULL },
	{ TO_MILTER, 'M', SLICE("<a@b>"), CODEC_NOT_TERMINATED, NULL },
	{ TO_MILTER, 'R', SLICE("<a@b>\0NOTIFY"), CODEC_NOT_TERMINATED, NULL },
	{ TO_MILTER, 'T', SLICE("x"), CODEC_LEFT_OVER, NULL },
	{ TO_MILTER, 'L', SLICE("\0v\0"), CODEC_NO_NAME, NULL },
	{ TO_MILTER, 'L', SLICE("n\0"), CODEC_SHORT, NULL },
	{ TO_MILTER, 'L', SLICE("n\0v\0x"), CODEC_LEFT_OVER, NULL },
	{ TO_MTA, 'c', SLICE("x"), CODEC_LEFT_OVER, NULL },
	{ TO_MTA, 'i', SLICE("\0\0\0"), CODEC_SHORT, NULL },
	{ TO_MTA, '2', SLICE("a\0b\0c\0"), CODEC_LEFT_OVER, NULL },
	{ TO_MTA, 'y', SLICE("550 go"), CODEC_NOT_TERMINATED, NULL },
};

START_TEST(names_what_is_wrong)
{
	struct text line = TEXT_INIT(500);
	struct packet p = { .kind = N_PACKETS };
	enum codec_status s =
	    packet_decode(bad[_i].to, bad[_i].letter, bad[_i].payload, &p);

	ck_assert_msg(s == bad[_i].want, "row %d: %s", _i, codec_fault(s));
	ck_assert_msg(p.kind == N_PACKETS, "row %d: touched", _i);
	payload_describe(&line, bad[_i].to, bad[_i].letter, bad[_i].payload);
	ck_assert_ptr_nonnull(strstr(text_cstr(&line), codec_fault(s)));
	if (bad[_i].line != NULL)
		ck_assert_str_eq(text_cstr(&line), bad[_i].line);
	text_clear(&line);
}
END_TEST

/* However a packet is cut short, decoding says so or finds a valid packet. */
START_TEST(every_truncation_is_safe)
{
	struct packet p;

	for (size_t n = 0; n < good[_i].payload.len; n++) {
		/* In memory of exactly this size, so a sanitizer sees a step too far. */
		char *copy = malloc(n + 1);
		ck_assert_ptr_nonnull(copy);
		memcpy(copy, good[_i].payload.ptr, n);
		struct slice cut = { copy, n };
		struct text bytes = TEXT_INIT(1000);
		if (packet_decode(good[_i].to, good[_i].letter, cut, &p) == CODEC_OK) {
			ck_assert_int_eq(packet_encode(&bytes, &p), CODEC_OK);
			ck_assert(
			    slice_equal(slice_from(text_slice(&bytes), FRAME_HEAD), cut));
		}
		text_clear(&bytes);
		free(copy);
	}
}
END_TEST

static const struct {
	enum direction to;
	const char *line, *fault;
} unreadable[] = {
	{ TO_MTA, "", "no packet is called ''" },
	{ TO_MTA, "MAIL <a@b>", "no packet is called 'MAIL'" },
	{ TO_MTA, "CONTINUE now", "nothing more may follow here, but 'now' does" },
	{ TO_MILTER, "MAIL", "payload ends early" },
	{ TO_MILTER, "MAIL \"<a b>", "a quote is not closed" },
	{ TO_MILTER, "HEADER Subject", "a header is 'Name: value'" },
	{ TO_MILTER, "HEADER : x", "empty name" },
	{ TO_MILTER, "HELO a\\x00b", "bytes left over" },
	{ TO_MILTER, "HELO a\\q", "a backslash wants" },
	{ TO_MILTER, "HELO a\\x1", "a backslash wants" },
	{ TO_MILTER, "HELO a\\", "a backslash wants" },
	{ TO_MILTER, "CONNECT h ipx 1 2", "an address family is" },
	{ TO_MILTER, "CONNECT h inet 65536 1.2.3.4", "'65536' is not a number" },
	{ TO_MILTER, "CONNECT h inet 1 1.2.3.4 x", "nothing more may follow" },
	{ TO_MILTER, "MACRO NOWHERE a=b", "the name of the command" },
	{ TO_MILTER, "MACRO MAIL a", "a macro is name=value" },
	{ TO_MTA, "OPTNEG version six", "'six' is not a number" },
	{ TO_MTA, "OPTNEG 6", "wants 'version'" },
	{ TO_MTA, "OPTNEG version 6 actions FLY protocol none",
	    "no bit is called 'FLY'" },
	{ TO_MTA, "OPTNEG version 6 actions none protocol none X=\"j\"", "a macro list" },
	{ TO_MTA, "INSHEADER top X: y", "'top' is not a number" },
	{ TO_MTA, "CHGFROM <a> b c", "bytes left over" },
};

START_TEST(explains_a_line_that_it_cannot_read)
{
	struct text out = TEXT_INIT(1000), why = TEXT_INIT(200);
	struct slice line = slice_of(unreadable[_i].line);

	ck_assert_msg(!packet_read(&out, unreadable[_i].to, line, &why), "%s", line.ptr);
	ck_assert_msg(strstr(text_cstr(&why), unreadable[_i].fault) != NULL, "%s: %s",
	    line.ptr, text_cstr(&why));
	ck_assert_uint_eq(out.len, 0);
	text_clear(&out);
	text_clear(&why);
}
END_TEST

START_TEST(reads_names_in_any_case)
{
	struct text out = TEXT_INIT(1000), why = TEXT_INIT(200);

	ck_assert(packet_read(&out, TO_MILTER, SLICE("eom"), &why));
	ck_assert(slice_equal(text_slice(&out), SLICE("\0\0\0\1E")));
	text_clear(&out);
	ck_assert(packet_read(&out, TO_MTA,
	    SLICE("optneg  version 6 actions all protocol nobody|skip"), &why));
	ck_assert(slice_equal(
	    text_slice(&out), SLICE("\0\0\0\015O\0\0\0\6\0\0\1\377\0\0\4\020")));
	text_clear(&out);
}
END_TEST

START_TEST(refuses_to_encode_nonsense)
{
	static char body[FRAME_PAYLOAD_64K + 1];
	struct text out = TEXT_INIT(FRAME_PAYLOAD_1M);
	struct packet p = { .kind = CMD_HELO, .string.first = SLICE("a\0b") };

	ck_assert_int_eq(packet_encode(&out, &p), CODEC_NUL);
	p = (struct packet){ .kind = CMD_BODY, .bytes = { body, sizeof body } };
	ck_assert_int_eq(packet_encode(&out, &p), CODEC_TOO_LONG);
	p.bytes.len--;
	ck_assert_int_eq(packet_encode(&out, &p), CODEC_OK);
	size_t whole = out.len;
	p = (struct packet){ .kind = CMD_MACRO, .macro = { 'M', SLICE("i\0") } };
	ck_assert_int_eq(packet_encode(&out, &p), CODEC_ODD);
	p = (struct packet){ .kind = CMD_CONNECT,
		.connect = { SLICE("h"), 'X', 0, SLICE("") } };
	ck_assert_int_eq(packet_encode(&out, &p), CODEC_FAMILY);
	ck_assert_uint_eq(out.len, whole);
	out.limit = out.len + 4;
	p = (struct packet){ .kind = CMD_EOH };
	ck_assert_int_eq(packet_encode(&out, &p), CODEC_NO_ROOM);
	ck_assert_uint_eq(out.len, whole);
	text_clear(&out);
}
END_TEST

START_TEST(lists_are_built_and_walked)
{
	struct text raw = TEXT_INIT(40);
	struct slice rest, name, value;

	ck_assert_int_eq(macro_append(&raw, SLICE("i"), SLICE("h4F1")), CODEC_OK);
	ck_assert_int_eq(macro_append(&raw, SLICE("{x}"), SLICE("")), CODEC_OK);
	ck_assert_int_eq(macro_append(&raw, SLICE("a\0b"), SLICE("")), CODEC_NUL);
	ck_assert_int_eq(
	    macro_append(&raw, SLICE("long"), SLICE("0123456789012345678901234567890")),
	    CODEC_NO_ROOM);
	rest = text_slice(&raw);
	ck_assert(macro_next(&rest, &name, &value));
	ck_assert(slice_equal(name, SLICE("i")) && slice_equal(value, SLICE("h4F1")));
	ck_assert(macro_next(&rest, &name, &value) && !macro_next(&rest, &name, &value));
	text_clear(&raw);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("codec");
	TCase *t = tcase_create("codec");

	tcase_add_loop_test(t, reads_and_writes_the_same_bytes, 0, COUNT(good));
	tcase_add_loop_test(t, names_what_is_wrong, 0, COUNT(bad));
	tcase_add_loop_test(t, every_truncation_is_safe, 0, COUNT(good));
	tcase_add_test(t, refuses_to_encode_nonsense);
	tcase_add_test(t, lists_are_built_and_walked);
	suite_add_tcase(s, t);
	t = tcase_create("notation");
	tcase_add_loop_test(t, explains_a_line_that_it_cannot_read, 0, COUNT(unreadable));
	tcase_add_test(t, reads_names_in_any_case);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
