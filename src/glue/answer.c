/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/answer.h"

#include <assert.h>

#include "base/clock.h"
#include "base/log.h"
#include "glue/gate.h"
#include "glue/steps.h"

/* libmilter takes no more than 980 bytes in a reply line. */
enum { REPLY_LINE_MAX = 980, LOG_LINE_MAX = 1500 };

static const sfsistat status[] = {
	[VERDICT_CONTINUE] = SMFIS_CONTINUE,
	[VERDICT_ACCEPT] = SMFIS_ACCEPT,
	[VERDICT_REJECT] = SMFIS_REJECT,
	[VERDICT_TEMPFAIL] = SMFIS_TEMPFAIL,
};

/*
 * sendmail throws away a reply with a lone per cent sign, Postfix drops the
 * sign; both show %% as one, and libmilter leaves the doubling to us.  Without
 * an allocation: a refusal keeps its words when memory is out.
 */
static void
double_signs(const char *s, char ret[REPLY_LINE_MAX + 1])
{
	size_t at = 0;

	for (; *s != '\0'; s++) {
		size_t n = *s == '%' ? 2 : 1;
		if (at + n > REPLY_LINE_MAX)
			break;
		memset(ret + at, *s, n);
		at += n;
	}
	ret[at] = '\0';
}

/* 452 with REJECT or 552 with TEMPFAIL: libmilter would send its default instead. */
static bool
fits(const struct reply *r, enum verdict_kind kind)
{
	return (kind == VERDICT_REJECT && r->code[0] == '5') ||
	       (kind == VERDICT_TEMPFAIL && r->code[0] == '4');
}

static void
set_reply(SMFICTX *ctx, const struct verdict *v)
{
	const struct reply *r = v->reply;
	char text[REPLY_LINE_MAX + 1];

	if (r == NULL)
		return;
	double_signs(r->text, text);
	if (!fits(r, v->kind) || smfi_setreply(ctx, (char *)(size_t)r->code,
				     (char *)(size_t)r->enhanced, text) != MI_SUCCESS)
		report_say(gate_report(), "reply",
		    "libmilter refused the reply text, the MTA's own is sent instead");
}

static void
log_verdict(SMFICTX *ctx, const struct session *s, const struct verdict *v)
{
	static const char *const word[] = { "continue", "accept", "reject", "tempfail" };
	const struct policy *f = service_now()->policy;
	struct text line = TEXT_INIT(LOG_LINE_MAX);
	struct slice id = slice_of(smfi_getsymval(ctx, (char *)(size_t) "i"));
	size_t before;

	if (id.len > 0)
		text_append_bare(&line, id, 40);
	else
		text_printf(&line, "NOQUEUE");
	text_printf(&line, ": ");
	before = line.len;
	if (f->describe != NULL)
		f->describe(s->msg, &line);
	if (f->describe != NULL && line.len == before) {
		text_clear(&line);
		return;
	}
	text_printf(&line, " client=");
	text_append_bare(&line, s->client.name, 255);
	text_printf(&line, "[");
	text_append_bare(&line, s->client.address, 64);
	text_printf(&line, "]");
	session_append_nrcpt(s, ctx, &line);
	text_printf(&line, " action=%s", word[v->kind]);
	if (v->reply != NULL && v->kind >= VERDICT_REJECT)
		text_printf(&line, " %s %s", v->reply->code, v->reply->enhanced);
	log_warning("%s", text_cstr(&line));
	text_clear(&line);
}

/* At RCPT a refusal concerns that recipient alone (xxfi_envrcpt). */
static bool
ends_message(unsigned on, enum verdict_kind kind)
{
	return on == 0 || kind == VERDICT_ACCEPT ||
	       (kind != VERDICT_CONTINUE && on != ON_RCPT);
}

static enum counted_event
event_of(unsigned on)
{
	static_assert(ON_MAIL == 1 << EVENT_MAIL && ON_RCPT == 1 << EVENT_RCPT &&
			  ON_DATA == 1 << EVENT_DATA && ON_HEADER == 1 << EVENT_HEADER &&
			  ON_EOH == 1 << EVENT_EOH && ON_BODY == 1 << EVENT_BODY,
	    "bits and numbers of events are in one order");

	return on == 0 ? EVENT_EOM : (enum counted_event)__builtin_ctz(on);
}

sfsistat
answer_event(SMFICTX *ctx, struct session *s, unsigned on, struct verdict v)
{
	struct service *service = service_now();

	if (s != NULL && steps_quiet(s->steps, on))
		return SMFIS_NOREPLY;
	counters_verdict(service->counters, event_of(on), v.kind);
	if (v.kind >= VERDICT_REJECT || v.label.len > 0)
		log_verdict(ctx, s, &v);
	if (v.label.len > 0)
		counters_label(service->counters, v.label);
	if (s != NULL)
		counters_answered(service->counters, monotonic_us() - s->asked_us);
	if (v.kind >= VERDICT_REJECT)
		set_reply(ctx, &v);
	if (v.delay_ms > 0 && delay_wait(&service->delay, v.delay_ms))
		counters_add(service->counters, COUNT_DELAYED);
	if (ends_message(on, v.kind))
		session_end(s);
	return status[v.kind];
}

static const char *
words_of(enum count cause)
{
	switch (cause) {
	case COUNT_FAILED_STOPPING: return "this process is about to stop";
	case COUNT_FAILED_NO_MAIL:
		return "an event came without the MAIL command of its message";
	default: return "no memory";
	}
}

sfsistat
answer_failure(SMFICTX *ctx, const struct session *s, unsigned on)
{
	struct counters *counters = service_now()->counters;
	struct verdict v = service_now()->policy->failure;
	enum count cause = s != NULL ? s->cause : COUNT_FAILED_MEMORY;

	report_say(gate_report(), "cannot judge a message", words_of(cause));
	if (s != NULL && steps_quiet(s->steps, on))
		return SMFIS_NOREPLY; /* that there is no message shows at its end */
	counters_add(counters, cause);
	counters_verdict(counters, event_of(on), v.kind);
	set_reply(ctx, &v);
	return status[v.kind];
}
