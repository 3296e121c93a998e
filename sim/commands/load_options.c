/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/commands/load_options.h"

#include <getopt.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "sim/transcript/file.h"
#include "sim/transcript/script.h"

enum { WORM_MAX = 1024 * 1024, MTA_PACE_MS = 2, CONNECTIONS_MAX = 20000 };

static const char usage[] =
    "usage: milter-sim load --milter SOCKET [OPTION...] [FILE.eml...]\n"
    "       milter-sim load --smtp HOST:PORT [OPTION...] [FILE.eml...]\n"
    "\n"
    "Many messages at once through a milter, as an MTA would, or into a server; the\n"
    "verdict of each is held against what it must be.\n"
    "\n"
    "  --milter SOCKET     unix:/path, inet:port@host\n"
    "  --smtp SOCKET       a server in place of a milter\n"
    "  --connections N     at once (20)\n"
    "  --messages N        in all (10000)\n"
    "  --per-connection N  then a new connection; 0: no limit (100)\n"
    "  --size BYTES        of a body; or mix: 2 KB to 1 MB, 45 KB on average (20k);\n"
    "                      with FILEs these are the messages, one after another\n"
    "  --recipients N-M    of a message, in turn (1-3)\n"
    "  --from ADDRESS      the envelope sender (sender@example.net)\n"
    "  --to ADDRESS        a recipient; may be repeated (user1@example.org, ...)\n"
    "  --header 'N: V'     one field more; may be repeated\n"
    "  --client ADDRESS    the client's address (192.0.2.1)\n"
    "  --helo NAME         what the client calls itself (client.example.net)\n"
    "  --worm FILE         bytes that infected messages have in their body\n"
    "  --infected SHARE    of the messages, as in 0.6% (100% with --worm)\n"
    "  --expect VERDICT    what a message without the worm must get: accepted (also\n"
    "                      written exact), refused, deferred, discarded, any\n"
    "  --expect-infected VERDICT\n"
    "                      ... with it (refused)\n"
    "  --reply TEXT        what each message that is not accepted must be told\n"
    "  --pace TIME         before each command of the envelope; mta: 2ms (none)\n"
    "  --rate N            messages a second, at most\n"
    "  --timeout TIME      for an answer (30s)\n"
    "  --cpu-of PID        measures that process too\n"
    "  --metrics FILE      the milter's metrics-file, which must count the same in the\n"
    "                      end; nobody else may use the milter meanwhile\n"
    "  --report FORM       text or json (text)\n"
    "  --quiet             no line of progress\n"
    "  --help\n"
    "\n"
    "Exit: 0 each verdict as it must be, 1 one was not, the run broke off, or the\n"
    "metrics-file counts otherwise, 2 usage, 3 cannot be reached.\n";

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

/* A number with a fraction, and `unit` behind it if there is one. */
static bool
fraction(const char *word, const char *unit, double most, double *ret, struct text *why)
{
	char *end;
	double n = strtod(word, &end);

	if (end != word && (*end == '\0' || strcmp(end, unit) == 0) && isfinite(n) &&
	    n >= 0 && n <= most) {
		*ret = n;
		return true;
	}
	text_printf(why, "a number from 0 to %.0f%s", most, unit);
	return false;
}

static bool
verdict(const char *word, enum load_verdict *ret, struct text *why)
{
	if (strcmp(word, "exact") == 0)
		word = load_verdict_names[LOAD_ACCEPTED];
	for (int i = 0; i <= N_LOAD_VERDICTS; i++) {
		if (strcmp(word, load_verdict_names[i]) != 0)
			continue;
		*ret = (enum load_verdict)i;
		return true;
	}
	text_printf(why, "one of accepted, refused, deferred, discarded, any");
	return false;
}

static bool
size(const char *word, size_t *ret, struct text *why)
{
	uint64_t n = 0;

	if (strcmp(word, "mix") != 0 && (!number_parse_bytes(slice_of(word), &n) ||
					    n < 1 || n > LOAD_MESSAGE_MAX / 2)) {
		text_printf(why, "mix, or 1 to 32M bytes");
		return false;
	}
	*ret = (size_t)n;
	return true;
}

static bool
range(const char *word, struct load_wish *w, struct text *why)
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
	w->least_rcpts = (unsigned)least;
	w->most_rcpts = (unsigned)most;
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
		text_printf(why, "an address without brackets, as in a@example.org");
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
one_more(size_t n, struct text *why)
{
	if (n < LOAD_WORDS_MAX)
		return true;
	text_printf(why, "at most %d of them", LOAD_WORDS_MAX);
	return false;
}

static bool
set_message(struct load_options *o, int key, const char *word, struct text *why)
{
	struct load_wish *w = &o->wish;

	switch (key) {
	case 'z': return size(word, &w->size, why);
	case 'r': return range(word, w, why);
	case 'f': return bare(word, &w->sender, why);
	case 't': return one_more(w->rcpts, why) && bare(word, &o->rcpt[w->rcpts++], why);
	case 'H':
		return one_more(w->headers, why) &&
		       words(word, &o->header[w->headers++], why);
	case 'C': return bare(word, &w->client, why);
	case 'e': return bare(word, &w->helo, why);
	case 'w': return file_read(word, &o->worm, why);
	case 'i':
		if (!fraction(word, "%", 100, &w->worms, why))
			return false;
		w->worms /= 100;
		return true;
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
	case 'E': return verdict(word, &o->clean, why);
	case 'X': return verdict(word, &o->infected, why);
	case 'R': return words(word, &o->reply, why);
	case 'p': return pace(word, &o->pace_ms, why);
	case 'T': return fraction(word, "", 1e6, &o->rate, why);
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
read_files(struct load_options *o, int n, char **name, struct text *why)
{
	if (n > LOAD_CONTENTS_MAX) {
		text_printf(why, "at most %d messages", LOAD_CONTENTS_MAX);
		return false;
	}
	for (int i = 0; i < n; i++) {
		o->file[i] = (struct text)TEXT_INIT(LOAD_MESSAGE_MAX / 2);
		if (!file_read(name[i], &o->file[i], why))
			return false;
		o->message[i] = text_slice(&o->file[i]);
		o->wish.messages++;
	}
	return true;
}

static bool
complete(struct load_options *o, struct text *why)
{
	struct load_usage usage_now;

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
	o->wish.rcpt = o->rcpt;
	o->wish.header = o->header;
	o->wish.message = o->message;
	return why->len == 0;
}

static void
defaults(struct load_options *o)
{
	*o = (struct load_options){
		.wish = { .sender = "sender@example.net",
		    .least_rcpts = 1,
		    .most_rcpts = 3,
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
		if (key == 'h') {
			(void)fputs(usage, stdout);
			return LOAD_OPTIONS_HELP;
		}
		ok = key != '?' && set_option(o, key, optarg, &why);
	}
	if (!ok && why.len > 0)
		(void)fprintf(stderr, "milter-sim load: --%s: %s\n", options[at].name,
		    text_cstr(&why));
	else if (ok && (!read_files(o, argc - optind, argv + optind, &why) ||
			   !complete(o, &why))) {
		(void)fprintf(stderr, "milter-sim load: %s\n", text_cstr(&why));
		ok = false;
	}
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
	text_clear(&o->worm);
}
