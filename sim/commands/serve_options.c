/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/commands/serve_options.h"

#include <inttypes.h>
#include <limits.h>
#include <stddef.h>

#include "base/number.h"
#include "base/put.h"
#include "base/value.h"
#include "sim/io/loop.h"
#include "sim/smtp/command.h"

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
	if (!domain_valid(slice_of(value), 0) || o->config.users.domains == DOMAINS_MAX) {
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
set_macro(struct serve_options *o, const char *value, struct text *why)
{
	size_t n = o->config.macros;

	if (n == MACROS_MAX)
		text_printf(why, "more than %d macros", MACROS_MAX);
	else if (macro_given_parse(slice_of(value), &o->macro_name[n], &o->macro[n]))
		o->config.macros++;
	else
		text_printf(
		    why, "'%s' is not NAME=VALUE: write auth_authen=jones", value);
	return o->config.macros > n;
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
set_time_scale(struct serve_options *o, const char *value, struct text *why)
{
	uint64_t n;

	if (!count(value, 1, LOOP_PACE_MAX, &n, why))
		return false;
	o->time_scale = (unsigned)n;
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

#define FLAG(member) offsetof(struct serve_options, member)

enum argument { ARGUMENT_NONE, ARGUMENT_OPTIONAL, ARGUMENT_NEEDED };

static const struct {
	const char *name;
	enum argument argument;
	set_fn *set;
	size_t flag; /* without a set(): which bool it makes true */
} options[] = {
	{ "listen", ARGUMENT_NEEDED, set_listen, 0 },
	{ "port-file", ARGUMENT_NEEDED, set_port_file, 0 },
	{ "milter", ARGUMENT_NEEDED, set_milter, 0 },
	{ "profile", ARGUMENT_NEEDED, set_profile, 0 },
	{ "domain", ARGUMENT_NEEDED, set_domain, 0 },
	{ "user", ARGUMENT_NEEDED, set_user, 0 },
	{ "announce", ARGUMENT_NEEDED, set_announce, 0 },
	{ "verify", ARGUMENT_NONE, NULL, FLAG(config.verify) },
	{ "xclient", ARGUMENT_NONE, NULL, FLAG(config.xclient) },
	{ "macro", ARGUMENT_NEEDED, set_macro, 0 },
	{ "size-limit", ARGUMENT_NEEDED, set_size_limit, 0 },
	{ "line-limit", ARGUMENT_NEEDED, set_line_limit, 0 },
	{ "deliver", ARGUMENT_NEEDED, set_deliver, 0 },
	{ "timeout", ARGUMENT_NEEDED, set_timeout, 0 },
	{ "time-scale", ARGUMENT_NEEDED, set_time_scale, 0 },
	{ "sessions", ARGUMENT_NEEDED, set_sessions, 0 },
	{ "memory", ARGUMENT_NEEDED, set_memory, 0 },
	{ "trace", ARGUMENT_OPTIONAL, set_trace, 0 },
	{ "quiet", ARGUMENT_NONE, NULL, FLAG(quiet) },
};

enum { OPTIONS = sizeof options / sizeof options[0] };

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
	o->config.users.profile = o->config.profile;
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

static void
init(struct serve_options *o)
{
	*o = (struct serve_options){
		.config = { .profile = &profile_rfc2821,
		    .size_limit = 64 << 20,
		    .text_line_max = -1,
		    .sessions_max = 100,
		    .memory_max = 512 << 20,
		    .timeout_ms = 300 * 1000 },
		.time_scale = 1,
		.announced = TEXT_INIT(4096),
	};
	o->config.filter = o->filter;
	o->config.macro = o->macro;
	o->config.users.user = o->user;
	o->config.users.domain = o->domain;
}

/* The option of that name, or the only one that begins so; OPTIONS: none. */
static size_t
option_named(struct slice name)
{
	size_t found = OPTIONS, alike = 0;

	for (size_t i = 0; i < OPTIONS; i++) {
		struct slice whole = slice_of(options[i].name);
		if (slice_equal(whole, name))
			return i;
		if (name.len == 0 || !slice_starts(whole, name))
			continue;
		found = i;
		alike++;
	}
	return alike == 1 ? found : OPTIONS;
}

static bool
take(struct serve_options *o, size_t option, const char *value, struct text *why)
{
	if (options[option].set != NULL)
		return options[option].set(o, value, why);
	*(bool *)((char *)o + options[option].flag) = true;
	return true;
}

/* --NAME, --NAME=VALUE, --NAME VALUE; *at moves behind it. */
static bool
read_option(struct serve_options *o, char **word, size_t n, size_t *at, struct text *why)
{
	char *given = word[(*at)++];
	char *equals = strchr(given, '=');
	struct slice name =
	    slice_from(slice_first(slice_of(given), strcspn(given, "=")), 2);
	const char *value = equals != NULL ? equals + 1 : NULL;
	struct text reason = TEXT_INIT(400);
	size_t i = strncmp(given, "--", 2) == 0 ? option_named(name) : OPTIONS;

	if (i == OPTIONS) {
		text_printf(why, "'%s' is no option", given);
		return false;
	}
	if (options[i].argument == ARGUMENT_NEEDED && value == NULL && *at < n)
		value = word[(*at)++];
	bool ok = false;
	if (options[i].argument == ARGUMENT_NEEDED && value == NULL)
		text_printf(&reason, "wants a value");
	else if (options[i].argument == ARGUMENT_NONE && value != NULL)
		text_printf(&reason, "takes no value");
	else
		ok = take(o, i, value, &reason);
	if (!ok)
		text_printf(why, "--%s: %s", options[i].name, text_cstr(&reason));
	text_clear(&reason);
	return ok;
}

enum serve_command
serve_options_words(struct serve_options *o, size_t n, char **word, struct text *why)
{
	init(o);
	for (size_t at = 0; at < n;) {
		if (strcmp(word[at], "--help") == 0)
			return SERVE_DONE;
		if (!read_option(o, word, n, &at, why))
			return SERVE_WRONG;
	}
	complete(o);
	return SERVE_RUN;
}

void
serve_options_clear(struct serve_options *o)
{
	for (size_t i = 0; i < o->config.filters; i++)
		filter_config_clear(&o->filter[i]);
	for (size_t i = 0; i < MACROS_MAX; i++)
		text_clear(&o->macro_name[i]);
	text_clear(&o->announced);
}
