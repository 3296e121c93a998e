/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/args.h"

#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/value.h"
#include "folders.h"

static const struct option long_option[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ "socket", required_argument, NULL, 'p' },
	{ "config", required_argument, NULL, 'c' },
	{ "option", required_argument, NULL, 'o' },
	{ "foreground", no_argument, NULL, 'f' },
	{ "reload", required_argument, NULL, 'r' },
	{ "test", no_argument, NULL, 't' },
	{ NULL, 0, NULL, 0 },
};

static void
help(const struct program *p)
{
	(void)printf(
	    "usage: %s [-ft] [-c FILE] [-p SOCKET] [-r PID] [-o KEY=VALUE]...\n\n"
	    "%s\n\n"
	    "  -p, --socket SOCKET     listen there: unix:PATH, inet:PORT@HOST,\n"
	    "                          inet6:PORT@HOST, or fd:3 from systemd\n"
	    "  -c, --config FILE       configuration (default %s/%s.conf)\n"
	    "  -o, --option KEY=VALUE  set one key, over the file; may be repeated\n"
	    "  -f, --foreground        stay in the foreground, log to stderr\n"
	    "  -t, --test              check everything, print the effective\n"
	    "                          configuration, and exit\n"
	    "  -r, --reload PID        check everything, then have that process\n"
	    "                          reload; tells what is wrong, and exits\n"
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

/* In the background we work in /, and a reload reads the file again. */
static bool
keep_config(struct args *a)
{
	char *here = NULL;

	if (a->config == NULL || a->config[0] == '/' || a->foreground || a->test ||
	    a->reload != 0)
		return true;
	if ((here = getcwd(NULL, 0)) == NULL)
		return false;
	a->whole_config = malloc(strlen(here) + strlen(a->config) + 2);
	if (a->whole_config != NULL)
		(void)stpcpy(stpcpy(stpcpy(a->whole_config, here), "/"), a->config);
	free(here);
	a->config = a->whole_config;
	return a->config != NULL;
}

static bool
name_default(struct args *a, const struct program *p)
{
	struct text path = TEXT_INIT(4096);

	text_printf(&path, "%s/%s.conf", MILTERS_CONFDIR, p->name);
	a->default_config = strdup(text_cstr(&path));
	text_clear(&path);
	return a->default_config != NULL;
}

static bool
take_pid(struct args *a, const char *word)
{
	long long n;

	if (!value_number(slice_of(word), &n) || n < 2 || n > INT_MAX)
		return false;
	a->reload = (long)n;
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
	while ((c = getopt_long(argc, argv, "+:c:fhp:o:r:t", long_option, NULL)) != -1) {
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
		case 'r':
			if (!take_pid(a, optarg))
				return misuse(
				    p, "--reload wants the number of a process");
			break;
		case 'h': help(p); return EX_OK;
		case 'V': (void)printf("%s %s\n", p->name, PACKAGE_VERSION); return EX_OK;
		case ':': return misuse(p, "an option lacks its argument");
		default: return unknown(p, argv[optind - 1]);
		}
	}
	if (optind < argc)
		return misuse(p, "there are arguments left over");
	return keep_config(a) && name_default(a, p) ? -1 : no_memory(p);
}

void
args_clear(struct args *a)
{
	free(a->whole_config);
	free(a->socket);
	free(a->default_config);
}
