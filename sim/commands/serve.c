/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/commands/serve_options.h"
#include "sim/commands/stop.h"
#include "sim/commands/subcommand.h"
#include "sim/io/port_file.h"
#include "sim/transcript/person.h"
#include "sim/transcript/recording.h"

static const char help[] =
    "usage: milter-sim serve [OPTION...]\n"
    "\n"
    "An SMTP server that asks milters, as an MTA would, and delivers into files.\n"
    "\n"
    "  --listen SOCKET     host:port, [addr]:port, inet:port@host, unix:/path; may be\n"
    "                      repeated; port 0: any free one (127.0.0.1:2525)\n"
    "  --port-file FILE    write the sockets in use to FILE, one a line, once ready\n"
    "  --milter WORDS      a filter, in sendmail's words; may be repeated, asked in "
    "order:\n"
    "                      'S=unix:/run/v.sock, F=T, T=C:5m;S:10s;R:10s;E:5m'\n"
    "                      S= its socket: unix:/path, local:/path, inet:port@host, "
    "inet6:\n"
    "                      F= if it is absent or fails: T 451, R 5xx, 4 421, Q hold;\n"
    "                         none: go on\n"
    "                      T= time limits: C connect (5m), S send (10s), R read (10s),\n"
    "                         E from end of message to its last answer (5m); 0: none\n"
    "  --profile NAME      whose words and habits: rfc2821 (default), sendmail-8.17,\n"
    "                      postfix-3.7; strict: what is safe with both\n"
    "  --domain NAME       what we call ourselves; more of them: domains that are\n"
    "                      ours too (localhost)\n"
    "  --user NAME[=FULL]  a mailbox; may be repeated; NAME@DOMAIN for another domain;\n"
    "                      FULL is a name for VRFY.  Without any, everybody has one\n"
    "  --announce WORDS    what EHLO says, between commas: 8BITMIME,SIZE,DSN,HELP;\n"
    "                      +PIPELINING,ENHANCEDSTATUSCODES adds to the profile's\n"
    "  --verify            VRFY tells who there is\n"
    "  --xclient           a client on this machine may say with XCLIENT who it is\n"
    "  --macro NAME=VALUE  what filters are told of a macro; may be repeated; one that\n"
    "                      no command of the profile has is told at CONNECT\n"
    "  --size-limit BYTES  of a message; k, M, G; SIZE then names it (64M, not named)\n"
    "  --line-limit N      octets of a line of text, CRLF included; 0: none (1000 in\n"
    "                      rfc2821 and strict, else none)\n"
    "  --deliver WHERE     maildir:DIR, mbox:DIR, or null (default)\n"
    "  --timeout SECONDS   a client that says nothing is told 421 (300)\n"
    "  --time-scale N      all limits, T= too, pass so many times as fast (1)\n"
    "  --sessions N        at once; one more is told 421 (100)\n"
    "  --memory BYTES      of all messages together; beyond: 452 (512M)\n"
    "  --trace[=FORM]      print both dialogues, SMTP and milter, as they happen: for a\n"
    "                      person, as a transcript, or as json\n"
    "  --quiet             no line at start and end\n"
    "  --help\n"
    "\n"
    "SIGTERM and SIGINT end it: messages under way are finished, at most 5 s; a\n"
    "second one ends it at once.  Exit: 0, 2 usage, 3 cannot listen.\n";

struct serve {
	struct serve_options options;
	struct person person; /* looks on at stdout */
	struct person errors; /* ... or only at what is wrong, at stderr */
	uint64_t start;
	struct loop *loop;
	struct server *server;
	struct stop stop;
};

static void
ask_to_stop(void *self)
{
	struct serve *v = self;

	server_stop(v->server, stop_now, &v->stop);
}

/* --- what is printed --- */

static void
print_text(struct text *lines)
{
	(void)fwrite(lines->ptr, 1, lines->len, stdout);
	(void)fflush(stdout);
	text_clear(lines);
}

/* Without --trace a person still hears what is wrong with a filter. */
static void
observe(void *self, const struct event *e)
{
	struct serve *v = self;
	struct text lines = TEXT_INIT(8 * RECORD_BYTES_MAX);

	switch (v->options.trace) {
	case TRACE_NONE:
		if (e->what == EVENT_NOTE || e->what == EVENT_BREACH)
			person_show(&v->errors, e);
		break;
	case TRACE_PERSON: person_show(&v->person, e); break;
	case TRACE_TRANSCRIPT:
		event_transcript(&lines, e);
		print_text(&lines);
		break;
	case TRACE_JSON:
		(void)event_json(&lines, e, v->start);
		print_text(&lines);
		break;
	}
}

static bool
listen_on(struct serve *v, const char *name, struct text *bound)
{
	struct socket_address a;
	struct text why = TEXT_INIT(400);

	size_t before = bound->len;
	bool ok = server_listen(v->server, slice_of(name), &a, &why);

	if (ok)
		socket_address_describe(&a, bound);
	/* What is empty had no memory; whoever reads the line waits for an address. */
	if (bound->len == before) {
		(void)fprintf(stderr, "milter-sim serve: --listen %s: %s\n", name,
		    text_reason(&why));
		text_clear(&why);
		return false;
	}
	if (!v->options.quiet)
		(void)printf("milter-sim: listening on %s\n", text_cstr(bound) + before);
	text_printf(bound, "\n");
	return true;
}

static void
print_counts(const struct serve *v)
{
	struct server_counts n = server_counts(v->server);

	if (v->options.quiet)
		return;
	(void)printf("milter-sim: %lu sessions, %lu messages: %lu accepted, %lu refused, "
		     "%lu deferred, %lu discarded, %lu in quarantine\n",
	    n.sessions, n.messages, n.accepted, n.refused, n.deferred, n.discarded,
	    n.quarantined);
	if (n.breaches > 0)
		(void)printf("milter-sim: %lu breach%s of the milter protocol\n",
		    n.breaches, n.breaches == 1 ? "" : "es");
}

static bool
make_delivery_directory(const struct delivery *d)
{
	if (d->kind == DELIVER_NULL || mkdir(d->directory, 0700) == 0 || errno == EEXIST)
		return true;
	(void)fprintf(stderr, "milter-sim serve: --deliver %s: %s\n", d->directory,
	    strerror(errno));
	return false;
}

static int
serve(struct serve *v)
{
	struct text why = TEXT_INIT(400), bound = TEXT_INIT(8192);
	int code = SIM_UNREACHABLE;

	v->server = server_new(v->loop, &v->options.config, &why);
	if (v->server == NULL) {
		(void)fprintf(stderr, "milter-sim serve: %s\n", text_cstr(&why));
		text_clear(&why);
		return SIM_USAGE;
	}
	for (size_t i = 0; i < v->options.listens; i++) {
		if (!listen_on(v, v->options.listen[i], &bound))
			goto out;
	}
	if (v->options.port_file != NULL &&
	    !port_file_write(v->options.port_file, &bound))
		goto out;
	(void)fflush(stdout);
	loop_run(v->loop);
	print_counts(v);
	code = SIM_OK;
out:
	text_clear(&bound);
	server_free(v->server);
	return code;
}

static enum serve_command
read_options(struct serve_options *o, int argc, char **argv)
{
	struct text why = TEXT_INIT(500);
	size_t n = argc > 0 ? (size_t)argc - 1 : 0;
	enum serve_command what = serve_options_words(o, n, argv + 1, &why);

	if (what == SERVE_DONE)
		(void)fputs(help, stdout);
	if (what == SERVE_WRONG)
		(void)fprintf(stderr,
		    "milter-sim serve: %s\nTry 'milter-sim serve --help'.\n",
		    text_cstr(&why));
	text_clear(&why);
	return what;
}

int
serve_main(int argc, char **argv)
{
	struct serve *v = calloc(1, sizeof *v);
	int code = SIM_USAGE;

	if (v == NULL) {
		perror("milter-sim serve");
		return SIM_UNREACHABLE;
	}
	switch (read_options(&v->options, argc, argv)) {
	case SERVE_WRONG: goto out;
	case SERVE_DONE: code = SIM_OK; goto out;
	case SERVE_RUN: break;
	}
	person_init(
	    &v->person, stdout, v->options.config.filters, isatty(STDOUT_FILENO) == 1);
	person_init(
	    &v->errors, stderr, v->options.config.filters, isatty(STDERR_FILENO) == 1);
	v->options.config.sink = (struct event_sink){ observe, v };
	if (!make_delivery_directory(&v->options.config.delivery))
		goto out;
	v->loop = loop_new();
	v->stop = (struct stop){ .loop = v->loop, .ask = ask_to_stop, .self = v };
	if (v->loop == NULL || !stop_take_signals(&v->stop)) {
		(void)fprintf(stderr, "milter-sim serve: %s\n", strerror(errno));
		code = SIM_UNREACHABLE;
		goto out;
	}
	loop_pace(v->loop, v->options.time_scale);
	v->start = loop_now(v->loop);
	code = serve(v);
out:
	loop_free(v->loop);
	serve_options_clear(&v->options);
	free(v);
	return code;
}
