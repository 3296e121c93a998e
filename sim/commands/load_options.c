/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/commands/load_options.h"

#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "sim/commands/load_party.h"
#include "sim/transcript/file.h"
#include "sim/transcript/script.h"

enum { WORM_MAX = 1024 * 1024, MTA_PACE_MS = 2, CONNECTIONS_MAX = 20000 };

static const struct option options[] = {
	{ "milter", required_argument, NULL, 'm' },
	{ "smtp", required_argument, NULL, 'S' },
	{ "connections", required_argument, NULL, 'c' },
	{ "messages", required_argument, NULL, 'n' },
	{ "per-connection", required_argument, NULL, 'k' },
	{ "size", required_argument, NULL, 'z' },
	{ "recipients", required_argument, NULL, 'r' },
	{ "from", required_argument, NULL, 'f' },
	{ "to", required_argument, NULL, 't' },
	{ "header", required_argument, NULL, 'H' },
	{ "client", required_argument, NULL, 'C' },
	{ "helo", required_argument, NULL, 'e' },
	{ "worm", required_argument, NULL, 'w' },
	{ "infected", required_argument, NULL, 'i' },
	{ "expect", required_argument, NULL, 'E' },
	{ "expect-infected", required_argument, NULL, 'X' },
	{ "reply", required_argument, NULL, 'R' },
	{ "pace", required_argument, NULL, 'p' },
	{ "rate", required_argument, NULL, 'T' },
	{ "timeout", required_argument, NULL, 'x' },
	{ "cpu-of", required_argument, NULL, 'P' },
	{ "metrics", required_argument, NULL, 'M' },
	{ "report", required_argument, NULL, 'F' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* --- values --- */

static bool
count(const char *word, uint64_t least, uint64_t most, uint64_t *ret, struct text *why)
{
	if (number_parse(slice_of(word), ret) && *ret >= least && *ret <= most)
		return true;
	text_printf(why, "a number from %llu to %llu", (unsigned long long)least,
	    (unsigned long long)most);
	return false;
}

static bool
small(const char *word, unsigned least, unsigned most, unsigned *ret, struct text *why)
{
	uint64_t n;

	if (!count(word, least, most, &n, why))
		return false;
	*ret = (unsigned)n;
	return true;
}

static bool
rate(const char *word, double *ret, struct text *why)
{
	char *end;

	*ret = strtod(word, &end);
	if (end != word && *end == '\0' && isfinite(*ret) && *ret >= 0 && *ret <= 1e6)
		return true;
	text_printf(why, "messages a second, 0 to 1000000");
	return false;
}

static bool
add_file(struct load_options *o, const char *name, struct text *why)
{
	size_t i = o->wish.messages;

	if (i == LOAD_CONTENTS_MAX) {
		text_printf(why, "at most %d messages", LOAD_CONTENTS_MAX);
		return false;
	}
	o->file[i] = (struct text)TEXT_INIT(LOAD_MESSAGE_MAX / 2);
	o->wish.messages++;
	if (!file_read(name, &o->file[i], why))
		return false;
	o->message[i] = text_slice(&o->file[i]);
	return true;
}

/* What is no number is a file. */
static bool
size(struct load_options *o, const char *word, struct text *why)
{
	uint64_t n = 0;

	if (strcmp(word, "mix") != 0) {
		if (!number_parse_bytes(slice_of(word), &n))
			return add_file(o, word, why);
		if (n < 1 || n > LOAD_MESSAGE_MAX / 2) {
			text_printf(why, "mix, 1 to 32M bytes, or a file");
			return false;
		}
	}
	o->wish.size = (size_t)n;
	return true;
}

static bool
range(const char *word, struct load_parties *p, struct text *why)
{
	struct slice s = slice_of(word);
	size_t dash = slice_find(s, '-');
	uint64_t least, most;

	if (!number_parse(slice_first(s, dash), &least) ||
	    !number_parse(dash < s.len ? slice_from(s, dash + 1) : s, &most) ||
	    least < 1 || most < least || most > LOAD_RECIPIENTS_MAX) {
		text_printf(why, "as in 1-3, at most %d", LOAD_RECIPIENTS_MAX);
		return false;
	}
	p->least_to = (unsigned)least;
	p->most_to = (unsigned)most;
	return true;
}

/* A line of its own, or part of one: nothing in it may end it. */
static bool
words(const char *word, const char **ret, struct text *why)
{
	for (const char *c = word; *c != '\0'; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f) {
			text_printf(why, "no control characters");
			return false;
		}
	}
	*ret = word;
	return true;
}

static bool
bare(const char *word, const char **ret, struct text *why)
{
	if (strpbrk(word, "<> ") != NULL || strlen(word) > 900)
		text_printf(why, "one word without brackets");
	return why->len == 0 && words(word, ret, why);
}

static bool
pace(const char *word, unsigned *ret, struct text *why)
{
	if (strcmp(word, "mta") == 0)
		*ret = MTA_PACE_MS;
	else if (strcmp(word, "none") == 0)
		*ret = 0;
	else
		return time_read(slice_of(word), ret, why);
	return true;
}

static bool
address(struct load_options *o, bool smtp, const char *word, struct text *why)
{
	if (o->target != NULL) {
		text_printf(why, "one of --milter and --smtp, once");
		return false;
	}
	o->smtp = smtp;
	o->target = word;
	return socket_address_parse(slice_of(word), &o->address, why);
}

static bool
room(size_t n, size_t most, struct text *why)
{
	if (n < most)
		return true;
	text_printf(why, "at most %zu of them", most);
	return false;
}

static bool
party(struct load_options *o, const char *word, struct load_party *ret, struct text *why)
{
	bool ok = room(o->copies, LOAD_SENDERS_MAX + LOAD_PARTIES_MAX, why) &&
		  load_party_read(word, ret, &o->copy[o->copies], why);

	o->copies += ok;
	return ok;
}

/* One without a share is everybody's whose message has no other. */
static bool
sender(struct load_options *o, const char *word, struct text *why)
{
	struct load_parties *p = &o->wish.parties;
	struct load_party one;

	if (!room(p->froms, LOAD_SENDERS_MAX, why) || !party(o, word, &one, why))
		return false;
	p->from[one.share > 0 ? p->froms++ : 0] = one;
	return true;
}

static bool
recipient(struct load_options *o, const char *word, struct text *why)
{
	struct load_parties *p = &o->wish.parties;

	if (!room(p->tos, LOAD_PARTIES_MAX, why) || !party(o, word, &p->to[p->tos], why))
		return false;
	p->tos++;
	return true;
}

static bool
set_message(struct load_options *o, int key, const char *word, struct text *why)
{
	struct load_wish *w = &o->wish;

	switch (key) {
	case 'z': return size(o, word, why);
	case 'r': return range(word, &w->parties, why);
	case 'f': return sender(o, word, why);
	case 't': return recipient(o, word, why);
	case 'H':
		return room(w->headers, LOAD_WORDS_MAX, why) &&
		       words(word, &o->header[w->headers++], why);
	case 'C': return bare(word, &w->client, why);
	case 'e': return bare(word, &w->helo, why);
	case 'w': return file_read(word, &o->worm, why);
	case 'i': return load_share_read(slice_of(word), &w->worms, why);
	}
	return false;
}

static bool
set_report(struct load_options *o, const char *word, struct text *why)
{
	o->json = strcmp(word, "json") == 0;
	if (!o->json && strcmp(word, "text") != 0)
		text_printf(why, "text or json");
	return why->len == 0;
}

static bool
set_option(struct load_options *o, int key, const char *word, struct text *why)
{
	unsigned pid;

	switch (key) {
	case 'm':
	case 'S': return address(o, key == 'S', word, why);
	case 'c': return small(word, 1, CONNECTIONS_MAX, &o->connections, why);
	case 'n': return count(word, 1, UINT32_MAX, &o->messages, why);
	case 'k': return small(word, 0, INT_MAX, &o->per_connection, why);
	case 'E': return load_verdict_read(slice_of(word), &o->clean, why);
	case 'X': return load_verdict_read(slice_of(word), &o->infected, why);
	case 'R': return words(word, &o->reply, why);
	case 'p': return pace(word, &o->pace_ms, why);
	case 'T': return rate(word, &o->rate, why);
	case 'x': return time_read(slice_of(word), &o->timeout_ms, why);
	case 'P':
		if (!small(word, 1, INT_MAX, &pid, why))
			return false;
		o->watched = (pid_t)pid;
		return true;
	case 'M': o->metrics = word; return true;
	case 'F': return set_report(o, word, why);
	case 'q': o->quiet = true; return true;
	default: return set_message(o, key, word, why);
	}
}

/* --- all of them --- */

static bool
complete(struct load_options *o, int files, char **file, struct text *why)
{
	struct load_usage usage_now;

	for (int i = 0; i < files; i++) {
		if (!add_file(o, file[i], why))
			return false;
	}
	if (o->target == NULL)
		text_printf(why, "one of --milter SOCKET and --smtp HOST:PORT");
	else if (o->wish.worms >= 0 && o->worm.len == 0)
		text_printf(why, "--infected goes with --worm FILE");
	else if (o->metrics != NULL && o->smtp)
		text_printf(why, "--metrics goes with --milter SOCKET");
	else if (o->watched != 0 && !load_usage_read(o->watched, &usage_now))
		text_printf(why, "--cpu-of: there is no process %ld", (long)o->watched);
	if (o->wish.worms < 0)
		o->wish.worms = 1;
	o->wish.worm = slice_trim(text_slice(&o->worm));
	o->wish.header = o->header;
	o->wish.message = o->message;
	return why->len == 0;
}

static void
defaults(struct load_options *o)
{
	*o = (struct load_options){
		.wish = { .parties = { .from = { { "sender@example.net", LOAD_UNSAID,
					   0 } },
			      .froms = 1,
			      .least_to = 1,
			      .most_to = 3 },
		    .client = "192.0.2.1",
		    .helo = "client.example.net",
		    .size = 20 * 1024,
		    .worms = -1 },
		.worm = TEXT_INIT(WORM_MAX),
		.connections = 20,
		.messages = 10000,
		.per_connection = 100,
		.timeout_ms = 30 * 1000,
		.clean = LOAD_ACCEPTED,
		.infected = LOAD_REFUSED,
	};
}

enum load_options_end
load_options_read(struct load_options *o, int argc, char **argv)
{
	struct text why = TEXT_INIT(1000);
	bool ok = true;
	int key, at = 0;

	defaults(o);
	while (ok && (key = getopt_long(argc, argv, "", options, &at)) != -1) {
		if (key == 'h')
			return LOAD_OPTIONS_HELP;
		ok = key != '?' && set_option(o, key, optarg, &why);
	}
	if (!ok && why.len > 0)
		(void)fprintf(stderr, "milter-sim load: --%s: %s\n", options[at].name,
		    text_cstr(&why));
	else if (ok && !(ok = complete(o, argc - optind, argv + optind, &why)))
		(void)fprintf(stderr, "milter-sim load: %s\n", text_cstr(&why));
	if (!ok)
		(void)fputs("milter-sim load --help tells more\n", stderr);
	text_clear(&why);
	return ok ? LOAD_OPTIONS_GOOD : LOAD_OPTIONS_BAD;
}

void
load_options_clear(struct load_options *o)
{
	for (int i = 0; i < LOAD_CONTENTS_MAX; i++)
		text_clear(&o->file[i]);
	for (size_t i = 0; i < o->copies; i++)
		free(o->copy[i]);
	text_clear(&o->worm);
}
