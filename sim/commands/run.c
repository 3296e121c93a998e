/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * milter-sim run - transcripts, one after the other.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/value.h"
#include "sim/commands/reporter.h"
#include "sim/commands/serve_options.h"
#include "sim/commands/subcommand.h"
#include "sim/filters/filter.h"
#include "sim/play/milter_play.h"
#include "sim/play/play.h"
#include "sim/transcript/file.h"
#include "wire/words.h"

enum { WORDS_MAX = 500 };

struct run {
	const char *server;
	const char *milter[TRANSCRIPT_MILTERS]; /* real ones */
	const char *played[TRANSCRIPT_MILTERS];
	const char *option[TRANSCRIPT_MILTERS];
	size_t milters, playeds, options;
	unsigned timeout_ms, time_scale;
	bool verbose;
	struct socket_address address;
};

/* Options of `serve`, their words owned. */
struct words {
	char *word[WORDS_MAX + 1];
	int count;
};

static bool
add_word(struct words *w, const char *word, struct text *why)
{
	if (w->count == WORDS_MAX) {
		text_printf(why, "too many options for the server");
		return false;
	}
	w->word[w->count] = strdup(word);
	return w->word[w->count++] != NULL;
}

/* Words separated by blanks, with quotes and escapes. */
static bool
add_words(struct words *w, struct slice line, struct text *why)
{
	struct text plain = TEXT_INIT(4096);
	struct slice word;
	bool ok = true;

	while (ok && (ok = words_next(&line, &word, why)) && word.len > 0) {
		ok = words_unescape(&plain, word, true, why) &&
		     add_word(w, text_cstr(&plain), why);
		text_clear(&plain);
	}
	text_clear(&plain);
	return ok;
}

/* A played milter needs no socket; the word stands for one. */
static bool
add_milter(
    struct words *w, const struct run *run, struct text *own, int i, struct text *why)
{
	struct text spec = TEXT_INIT(2000);
	bool real = (size_t)i < run->milters;

	if (real)
		text_printf(&spec, "%s", run->milter[i]);
	else
		text_printf(&spec, "S=unix:/played-by-the-transcript%s%s",
		    own->len > 0 ? ", " : "", text_cstr(own));
	bool ok = add_word(w, "--milter", why) && add_word(w, text_cstr(&spec), why);
	text_clear(&spec);
	return ok;
}

static bool
server_words(
    struct words *w, const struct run *run, struct transcript *t, struct text *why)
{
	bool ok = true;
	int milters = t->milters > (int)run->milters ? t->milters : (int)run->milters;

	for (size_t i = 0; ok && i < run->options; i++)
		ok = add_words(w, slice_of(run->option[i]), why);
	ok = ok && add_words(w, text_slice(&t->options), why);
	for (int i = 0; ok && i < milters; i++)
		ok = add_milter(w, run, &t->milter[i], i, why);
	return ok;
}

static void
words_clear(struct words *w)
{
	for (int i = 0; i < w->count; i++)
		free(w->word[i]);
	w->count = 0;
}

/* --- one transcript --- */

static enum play_end
impossible(struct play_result *r, const char *what)
{
	text_printf(&r->got, "%s", what);
	return PLAY_IMPOSSIBLE;
}

static enum play_end
play_inside(const struct run *run, struct play_config *config, struct transcript *t,
    struct play_result *r)
{
	struct serve_options *o = calloc(1, sizeof *o);
	struct text why = TEXT_INIT(400);
	struct words w = { .count = 0 };
	enum play_end end;

	if (o == NULL || !server_words(&w, run, t, &why))
		end = impossible(r, text_cstr(&why));
	else if (serve_options_words(o, (size_t)w.count, w.word, &why) != SERVE_RUN)
		end = impossible(r, why.len > 0 ? text_cstr(&why) : "option: --help");
	else {
		config->serve = &o->config;
		for (size_t i = 0; i < run->milters; i++)
			config->real[i] = true;
		end = play_run(config, r);
	}
	if (o != NULL)
		serve_options_clear(o);
	free(o);
	words_clear(&w);
	text_clear(&why);
	return end;
}

/* --- one that speaks to a milter --- */

struct dialogue_log {
	struct text *to;
};

static void
log_event(void *self, const struct event *e)
{
	struct dialogue_log *log = self;

	event_transcript(log->to, e);
}

/* S= of the first --milter; none: the transcript plays its own. */
static bool
milter_address(
    const struct run *run, struct socket_address *a, bool *ret_has, struct text *why)
{
	struct filter_config f;

	*ret_has = run->milters > 0;
	if (!*ret_has)
		return true;
	bool ok = filter_config_parse(slice_of(run->milter[0]), &f, why) &&
		  socket_address_parse(slice_of(f.socket), a, why);
	filter_config_clear(&f);
	return ok;
}

static void
take_outcome(struct milter_outcome *o, enum milter_end end, struct play_result *r)
{
	r->file = o->file;
	r->line = o->line;
	text_printf(&r->expected, "%s", text_cstr(&o->expected));
	if (o->rule < N_WIRE_RULES)
		text_printf(&r->got, "%s: ", wire_rules[o->rule].name);
	else if (end == MILTER_NOT_REACHED)
		text_printf(&r->got, "not reached: ");
	text_printf(&r->got, "%s", text_cstr(&o->got));
	if (o->variant.len > 0)
		text_printf(&r->got, " (%s)", text_cstr(&o->variant));
	text_append_cut(&r->log, text_slice(&o->diff));
}

static enum play_end
play_milter(const struct run *run, const struct transcript *t, struct play_result *r)
{
	static const enum play_end ends[] = {
		[MILTER_PASS] = PLAY_SAME,
		[MILTER_FAIL] = PLAY_DIFFERENT,
		[MILTER_NOT_REACHED] = PLAY_DIFFERENT,
		[MILTER_NOT_RUN] = PLAY_IMPOSSIBLE,
		[MILTER_UNREACHABLE] = PLAY_UNREACHABLE,
		[MILTER_ERROR] = PLAY_IMPOSSIBLE,
	};
	struct milter_outcome o = MILTER_OUTCOME_INIT;
	struct dialogue_log log = { &r->log };
	struct socket_address a;
	struct text why = TEXT_INIT(400);
	bool has;

	if (!milter_address(run, &a, &has, &why)) {
		enum play_end end = impossible(r, text_cstr(&why));
		text_clear(&why);
		return end;
	}
	struct milter_play_config config = {
		.transcript = t,
		.address = has ? &a : NULL,
		.limits = { .answer_ms = run->timeout_ms },
		.sink = { log_event, &log },
	};
	enum milter_end end = milter_play(&config, &o);
	take_outcome(&o, end, r);
	milter_outcome_clear(&o);
	return ends[end];
}

static enum play_end
play_file(
    const struct run *run, const char *name, struct transcript *t, struct play_result *r)
{
	struct play_config config = { .transcript = t,
		.timeout_ms = run->timeout_ms,
		.time_scale = run->time_scale };
	struct text why = TEXT_INIT(1000);
	enum play_end end;

	if (!file_transcript(name, t, &why)) {
		end = impossible(r, text_cstr(&why));
	} else if (t->steps == 0) {
		end = impossible(r, "the transcript has no line of a session");
	} else if (t->speaks == SPEAKS_MILTER) {
		end = play_milter(run, t, r);
	} else if (run->server != NULL) {
		config.server = &run->address;
		memcpy(config.played, run->played, sizeof config.played);
		end = play_run(&config, r);
	} else {
		end = play_inside(run, &config, t, r);
	}
	text_clear(&why);
	return end;
}

/* --- all of them --- */

static int
run_files(const struct run *run, const struct reporter *reporter, size_t n, char **names)
{
	static const int codes[] = {
		[PLAY_SAME] = SIM_OK,
		[PLAY_DIFFERENT] = SIM_DIFFERENT,
		[PLAY_IMPOSSIBLE] = SIM_USAGE,
		[PLAY_UNREACHABLE] = SIM_UNREACHABLE,
	};
	int worst = SIM_OK;

	reporter->begin(n);
	for (size_t i = 0; i < n; i++) {
		struct play_result r = PLAY_RESULT_INIT;
		struct transcript t = { .steps = 0 };
		enum play_end end = play_file(run, names[i], &t, &r);
		const struct report one = { i + 1, names[i], text_cstr(&t.title), end,
			run->verbose, &r };
		reporter->one(&one);
		if (codes[end] > worst)
			worst = codes[end];
		play_result_clear(&r);
		transcript_clear(&t);
	}
	return reporter->end() ? worst : SIM_USAGE;
}

/* --- command line --- */

static const char usage[] =
    "usage: milter-sim run [OPTION...] FILE...\n"
    "\n"
    "Plays transcripts, see milter-transcript(5), against a server of its own or one\n"
    "that runs, and compares.  Prints TAP; of a difference the line, what was\n"
    "expected, what came, and both dialogues.\n"
    "\n"
    "  --milter WORDS      a real milter, as in serve: the first stands for M>, the\n"
    "                      second for M2>; those that are not given are played\n"
    "  --option WORDS      more options for serve, before those of the transcript\n"
    "  --server SOCKET     this server, not one of our own: host:port, unix:/path\n"
    "  --played SOCKET     with --server: where its MTA finds the milter that is\n"
    "                      played; the second one is for M2>\n"
    "  --timeout TIME      2s, 500ms: for each line that waits, whatever the\n"
    "                      transcript says\n"
    "  --time-scale N      with real milters: all times, T= too, pass so many times as\n"
    "                      fast; when all is played, none has to pass anyway\n"
    "  --verbose           print both dialogues also when there is no difference\n"
    "  --help\n"
    "\n"
    "Exit: 0 all the same, 1 a difference, 2 usage or a transcript that cannot be\n"
    "played, 3 could not connect.\n";

static const struct option options[] = {
	{ "milter", required_argument, NULL, 'm' },
	{ "option", required_argument, NULL, 'o' },
	{ "server", required_argument, NULL, 's' },
	{ "played", required_argument, NULL, 'p' },
	{ "timeout", required_argument, NULL, 't' },
	{ "time-scale", required_argument, NULL, 'x' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static bool
keep(const char **list, size_t *n, const char *value, struct text *why)
{
	if (*n == TRANSCRIPT_MILTERS) {
		text_printf(why, "more than %d of one option", TRANSCRIPT_MILTERS);
		return false;
	}
	list[(*n)++] = value;
	return true;
}

static bool
read_time_scale(const char *value, unsigned *ret, struct text *why)
{
	long long n;

	if (!value_number(slice_of(value), &n) || n < 1 || n > LOOP_PACE_MAX) {
		text_printf(why, "--time-scale is 1 to %d", LOOP_PACE_MAX);
		return false;
	}
	*ret = (unsigned)n;
	return true;
}

static bool
set_option(struct run *run, int c, const char *value, struct text *why)
{
	switch (c) {
	case 'm': return keep(run->milter, &run->milters, value, why);
	case 'o': return keep(run->option, &run->options, value, why);
	case 'p': return keep(run->played, &run->playeds, value, why);
	case 's':
		run->server = value;
		return socket_address_parse(slice_of(value), &run->address, why);
	case 't': return time_read(slice_of(value), &run->timeout_ms, why);
	case 'x': return read_time_scale(value, &run->time_scale, why);
	case 'v': run->verbose = true; return true;
	}
	return false;
}

static bool
check_options(const struct run *run, int files, struct text *why)
{
	if (files == 0)
		text_printf(why, "no transcript is named");
	else if (run->server != NULL && (run->milters > 0 || run->options > 0))
		text_printf(why, "--server has its own milters and options");
	else if (run->server != NULL && run->time_scale != 0)
		text_printf(why, "--server has a clock of its own: no --time-scale");
	else if (run->server == NULL && run->playeds > 0)
		text_printf(why, "--played goes with --server");
	return why->len == 0;
}

int
run_main(int argc, char **argv)
{
	struct run run = { .server = NULL };
	struct text why = TEXT_INIT(400);
	bool ok = true;
	int c;

	while (ok && (c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'h') {
			(void)fputs(usage, stdout);
			return SIM_OK;
		}
		ok = set_option(&run, c, optarg, &why);
	}
	int first = optind;
	if (ok && check_options(&run, argc - first, &why))
		return run_files(
		    &run, &reporter_tap, (size_t)(argc - first), argv + first);
	if (why.len > 0)
		(void)fprintf(stderr, "milter-sim run: %s\n", text_cstr(&why));
	(void)fputs("milter-sim run --help tells more\n", stderr);
	text_clear(&why);
	return SIM_USAGE;
}
