/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/server/serve_options.h"

#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "base/put.h"
#include "base/value.h"
#include "sim/smtp/command.h"

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
    "                      F= if it is absent or fails: T 451, R 5xx, 4 421; none: go "
    "on\n"
    "                      T= time limits: C connect (5m), S send (10s), R read (10s),\n"
    "                         E from end of message to its last answer (5m); 0: none\n"
    "  --profile NAME      whose words and habits: rfc2821 (default), sendmail-8.17\n"
    "  --domain NAME       what we call ourselves; more of them: domains that are\n"
    "                      ours too (localhost)\n"
    "  --user NAME[=FULL]  a mailbox; may be repeated; NAME@DOMAIN for another domain;\n"
    "                      FULL is a name for VRFY.  Without any, everybody has one\n"
    "  --announce WORDS    what EHLO says, between commas: 8BITMIME,SIZE,DSN,HELP;\n"
    "                      +PIPELINING,ENHANCEDSTATUSCODES adds to the profile's\n"
    "  --verify            VRFY tells who there is\n"
    "  --size-limit BYTES  of a message; k, M, G; SIZE then names it (64M, not named)\n"
    "  --line-limit N      octets of a line of text, CRLF included; 0: none (1000 in\n"
    "                      rfc2821, none in sendmail-8.17)\n"
    "  --deliver WHERE     maildir:DIR, mbox:DIR, or null (default)\n"
    "  --timeout SECONDS   a client that says nothing is told 421 (300)\n"
    "  --sessions N        at once; one more is told 421 (100)\n"
    "  --memory BYTES      of all messages together; beyond: 452 (512M)\n"
    "  --trace[=FORM]      print both dialogues, SMTP and milter, as they happen: for a\n"
    "                      person, as a transcript, or as json\n"
    "  --quiet             no line at start and end\n"
    "  --help\n"
    "\n"
    "SIGTERM and SIGINT end it: messages under way are finished, at most 5 s; a\n"
    "second one ends it at once.  Exit: 0, 2 usage, 3 cannot listen.\n";

/* A value of an option that takes one; `rest` of the line is for messages. */
typedef bool set_fn(struct serve_options *o, const char *value, struct text *why);

static bool
count(const char *value, uint64_t least, uint64_t most, uint64_t *ret, struct text *why)
{
	if (number_parse(slice_of(value), ret) && *ret >= least && *ret <= most)
		return true;
	text_printf(
	    why, "'%s' is not a number from %" PRIu64 " to %" PRIu64, value, least, most);
	return false;
}

static bool
bytes(const char *value, uint64_t *ret, struct text *why)
{
	const long long most = 1LL << 40;
	long long n;

	if (value_bytes(slice_of(value), &n) && n >= 1 && n <= most) {
		*ret = (uint64_t)n;
		return true;
	}
	text_printf(why, "'%s' is not a size: write 1000, 64k, 10M, 1G", value);
	return false;
}

static bool
set_listen(struct serve_options *o, const char *value, struct text *why)
{
	struct socket_address a;

	if (o->listens == LISTEN_MAX) {
		text_printf(why, "more than %d sockets", LISTEN_MAX);
		return false;
	}
	o->listen[o->listens++] = value;
	return socket_address_parse(slice_of(value), &a, why);
}

static bool
set_port_file(struct serve_options *o, const char *value, struct text *why)
{
	(void)why;
	o->port_file = value;
	return true;
}

static bool
set_milter(struct serve_options *o, const char *value, struct text *why)
{
	struct socket_address a;

	if (o->config.filters == FILTERS_MAX) {
		text_printf(why, "more than %d filters", FILTERS_MAX);
		return false;
	}
	struct filter_config *f = &o->filter[o->config.filters++];
	return filter_config_parse(slice_of(value), f, why) &&
	       socket_address_parse(slice_of(f->socket), &a, why);
}

static bool
set_profile(struct serve_options *o, const char *value, struct text *why)
{
	o->config.profile = profile_named(slice_of(value));
	if (o->config.profile == NULL)
		text_printf(why, "'%s' is none of: %s", value, profile_names());
	return o->config.profile != NULL;
}

static bool
set_domain(struct serve_options *o, const char *value, struct text *why)
{
	if (!domain_valid(slice_of(value)) || o->config.users.domains == DOMAINS_MAX) {
		text_printf(why, "'%s' is no domain name, or one too many", value);
		return false;
	}
	o->domain[o->config.users.domains++] = value;
	return true;
}

/* NAME=FULL is cut in place: argv is ours. */
static bool
set_user(struct serve_options *o, const char *value, struct text *why)
{
	char *equals = strchr((char *)value, '=');

	if (o->config.users.count == USERS_MAX) {
		text_printf(why, "more than %d users", USERS_MAX);
		return false;
	}
	if (equals != NULL)
		*equals = '\0';
	o->user[o->config.users.count++] =
	    (struct user){ value, equals != NULL ? equals + 1 : NULL };
	if (user_valid(value))
		return true;
	text_printf(why,
	    "'%s' cannot be a mailbox: letters, digits, . _ + @ -, at most 64, "
	    "not first . or -",
	    value);
	return false;
}

static bool
set_announce(struct serve_options *o, const char *value, struct text *why)
{
	text_clear(&o->announced);
	for (size_t i = 0; value[i] != '\0'; i++) {
		char c = value[i] == ',' ? ' ' : value[i];
		if ((c <= ' ' && c != ' ') || c > '~') {
			text_printf(why, "'%s' is not a list of EHLO keywords", value);
			return false;
		}
		put(&o->announced, (struct slice){ &c, 1 });
	}
	return true;
}

static bool
set_verify(struct serve_options *o, const char *value, struct text *why)
{
	(void)value;
	(void)why;
	o->config.verify = true;
	return true;
}

static bool
set_size_limit(struct serve_options *o, const char *value, struct text *why)
{
	o->config.announce_size = true;
	return bytes(value, &o->config.size_limit, why);
}

static bool
set_line_limit(struct serve_options *o, const char *value, struct text *why)
{
	uint64_t n;

	if (!count(value, 0, INT_MAX, &n, why))
		return false;
	o->config.text_line_max = (long)n;
	return true;
}

static bool
set_deliver(struct serve_options *o, const char *value, struct text *why)
{
	return delivery_parse(value, &o->config.delivery, why);
}

static bool
set_timeout(struct serve_options *o, const char *value, struct text *why)
{
	uint64_t n;

	if (!count(value, 1, 86400, &n, why))
		return false;
	o->config.timeout_ms = (long)n * 1000;
	return true;
}

static bool
set_sessions(struct serve_options *o, const char *value, struct text *why)
{
	uint64_t n;

	if (!count(value, 1, 10000, &n, why))
		return false;
	o->config.sessions_max = (size_t)n;
	return true;
}

static bool
set_memory(struct serve_options *o, const char *value, struct text *why)
{
	uint64_t n;

	if (!bytes(value, &n, why))
		return false;
	o->config.memory_max = (size_t)n;
	return true;
}

static bool
set_trace(struct serve_options *o, const char *value, struct text *why)
{
	static const struct {
		const char *name;
		enum trace_form form;
	} forms[] = { { "person", TRACE_PERSON }, { "transcript", TRACE_TRANSCRIPT },
		{ "json", TRACE_JSON } };

	if (value == NULL)
		value = "person";
	for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		if (strcmp(value, forms[i].name) != 0)
			continue;
		o->trace = forms[i].form;
		return true;
	}
	text_printf(why, "'%s' is none of: person, transcript, json", value);
	return false;
}

static bool
set_quiet(struct serve_options *o, const char *value, struct text *why)
{
	(void)value;
	(void)why;
	o->quiet = true;
	return true;
}

static const struct {
	const char *name;
	int argument;
	set_fn *set;
} options[] = {
	{ "listen", required_argument, set_listen },
	{ "port-file", required_argument, set_port_file },
	{ "milter", required_argument, set_milter },
	{ "profile", required_argument, set_profile },
	{ "domain", required_argument, set_domain },
	{ "user", required_argument, set_user },
	{ "announce", required_argument, set_announce },
	{ "verify", no_argument, set_verify },
	{ "size-limit", required_argument, set_size_limit },
	{ "line-limit", required_argument, set_line_limit },
	{ "deliver", required_argument, set_deliver },
	{ "timeout", required_argument, set_timeout },
	{ "sessions", required_argument, set_sessions },
	{ "memory", required_argument, set_memory },
	{ "trace", optional_argument, set_trace },
	{ "quiet", no_argument, set_quiet },
};

enum { OPTIONS = sizeof options / sizeof options[0], OPTION_HELP = 1000 };

static enum serve_command
wrong(const char *option, struct text *why)
{
	if (why->len != 0)
		(void)fprintf(
		    stderr, "milter-sim serve: --%s: %s\n", option, text_cstr(why));
	(void)fputs("Try 'milter-sim serve --help'.\n", stderr);
	text_clear(why);
	return SERVE_WRONG;
}

/* "+WORD WORD" adds to the profile's list, HELP staying last as in the samples. */
static void
complete(struct serve_options *o)
{
	static const char *const localhost = "localhost";
	struct text all = TEXT_INIT(4096);
	struct slice base = slice_of(o->config.profile->announced);

	if (o->listens == 0)
		o->listen[o->listens++] = "127.0.0.1:2525";
	if (o->config.users.domains == 0)
		o->domain[o->config.users.domains++] = localhost;
	if (o->announced.len == 0)
		return;
	if (o->announced.ptr[0] == '+') {
		bool helps = base.len > 5 &&
			     slice_equal(slice_from(base, base.len - 5), SLICE(" HELP"));
		put(&all, slice_first(base, base.len - (helps ? 5 : 0)));
		put(&all, SLICE(" "));
		put(&all, slice_from(text_slice(&o->announced), 1));
		put(&all, helps ? SLICE(" HELP") : SLICE(""));
		text_clear(&o->announced);
		put(&o->announced, text_slice(&all));
	}
	o->config.announced = text_cstr(&o->announced);
	text_clear(&all);
}

enum serve_command
serve_options_read(struct serve_options *o, int argc, char **argv)
{
	struct option table[OPTIONS + 2] = { 0 };
	struct text why = TEXT_INIT(500);
	int got;

	*o = (struct serve_options){
		.config = { .profile = &profile_rfc2821,
		    .size_limit = 64 << 20,
		    .text_line_max = -1,
		    .sessions_max = 100,
		    .memory_max = 512 << 20,
		    .timeout_ms = 300 * 1000 },
		.announced = TEXT_INIT(4096),
	};
	o->config.filter = o->filter;
	o->config.users.user = o->user;
	o->config.users.domain = o->domain;
	for (int i = 0; i < OPTIONS; i++)
		table[i] =
		    (struct option){ options[i].name, options[i].argument, NULL, i };
	table[OPTIONS] = (struct option){ "help", no_argument, NULL, OPTION_HELP };

	while ((got = getopt_long(argc, argv, "", table, NULL)) != -1) {
		if (got == OPTION_HELP) {
			(void)fputs(help, stdout);
			return SERVE_DONE;
		}
		if (got < 0 || got >= OPTIONS)
			return wrong("", &why);
		if (!options[got].set(o, optarg, &why))
			return wrong(options[got].name, &why);
	}
	if (optind < argc) {
		(void)fprintf(
		    stderr, "milter-sim serve: '%s' is no option\n", argv[optind]);
		return wrong("", &why);
	}
	complete(o);
	return SERVE_RUN;
}

void
serve_options_clear(struct serve_options *o)
{
	for (size_t i = 0; i < o->config.filters; i++)
		filter_config_clear(&o->filter[i]);
	text_clear(&o->announced);
}
