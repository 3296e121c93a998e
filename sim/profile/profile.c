/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/profile/profile.h"

#include "base/put.h"

static const struct profile *const profiles[] = {
	&profile_rfc2821,
	&profile_sendmail_8_17,
};

const struct profile *
profile_named(struct slice name)
{
	for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++) {
		if (slice_equal(slice_of(profiles[i]->name), name))
			return profiles[i];
	}
	return NULL;
}

const char *
profile_names(void)
{
	return "rfc2821 sendmail-8.17";
}

/* A reply line must stay one line, whatever the client typed. */
static void
append_clean(struct text *out, struct slice s)
{
	char c;

	for (size_t i = 0; i < s.len && i < 400; i++) {
		c = s.ptr[i];
		if (c < ' ' || c > '~')
			c = '?';
		put(out, (struct slice){ &c, 1 });
	}
}

static void
append_value(struct text *out, char letter, const struct say_values *v)
{
	const struct {
		char letter;
		struct slice value;
	} values[] = {
		{ 'h', v->host },
		{ 'n', v->client_name },
		{ 'c', v->client },
		{ 'a', v->path },
		{ 'q', v->queue_id },
		{ 't', v->date },
		{ 'x', v->word },
		{ '%', SLICE("%") },
	};

	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		if (values[i].letter == letter)
			append_clean(out, values[i].value);
	}
}

void
profile_say_text(
    const struct profile *p, enum say what, const struct say_values *v, struct text *out)
{
	const char *at = p->say[what].text;

	for (; *at != '\0'; at++) {
		if (*at == '%' && at[1] != '\0')
			append_value(out, *++at, v);
		else
			put(out, (struct slice){ at, 1 });
	}
}

void
profile_say(
    const struct profile *p, enum say what, const struct say_values *v, struct text *out)
{
	const struct phrase *ph = &p->say[what];

	text_printf(out, "%s ", ph->code);
	if (v->enhanced && ph->enhanced != NULL)
		text_printf(out, "%s ", ph->enhanced);
	profile_say_text(p, what, v, out);
	text_printf(out, "\r\n");
}

/* Length of `d.ddd.ddd` and its blank at the start of s, or 0. */
static size_t
status_code_length(struct slice s)
{
	size_t n = 0;

	for (int part = 0; part < 3; part++) {
		size_t digits = 0;
		while (n + digits < s.len && s.ptr[n + digits] >= '0' &&
		       s.ptr[n + digits] <= '9')
			digits++;
		if (digits == 0 || digits > (part == 0 ? 1u : 3u))
			return 0;
		n += digits;
		if (n == s.len || s.ptr[n] != (part < 2 ? '.' : ' '))
			return 0;
		n++;
	}
	return n;
}

/* Measured: sendmail names the path in these three and in no other code. */
static bool
names_path(struct slice code, enum moment when)
{
	if (when != MOMENT_MAIL && when != MOMENT_RCPT)
		return false;
	return slice_equal(code, SLICE("450")) || slice_equal(code, SLICE("550")) ||
	       slice_equal(code, SLICE("553"));
}

static void
first_line(const struct profile *p, enum moment when, struct slice line,
    const struct say_values *v, struct text *out)
{
	struct slice code = slice_first(line, 3), rest = slice_from(line, 4);
	size_t status = status_code_length(rest);

	put(out, slice_first(line, 3));
	put(out, line.len > 3 && line.ptr[3] == '-' ? SLICE("-") : SLICE(" "));
	put(out, slice_first(rest, status));
	if (status == 0 && p->complete_replies)
		text_printf(out, "%c.0.0 ", line.ptr[0]);
	if (p->path_in_replies && names_path(code, when)) {
		append_clean(out, v->path);
		text_printf(out, "... ");
	}
	put(out, slice_from(rest, status));
	text_printf(out, "\r\n");
}

static void
own_words(const struct profile *p, enum moment when, struct slice reply,
    const struct say_values *v, struct text *out)
{
	struct slice line;

	if (!slice_next_line(&reply, &line))
		return;
	first_line(p, when, line, v, out);
	while (slice_next_line(&reply, &line)) {
		put(out, line);
		text_printf(out, "\r\n");
	}
}

static const struct {
	enum say reject, shutdown;
} words[N_MOMENTS] = {
	[MOMENT_CONNECT] = { SAY_GREETING_REFUSED, SAY_SHUTDOWN },
	[MOMENT_HELO] = { SAY_SESSION_REFUSED, SAY_SHUTDOWN },
	[MOMENT_MAIL] = { SAY_REJECT_PATH, SAY_SHUTDOWN_ENVELOPE },
	[MOMENT_RCPT] = { SAY_REJECT_PATH, SAY_SHUTDOWN_ENVELOPE },
	[MOMENT_DATA] = { SAY_REJECT_COMMAND, SAY_SHUTDOWN },
	[MOMENT_MESSAGE] = { SAY_REJECT_MESSAGE, SAY_SHUTDOWN },
	[MOMENT_UNKNOWN] = { SAY_REJECT_COMMAND, SAY_SHUTDOWN },
};

void
profile_refuse(const struct profile *p, enum moment when, const struct outcome *o,
    const struct say_values *v, struct text *out)
{
	switch (o->kind) {
	case OUTCOME_GO:
	case OUTCOME_DISCARD: return;
	case OUTCOME_REJECT: profile_say(p, words[when].reject, v, out); return;
	case OUTCOME_TEMPFAIL: profile_say(p, SAY_TEMPFAIL, v, out); return;
	case OUTCOME_SHUTDOWN: profile_say(p, words[when].shutdown, v, out); return;
	case OUTCOME_REPLY: own_words(p, when, o->reply, v, out); return;
	}
}
