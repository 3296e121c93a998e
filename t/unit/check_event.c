/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events and their three printers.  All recordings of fixtures/traces are printed
 * as transcripts, which are read back: the same bytes on both wires.
 */
#include "sim/transcript/event.h"

#include <glob.h>
#include <stdio.h>

#include "sim/transcript/pattern.h"
#include "sim/transcript/person.h"
#include "sim/transcript/recording.h"
#include "sim/transcript/transcript.h"
#include "t/unit/runner.h"
#include "wire/notation.h"

enum { ALL = 8 * RECORD_BYTES_MAX };

/* Both wires, each side's bytes one behind the other. */
struct wires {
	struct text client, server, to_milter, to_mta;
};

static struct wires
wires_new(void)
{
	return (struct wires){ TEXT_INIT(ALL), TEXT_INIT(ALL), TEXT_INIT(ALL),
		TEXT_INIT(ALL) };
}

static void
wires_clear(struct wires *w)
{
	text_clear(&w->client);
	text_clear(&w->server);
	text_clear(&w->to_milter);
	text_clear(&w->to_mta);
}

static void
add(struct text *t, struct slice bytes)
{
	ck_assert_int_eq(text_append(t, bytes), TEXT_OK);
}

static void
wires_of_event(struct wires *w, const struct event *e)
{
	struct text *milter = e->to == TO_MILTER ? &w->to_milter : &w->to_mta;

	if (e->what == EVENT_CLIENT)
		add(&w->client, e->bytes);
	else if (e->what == EVENT_SERVER)
		add(&w->server, e->bytes);
	else if (e->what == EVENT_RAW)
		add(milter, e->bytes);
	else if (e->what == EVENT_PACKET)
		ck_assert_int_eq(frame_append(milter, e->letter, e->bytes), TEXT_OK);
}

static void
add_filled(struct text *t, const struct step *s)
{
	struct text why = TEXT_INIT(400);
	struct variables v;

	variables_init(&v);
	ck_assert_msg(pattern_fill(text_slice(&s->text), &v, t, &why), "line %u: %s",
	    s->line, text_cstr(&why));
	add(t, SLICE("\r\n"));
	variables_clear(&v);
	text_clear(&why);
}

static void
wires_of_step(struct wires *w, const struct transcript *t, const struct step *s)
{
	struct text why = TEXT_INIT(400), line = TEXT_INIT(ALL);
	struct variables v;

	variables_init(&v);
	switch (s->kind) {
	case STEP_SEND: add_filled(&w->client, s); break;
	case STEP_BYTES: add(&w->client, text_slice(&s->text)); break;
	case STEP_LINE: add_filled(&w->server, s); break;
	case STEP_EXACT: add(&w->server, text_slice(&s->text)); break;
	case STEP_RAW_PACKET:
		ck_assert_int_eq(frame_append(&w->to_milter, s->text.ptr[0],
				     slice_from(text_slice(&s->text), 1)),
		    TEXT_OK);
		break;
	case STEP_PACKET:
		ck_assert(pattern_fill(text_slice(&s->text), &v, &line, &why));
		ck_assert_msg(
		    packet_read(&w->to_milter, TO_MILTER, text_slice(&line), &why), "%s",
		    text_cstr(&why));
		for (size_t i = 0; i < s->answers; i++)
			add(&w->to_mta,
			    text_slice(&t->answer[s->first_answer + i].bytes));
		break;
	default: break;
	}
	variables_clear(&v);
	text_clear(&why);
	text_clear(&line);
}

static void
same(const char *path, const char *wire, const struct text *a, const struct text *b)
{
	ck_assert_msg(slice_equal(text_slice(a), text_slice(b)),
	    "%s: %s: %zu and %zu bytes", path, wire, a->len, b->len);
}

/* Returns the number of events. */
static size_t
round_trip(const char *path)
{
	struct wires before = wires_new(), after = wires_new();
	struct text lines = TEXT_INIT(ALL), why = TEXT_INIT(1000);
	struct record r = RECORD_INIT;
	struct transcript t;
	FILE *from = fopen(path, "r");
	char *line = NULL;
	size_t room = 0, events = 0;
	ssize_t n;

	ck_assert_msg(from != NULL, "%s", path);
	while ((n = getline(&line, &room, from)) > 0) {
		struct event e;
		ck_assert(record_read((struct slice){ line, (size_t)n }, &r, &why));
		if (!record_event(&r, &e))
			continue;
		events++;
		wires_of_event(&before, &e);
		event_transcript(&lines, &e);
	}
	ck_assert_msg(transcript_read(&t, path, text_slice(&lines), NULL, &why), "%s",
	    text_cstr(&why));
	for (size_t i = 0; i < t.steps; i++)
		wires_of_step(&after, &t, &t.step[i]);
	same(path, "client", &before.client, &after.client);
	same(path, "server", &before.server, &after.server);
	same(path, "to the milter", &before.to_milter, &after.to_milter);
	same(path, "to the MTA", &before.to_mta, &after.to_mta);
	free(line);
	(void)fclose(from);
	record_clear(&r);
	transcript_clear(&t);
	text_clear(&lines);
	text_clear(&why);
	wires_clear(&before);
	wires_clear(&after);
	return events;
}

START_TEST(recordings_survive_as_transcripts)
{
	static const char *const mtas[] = { "sendmail-8.17", "postfix-3.7" };
	char pattern[1000];
	size_t events = 0;
	glob_t found;

	(void)snprintf(pattern, sizeof pattern, "%s/traces/%s/*.jsonl",
	    getenv("FIXTURES"), mtas[_i]);
	ck_assert_msg(glob(pattern, 0, NULL, &found) == 0, "nothing in %s", pattern);
	for (size_t i = 0; i < found.gl_pathc; i++)
		events += round_trip(found.gl_pathv[i]);
	globfree(&found);
	ck_assert_uint_gt(events, 500);
}
END_TEST

static const struct breach second_answer = { RULE_REPLY_UNASKED, TO_MTA, CMD_RCPT,
	RPL_CONTINUE };

static const struct {
	const char *what;
	struct event event;
	const char *transcript, *person;
} row[] = {
	{ "a line of the client",
	    { .what = EVENT_CLIENT,
		.conn = 1,
		.filter = EVENT_NO_FILTER,
		.bytes = { "QUIT\r\n", 6 } },
	    "C: QUIT\n", "1  C:  QUIT\n" },
	{ "one that is not whole",
	    { .what = EVENT_CLIENT,
		.conn = 2,
		.filter = EVENT_NO_FILTER,
		.bytes = { "QU\n", 3 } },
	    "2 C= QU\\n\n", "2  C:  QU\\n\n" },
	{ "a line that looks like a pattern",
	    { .what = EVENT_SERVER,
		.conn = 1,
		.filter = EVENT_NO_FILTER,
		.bytes = { "250 ${*}\r\n", 10 } },
	    "S: 250 $${*}\n", "1  S:  250 ${*}\n" },
	{ "a packet",
	    { .what = EVENT_PACKET, .conn = 1, .filter = 1, .to = TO_MTA, .letter = 'c' },
	    "M2< CONTINUE\n", "1  M2< CONTINUE\n" },
	{ "one that cannot be read",
	    { .what = EVENT_PACKET,
		.conn = 1,
		.filter = 0,
		.to = TO_MTA,
		.letter = 'c',
		.bytes = { "x", 1 } },
	    "# CONTINUE [bytes left over] x\nM< raw \\x00\\x00\\x00\\x02cx\n", NULL },
	{ "a breach",
	    { .what = EVENT_BREACH, .conn = 1, .filter = 0, .breach = &second_answer },
	    "# breach: reply/unasked: a command has one final answer, and nothing "
	    "follows it "
	    "(milter: CONTINUE, last command RCPT)\n",
	    "1  !!  M1 breach reply/unasked: a command has one final answer, and nothing "
	    "follows it (milter: CONTINUE, last command RCPT)\n" },
	{ "a note",
	    { .what = EVENT_NOTE,
		.conn = 1,
		.filter = EVENT_NO_FILTER,
		.bytes = { "odd\n", 4 } },
	    "# odd\\n\n", "1  **  odd\\n\n" },
};

static void
shown(struct person *p, const struct event *e, char *ret, size_t room)
{
	FILE *to = tmpfile();

	ck_assert_ptr_nonnull(to);
	p->to = to;
	person_show(p, e);
	rewind(to);
	ret[fread(ret, 1, room - 1, to)] = '\0';
	(void)fclose(to);
}

START_TEST(an_event_is_printed)
{
	struct text lines = TEXT_INIT(2000);
	struct person p;
	char got[2000];

	event_transcript(&lines, &row[_i].event);
	ck_assert_msg(strcmp(text_cstr(&lines), row[_i].transcript) == 0, "%s: %s",
	    row[_i].what, text_cstr(&lines));
	person_init(&p, NULL, 2, false);
	shown(&p, &row[_i].event, got, sizeof got);
	ck_assert_msg(row[_i].person == NULL || strcmp(got, row[_i].person) == 0,
	    "%s: %s", row[_i].what, got);
	text_clear(&lines);
}
END_TEST

/* So that the 550 does not drown. */
START_TEST(of_a_message_a_person_sees_the_size_and_the_answer)
{
	static const struct {
		enum event_what what;
		const char *bytes, *shown;
	} session[] = {
		{ EVENT_SERVER, "354 go on\r\n", "1  S:  354 go on\n" },
		{ EVENT_CLIENT, "Subject: x\r\n", "" },
		{ EVENT_CLIENT, "\r\n", "" },
		{ EVENT_CLIENT, ".\r\n",
		    "1  C:  (2 lines of the message, 14 bytes)\n1  C:  .\n" },
		{ EVENT_SERVER, "550 5.7.0 VIRUS FOUND\r\n",
		    "1  \033[31mS:  550 5.7.0 VIRUS FOUND\033[0m\n" },
		{ EVENT_CLIENT, "QUIT\r\n", "1  C:  QUIT\n" },
	};
	struct person p;
	char got[400];

	person_init(&p, NULL, 1, true);
	for (size_t i = 0; i < COUNT(session); i++) {
		const struct event e = { .what = session[i].what,
			.conn = 1,
			.filter = EVENT_NO_FILTER,
			.bytes = slice_of(session[i].bytes) };
		shown(&p, &e, got, sizeof got);
		ck_assert_str_eq(got, session[i].shown);
	}
}
END_TEST

START_TEST(a_breach_is_a_line_of_json)
{
	const struct event e = { .ms = 1250,
		.what = EVENT_BREACH,
		.conn = 3,
		.filter = 0,
		.breach = &second_answer };
	struct text line = TEXT_INIT(2000);

	ck_assert(event_json(&line, &e, 1000));
	ck_assert(slice_starts(text_slice(&line),
	    SLICE("{\"t\":0.2500,\"src\":\"milter\",\"milter\":\"m1\",\"conn\":3,\"ev\":"
		  "\"breach\",\"rule\":\"reply/unasked\",\"by\":\"milter\",\"txt\":")));
	text_clear(&line);
}
END_TEST

static Suite *
event_suite(void)
{
	Suite *s = suite_create("event");
	TCase *t = tcase_create("event");

	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	tcase_add_loop_test(t, recordings_survive_as_transcripts, 0, 2);
	tcase_add_loop_test(t, an_event_is_printed, 0, COUNT(row));
	tcase_add_test(t, of_a_message_a_person_sees_the_size_and_the_answer);
	tcase_add_test(t, a_breach_is_a_line_of_json);
	return s;
}

RUN_SUITE(event_suite)
