/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * milter-sim milter - plays a milter that answers as told and writes down each
 * packet, so that a real MTA can be looked at.
 */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/value.h"
#include "sim/commands/subcommand.h"
#include "sim/io/interrupt.h"
#include "sim/io/port_file.h"
#include "sim/puppet/door.h"
#include "sim/puppet/player.h"
#include "sim/transcript/file.h"
#include "sim/transcript/recording.h"
#include "sim/transcript/transcript.h"

enum { CONNECTIONS_MAX = 1000000, LISTENERS = 9 };

struct milter {
	const char *script_file, *log_file, *port_file;
	const char *listen[LISTENERS];
	size_t listens;
	unsigned long most; /* end after so many connections; 0: never */
	struct transcript script;
	struct loop *loop;
	struct door door[LISTENERS];
	struct player *players;
	struct player_observer observer;
	FILE *log;
	uint64_t start;
	unsigned long begun, ended;
	bool failed; /* the log could not be written */
};

/* --- the recording --- */

static void
write_event(void *self, const struct event *e)
{
	struct milter *m = self;
	struct text line = TEXT_INIT(8 * RECORD_BYTES_MAX);

	if (!event_json(&line, e, m->start) ||
	    fwrite(line.ptr, 1, line.len, m->log) != line.len || fflush(m->log) != 0) {
		m->failed = true;
		loop_stop(m->loop);
	}
	text_clear(&line);
}

static void
ended(void *self, struct player *p)
{
	struct milter *m = self;

	player_free(p);
	if (++m->ended == m->most)
		loop_stop(m->loop);
}

/* --- connections --- */

static void
mta_came(void *self, struct door *d, int fd)
{
	struct milter *m = self;
	const struct script script = { m->script.rule, m->script.rules };

	if (m->most != 0 && m->begun == m->most) {
		(void)close(fd);
		return;
	}
	struct player *p =
	    player_new(m->loop, fd, script, d->milter, (long)++m->begun, &m->observer);
	if (p == NULL) {
		m->begun--;
		return;
	}
	player_join(p, &m->players);
	write_event(m, &(struct event){ .ms = loop_now(m->loop),
			   .what = EVENT_OPEN,
			   .conn = (unsigned long)p->conn,
			   .filter = (size_t)d->milter - 1 });
}

static bool
listen_on(struct milter *m, size_t i, struct text *bound)
{
	struct socket_address got;
	struct text why = TEXT_INIT(400);

	m->door[i] = (struct door){ (int)i + 1, mta_came, m, .loop = NULL };
	bool ok = door_open(&m->door[i], m->loop, m->listen[i], &got, &why);
	if (ok) {
		socket_address_describe(&got, bound);
		text_printf(bound, "\n");
	} else {
		(void)fprintf(stderr, "milter-sim milter: --listen %s: %s\n",
		    m->listen[i], text_cstr(&why));
	}
	text_clear(&why);
	return ok;
}

static void
interrupted(void *self)
{
	struct milter *m = self;

	loop_stop(m->loop);
}

static int
play(struct milter *m)
{
	struct interrupt stop = { .came = interrupted, .self = m };
	struct text bound = TEXT_INIT(4096);
	int code = SIM_UNREACHABLE;

	m->observer = (struct player_observer){ NULL, ended, m, { write_event, m } };
	m->start = loop_now(m->loop);
	if (!interrupt_watch(m->loop, &stop))
		goto out;
	for (size_t i = 0; i < m->listens; i++) {
		if (!listen_on(m, i, &bound))
			goto out;
	}
	if (m->port_file != NULL && !port_file_write(m->port_file, &bound))
		goto out;
	(void)fprintf(m->log, "{\"kind\":\"meta\",\"scenario\":\"milter-sim milter\"}\n");
	(void)fflush(m->log);
	loop_run(m->loop);
	code = m->failed ? SIM_USAGE : SIM_OK;
	if (m->failed)
		(void)fprintf(stderr, "milter-sim milter: %s: cannot write\n",
		    m->log_file != NULL ? m->log_file : "standard output");
out:
	while (m->players != NULL)
		player_free(m->players);
	for (size_t i = 0; i < m->listens; i++)
		door_close(&m->door[i]);
	text_clear(&bound);
	return code;
}

/* --- command line --- */

static const char usage[] =
    "usage: milter-sim milter --listen SOCKET [--script FILE] [OPTION...]\n"
    "\n"
    "Plays a milter: answers as told and writes each packet as a line of JSON.\n"
    "\n"
    "  --script FILE       lines 'M< on COMMAND: ACTION', see milter-transcript(5);\n"
    "                      without it, everything is continued\n"
    "  --listen SOCKET     unix:/path, inet:port@host; the second one is for M2<\n"
    "  --port-file FILE    write the sockets in use to FILE, one a line, once ready\n"
    "  --log FILE          the packets go there (standard output)\n"
    "  --connections N     end after N connections; else SIGTERM and SIGINT end it\n"
    "  --help\n"
    "\n"
    "Exit: 0, 2 usage or a script that cannot be used, 3 cannot listen.\n";

static const struct option options[] = {
	{ "script", required_argument, NULL, 's' },
	{ "listen", required_argument, NULL, 'l' },
	{ "port-file", required_argument, NULL, 'p' },
	{ "log", required_argument, NULL, 'o' },
	{ "connections", required_argument, NULL, 'c' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static bool
wrong(const char *what, const char *value)
{
	(void)fprintf(stderr, "milter-sim milter: %s%s\n", what, value);
	return false;
}

static bool
set_option(struct milter *m, int c, char *value)
{
	long long n;

	switch (c) {
	case 's': m->script_file = value; return true;
	case 'p': m->port_file = value; return true;
	case 'o': m->log_file = value; return true;
	case 'l':
		if (m->listens == LISTENERS)
			return wrong("too many --listen: ", value);
		m->listen[m->listens++] = value;
		return true;
	case 'c':
		if (!value_number(slice_of(value), &n) || n < 1 || n > CONNECTIONS_MAX)
			return wrong("--connections wants a number from 1: ", value);
		m->most = (unsigned long)n;
		return true;
	}
	return false;
}

static bool
read_options(struct milter *m, int argc, char **argv, bool *ret_help)
{
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'h') {
			*ret_help = true;
			return true;
		}
		if (!set_option(m, c, optarg))
			return false;
	}
	if (optind < argc)
		return wrong("not an option: ", argv[optind]);
	return m->listens > 0 || wrong("--listen is missing", "");
}

static bool
read_script(struct milter *m)
{
	struct text why = TEXT_INIT(1000);
	bool ok =
	    m->script_file == NULL || file_transcript(m->script_file, &m->script, &why);

	if (ok && m->script.steps > 0) {
		text_printf(&why,
		    "%s:%u: only 'M< on COMMAND: ACTION' lines make sense here",
		    m->script.step[0].file, m->script.step[0].line);
		ok = false;
	}
	if (!ok)
		(void)fprintf(stderr, "%s\n", text_cstr(&why));
	text_clear(&why);
	return ok;
}

int
milter_main(int argc, char **argv)
{
	struct milter *m = calloc(1, sizeof *m);
	int code = SIM_USAGE;
	bool help = false;

	if (m == NULL) {
		perror("milter-sim milter");
		return SIM_USAGE;
	}
	if (!read_options(m, argc, argv, &help)) {
		(void)fputs("milter-sim milter --help tells more\n", stderr);
	} else if (help) {
		(void)fputs(usage, stdout);
		code = SIM_OK;
	} else if (read_script(m)) {
		m->log = m->log_file != NULL ? fopen(m->log_file, "we") : stdout;
		m->loop = loop_new();
		if (m->log != NULL && m->loop != NULL)
			code = play(m);
		else
			perror(m->log_file != NULL ? m->log_file : "milter-sim milter");
		if (m->log != NULL && m->log != stdout && fclose(m->log) != 0)
			code = SIM_USAGE;
	}
	loop_free(m->loop);
	transcript_clear(&m->script);
	free(m);
	return code;
}
