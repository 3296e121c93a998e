/* SPDX-License-Identifier: BSD-2-Clause */
/* milter-sim replay - recorded traffic, to a milter that may answer otherwise by now. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/check/command.h"
#include "sim/check/process.h"
#include "sim/commands/subcommand.h"
#include "sim/io/interrupt.h"
#include "sim/play/replay.h"
#include "sim/transcript/script.h"

enum { READY_MS = 10000, ANSWER_MS = 30000 };

static const char help[] =
    "usage: milter-sim replay --milter SOCKET [OPTION...] RECORDING...\n"
    "       milter-sim replay --spawn 'COMMAND {socket}' [OPTION...] RECORDING...\n"
    "\n"
    "Plays the MTA's side of recordings to a milter and holds its answers against the\n"
    "recorded ones.  Everything is sent as it was recorded, macros and queue ids too;\n"
    "a connection ends at its first difference.\n"
    "\n"
    "  --milter SOCKET     where the milter is: unix:/path, inet:port@host\n"
    "  --spawn COMMAND     starts the milter, as in check, and ends it\n"
    "  --via KIND          the socket it gets: unix, inet, inet6; unix unless the\n"
    "                      command has {port}\n"
    "  --ready-within TIME how long it may take until it takes connections (10s)\n"
    "  --of NAME           of recordings of several milters: m2\n"
    "  --timeout TIME      for each answer (30s)\n"
    "  --mask EXPRESSION   hide that in both answers, as in compare; repeat\n"
    "  --exact             hide nothing but that: no queue ids, no dates\n"
    "  --help\n"
    "\n"
    "Prints TAP, a recording a line.  Exit: 0 all answers are alike, 1 some are not,\n"
    "2 usage, or a recording that cannot be read or has no milter, 3 no connection.\n";

static const struct option options[] = {
	{ "milter", required_argument, NULL, 'm' },
	{ "spawn", required_argument, NULL, 's' },
	{ "via", required_argument, NULL, 'v' },
	{ "ready-within", required_argument, NULL, 'r' },
	{ "of", required_argument, NULL, 'o' },
	{ "timeout", required_argument, NULL, 't' },
	{ "mask", required_argument, NULL, 'k' },
	{ "exact", no_argument, NULL, 'e' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

struct order {
	struct process_config process;
	struct socket_address address;
	struct masks *masks;
	unsigned answer_ms;
	size_t filter; /* EVENT_NO_FILTER: the only one */
	bool given, help;
};

static void
complain(const char *what, const char *why)
{
	(void)fprintf(stderr, "milter-sim replay: %s%s\n", what, why);
}

/* --- one recording --- */

/* The milter that is played to; false: none, or which one. */
static bool
choose(const struct order *o, const struct recording *r, size_t *ret, struct text *why)
{
	size_t found = o->filter;
	bool there = false, several = false;

	for (size_t i = 0; i < r->events; i++) {
		const struct event *e = &r->event[i].e;
		if (e->what != EVENT_PACKET)
			continue;
		there = there || found == EVENT_NO_FILTER || e->filter == found;
		several = several || (o->filter == EVENT_NO_FILTER && there &&
					 found != EVENT_NO_FILTER && e->filter != found);
		if (found == EVENT_NO_FILTER)
			found = e->filter;
	}
	if (!there)
		text_printf(why, "%s: no packets of %s milter in it", r->name,
		    o->filter == EVENT_NO_FILTER ? "a" : "that");
	else if (several)
		text_printf(
		    why, "%s: has several milters; --of m1, m2 says which", r->name);
	*ret = found;
	return there && !several;
}

static void
print_result(
    const char *name, size_t number, enum replay_end end, struct replay_outcome *o)
{
	struct slice rest = text_slice(&o->around), line;

	(void)printf("%sok %zu - %s: %lu answers%s%s\n", end == REPLAY_SAME ? "" : "not ",
	    number, name, o->answers, end == REPLAY_OTHER ? " alike, then another" : "",
	    o->cut ? " (the recording ends early)" : "");
	if (end == REPLAY_SAME)
		return;
	if (end == REPLAY_OTHER)
		(void)printf(
		    "# %s:%zu: expected  %s\n", name, o->line, text_cstr(&o->expected));
	(void)printf("# %s:%zu: got       %s\n", name, o->line, text_cstr(&o->got));
	while (slice_next_line(&rest, &line))
		(void)printf("#   %.*s\n", (int)line.len, line.ptr);
}

static int
code_of(enum replay_end end)
{
	switch (end) {
	case REPLAY_SAME: return SIM_OK;
	case REPLAY_OTHER: return SIM_DIFFERENT;
	case REPLAY_STOPPED: return interrupt_exit();
	case REPLAY_UNREACHABLE:
	case REPLAY_ERROR: break;
	}
	return SIM_UNREACHABLE;
}

static int
one(const struct order *order, const char *name, size_t number)
{
	struct replay_outcome o = REPLAY_OUTCOME_INIT;
	struct recording r = { .events = 0 };
	struct text why = TEXT_INIT(1000);
	struct replay_config config = { .recording = &r,
		.address = &order->address,
		.masks = order->masks,
		.answer_ms = order->answer_ms,
		.stop = interrupt_came };
	int code = SIM_USAGE;

	if (recording_load(&r, name, &why) && choose(order, &r, &config.filter, &why)) {
		enum replay_end end = replay(&config, &o);
		print_result(name, number, end, &o);
		code = code_of(end);
	} else {
		(void)printf("not ok %zu - %s\n", number, name);
		complain("", text_reason(&why));
	}
	(void)fflush(stdout);
	recording_clear(&r);
	replay_outcome_clear(&o);
	text_clear(&why);
	return code;
}

/* --- all --- */

static int
play_all(struct order *o, int files, char **file)
{
	struct process p;
	struct text why = TEXT_INIT(4000);
	bool spawned = o->process.command != NULL;
	int worst = SIM_OK;

	if (spawned &&
	    (!process_begin(&p, &o->process, &why) || !process_start(&p, &why))) {
		complain("", text_reason(&why));
		worst = SIM_UNREACHABLE;
		files = 0;
	}
	if (spawned)
		o->address = p.address;
	if (files > 0)
		(void)printf("1..%d\n", files);
	for (int i = 0; i < files && interrupt_count() == 0; i++)
		worst = graver(worst, one(o, file[i], (size_t)i + 1));
	if (spawned) {
		(void)process_stop(&p);
		process_end(&p);
	}
	text_clear(&why);
	return interrupt_count() > 0 ? interrupt_exit() : worst;
}

static bool
set_option(struct order *o, int c, const char *value, struct text *why)
{
	switch (c) {
	case 'm':
		o->given = true;
		return socket_address_parse(slice_of(value), &o->address, why);
	case 's': o->process.command = value; return true;
	case 'v': return socket_kind_read(&o->process.kind, value, why);
	case 'r': return time_read(slice_of(value), &o->process.ready_ms, why);
	case 't': return time_read(slice_of(value), &o->answer_ms, why);
	case 'k': return masks_add(o->masks, value, why);
	case 'e': masks_exact(o->masks); return true;
	case 'h': o->help = true; return true;
	case 'o':
		if (record_filter(slice_of(value), &o->filter))
			return true;
		text_printf(why, "--of is m1 to m9");
		return false;
	default: return false;
	}
}

static bool
read_options(struct order *o, int argc, char **argv, struct text *why)
{
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (!set_option(o, c, optarg, why))
			return false;
	}
	if (o->help)
		return true;
	if (optind == argc)
		text_printf(why, "no recording is named");
	else if (o->given == (o->process.command != NULL))
		text_printf(why, "one of --spawn 'COMMAND {socket}' and --milter SOCKET");
	if (why->len == 0 && o->process.command != NULL)
		(void)command_socket_kind(o->process.command, &o->process.kind, why);
	return why->len == 0;
}

int
replay_main(int argc, char **argv)
{
	struct order o = { .process = { .ready_ms = READY_MS, .stop_ms = READY_MS },
		.masks = masks_new(),
		.answer_ms = ANSWER_MS,
		.filter = EVENT_NO_FILTER };
	struct text why = TEXT_INIT(400);
	int code = SIM_USAGE;

	if (o.masks == NULL) {
		perror("milter-sim replay");
		return SIM_USAGE;
	}
	if (!read_options(&o, argc, argv, &why)) {
		if (why.len > 0)
			complain("", text_cstr(&why));
		(void)fputs("Try 'milter-sim replay --help'.\n", stderr);
	} else if (o.help) {
		(void)fputs(help, stdout);
		code = SIM_OK;
	} else {
		interrupt_take();
		code = play_all(&o, argc - optind, argv + optind);
	}
	masks_free(o.masks);
	text_clear(&why);
	return code;
}
