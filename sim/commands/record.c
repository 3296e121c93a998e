/* SPDX-License-Identifier: BSD-2-Clause */
/* milter-sim record - between an MTA and its milter, and writes down what passes. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/value.h"
#include "sim/commands/stop.h"
#include "sim/commands/subcommand.h"
#include "sim/io/port_file.h"
#include "sim/record/recorder.h"

static const char help[] =
    "usage: milter-sim record --listen SOCKET --to SOCKET [OPTION...]\n"
    "\n"
    "Stands between an MTA and its milter, hands on every byte, and writes each\n"
    "session down as a recording that decode reads.\n"
    "\n"
    "  --listen SOCKET     where the MTA finds us: unix:/path, inet:port@host\n"
    "  --to SOCKET         where the milter is\n"
    "  --dir DIR           the recordings go there, mode 0600 (recordings)\n"
    "  --max-size BYTES    of all recordings; the oldest go (1G); k, M, G\n"
    "  --max-age TIME      older recordings go: 30m, 12h, 7d; 0: none (7d)\n"
    "  --redact            letters become x and digits 0 in addresses, headers,\n"
    "                      bodies and replies; lengths and lines stay\n"
    "  --port-file FILE    write the socket in use to FILE, once ready\n"
    "  --quiet             no line at start and end\n"
    "  --help\n"
    "\n"
    "SIGTERM and SIGINT end it: sessions that are open may end, at most 5 s; a\n"
    "second one ends it at once.  Exit: 0, 2 usage, 3 cannot listen.\n";

struct record {
	struct recorder_config config;
	const char *port_file;
	bool listens, goes, quiet;
	struct loop *loop;
	struct recorder *recorder;
	struct stop stop;
};

static void
ask_to_stop(void *self)
{
	struct record *r = self;

	recorder_stop(r->recorder, stop_now, &r->stop);
}

/* --- the run --- */

static void
say(void *self, const char *words)
{
	(void)self;
	(void)fprintf(stderr, "milter-sim record: %s\n", words);
}

static int
run(struct record *r)
{
	struct text why = TEXT_INIT(600), bound = TEXT_INIT(400);
	struct socket_address a;
	int code = SIM_UNREACHABLE;

	r->recorder = recorder_new(r->loop, &r->config, &a, &why);
	if (r->recorder == NULL) {
		say(NULL, text_reason(&why));
		goto out;
	}
	socket_address_describe(&a, &bound);
	if (!r->quiet)
		(void)printf("milter-sim: recording at %s\n", text_cstr(&bound));
	(void)fflush(stdout);
	text_printf(&bound, "\n");
	if (r->port_file != NULL && !port_file_write(r->port_file, &bound))
		goto out;
	loop_run(r->loop);
	struct recorder_counts n = recorder_counts(r->recorder);
	if (!r->quiet)
		(void)printf("milter-sim: %lu sessions, %lu recorded\n", n.connections,
		    n.recorded);
	code = SIM_OK;
out:
	recorder_free(r->recorder);
	text_clear(&why);
	text_clear(&bound);
	return code;
}

/* --- the command line --- */

static const struct option options[] = {
	{ "listen", required_argument, NULL, 'l' },
	{ "to", required_argument, NULL, 't' },
	{ "dir", required_argument, NULL, 'd' },
	{ "max-size", required_argument, NULL, 's' },
	{ "max-age", required_argument, NULL, 'a' },
	{ "redact", no_argument, NULL, 'r' },
	{ "port-file", required_argument, NULL, 'p' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static bool
wrong(const char *option, const char *what)
{
	(void)fprintf(stderr, "milter-sim record: %s: %s\n", option, what);
	return false;
}

static bool
address(const char *option, const char *value, struct socket_address *ret)
{
	struct text why = TEXT_INIT(400);
	bool ok = socket_address_parse(slice_of(value), ret, &why) ||
		  wrong(option, text_cstr(&why));

	text_clear(&why);
	return ok;
}

static bool
set_size(struct record *r, const char *value)
{
	long long n;

	if (!value_bytes(slice_of(value), &n) || n < 64 * 1024)
		return wrong("--max-size", "write 100M, 1G; 64k at least");
	r->config.limits.bytes = (uint64_t)n;
	return true;
}

static bool
set_age(struct record *r, const char *value)
{
	long long n;

	if (!value_seconds(slice_of(value), &n) || n < 0)
		return wrong("--max-age", "write 30m, 12h, 7d, or 0");
	r->config.limits.seconds = (uint64_t)n;
	return true;
}

static bool
set_option(struct record *r, int c, const char *value)
{
	switch (c) {
	case 'l':
		if (r->listens)
			return wrong("--listen", "there is one milter, and one place");
		r->listens = true;
		return address("--listen", value, &r->config.listen);
	case 't': r->goes = true; return address("--to", value, &r->config.milter);
	case 'd': r->config.folder = value; return true;
	case 's': return set_size(r, value);
	case 'a': return set_age(r, value);
	case 'r': r->config.redact = true; return true;
	case 'p': r->port_file = value; return true;
	case 'q': r->quiet = true; return true;
	default: return false;
	}
}

static bool
read_options(struct record *r, int argc, char **argv, bool *ret_help)
{
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		*ret_help = *ret_help || c == 'h';
		if (c != 'h' && !set_option(r, c, optarg))
			return false;
	}
	if (*ret_help)
		return true;
	if (optind < argc)
		return wrong(argv[optind], "is no option");
	if (!r->listens || !r->goes)
		return wrong(r->listens ? "--to" : "--listen", "is missing");
	return true;
}

int
record_main(int argc, char **argv)
{
	struct record r = { .config = { .folder = "recordings",
				.limits = { 1 << 30, 7 * 24 * 3600 },
				.say = say } };
	bool wants_help = false;
	int code = SIM_UNREACHABLE;

	if (!read_options(&r, argc, argv, &wants_help)) {
		(void)fputs("Try 'milter-sim record --help'.\n", stderr);
		return SIM_USAGE;
	}
	if (wants_help) {
		(void)fputs(help, stdout);
		return SIM_OK;
	}
	r.loop = loop_new();
	r.stop = (struct stop){ .loop = r.loop, .ask = ask_to_stop, .self = &r };
	(void)signal(SIGXFSZ, SIG_IGN); /* a limit on files is a full disk */
	if (r.loop == NULL || !stop_take_signals(&r.stop))
		perror("milter-sim record");
	else
		code = run(&r);
	loop_free(r.loop);
	return code;
}
