/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Recordings of real MTAs against the dialogue: whatever sendmail and Postfix
 * sent is in order or tolerated, as long as the milter kept to its part.
 * Checks fixtures/traces, or the folders named in TRACES (blank-separated).
 */
#include "wire/dialogue.h"

#include <glob.h>
#include <stdio.h>

#include "sim/transcript/recording.h"
#include "t/unit/runner.h"

enum { SESSIONS = 64 };

struct session {
	char milter[16];
	long conn;
	struct dialogue d;
	struct optneg offer;
	bool spoilt; /* the milter broke a rule: what the MTA does then is its own */
};

struct tally {
	size_t commands, tolerated, spoilt;
};

static struct session *
find(struct session *all, struct record *r)
{
	const char *milter = text_cstr(&r->milter);

	for (size_t i = 0; i < SESSIONS; i++) {
		struct session *s = &all[i];
		if (s->conn == 0) {
			(void)snprintf(s->milter, sizeof s->milter, "%s", milter);
			s->conn = r->conn;
			dialogue_init(&s->d);
		}
		if (s->conn == r->conn && strcmp(s->milter, milter) == 0)
			return s;
	}
	ck_abort_msg("more than %d sessions", SESSIONS);
}

static void
reply(struct session *s, const struct record *r, struct tally *tally)
{
	struct packet p;

	s->spoilt =
	    packet_decode(TO_MTA, r->letter, text_slice(&r->bytes), &p) != CODEC_OK ||
	    dialogue_reply(&s->d, p.kind) != DIALOGUE_OK ||
	    (p.kind == RPL_OPTNEG &&
		terms_settle(&s->offer, &p.optneg, &s->d.terms) != 0);
	tally->spoilt += s->spoilt;
}

static void
command(struct session *s, const struct record *r, struct tally *tally, const char *path)
{
	struct packet p;
	enum codec_status c =
	    packet_decode(TO_MILTER, r->letter, text_slice(&r->bytes), &p);

	ck_assert_msg(c == CODEC_OK, "%s: %s", path, codec_fault(c));
	enum dialogue_status got = dialogue_command(&s->d, p.kind);
	ck_assert_msg(got == DIALOGUE_OK || got == DIALOGUE_TOLERATED,
	    "%s: %.4f %s in stage %s: %d", path, r->t, packet_rules[p.kind].name,
	    stage_names[s->d.stage], (int)got);
	if (p.kind == CMD_OPTNEG)
		s->offer = (struct optneg){ p.optneg.version, p.optneg.actions,
			p.optneg.protocol, { NULL, 0 } };
	tally->commands++;
	tally->tolerated += got == DIALOGUE_TOLERATED;
}

static void
check_file(const char *path, struct tally *tally)
{
	static struct session all[SESSIONS];
	FILE *from = fopen(path, "r");
	struct text why = TEXT_INIT(300);
	struct record r = RECORD_INIT;
	char *line = NULL;
	size_t room = 0;
	ssize_t n;

	memset(all, 0, sizeof all);
	ck_assert_msg(from != NULL, "%s", path);
	while ((n = getline(&line, &room, from)) > 0) {
		ck_assert(record_read((struct slice){ line, (size_t)n }, &r, &why));
		if (r.kind != RECORD_PACKET && r.kind != RECORD_RAW)
			continue;
		struct session *s = find(all, &r);
		if (r.kind == RECORD_RAW)
			s->spoilt = true;
		else if (!s->spoilt && r.to == TO_MTA)
			reply(s, &r, tally);
		else if (!s->spoilt)
			command(s, &r, tally, path);
	}
	free(line);
	record_clear(&r);
	text_clear(&why);
	(void)fclose(from);
}

static struct tally
check_folder(const char *folder)
{
	char pattern[1000];
	struct tally tally = { 0 };
	glob_t found;

	(void)snprintf(pattern, sizeof pattern, "%s/*.jsonl", folder);
	ck_assert_msg(glob(pattern, 0, NULL, &found) == 0, "nothing in %s", folder);
	for (size_t i = 0; i < found.gl_pathc; i++)
		check_file(found.gl_pathv[i], &tally);
	globfree(&found);
	return tally;
}

START_TEST(real_mtas_keep_the_order)
{
	static const char *const mtas[] = { "sendmail-8.17", "postfix-3.7" };
	char folder[900];

	(void)snprintf(
	    folder, sizeof folder, "%s/traces/%s", getenv("FIXTURES"), mtas[_i]);
	struct tally tally = check_folder(folder);
	ck_assert_uint_gt(tally.commands, 300);
	ck_assert_uint_gt(tally.spoilt, 0); /* else this file judges nothing */
}
END_TEST

START_TEST(mtas_of_named_folders_keep_the_order)
{
	char *folders = getenv("TRACES");
	char *rest = NULL;

	if (folders == NULL)
		return;
	for (char *f = strtok_r(folders, " ", &rest); f != NULL;
	     f = strtok_r(NULL, " ", &rest)) {
		struct tally t = check_folder(f);
		printf("# %s: %zu commands, %zu tolerated; %zu milters broke a rule\n", f,
		    t.commands, t.tolerated, t.spoilt);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("order");
	TCase *t = tcase_create("order");

	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, real_mtas_keep_the_order, 0, 2);
	tcase_add_test(t, mtas_of_named_folders_keep_the_order);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
