/* SPDX-License-Identifier: BSD-2-Clause */
/* milter-sim survey - transcripts, to any MTA, and what it made of them as recordings. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/commands/subcommand.h"
#include "sim/io/interrupt.h"
#include "sim/play/survey.h"
#include "sim/transcript/file.h"
#include "sim/transcript/recording.h"

enum { REPLY_MS = 60 * 1000, NAME_BYTES_MAX = 4096 };

static const char help[] =
    "usage: milter-sim survey --smtp SOCKET [--milter SOCKET]... [OPTION...] FILE...\n"
    "\n"
    "Plays transcripts, see milter-transcript(5), to an MTA: their client's lines, and\n"
    "their milters where the MTA looks for its own.  What passes is written down, a\n"
    "recording a file; nothing is held against the transcript.  compare, decode and\n"
    "replay read the recordings.\n"
    "\n"
    "  --smtp SOCKET       where the MTA is: inet:25@mx.example.net, unix:/path\n"
    "  --milter SOCKET     where the MTA finds its milter: inet:port@host, unix:/path;\n"
    "                      the second one is for M2>; none: nobody is there\n"
    "  --dir DIR           the recordings go there, mode 0600 (recordings)\n"
    "  --mta WORDS         what the MTA is, for the first line of each recording\n"
    "  --timeout TIME      for each reply, and for the MTA to leave its milters (60s)\n"
    "  --quiet             no line for each file, no summary\n"
    "  --help\n"
    "\n"
    "SIGINT and SIGTERM end it; what was seen is kept.  Exit: 0, 1 a session was cut\n"
    "short, 2 usage, a file that cannot be played, or a recording that cannot be\n"
    "written, 3 no connection, or a milter's socket cannot be had.\n";

struct order {
	struct survey_config config; /* but for the transcript and see() */
	struct socket_address server;
	const char *folder, *mta;
	size_t milters;
	bool reachable, quiet, help;
};

struct sheet { /* a recording that is being written */
	struct text name, line;
	FILE *to;
	uint64_t start;
	int fault; /* errno */
};

static void
complain(const char *what, const char *why)
{
	(void)fprintf(stderr, "milter-sim survey: %s%s\n", what, why);
}

/* --- the recording --- */

static bool
put(struct sheet *s)
{
	if (fwrite(s->line.ptr, 1, s->line.len, s->to) == s->line.len &&
	    fflush(s->to) == 0) {
		text_clear(&s->line);
		return true;
	}
	s->fault = errno;
	return false;
}

static bool
see(void *self, const struct event *e)
{
	struct sheet *s = self;

	if (s->start == 0)
		s->start = e->ms;
	if (event_json(&s->line, e, s->start))
		return put(s);
	s->fault = ENOMEM;
	return false;
}

/* "t/sim/edits.mta" is called edits. */
static struct slice
title_of(const char *file)
{
	const char *slash = strrchr(file, '/');
	struct slice name = slice_of(slash != NULL ? slash + 1 : file);

	if (name.len > 4 && slice_ends_nocase(name, SLICE(".mta")))
		name.len -= 4;
	return name;
}

static bool
sheet_open(struct sheet *s, const struct order *o, const char *file, struct slice about)
{
	struct slice title = title_of(file);

	text_printf(&s->name, "%s/%.*s.jsonl", o->folder, (int)title.len, title.ptr);
	int fd = open(text_cstr(&s->name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	s->to = fd != -1 ? fdopen(fd, "w") : NULL;
	if (s->to == NULL) {
		s->fault = errno;
		if (fd != -1)
			(void)close(fd);
		return false;
	}
	record_begin_json(
	    &s->line, title, about, o->mta != NULL ? slice_of(o->mta) : SLICE(""));
	return put(s);
}

/* --- one file --- */

static void
print(struct sheet *s, struct survey_result *r)
{
	(void)printf(
	    "%s: %lu replies, %lu packets", text_cstr(&s->name), r->replies, r->packets);
	if (r->file != NULL)
		(void)printf("; cut short at %s:%u", r->file, r->line);
	else if (r->why.len > 0)
		(void)printf("; cut short");
	if (r->why.len > 0)
		(void)printf(": %s", text_cstr(&r->why));
	(void)printf("\n");
	(void)fflush(stdout);
}

static int
code_of(enum survey_end end)
{
	switch (end) {
	case SURVEY_WHOLE: return SIM_OK;
	case SURVEY_CUT: return SIM_DIFFERENT;
	case SURVEY_UNREACHABLE: return SIM_UNREACHABLE;
	case SURVEY_STOPPED: return interrupt_count() > 0 ? interrupt_exit() : SIM_USAGE;
	case SURVEY_IMPOSSIBLE: break;
	}
	return SIM_USAGE;
}

static int
play(const struct order *o, const char *file, const struct transcript *t)
{
	struct sheet s = { .name = TEXT_INIT(NAME_BYTES_MAX),
		.line = TEXT_INIT(8UL * RECORD_BYTES_MAX) };
	struct survey_result r = SURVEY_RESULT_INIT;
	struct survey_config config = o->config;
	int code = SIM_USAGE;

	config.transcript = t;
	config.see = see;
	config.self = &s;
	if (sheet_open(&s, o, file, text_slice(&t->title))) {
		code = code_of(survey(&config, &r));
		if (code == SIM_UNREACHABLE)
			complain("", text_cstr(&r.why));
		else if (!o->quiet)
			print(&s, &r);
	}
	if (s.to != NULL && fclose(s.to) != 0 && s.fault == 0)
		s.fault = errno;
	if (s.fault != 0) {
		(void)fprintf(stderr, "milter-sim survey: %s: %s\n", text_cstr(&s.name),
		    strerror(s.fault));
		code = SIM_USAGE;
	}
	text_clear(&s.line);
	text_clear(&s.name);
	survey_result_clear(&r);
	return code;
}

static bool
playable(const struct transcript *t, const char *file, struct text *why)
{
	if (t->speaks == SPEAKS_MILTER)
		text_printf(why, "%s: speaks to a milter, not to an MTA", file);
	else if (t->steps == 0)
		text_printf(why, "%s: has no line of a session", file);
	return why->len == 0;
}

static int
one(const struct order *o, const char *file)
{
	struct transcript t = { .steps = 0 };
	struct text why = TEXT_INIT(1000);
	int code = SIM_USAGE;

	if (file_transcript(file, &t, &why) && playable(&t, file, &why))
		code = play(o, file, &t);
	else
		complain("", text_reason(&why));
	transcript_clear(&t);
	text_clear(&why);
	return code;
}

/* --- all --- */

static int
play_all(const struct order *o, int files, char **file)
{
	int code[] = { [SIM_UNREACHABLE] = 0 }, worst = SIM_OK, i;

	if (mkdir(o->folder, 0700) != 0 && errno != EEXIST) {
		complain(o->folder, ": cannot be made");
		return SIM_USAGE;
	}
	interrupt_take();
	(void)signal(SIGXFSZ, SIG_IGN); /* a limit on files is a full disk */
	for (i = 0; i < files && interrupt_count() == 0; i++) {
		int got = one(o, file[i]);
		if (got > SIM_UNREACHABLE)
			break;
		code[got]++;
		worst = graver(worst, got);
	}
	if (!o->quiet)
		(void)printf("milter-sim: %d of %d surveyed, %d of them cut short\n",
		    code[SIM_OK] + code[SIM_DIFFERENT], files, code[SIM_DIFFERENT]);
	return interrupt_count() > 0 ? interrupt_exit() : worst;
}

/* --- the command line --- */

static const struct option options[] = {
	{ "smtp", required_argument, NULL, 's' },
	{ "milter", required_argument, NULL, 'm' },
	{ "dir", required_argument, NULL, 'd' },
	{ "mta", required_argument, NULL, 'a' },
	{ "timeout", required_argument, NULL, 't' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static bool
add_milter(struct order *o, const char *value, struct text *why)
{
	struct socket_address a;

	if (o->milters == TRANSCRIPT_MILTERS) {
		text_printf(why, "more than %d --milter", TRANSCRIPT_MILTERS);
		return false;
	}
	o->config.milter[o->milters++] = value;
	return socket_address_parse(slice_of(value), &a, why);
}

static bool
set_option(struct order *o, int c, const char *value, struct text *why)
{
	switch (c) {
	case 's':
		o->reachable = true;
		return socket_address_parse(slice_of(value), &o->server, why);
	case 'm': return add_milter(o, value, why);
	case 'd': o->folder = value; return true;
	case 'a': o->mta = value; return true;
	case 't': return time_read(slice_of(value), &o->config.reply_ms, why);
	case 'q': o->quiet = true; return true;
	case 'h': o->help = true; return true;
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
	if (!o->help && !o->reachable)
		text_printf(why, "--smtp is missing");
	else if (!o->help && optind == argc)
		text_printf(why, "no transcript is named");
	return why->len == 0;
}

int
survey_main(int argc, char **argv)
{
	struct order o = { .config = { .reply_ms = REPLY_MS }, .folder = "recordings" };
	struct text why = TEXT_INIT(400);
	int code = SIM_USAGE;

	o.config.server = &o.server;
	if (!read_options(&o, argc, argv, &why)) {
		if (why.len > 0)
			complain("", text_cstr(&why));
		(void)fputs("Try 'milter-sim survey --help'.\n", stderr);
	} else if (o.help) {
		(void)fputs(help, stdout);
		code = SIM_OK;
	} else {
		code = play_all(&o, argc - optind, argv + optind);
	}
	text_clear(&why);
	return code;
}
