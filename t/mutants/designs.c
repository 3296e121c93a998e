/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Sound filters of other designs: what they answer hangs on more than the message, as
 * that of many real ones does, and nobody may call that a fault.
 */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "design.h"
#include "session.h"

enum { KEYS_MAX = 4096, KEY_BYTES = 2 * FACT_MAX };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static const struct answer later = { 'y', "451 4.7.1 Later, please" },
			   tempfail = { 't', "" }, take = { 'a', "" };

/* Of the process, from 1. */
static unsigned
count(void)
{
	static _Atomic unsigned n;

	return ++n;
}

static double
seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* How long the key has been known; 0: it is new.  What was not seen for a while is new.
 */
static double
known_for(const char *key, double while_)
{
	static struct {
		char key[KEY_BYTES];
		double since, last;
	} all[KEYS_MAX];
	static unsigned n;
	double now = seconds(), age = 0;
	unsigned i = 0;

	pthread_mutex_lock(&lock);
	while (i < n && strcmp(all[i].key, key) != 0)
		i++;
	if (i == n && n < KEYS_MAX)
		(void)snprintf(all[n++].key, KEY_BYTES, "%s", key);
	if (i < n && all[i].last + while_ > now)
		age = now - all[i].since;
	else if (i < n)
		all[i].since = now;
	if (i < n)
		all[i].last = now;
	pthread_mutex_unlock(&lock);
	return age;
}

static struct answer
each_third(struct session *s, char letter, struct answer usual)
{
	(void)s;
	return letter == 'M' && usual.letter == 'c' && count() % 3 == 0 ? tempfail
									: usual;
}

static struct answer
third_at_end(struct session *s, char letter, struct answer usual)
{
	(void)s;
	return letter == 'E' && usual.letter == 'c' && count() % 3 == 0 ? later : usual;
}

static struct answer
four_a_session(struct session *s, char letter, struct answer usual)
{
	static const struct answer much = { 'y', "452 4.3.2 Too many messages" };

	return letter == 'M' && s->messages > 4 ? much : usual;
}

static struct answer
three_then_421(struct session *s, char letter, struct answer usual)
{
	static const struct answer bye = { 'y', "421 4.7.0 Too many messages" };

	if (letter != 'M' || s->messages <= 3)
		return usual;
	s->ends = true;
	return bye;
}

/* Client, sender and recipient must wait a moment the first time. */
static struct answer
greylist(struct session *s, char letter, struct answer usual)
{
	char key[KEY_BYTES];

	if (letter != 'R' || usual.letter != 'c' || s->message == NULL)
		return usual;
	(void)snprintf(key, sizeof key, "%.60s/%.60s/%.60s", s->client, s->message->from,
	    s->message->rcpt);
	return known_for(key, 3600) < 2 ? later : usual;
}

/* So many connections a second, and the rest are put off. */
static struct answer
rate(struct session *s, char letter, struct answer usual)
{
	static double since;
	static unsigned n;

	(void)s;
	if (letter != 'C')
		return usual;
	pthread_mutex_lock(&lock);
	if (seconds() > since + 1) {
		since = seconds();
		n = 0;
	}
	bool over = ++n > 5;
	pthread_mutex_unlock(&lock);
	return over ? tempfail : usual;
}

static struct answer
trusts(struct session *s, char letter, struct answer usual)
{
	if (letter == 'M' && s->message != NULL && s->message->auth[0] != '\0')
		return take;
	return letter == 'C' && strcasecmp(s->client, "localhost") == 0 ? take : usual;
}

/* One in four is not looked at. */
static struct answer
samples(struct session *s, char letter, struct answer usual)
{
	(void)s;
	return letter == 'N' && usual.letter == 'c' && random() % 4 == 0 ? take : usual;
}

/* One in ten is put off: a lookup that failed. */
static struct answer
lookups_fail(struct session *s, char letter, struct answer usual)
{
	(void)s;
	return letter == 'R' && usual.letter == 'c' && random() % 10 == 0 ? later : usual;
}

static struct answer
slow(struct session *s, char letter, struct answer usual)
{
	(void)s;
	if (letter == 'E')
		(void)usleep(300 * 1000);
	return usual;
}

static struct answer
by_recipient(struct session *s, char letter, struct answer usual)
{
	if (letter != 'R' || usual.letter != 'c' || s->message == NULL)
		return usual;
	return strncasecmp(s->message->rcpt, "<jones@", 7) == 0 ? usual : take;
}

/* Once it has refused a client, it does so for a while. */
static struct answer
remembers(struct session *s, char letter, struct answer usual)
{
	static _Atomic int64_t until;
	int64_t now = (int64_t)(seconds() * 10);

	(void)s;
	if (letter == 'M' && now < until)
		return later;
	if (strchr("RLNBE", letter) != NULL && strchr("ry", usual.letter) != NULL &&
	    usual.letter != 0)
		until = now + 10;
	return usual;
}

/* --- fields --- */

static void
number_of_process(const struct session *s, char value[DESIGN_VALUE])
{
	(void)s;
	(void)snprintf(value, DESIGN_VALUE, "%u", count());
}

static void
number_of_session(const struct session *s, char value[DESIGN_VALUE])
{
	(void)snprintf(value, DESIGN_VALUE, "%u-%02u", (unsigned)getpid(), s->messages);
}

static void
clock_now(const struct session *s, char value[DESIGN_VALUE])
{
	time_t now = time(NULL);

	(void)s;
	(void)snprintf(value, DESIGN_VALUE, "%ld", (long)now);
}

static void
sometimes(const struct session *s, char value[DESIGN_VALUE])
{
	(void)s;
	(void)snprintf(value, DESIGN_VALUE, "%s", count() % 4 == 0 ? "yes" : "");
}

static void
first_of_session(const struct session *s, char value[DESIGN_VALUE])
{
	(void)snprintf(value, DESIGN_VALUE, "%s", s->messages == 1 ? "yes" : "");
}

static void
queue_id(const struct session *s, char value[DESIGN_VALUE])
{
	(void)snprintf(value, DESIGN_VALUE, "%.60s", s->message->qid);
}

static const struct design designs[] = {
	{ "each-third", "puts off each third message of all", .answer = each_third },
	{ "third-at-end", "puts off each third message at its end",
	    .answer = third_at_end },
	{ "four-a-session", "452 from the fifth message of a session",
	    .answer = four_a_session },
	{ "three-then-421", "421, and hangs up, behind three messages",
	    .answer = three_then_421 },
	{ "greylist", "a new client, sender and recipient wait two seconds",
	    .answer = greylist },
	{ "rate", "more than five connections a second are put off", .answer = rate },
	{ "trusts", "clients of its own host and those who said who they are pass",
	    .answer = trusts },
	{ "samples", "one message in four is not looked at", .answer = samples },
	{ "lookups-fail", "one recipient in ten is put off", .answer = lookups_fail },
	{ "slow", "each message takes it a third of a second", .answer = slow },
	{ "by-recipient", "looks only at mail for some", .answer = by_recipient },
	{ "remembers", "behind a refusal all mail waits a second", .answer = remembers },
	{ "counts", "a field has the number of all messages",
	    .value = number_of_process },
	{ "counts-session", "a field has the number of the session's messages",
	    .value = number_of_session },
	{ "clock", "a field has the time", .value = clock_now },
	{ "sometimes", "each fourth message gets one field more", .value = sometimes },
	{ "first", "the first message of a session gets a field",
	    .value = first_of_session },
	{ "queue-id", "a field has the queue id", .value = queue_id },
	{ "order", "the order of its edits is by lot", .shuffles = true },
	{ NULL, NULL, .answer = NULL },
};

static const struct design *chosen;

bool
design_choose(const char *name)
{
	for (chosen = designs; chosen->name != NULL; chosen++) {
		if (strcmp(chosen->name, name) == 0)
			return true;
	}
	chosen = NULL;
	return false;
}

void
design_list(void)
{
	for (const struct design *d = designs; d->name != NULL; d++)
		(void)printf("%s\t%s\n", d->name, d->what);
}

struct answer
design_answer(struct session *s, char letter, struct answer usual)
{
	if (chosen == NULL || chosen->answer == NULL)
		return usual;
	return chosen->answer(s, letter, usual);
}

bool
design_value(const struct session *s, char value[DESIGN_VALUE])
{
	value[0] = '\0';
	if (chosen != NULL && chosen->value != NULL)
		chosen->value(s, value);
	return value[0] != '\0';
}

bool
design_turns(void)
{
	return chosen != NULL && chosen->shuffles && random() % 2 == 0;
}
