/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Recordings of real MTAs against the codec: every packet decodes and encodes
 * to the same bytes, and so does the line that describes it.  Checks
 * fixtures/traces, or the folders named in TRACES (blank-separated).
 */
#include "sim/transcript/recording.h"

#include <glob.h>
#include <stdio.h>

#include "t/unit/runner.h"
#include "wire/notation.h"

/* The packets that a milter sent broken on purpose. */
static const struct {
	const char *file;
	char letter;
	enum codec_status fault;
} broken[] = {
	{ "/b-rcpt-y-nonul.jsonl", 'y', CODEC_NOT_TERMINATED },
	{ "/d-neg-short.jsonl", 'O', CODEC_SHORT },
	{ "/e-garbage-rcpt-", 'Z', CODEC_UNKNOWN },
};

static enum codec_status
expected(const char *path, const struct record *r)
{
	for (size_t i = 0; i < COUNT(broken); i++) {
		if (strstr(path, broken[i].file) != NULL &&
		    r->letter == broken[i].letter && r->to == TO_MTA)
			return broken[i].fault;
	}
	return CODEC_OK;
}

static void
check_bytes(const struct text *framed, const struct record *r, const char *path)
{
	struct frame f;

	ck_assert_int_eq(
	    frame_decode(text_slice(framed), FRAME_PAYLOAD_64K, &f), FRAME_OK);
	ck_assert_msg(f.letter == r->letter, "%s: letter", path);
	ck_assert_msg(slice_equal(f.payload, text_slice(&r->bytes)), "%s: '%c' %.4f",
	    path, r->letter, r->t);
	ck_assert_uint_eq(f.size, 4 + (size_t)r->length);
}

static void
check_packet(const struct record *r, const char *path)
{
	struct text framed = TEXT_INIT(FRAME_PAYLOAD_1M);
	struct text line = TEXT_INIT(FRAME_PAYLOAD_1M);
	struct text why = TEXT_INIT(300);
	struct packet p;
	enum codec_status s = packet_decode(r->to, r->letter, text_slice(&r->bytes), &p);

	ck_assert_msg(s == expected(path, r), "%s: '%c' %.4f: %s", path, r->letter, r->t,
	    codec_fault(s));
	if (s == CODEC_OK) {
		ck_assert_int_eq(packet_encode(&framed, &p), CODEC_OK);
		check_bytes(&framed, r, path);
		text_clear(&framed);
		packet_describe(&line, &p);
		ck_assert_msg(packet_read(&framed, r->to, text_slice(&line), &why),
		    "%s: '%s': %s", path, text_cstr(&line), text_cstr(&why));
		check_bytes(&framed, r, path);
	}
	text_clear(&framed);
	text_clear(&line);
	text_clear(&why);
}

/* What was read is written and read again. */
static void
check_record(const struct record *r, const char *path)
{
	struct text out = TEXT_INIT(RECORD_BYTES_MAX), why = TEXT_INIT(300);
	struct record again = RECORD_INIT;

	struct event e;
	if (!record_event(r, &e) || !event_json(&out, &e, 0))
		ck_abort_msg("%s", path);
	ck_assert_msg(record_read(text_slice(&out), &again, &why), "%s: %s: %s", path,
	    text_cstr(&why), text_cstr(&out));
	ck_assert_int_eq(again.kind, r->kind);
	ck_assert_int_eq(again.conn, r->conn);
	ck_assert_int_eq(again.to, r->to);
	ck_assert_int_eq(again.from_client, r->from_client);
	ck_assert_int_eq(again.letter, r->letter);
	ck_assert_uint_eq(again.length, r->length);
	ck_assert(slice_equal(text_slice(&again.bytes), text_slice(&r->bytes)));
	struct event f; /* a name without a number becomes that of the first: m1 */
	ck_assert(record_event(&again, &f));
	ck_assert_uint_eq(f.filter, e.filter);
	ck_assert_uint_eq(f.conn, e.conn);
	record_clear(&again);
	text_clear(&out);
	text_clear(&why);
}

/* Returns the number of packets. */
static size_t
check_file(const char *path)
{
	FILE *from = fopen(path, "r");
	struct text why = TEXT_INIT(300);
	struct record r = RECORD_INIT;
	size_t packets = 0, room = 0;
	char *line = NULL;
	ssize_t n;

	ck_assert_msg(from != NULL, "%s", path);
	while ((n = getline(&line, &room, from)) > 0) {
		bool ok = record_read((struct slice){ line, (size_t)n }, &r, &why);
		ck_assert_msg(ok, "%s: %s", path, text_cstr(&why));
		if (r.kind == RECORD_PACKET) {
			check_packet(&r, path);
			packets++;
		}
		if (r.kind != RECORD_META && r.kind != RECORD_OTHER)
			check_record(&r, path);
	}
	free(line);
	record_clear(&r);
	text_clear(&why);
	(void)fclose(from);
	return packets;
}

static size_t
check_folder(const char *folder)
{
	char pattern[1000];
	size_t packets = 0;
	glob_t found;

	(void)snprintf(pattern, sizeof pattern, "%s/*.jsonl", folder);
	ck_assert_msg(glob(pattern, 0, NULL, &found) == 0, "nothing in %s", folder);
	for (size_t i = 0; i < found.gl_pathc; i++)
		packets += check_file(found.gl_pathv[i]);
	globfree(&found);
	return packets;
}

START_TEST(real_packets_survive_the_codec)
{
	static const char *const mtas[] = { "sendmail-8.17", "postfix-3.7" };
	const char *fixtures = getenv("FIXTURES");
	char folder[900];
	size_t packets = 0;

	ck_assert_ptr_nonnull(fixtures);
	for (size_t i = 0; i < COUNT(mtas); i++) {
		(void)snprintf(folder, sizeof folder, "%s/traces/%s", fixtures, mtas[i]);
		packets += check_folder(folder);
	}
	ck_assert_uint_gt(packets, 1000);
}
END_TEST

START_TEST(packets_of_named_folders_survive_the_codec)
{
	char *folders = getenv("TRACES");
	char *rest = NULL;

	if (folders == NULL)
		return;
	for (char *f = strtok_r(folders, " ", &rest); f != NULL;
	     f = strtok_r(NULL, " ", &rest))
		printf("# %s: %zu packets\n", f, check_folder(f));
}
END_TEST

static const struct {
	struct slice line;
	const char *fault;
} bad[] = {
	{ SLICE(""), "not JSON" },
	{ SLICE("{\"t\":1"), "not JSON" },
	{ SLICE("[1]"), "not a JSON object" },
	{ SLICE("{\"src\":\"milter\",\"dir\":\"mta>milter\"}"), "not a name" },
	{ SLICE("{\"src\":\"milter\",\"milter\":\"m1\",\"dir\":\"up\"}"),
	    "neither mta>milter" },
	{ SLICE("{\"src\":\"milter\",\"milter\":\"m1\",\"dir\":\"mta>milter\"}"),
	    "not one letter" },
	{ SLICE("{\"src\":\"milter\",\"milter\":\"m1\",\"dir\":\"mta>milter\",\"cmd\":"
		"\"AB\"}"),
	    "not one letter" },
	{ SLICE("{\"src\":\"milter\",\"milter\":\"m1\",\"dir\":\"mta>milter\",\"cmd\":"
		"\"A\",\"hex\":\"0\"}"),
	    "not hexadecimal" },
	{ SLICE("{\"src\":\"milter\",\"milter\":\"m1\",\"dir\":\"milter>mta\",\"raw\":"
		"\"zz\"}"),
	    "not hexadecimal" },
	{ SLICE("{\"src\":\"milter\",\"milter\":\"m1\",\"dir\":\"milter>mta\",\"cmd\":"
		"\"c\",\"len\":-1}"),
	    "out of range" },
	{ SLICE("{\"src\":\"smtp\",\"dir\":\"C\"}"), "neither C>S" },
	{ SLICE("{\"src\":\"smtp\",\"dir\":\"C>S\",\"text\":\"\\u0100\"}"),
	    "not Latin-1" },
};

START_TEST(refuses_what_is_no_record)
{
	struct text why = TEXT_INIT(300);
	struct record r = RECORD_INIT;

	ck_assert(!record_read(bad[_i].line, &r, &why));
	ck_assert_msg(strstr(text_cstr(&why), bad[_i].fault) != NULL, "%s: %s",
	    bad[_i].line.ptr, text_cstr(&why));
	record_clear(&r);
	text_clear(&why);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("recording");
	TCase *t = tcase_create("recording");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, real_packets_survive_the_codec);
	tcase_add_test(t, packets_of_named_folders_survive_the_codec);
	tcase_add_loop_test(t, refuses_what_is_no_record, 0, COUNT(bad));
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
