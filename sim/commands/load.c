/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/commands/load_metrics.h"
#include "sim/commands/load_options.h"
#include "sim/commands/subcommand.h"
#include "sim/load/report.h"

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
    "                      or FILE: a message; may be repeated.  FILEs behind the\n"
    "                      options are messages too, one after another\n"
    "  --recipients N-M    of a message, in turn (1-3)\n"
    "  --from ADDRESS[=VERDICT][,SHARE]\n"
    "                      the sender (sender@example.net); another one with a SHARE\n"
    "                      of the messages, as in 1%, and the VERDICT that they get\n"
    "  --to ADDRESS[=VERDICT][,SHARE]\n"
    "                      a recipient; may be repeated (user1@example.org, ...); with\n"
    "                      a SHARE the first one of those messages; VERDICT: its own\n"
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

static void
progress(void *self, const struct accounts *a, double seconds)
{
	const struct load_config *c = self;
	uint64_t n = accounts_settled(a);

	(void)fprintf(stderr,
	    "\r%" PRIu64 " of %" PRIu64 ", %.0f a second, %" PRIu64 " wrong ", n,
	    c->messages, seconds > 0 ? (double)n / seconds : 0, a->wrong);
}

/* Nothing stood: unreachable.  Else what broke off or was wrong. */
static int
exit_code(const struct load_result *r)
{
	if (!r->done)
		return r->reached ? SIM_DIFFERENT : SIM_UNREACHABLE;
	return r->accounts.wrong + r->accounts.wrong_recipients == 0 ? SIM_OK
								     : SIM_DIFFERENT;
}

static int
report(const struct load_options *o, const struct load_config *c, struct load_result *r)
{
	if (r->fault.len != 0)
		(void)fprintf(
		    stderr, "milter-sim load: %s: %s\n", o->target, text_cstr(&r->fault));
	if (r->reached && r->accounts.examples.len > 0)
		(void)text_cstr(&r->accounts.examples);
	if (o->json)
		(void)load_report_json(stdout, c, r, o->target);
	else if (r->reached)
		load_report_text(stdout, c, r, o->target);
	if (fflush(stdout) != 0)
		return SIM_DIFFERENT;
	return exit_code(r);
}

/* The load has ended; whatever it came to, its milter must have counted it so. */
static int
agree(const struct load_options *o, const struct load_metrics *m,
    const struct load_result *r, int code)
{
	struct text lines = TEXT_INIT(4000);

	if (o->metrics == NULL || !r->done)
		return code;
	if (load_metrics_agree(m, r, o->timeout_ms, &lines)) {
		if (!o->json)
			(void)printf("metrics     %s counts the same\n", o->metrics);
	} else {
		(void)fprintf(stderr, "milter-sim load: %s counts otherwise:\n%s",
		    o->metrics, text_cstr(&lines));
		code = SIM_DIFFERENT;
	}
	text_clear(&lines);
	return code;
}

static bool
begin(const struct load_options *o, struct load_metrics *m)
{
	struct text why = TEXT_INIT(1000);
	bool good = o->metrics == NULL || load_metrics_begin(m, o->metrics, &why);

	if (!good)
		(void)fprintf(
		    stderr, "milter-sim load: --metrics: %s\n", text_cstr(&why));
	text_clear(&why);
	return good;
}

/* NULL: no memory. */
static struct load_result *
new_result(const struct load_options *o)
{
	struct load_result *r = calloc(1, sizeof *r);

	if (r == NULL)
		return NULL;
	accounts_init(&r->accounts);
	r->fault = (struct text)TEXT_INIT(1000);
	r->accounts.clean = o->clean;
	r->accounts.worm = o->infected;
	r->accounts.reply = o->reply;
	return r;
}

static int
run(const struct load_options *o, const struct load_mail *mail)
{
	struct load_config c = {
		.wish = { .address = &o->address,
		    .dialect = o->smtp ? &dialect_smtp : &dialect_milter,
		    .mail = mail,
		    .per_connection = o->per_connection,
		    .pace_ms = o->pace_ms,
		    .timeout_ms = o->timeout_ms },
		.mail = mail,
		.connections = o->connections,
		.messages = o->messages,
		.rate = o->rate,
		.watched = o->watched,
	};
	struct load_result *r = new_result(o);
	bool shows = !o->quiet && isatty(STDERR_FILENO) != 0;
	struct load_metrics metrics;
	int code = SIM_USAGE;

	if (r == NULL || !begin(o, &metrics)) {
		free(r);
		return SIM_USAGE;
	}
	if (shows) {
		c.progress = progress;
		c.self = &c;
	}
	if (load_run(&c, r)) {
		if (shows)
			(void)fputs("\r\033[K", stderr);
		code = agree(o, &metrics, r, report(o, &c, r));
	} else {
		(void)fputs("milter-sim load: out of memory\n", stderr);
	}
	accounts_clear(&r->accounts);
	text_clear(&r->fault);
	free(r);
	return code;
}

int
load_main(int argc, char **argv)
{
	struct load_options o;
	struct load_mail mail = { 0 };
	struct text why = TEXT_INIT(1000);
	int code = SIM_USAGE;

	switch (load_options_read(&o, argc, argv)) {
	case LOAD_OPTIONS_HELP:
		(void)fputs(usage, stdout);
		code = SIM_OK;
		break;
	case LOAD_OPTIONS_BAD: break;
	case LOAD_OPTIONS_GOOD:
		if (o.smtp ? load_mail_smtp(&mail, &o.wish, &why)
			   : load_mail_milter(&mail, &o.wish, &why))
			code = run(&o, &mail);
		else
			(void)fprintf(stderr, "milter-sim load: %s\n", text_cstr(&why));
		load_mail_clear(&mail);
		break;
	}
	text_clear(&why);
	load_options_clear(&o);
	return code;
}
