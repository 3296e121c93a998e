/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/args.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

static const struct option long_option[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ "socket", required_argument, NULL, 'p' },
	{ "config", required_argument, NULL, 'c' },
	{ "option", required_argument, NULL, 'o' },
	{ "foreground", no_argument, NULL, 'f' },
	{ "test", no_argument, NULL, 't' },
	{ NULL, 0, NULL, 0 },
};

static void
help(const struct program *p)
{
	(void)printf(
	    "usage: %s [-ft] [-c FILE] [-p SOCKET] [-o KEY=VALUE]...\n\n"
	    "%s\n\n"
	    "  -p, --socket SOCKET     listen there: unix:PATH, inet:PORT@HOST,\n"
	    "                          inet6:PORT@HOST, or fd:3 from systemd\n"
	    "  -c, --config FILE       configuration (default %s/%s.conf)\n"
	    "  -o, --option KEY=VALUE  set one key, over the file; may be repeated\n"
	    "  -f, --foreground        stay in the foreground, log to stderr\n"
	    "  -t, --test              check everything, print the effective\n"
	    "                          configuration, and exit\n"
	    "  -h, --help              this text\n"
	    "      --version           name and version\n%s\n"
	    "SIGHUP and SIGUSR1 reload, SIGTERM ends.  See %s(8).\n",
	    p->name, p->summary, MILTERS_CONFDIR, p->name, p->help != NULL ? p->help : "",
	    p->name);
}

static int
misuse(const struct program *p, const char *what)
{
	(void)fprintf(stderr, "%s: %s\nTry '%s --help'.\n", p->name, what, p->name);
	return EX_USAGE;
}

static int
no_memory(const struct program *p)
{
	(void)fprintf(stderr, "%s: out of memory\n", p->name);
	return EX_OSERR;
}

static bool
take_socket(struct args *a, const char *spec)
{
	static const char key[] = "socket=";

	free(a->socket);
	if ((a->socket = malloc(sizeof key + strlen(spec))) == NULL)
		return false;
	(void)stpcpy(stpcpy(a->socket, key), spec);
	return true;
}

/* The file that a distribution would install; its absence is no fault. */
static bool
find_default(struct args *a, const struct program *p)
{
	struct text path = TEXT_INIT(4096);

	text_printf(&path, "%s/%s.conf", MILTERS_CONFDIR, p->name);
	a->default_config = strdup(text_cstr(&path));
	text_clear(&path);
	if (a->default_config == NULL)
		return false;
	if (a->config == NULL && access(a->default_config, F_OK) == 0)
		a->config = a->default_config;
	return true;
}

static int
unknown(const struct program *p, const char *option)
{
	struct text what = TEXT_INIT(200);

	text_printf(&what, "unknown option ");
	text_append_escaped(&what, slice_of(option), 100);
	int code = misuse(p, text_cstr(&what));
	text_clear(&what);
	return code;
}

int
args_read(struct args *a, const struct program *p, int argc, char **argv)
{
	int c;

	*a = (struct args){ .config = NULL };
	while ((c = getopt_long(argc, argv, "+:c:fhp:o:t", long_option, NULL)) != -1) {
		switch (c) {
		case 'c': a->config = optarg; break;
		case 'f': a->foreground = true; break;
		case 't': a->test = true; break;
		case 'o':
			if (a->overrides == OVERRIDES_MAX)
				return misuse(p, "more than 100 -o options");
			a->override[a->overrides++] = optarg;
			break;
		case 'p':
			if (!take_socket(a, optarg))
				return no_memory(p);
			break;
		case 'h': help(p); return EX_OK;
		case 'V': (void)printf("%s %s\n", p->name, PACKAGE_VERSION); return EX_OK;
		case ':': return misuse(p, "an option lacks its argument");
		default: return unknown(p, argv[optind - 1]);
		}
	}
	if (optind < argc)
		return misuse(p, "there are arguments left over");
	return find_default(a, p) ? -1 : no_memory(p);
}

void
args_clear(struct args *a)
{
	free(a->socket);
	free(a->default_config);
}

static void
tables_of(const struct program *p, struct config_table ret[ARG_TABLES])
{
	ret[0] = common_options_table;
	ret[1] = p->options;
}

/* "": the place that the unit file makes for this program. */
static bool
fill_socket(const struct program *p, struct common_options *o)
{
	struct text path = TEXT_INIT(200);

	if (o->socket[0] != '\0')
		return true;
	text_printf(&path, "unix:/run/%s/milter.sock", p->name);
	free(o->socket);
	o->socket = strdup(text_cstr(&path));
	text_clear(&path);
	return o->socket != NULL;
}

struct settings *
settings_read(const struct program *p, const struct args *a, struct text *why)
{
	struct config_table tables[ARG_TABLES];
	char *override[OVERRIDES_MAX + 1];
	size_t n = 0;
	struct settings *s = calloc(1, sizeof *s);

	tables_of(p, tables);
	for (size_t i = 0; i < a->overrides; i++)
		override[n++] = a->override[i];
	if (a->socket != NULL)
		override[n++] = a->socket;
	if (s != NULL && (s->common = calloc(1, p->options_size)) != NULL) {
		s->program = p;
		if (config_read(
			tables, ARG_TABLES, a->config, override, n, s->common, why) &&
		    fill_socket(p, s->common))
			return s;
	}
	if (why->len == 0)
		text_printf(why, "out of memory");
	settings_free(s);
	return NULL;
}

void
settings_free(void *settings)
{
	struct config_table tables[ARG_TABLES];
	struct settings *s = settings;

	if (s == NULL)
		return;
	if (s->common != NULL) {
		tables_of(s->program, tables);
		config_clear(tables, ARG_TABLES, s->common);
		free(s->common);
	}
	free(s);
}

void
settings_print(const struct settings *s)
{
	struct config_table tables[ARG_TABLES];

	tables_of(s->program, tables);
	config_print(stdout, tables, ARG_TABLES, s->common);
}
