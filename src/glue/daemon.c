/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How: the main thread reads the configuration, makes the socket and then does
 * nothing but wait for signals and the clock; libmilter runs in threads.
 */
#include "glue/daemon.h"

#include <poll.h>
#include <stdio.h>
#include <sysexits.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "glue/args.h"
#include "glue/gate.h"
#include "glue/listener.h"
#include "glue/process.h"
#include "glue/service.h"
#include "glue/signals.h"

enum { MESSAGE_MAX = 1000, DRAIN_STEP_MS = 20 };

struct daemon {
	const struct program *program;
	struct args args;
	struct listener listener;
	struct service service;
	struct identity who;
	long summary_interval, drain_timeout;
};

static int
complain(const struct program *p, int code, struct text *why)
{
	(void)fprintf(stderr, "%s: %s\n", p->name, text_cstr(why));
	text_clear(why);
	return code;
}

/* Fresh rules from these settings, which they own from then on. */
static struct snapshot *
load(const struct program *p, struct settings *s, struct text *why)
{
	void *rules = NULL;

	if (!p->load(s->common, gate_report(), &rules, why))
		return NULL;
	struct snapshot *fresh = snapshot_new(rules, p->drop, s, settings_free);
	if (fresh == NULL) {
		p->drop(rules);
		text_printf(why, "out of memory");
	}
	return fresh;
}

static void
announce(const struct program *p, const char *what, const struct snapshot *s)
{
	struct text line = TEXT_INIT(MESSAGE_MAX);

	if (p->announce != NULL)
		p->announce(snapshot_rules(s), &line);
	log_notice("%s%s%s", what, line.len > 0 ? ": " : "", text_cstr(&line));
	text_clear(&line);
}

static void
reload(struct daemon *d)
{
	struct text why = TEXT_INIT(MESSAGE_MAX);

	process_notify("RELOADING=1");
	struct settings *s = settings_read(d->program, &d->args, &why);
	struct snapshot *fresh = s != NULL ? load(d->program, s, &why) : NULL;
	if (fresh != NULL) {
		snapshot_swap(d->service.rules, fresh);
		announce(d->program, "reloaded", fresh); /* true when it is read */
	} else {
		settings_free(s);
		log_error("reload: %s; keeping the old rules", text_cstr(&why));
	}
	process_notify("READY=1");
	text_clear(&why);
}

static void
summarize(struct daemon *d)
{
	struct text line = TEXT_INIT(2000);

	tally_line(d->service.tally, time(NULL), &line);
	log_info("%s", text_cstr(&line));
	text_clear(&line);
}

static void
rest(void)
{
	(void)poll(NULL, 0, DRAIN_STEP_MS);
}

/*
 * libmilter's own end cuts every session.  So: no new sessions or messages,
 * then those under way may end, then libmilter.
 */
static void
drain(struct daemon *d)
{
	long long until = monotonic_ms() + 1000LL * d->drain_timeout;

	process_notify("STOPPING=1");
	atomic_store(&d->service.draining, true);
	delay_wake_all(&d->service.delay);
	while (atomic_load(&d->service.flowing) > 0 && monotonic_ms() < until &&
	       !service_ended())
		rest();
	unsigned long cut = atomic_load(&d->service.flowing);
	if (cut > 0)
		log_warning("stopping with %lu messages under way; the MTA will see the "
			    "connection close",
		    cut);
	service_stop();
	while (!service_ended()) {
		listener_poke(&d->listener);
		rest();
	}
}

/* Until the next summary is due; -1 for ever. */
static int
time_left(const struct daemon *d, long long next)
{
	if (d->summary_interval == 0)
		return 1000; /* look after libmilter from time to time */
	long long left = next - monotonic_ms();
	return left < 0 ? 0 : left > 1000 ? 1000 : (int)left;
}

static int
watch(struct daemon *d)
{
	long long next = monotonic_ms() + 1000LL * d->summary_interval;
	bool end = false;

	while (!end && !service_ended()) {
		struct wishes wish = signals_wait(time_left(d, next));
		end = wish.end;
		if (wish.reload && !end)
			reload(d);
		if (d->summary_interval > 0 && monotonic_ms() >= next) {
			summarize(d);
			next += 1000LL * d->summary_interval;
		}
	}
	drain(d);
	service_join();
	summarize(d);
	if (end)
		log_notice("stopped");
	else
		log_error("libmilter ended by itself");
	return end ? EX_OK : EX_SOFTWARE;
}

static bool
prepare_service(struct daemon *d, const struct common_options *o)
{
	d->service.policy = d->program->policy;
	d->service.rules = snapshot_holder_new();
	d->service.tally = tally_new();
	d->summary_interval = o->summary_interval;
	d->drain_timeout = o->drain_timeout;
	return d->service.rules != NULL && d->service.tally != NULL &&
	       delay_init(&d->service.delay, (unsigned long)o->max_delayed);
}

static void
open_log(const struct daemon *d, const struct common_options *o)
{
	bool to_syslog = o->log == OPTION_LOG_SYSLOG ||
			 (o->log == OPTION_LOG_AUTO && !d->args.foreground);

	log_open(d->program->name, to_syslog ? LOG_TO_SYSLOG : LOG_TO_STDERR,
	    option_facility(o));
	log_set_level((enum log_level)o->log_level);
}

/* All that must be done before rules may be made; an exit code. */
static int
prepare(struct daemon *d, const struct common_options *o, struct text *why)
{
	struct listener_wish wish = { o->socket, (unsigned)o->socket_mode,
		o->socket_group, d->who.uid };

	if (!d->args.foreground && !process_background(why))
		return EX_OSERR;
	process_limits();
	open_log(d, o);
	if (!listener_bind(&d->listener, &wish, why))
		return EX_UNAVAILABLE;
	if (!process_become(&d->who, why))
		return EX_NOPERM;
	if (prepare_service(d, o) && signals_catch())
		return EX_OK;
	text_printf(why, "out of memory");
	return EX_OSERR;
}

static bool
begin(struct daemon *d, struct text *why)
{
	if (!listener_open(&d->listener, why))
		return false;
	if (service_start(&d->service, listener_give(&d->listener)))
		return true;
	text_printf(why, "libmilter cannot be set up on this socket");
	return false;
}

/*
 * From a checked configuration, which it takes over, to the exit code.  The
 * rules are not freed at the end: a thread of libmilter's may still hold them.
 */
static int
serve(struct daemon *d, struct settings *s)
{
	struct text why = TEXT_INIT(MESSAGE_MAX);
	int code = prepare(d, s->common, &why);
	struct snapshot *first = code == EX_OK ? load(d->program, s, &why) : NULL;

	if (first == NULL) {
		settings_free(s);
		return complain(d->program, code == EX_OK ? EX_CONFIG : code, &why);
	}
	snapshot_swap(d->service.rules, first);
	if (!begin(d, &why))
		return complain(d->program, EX_UNAVAILABLE, &why);
	announce(d->program, "ready", first);
	process_ready();
	return watch(d);
}

static int
check(const struct program *p, struct settings *s, struct text *why)
{
	if (!p->check(s->common, why))
		return complain(p, EX_CONFIG, why);
	settings_print(s);
	return EX_OK;
}

/* -t: everything is checked that can be without serving. */
static int
test(const struct daemon *d, struct settings *s)
{
	struct text why = TEXT_INIT(MESSAGE_MAX);
	void *rules = NULL;
	struct text line = TEXT_INIT(MESSAGE_MAX);

	log_open(d->program->name, LOG_TO_STDERR, 0);
	if (d->program->check != NULL)
		return check(d->program, s, &why);
	if (!d->program->load(s->common, gate_report(), &rules, &why))
		return complain(d->program, EX_CONFIG, &why);
	settings_print(s);
	if (d->program->announce != NULL) {
		d->program->announce(rules, &line);
		(void)printf("# %s\n", text_cstr(&line));
		text_clear(&line);
	}
	d->program->drop(rules);
	return EX_OK;
}

/* Who we shall be, and whether we may; an exit code. */
static int
check_identity(struct daemon *d, const struct common_options *o, struct text *why)
{
	if (!process_identity(o->user, &d->who, why))
		return EX_CONFIG;
	if (d->who.uid != 0 || o->allow_root || d->args.test)
		return EX_OK;
	text_printf(why, "refuses to run as root; set user = NAME (or allow-root = yes)");
	return EX_NOPERM;
}

static int
start(struct daemon *d)
{
	struct text why = TEXT_INIT(MESSAGE_MAX);
	struct settings *s = settings_read(d->program, &d->args, &why);

	if (s == NULL)
		return complain(d->program, EX_CONFIG, &why);
	int code = check_identity(d, s->common, &why);
	if (code == EX_OK && !d->args.test)
		return serve(d, s);
	code = code == EX_OK ? test(d, s) : complain(d->program, code, &why);
	settings_free(s);
	return code;
}

int
daemon_main(const struct program *program, int argc, char **argv)
{
	/* Static: a thread of libmilter's may still use it while we exit. */
	static struct daemon d;

	d = (struct daemon){ .program = program, .listener = LISTENER_NONE };
	if (program->command != NULL) {
		int code = program->command(argc, argv);
		if (code != -1)
			return code;
	}
	int code = args_read(&d.args, program, argc, argv);
	if (code == -1)
		code = start(&d);
	listener_close(&d.listener);
	args_clear(&d.args);
	return code;
}
