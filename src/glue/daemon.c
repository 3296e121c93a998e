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
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "glue/args.h"
#include "glue/check.h"
#include "glue/folder.h"
#include "glue/listener.h"
#include "glue/metrics.h"
#include "glue/options.h"
#include "glue/pid_file.h"
#include "glue/process.h"
#include "glue/reload.h"
#include "glue/service.h"
#include "glue/signals.h"

enum { MESSAGE_MAX = 1000, DRAIN_STEP_MS = 20 };

struct daemon {
	const struct program *program;
	struct args args;
	struct listener listener;
	struct pid_file pid_file;
	struct service service;
	struct reload reload;
	struct metrics metrics;
	struct identity who;
	long summary_interval, drain_timeout;
};

static void
summarize(struct daemon *d)
{
	struct text line = TEXT_INIT(2000);

	counters_summary(d->service.counters, time(NULL), &line);
	log_info("%s", text_cstr(&line));
	text_clear(&line);
}

static void
rest(void)
{
	(void)poll(NULL, 0, DRAIN_STEP_MS);
}

/*
 * libmilter's own end cuts every session.  So: no new sessions or messages, then
 * those under way may end, then libmilter.  Where systemd keeps the socket the next
 * start serves those who come meanwhile; elsewhere they are put off at once.
 */
static void
drain(struct daemon *d)
{
	long long until = monotonic_ms() + 1000LL * d->drain_timeout;

	atomic_store(&d->service.draining, true);
	if (!service_ended() && listener_leave(&d->listener))
		service_wake();
	process_notify("STOPPING=1");
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
		service_wake();
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
		if (wish.reload && !end) {
			reload_again(&d->reload);
			metrics_write(&d->metrics);
		}
		metrics_tick(&d->metrics);
		if (d->summary_interval > 0 && monotonic_ms() >= next) {
			summarize(d);
			next += 1000LL * d->summary_interval;
		}
	}
	drain(d);
	service_join();
	summarize(d);
	metrics_write(&d->metrics);
	if (end)
		log_notice("stopped");
	else
		log_error("libmilter ended by itself");
	return end ? EX_OK : EX_SOFTWARE;
}

static bool
prepare_service(struct daemon *d, const struct common_options *o)
{
	const struct policy *policy = d->program->rulebook->policy;

	d->summary_interval = o->summary_interval;
	d->drain_timeout = o->drain_timeout;
	d->service.policy = policy;
	d->service.rules = snapshot_holder_new();
	d->service.counters = counters_new(policy->name);
	d->reload = (struct reload){ .program = d->program,
		.args = &d->args,
		.holder = d->service.rules,
		.counters = d->service.counters };
	metrics_init(&d->metrics, o, &d->reload);
	return d->service.rules != NULL && d->service.counters != NULL &&
	       delay_init(&d->service.delay, (unsigned long)o->max_delayed);
}

static void
open_log(const struct daemon *d, const struct common_options *o)
{
	bool to_stderr = o->log == OPTION_LOG_STDERR ||
			 (o->log == OPTION_LOG_AUTO && d->args.foreground);

	log_set_level((enum log_level)o->log_level);
	log_open(d->program->name, to_stderr ? LOG_TO_STDERR : LOG_TO_SYSLOG,
	    option_facility(o));
}

/* Root itself may work only where nobody else can: in a folder of root's alone. */
static bool
is_roots_folder(const char *spec)
{
	struct slice s = slice_of(spec);
	int fd = folder_open_own(slice_from(s, slice_find(s, '/')));

	if (fd != -1)
		(void)close(fd);
	return fd != -1;
}

/* Anywhere else the socket is made with the rights of the user that it is for. */
static int
bind_socket(struct daemon *d, const struct common_options *o, struct text *why)
{
	struct listener_wish wish = {
		.spec = o->socket, .mode = (unsigned)o->socket_mode, .owner = (uid_t)-1
	};
	bool as_root = geteuid() == 0 && is_roots_folder(o->socket);

	if (!process_group(o->socket_group, &wish.group, why))
		return EX_UNAVAILABLE;
	if (as_root && d->who.uid != 0) {
		wish.owner = d->who.uid;
		if (wish.group == (gid_t)-1)
			wish.group = d->who.gid;
	}
	if (!as_root && !process_act_as(&d->who, wish.group, why))
		return EX_NOPERM;
	return listener_bind(&d->listener, &wish, why) ? EX_OK : EX_UNAVAILABLE;
}

/* All that must be done before rules may be made; an exit code. */
static int
prepare(struct daemon *d, const struct common_options *o, struct text *why)
{
	if (!d->args.foreground && !process_background(why))
		return EX_OSERR;
	process_limits();
	open_log(d, o);
	int code = bind_socket(d, o, why);
	if (code != EX_OK)
		return code;
	process_act_as_root();
	bool written = pid_file_make(&d->pid_file, o->pid_file, why);
	if (!process_become(&d->who, why))
		return EX_NOPERM;
	if (!written)
		return EX_CANTCREAT;
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

static void
say_ready(struct daemon *d)
{
	struct text where = TEXT_INIT(200);

	listener_describe(&d->listener, &where);
	reload_announce_first(&d->reload, text_cstr(&where));
	process_ready();
	text_clear(&where);
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

	if (code != EX_OK) {
		settings_free(s);
		return check_complain(d->program, code, &why);
	}
	if (!reload_first(&d->reload, s, &why))
		return check_complain(d->program, EX_CONFIG, &why);
	if (!begin(d, &why))
		return check_complain(d->program, EX_UNAVAILABLE, &why);
	metrics_write(&d->metrics);
	say_ready(d);
	return watch(d);
}

/* Who we shall be, and whether we may; an exit code. */
static int
check_identity(struct daemon *d, const struct common_options *o, struct text *why)
{
	if (!process_identity(o->user, &d->who, why))
		return EX_CONFIG;
	if (d->who.uid != 0 || o->allow_root || d->args.test || d->args.reload != 0)
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
		return check_complain(d->program, EX_CONFIG, &why);
	int code = check_identity(d, s->common, &why);
	if (code == EX_OK && !d->args.test && d->args.reload == 0)
		return serve(d, s);
	settings_free(s);
	return code == EX_OK ? check_main(d->program, &d->args, &d->who)
			     : check_complain(d->program, code, &why);
}

int
daemon_main(const struct program *program, int argc, char **argv)
{
	/* Static: a thread of libmilter's may still use it while we exit. */
	static struct daemon d;

	d = (struct daemon){
		.program = program, .listener = LISTENER_NONE, .pid_file = PID_FILE_NONE
	};
	if (program->command != NULL) {
		int code = program->command(argc, argv);
		if (code != -1)
			return code;
	}
	int code = args_read(&d.args, program, argc, argv);
	if (code == -1)
		code = start(&d);
	pid_file_remove(&d.pid_file);
	listener_close(&d.listener);
	args_clear(&d.args);
	return code;
}
