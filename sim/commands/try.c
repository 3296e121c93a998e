/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * milter-sim try - one message through a milter, and a look at what comes of it.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/check/command.h"
#include "sim/check/healthy.h"
#include "sim/commands/subcommand.h"
#include "sim/commands/try.h"
#include "sim/io/interrupt.h"
#include "sim/play/milter_play.h"
#include "sim/profile/forgives.h"
#include "sim/transcript/file.h"

enum { MESSAGE_BYTES = 16 * 1024 * 1024, READY_MS = 10000 };

static const char usage[] =
    "usage: milter-sim try --spawn 'COMMAND {socket}' [OPTION...] FILE.eml...\n"
    "       milter-sim try --milter SOCKET [OPTION...] FILE.eml...\n"
    "\n"
    "Sends messages through a milter and shows, stage by stage, what the client would\n"
    "hear, what the milter changes, and the message that results, as a diff.\n"
    "\n"
    "  --spawn COMMAND     starts the milter, as in check, and ends it\n"
    "  --milter SOCKET     one that runs: unix:/path, inet:port@host\n"
    "  --via KIND          the socket it gets: unix, inet, inet6; unix unless the\n"
    "                      command has {port}\n"
    "  --pidfile FILE      it goes into the background and writes its process number "
    "there\n"
    "  --ready-within TIME how long it may take until it takes connections (10s)\n"
    "  --profile NAME      whose words the client hears: strict, sendmail-8.17,\n"
    "                      postfix-3.7 (strict)\n"
    "  --client ADDRESS    the client's address (127.0.0.1)\n"
    "  --helo NAME         what the client calls itself (bar.com)\n"
    "  --from ADDRESS      the envelope sender (Smith@bar.com)\n"
    "  --to ADDRESS        a recipient; may be given several times (Jones@foo.com)\n"
    "  --macro NAME=VALUE  one macro more\n"
    "  --json              for a program, a line for each file\n"
    "  --help\n"
    "\n"
    "Exit: 0 accepted, 10 refused, 11 put off, 12 discarded or quarantined, 1 the "
    "milter\n"
    "broke a rule, 2 usage, 3 it cannot be reached; of several files the gravest.\n";

static const struct option options[] = {
	{ "spawn", required_argument, NULL, 's' },
	{ "milter", required_argument, NULL, 'm' },
	{ "via", required_argument, NULL, 'v' },
	{ "pidfile", required_argument, NULL, 'P' },
	{ "ready-within", required_argument, NULL, 'r' },
	{ "profile", required_argument, NULL, 'p' },
	{ "client", required_argument, NULL, 'c' },
	{ "helo", required_argument, NULL, 'e' },
	{ "from", required_argument, NULL, 'f' },
	{ "to", required_argument, NULL, 't' },
	{ "macro", required_argument, NULL, 'M' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* --- one message --- */

static void
envelope(const struct attempt *t, struct text *out)
{
	text_printf(out,
	    "speaks: milter\n"
	    "M> OPTNEG version 6 actions all protocol all\nM< OPTNEG ${*}\n"
	    "M> MACRO CONNECT j=localhost {daemon_name}=MTA%s%.*s\n"
	    "M> CONNECT localhost %s 40000 %s\nM< answer\n"
	    "M> HELO %s\nM< answer\n"
	    "M> MACRO MAIL i=try00001 {mail_addr}=%s\nM> MAIL <%s>\nM< answer\n",
	    t->macros.macros.len > 0 ? " " : "", (int)t->macros.macros.len,
	    t->macros.macros.len > 0 ? t->macros.macros.ptr : "",
	    strchr(t->client, ':') != NULL ? "inet6" : "inet", t->client, t->helo,
	    t->from, t->from);
	for (size_t i = 0; i < t->tos; i++)
		text_printf(out,
		    "M> MACRO RCPT {rcpt_addr}=%s\nM> RCPT <%s>\nM< answer\n", t->to[i],
		    t->to[i]);
	text_printf(out, "M> DATA\nM< answer\n");
}

static bool
make(const struct attempt *t, const char *file, struct transcript *ret, struct text *why)
{
	struct text eml = TEXT_INIT(MESSAGE_BYTES), lines = TEXT_INIT(5 * MESSAGE_BYTES);
	bool ok;

	envelope(t, &lines);
	ok = file_read(file, &eml, why) && params_message(text_slice(&eml), &lines, why);
	text_printf(&lines, "M> BODYEOB\nM< answer\npoint:\nR! same\n");
	ok = ok && transcript_read(ret, file, text_slice(&lines), NULL, why);
	text_clear(&eml);
	text_clear(&lines);
	return ok;
}

static void
show_diff(const struct attempt *t, const struct text *diff)
{
	struct slice rest = text_slice(diff), line;

	while (slice_next_line(&rest, &line)) {
		const char *c = !t->colour || line.len == 0 ? ""
				: line.ptr[0] == '+'        ? "\033[32m"
				: line.ptr[0] == '-'        ? "\033[31m"
							    : "";
		(void)printf("%s%.*s%s\n", c, (int)line.len, line.ptr,
		    c[0] != '\0' ? "\033[0m" : "");
	}
}

static const char *
verdict_name(int code)
{
	switch (code) {
	case 0: return "accepted";
	case TRY_REFUSED: return "refused";
	case TRY_DEFERRED: return "put off";
	case TRY_GONE: return "discarded or quarantined";
	case SIM_UNREACHABLE: return "the milter cannot be reached";
	default: return "the milter broke a rule";
	}
}

static void
finish(
    const struct attempt *t, const char *file, struct seen *s, struct milter_outcome *o)
{
	if (!t->json) {
		show_diff(t, &o->diff);
		if (s->verdict == SIM_DIFFERENT)
			(void)printf("  rule      %s\n  got       %s\n",
			    text_cstr(&o->expected), text_cstr(&o->got));
		(void)printf("%s: %s\n", file, verdict_name(s->verdict));
		return;
	}
	json_t *all = json_pack("{s:s, s:s, s:i, s:O, s:O, s:O, s:s}", "file", file,
	    "verdict", verdict_name(s->verdict), "code", s->verdict, "stages", s->stages,
	    "changes", s->changes, "macros", s->asked, "diff", text_cstr(&o->diff));
	if (all != NULL && json_dumpf(all, stdout, JSON_COMPACT) == 0)
		(void)putchar('\n');
	json_decref(all);
}

/* Its one fault is the answer to QUIT, which no MTA reads. */
static bool
is_habit(const struct attempt *t, const struct milter_outcome *o)
{
	struct wire_rule_set fault = { 0 };

	wire_rule_set_add(&fault, o->rule);
	return o->behind_quit && o->broken.bits == fault.bits &&
	       healthy_answers_quit(&t->address);
}

static int
one(const struct attempt *t, const char *file)
{
	struct transcript script = { .steps = 0 };
	struct milter_outcome o = MILTER_OUTCOME_INIT;
	struct seen s = { .try = t,
		.command = N_PACKETS,
		.path = TEXT_INIT(PATH_KEPT),
		.sender = TEXT_INIT(PATH_KEPT),
		.stages = json_array(),
		.changes = json_array(),
		.asked = json_array() };
	struct text why = TEXT_INIT(1000);
	struct milter_play_config play = { .transcript = &script,
		.address = &t->address,
		.allow = profile_forgives(t->profile),
		.stop = interrupt_came,
		.seed = 1,
		.sink = { .tell = try_tell, .self = &s } };

	if (!make(t, file, &script, &why)) {
		(void)fprintf(stderr, "milter-sim try: %s\n", text_cstr(&why));
		s.verdict = SIM_USAGE;
	} else {
		if (!t->json)
			(void)printf("%s\n", file);
		enum milter_end end = milter_play(&play, &o);
		if (end == MILTER_UNREACHABLE || end == MILTER_ERROR)
			s.verdict = SIM_UNREACHABLE;
		else if (is_habit(t, &o))
			end = MILTER_PASS;
		else if (o.broken.bits != 0 ||
			 (end != MILTER_PASS && !s.settled && s.verdict == 0))
			s.verdict = SIM_DIFFERENT;
		finish(t, file, &s, &o);
	}
	text_clear(&s.path);
	text_clear(&s.sender);
	json_decref(s.stages);
	json_decref(s.changes);
	json_decref(s.asked);
	milter_outcome_clear(&o);
	transcript_clear(&script);
	text_clear(&why);
	return s.verdict;
}

/* --- command line --- */

static bool
bare(const char **ret, const char *path, struct text *why)
{
	size_t n = strlen(path);

	*ret = path;
	if (strpbrk(path, "<>\r\n") != NULL)
		text_printf(
		    why, "an address stands without brackets, as in a@example.org");
	return why->len == 0 && n < 1000;
}

static bool
set_option(struct attempt *t, int c, const char *value, struct text *why)
{
	switch (c) {
	case 's': t->process.command = value; return true;
	case 'm':
		t->socket = value;
		return socket_address_parse(slice_of(value), &t->address, why);
	case 'v': return socket_kind_read(&t->process.kind, value, why);
	case 'P': t->process.pidfile = value; return true;
	case 'r': return time_read(slice_of(value), &t->process.ready_ms, why);
	case 'p':
		t->profile = profile_named(slice_of(value));
		if (t->profile == NULL)
			text_printf(why, "--profile is one of %s", profile_names());
		return t->profile != NULL;
	case 'c': t->client = value; return true;
	case 'e': t->helo = value; return true;
	case 'f': return bare(&t->from, value, why);
	case 't': return t->tos < TRY_RECIPIENTS && bare(&t->to[t->tos++], value, why);
	case 'M': return params_macro(&t->macros, value, why);
	case 'j': t->json = true; return true;
	}
	return false;
}

static bool
complete(struct attempt *t, int files, struct text *why)
{
	const char *command = t->process.command;

	if (files == 0)
		text_printf(why, "no message is named");
	else if ((command == NULL) == (t->socket == NULL))
		text_printf(why, "one of --spawn 'COMMAND {socket}' and --milter SOCKET");
	else if (command == NULL && t->process.pidfile != NULL)
		text_printf(why, "--pidfile goes with --spawn");
	if (why->len == 0 && command != NULL)
		(void)command_socket_kind(command, &t->process.kind, why);
	if (t->tos == 0)
		t->to[t->tos++] = "Jones@foo.com";
	return why->len == 0;
}

static int
try_all(struct attempt *t, int files, char **file)
{
	struct text why = TEXT_INIT(4000);
	int worst = 0;

	if (t->process.command != NULL) {
		if (!process_begin(&t->milter, &t->process, &why) ||
		    !process_start(&t->milter, &why)) {
			(void)fprintf(stderr, "milter-sim try: %s\n", text_cstr(&why));
			worst = SIM_UNREACHABLE;
			files = 0;
		}
		t->address = t->milter.address;
	}
	for (int i = 0; i < files && interrupt_count() == 0; i++)
		worst = graver(worst, one(t, file[i]));
	if (t->process.command != NULL) {
		(void)process_stop(&t->milter);
		process_end(&t->milter);
	}
	text_clear(&why);
	return interrupt_count() > 0 ? interrupt_exit() : worst;
}

int
try_main(int argc, char **argv)
{
	struct attempt *t = calloc(1, sizeof *t);
	struct text why = TEXT_INIT(400);
	int c, code = SIM_USAGE;
	bool ok = t != NULL;

	if (t == NULL) {
		perror("milter-sim try");
		return SIM_USAGE;
	}
	*t = (struct attempt){ .process = { .ready_ms = READY_MS, .stop_ms = READY_MS },
		.profile = &profile_strict,
		.client = "127.0.0.1",
		.helo = "bar.com",
		.from = "Smith@bar.com",
		.colour = isatty(STDOUT_FILENO) != 0 && getenv("NO_COLOR") == NULL };
	t->macros = (struct params)PARAMS_INIT;
	while (ok && (c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'h') {
			(void)fputs(usage, stdout);
			code = SIM_OK;
			goto out;
		}
		ok = set_option(t, c, optarg, &why);
	}
	if (ok && complete(t, argc - optind, &why)) {
		interrupt_take();
		code = try_all(t, argc - optind, argv + optind);
	} else {
		if (why.len > 0)
			(void)fprintf(stderr, "milter-sim try: %s\n", text_cstr(&why));
		(void)fputs("milter-sim try --help tells more\n", stderr);
	}
out:
	params_clear(&t->macros);
	text_clear(&why);
	free(t);
	return code;
}
