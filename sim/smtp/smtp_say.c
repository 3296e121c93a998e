/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/smtp_say.h"

#include <inttypes.h>

#include "base/put.h"

static struct say_values
values(const struct smtp *s, struct slice word)
{
	struct slice announced = s->config->announced;

	return (struct say_values){
		.host = s->config->host,
		.client_name = text_slice(&s->helo),
		.client = s->client,
		.client_host = s->client_host,
		.client_resolve = s->client_resolve,
		.path = s->envelope.path,
		.sender = s->sender,
		.queue_id = s->queue_id,
		.date = s->date,
		.word = word,
		.parameter = s->parameter,
		.seven_bits = s->config->profile->seven_bits,
		.whole_replies = s->config->profile->whole_replies,
		.enhanced = word_in_list(SLICE("ENHANCEDSTATUSCODES"), announced),
	};
}

void
smtp_say(struct smtp *s, enum say what, struct slice word)
{
	struct say_values v = values(s, word);
	const char *code = profile_phrase(s->config->profile, what)->code;

	profile_say(s->config->profile, what, &v, &s->out);
	if (word_in_list(slice_of(code), slice_of(s->config->profile->closing_codes)))
		s->closing = true;
}

void
smtp_would_say(const struct smtp *s, enum say what, struct slice word, struct text *out)
{
	struct say_values v = values(s, word);

	profile_say(s->config->profile, what, &v, out);
}

void
smtp_count_fault(struct smtp *s)
{
	const struct profile *p = s->config->profile;

	if (p->only_unknown_counts)
		return;
	if (++s->errors >= p->errors_max && !s->closing)
		smtp_say(s, SAY_TOO_MANY_ERRORS, SLICE(""));
}

void
smtp_fault(struct smtp *s, enum say what, struct slice word)
{
	smtp_say(s, what, word);
	smtp_count_fault(s);
}

void
smtp_say_unknown(struct smtp *s)
{
	const struct profile *p = s->config->profile;

	if (p->only_unknown_counts) /* ... when it came */
		smtp_say(s, SAY_UNKNOWN_COMMAND, s->name);
	else
		smtp_fault(s, SAY_UNKNOWN_COMMAND, s->name);
}

void
smtp_say_phrase(struct smtp *s, const struct phrase *ph, struct slice word)
{
	struct say_values v = values(s, word);

	profile_say_phrase(ph, &v, &s->out);
	if (word_in_list(slice_of(ph->code), slice_of(s->config->profile->closing_codes)))
		s->closing = true;
}

void
smtp_say_more(struct smtp *s, const struct phrase *ph, struct slice word)
{
	size_t hyphen = s->out.len + strlen(ph->code);

	smtp_say_phrase(s, ph, word);
	if (!s->out.torn)
		s->out.ptr[hyphen] = '-';
}

static void
say_keyword(struct smtp *s, struct slice word, bool last)
{
	text_printf(&s->out, "250%c%.*s", last ? ' ' : '-', (int)word.len, word.ptr);
	if (s->config->announce_size && slice_equal_nocase(word, SLICE("SIZE")))
		text_printf(&s->out, " %" PRIu64, s->config->size_limit);
	text_printf(&s->out, "\r\n");
}

void
smtp_say_hello(struct smtp *s)
{
	const struct profile *p = s->config->profile;
	struct slice word, list = s->config->announced;

	if (s->refused.len != 0 || s->shortly)
		list = slice_of(p->announced_refused);
	if (!s->esmtp || list.len == 0) {
		smtp_say(s, s->esmtp ? SAY_EHLO : SAY_HELO, SLICE(""));
		return;
	}
	struct say_values v = values(s, SLICE(""));
	text_printf(&s->out, "250-");
	profile_say_text(p, SAY_EHLO, &v, &s->out);
	text_printf(&s->out, "\r\n");
	bool xclient = s->may_xclient && s->refused.len == 0 && !s->shortly;
	bool behind = word_in_list(SLICE("ENHANCEDSTATUSCODES"), list);
	while ((word = slice_next_word(&list)).len != 0) {
		if (xclient &&
		    (!behind || slice_equal(word, SLICE("ENHANCEDSTATUSCODES")))) {
			say_keyword(s, SLICE(XCLIENT_KEYWORD), false);
			xclient = false;
		}
		say_keyword(s, word, list.len == 0);
	}
}

/* What is to be said later is put into words now, while the filter's are there. */
static void
refuse_later(struct smtp *s, enum moment when, const struct outcome *o,
    const struct refusal *r, const struct say_values *v)
{
	struct text *later = r->whom == LATER_MAIL ? &s->refused_mail : &s->refused;
	const struct profile *p = s->config->profile;

	text_clear(later);
	if (r->later == SAY_OWN)
		profile_refuse(p, when, o, v, later);
	else
		profile_say(p, r->later, v, later);
}

void
smtp_refuse_session(struct smtp *s)
{
	struct say_values v = values(s, SLICE(""));

	text_clear(&s->refused);
	profile_say(s->config->profile, SAY_SESSION_REFUSED, &v, &s->refused);
}

bool
smtp_waits(const struct smtp *s)
{
	struct slice in = text_slice(&s->in);

	return s->config->profile->replies_wait && !s->in_data && !s->closing &&
	       s->out.len < SMTP_OUT_WAITING &&
	       (s->ask != SMTP_INPUT || slice_find(in, '\n') < in.len);
}

bool
smtp_refused(const struct smtp *s)
{
	return s->refused.len != 0 || s->refused_mail.len != 0;
}

bool
smtp_refuse(struct smtp *s, enum moment when, const struct outcome *o)
{
	const struct refusal *r = profile_refusal(s->config->profile, when, o);
	struct say_values v = values(s, SLICE(""));

	s->shortly = r != NULL && r->shortly;
	if (r == NULL)
		return false;
	if (r->whom != LATER_NOBODY)
		refuse_later(s, when, o, r, &v);
	if (r->now == SAY_USUAL)
		return false;
	if (!r->once || !s->again)
		profile_refuse(s->config->profile, when, o, &v, &s->out);
	s->closing = s->closing || r->closes;
	if (s->config->profile->refusals_count)
		smtp_count_fault(s);
	return true;
}
