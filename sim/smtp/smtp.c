/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/smtp.h"

#include "base/put.h"
#include "sim/smtp/smtp_bdat.h"
#include "sim/smtp/smtp_envelope.h"
#include "sim/smtp/smtp_line.h"
#include "sim/smtp/smtp_say.h"
#include "sim/smtp/smtp_verbs.h"

void
smtp_init(struct smtp *s, const struct smtp_config *config, struct budget *budget)
{
	*s = (struct smtp){
		.config = config,
		.budget = budget,
		.in = TEXT_INIT(SMTP_IN_MAX),
		.out = TEXT_INIT(SMTP_OUT_MAX),
		.helo = TEXT_INIT(COMMAND_MAX_ANY),
		.line = TEXT_INIT(COMMAND_MAX_ANY),
		.read = TEXT_INIT(COMMAND_MAX_ANY),
		.author = TEXT_INIT(COMMAND_MAX_ANY),
		.message = TEXT_INIT(config->size_limit),
		.refused = TEXT_INIT(64 * 1024),
		.refused_mail = TEXT_INIT(64 * 1024),
		.chunk_reply = TEXT_INIT(64 * 1024),
	};
}

/* The budget follows the message: what it holds is charged, the rest given back. */
static void
charge(struct smtp *s)
{
	s->budget->used += s->message.cap;
	s->budget->used -= s->charged;
	s->charged = s->message.cap;
}

static void
drop_message(struct smtp *s)
{
	text_clear(&s->message);
	charge(s);
}

void
smtp_clear(struct smtp *s)
{
	drop_message(s);
	text_clear(&s->in);
	text_clear(&s->out);
	text_clear(&s->helo);
	text_clear(&s->line);
	text_clear(&s->read);
	text_clear(&s->author);
	text_clear(&s->refused);
	text_clear(&s->refused_mail);
	text_clear(&s->chunk_reply);
}

bool
smtp_feed(struct smtp *s, struct slice bytes)
{
	return text_append(&s->in, bytes) == TEXT_OK;
}

size_t
smtp_room(const struct smtp *s)
{
	return s->in.limit - s->in.len;
}

void
smtp_greet(struct smtp *s, const struct outcome *o)
{
	if (!smtp_refuse(s, MOMENT_CONNECT, o))
		smtp_say(s, SAY_GREETING, SLICE(""));
}

void
smtp_die(struct smtp *s)
{
	s->ask = SMTP_INPUT;
	s->in_data = false;
	smtp_eat(s, s->in.len);
	s->closing = true;
}

void
smtp_end(struct smtp *s, enum say what)
{
	s->ask = SMTP_INPUT;
	s->in_data = false;
	smtp_eat(s, s->in.len);
	smtp_say(s, what, SLICE(""));
	s->closing = true;
}

bool
smtp_lost(struct smtp *s)
{
	if (*profile_phrase(s->config->profile, SAY_LOST_IN_TEXT)->text == '\0')
		return false;
	smtp_end(s, SAY_LOST_IN_TEXT);
	return true;
}

void
smtp_forget_mail(struct smtp *s)
{
	s->size = 0;
	s->authored = false;
	text_clear(&s->author);
}

static void
end_transaction(struct smtp *s)
{
	s->transaction = false;
	s->chunk = (struct chunk){ 0 };
	s->rcpts = 0;
	s->verified = s->looked_up = s->unnamed = 0;
	smtp_forget_mail(s);
	s->given = 0;
}

/* --- the message --- */

enum smtp_ask
smtp_forget_message(struct smtp *s)
{
	drop_message(s);
	end_transaction(s);
	return smtp_ask_owner(s, SMTP_MESSAGE_LOST);
}

static enum smtp_ask
lose_message(struct smtp *s, enum say what)
{
	smtp_say(s, what, SLICE(""));
	return smtp_forget_message(s);
}

enum smtp_ask
smtp_end_of_data(struct smtp *s)
{
	s->in_data = false;
	if (s->no_storage || s->data.no_memory)
		return lose_message(s, SAY_STORAGE);
	if (s->data.nul && !s->config->profile->loose_text)
		return lose_message(s, SAY_NUL);
	if (s->data.too_big)
		return lose_message(s, SAY_MESSAGE_TOO_BIG);
	if (s->data.too_long)
		return lose_message(s, SAY_TEXT_LINE_TOO_LONG);
	for (size_t i = 0; s->low && i < s->message.len; i++)
		s->message.ptr[i] &= 0x7f;
	return smtp_ask_owner(s, SMTP_MESSAGE);
}

enum data_status
smtp_feed_data(struct smtp *s, struct slice *bytes)
{
	enum data_status status = data_feed(&s->data, bytes, &s->message);

	charge(s);
	if (s->budget->used > s->budget->most) {
		s->no_storage = s->data.too_big = true;
		drop_message(s);
	}
	return status;
}

static enum smtp_ask
next_data(struct smtp *s)
{
	struct slice rest = text_slice(&s->in);
	enum data_status status = smtp_feed_data(s, &rest);

	smtp_eat(s, s->in.len - rest.len);
	switch (status) {
	case DATA_MORE: return SMTP_INPUT;
	case DATA_END: return smtp_end_of_data(s);
	case DATA_BARE_CR:
	case DATA_BARE_LF:
		s->in_data = false;
		s->closing = s->bare = true;
		return lose_message(
		    s, status == DATA_BARE_CR ? SAY_BARE_CR : SAY_BARE_LF);
	}
	return SMTP_INPUT;
}

/* Half a reply would be taken for another one: rather none, and no connection. */
static bool
torn(struct smtp *s)
{
	if (!s->out.torn && !s->refused.torn && !s->refused_mail.torn)
		return false;
	text_clear(&s->out);
	text_clear(&s->refused);
	text_clear(&s->refused_mail);
	smtp_die(s);
	return true;
}

/* The last command is answered: was it one too many of those that bring no mail? */
static void
count_junk(struct smtp *s)
{
	if (s->junk && s->junk_count++ > s->config->profile->junk_max)
		smtp_count_fault(s);
	s->junk = false;
}

static bool
may_go_on(struct smtp *s)
{
	if (torn(s) || s->ask != SMTP_INPUT || s->closing)
		return false;
	count_junk(s);
	/* Who does not read his answers gets no more of them. */
	return !s->closing && s->in.len != 0 && s->out.len < SMTP_OUT_MAX / 2;
}

enum smtp_ask
smtp_next(struct smtp *s)
{
	while (may_go_on(s)) {
		size_t before = s->in.len;
		if (s->in_data && s->data.chunked)
			smtp_next_chunk(s);
		else if (s->in_data)
			(void)next_data(s);
		else
			(void)smtp_next_line(s);
		if (s->in.len == before)
			break;
	}
	if (s->ask == SMTP_INPUT && s->closing)
		return SMTP_CLOSE;
	return s->ask;
}

/* --- answers --- */

static void
hello_answered(struct smtp *s, const struct outcome *o)
{
	s->again = s->greeted || s->transaction;
	if (s->again ||
	    s->chunk.before != CHUNKS_NONE) /* else what VRFY looked up still counts */
		end_transaction(s);
	s->greeted = true;
	s->extended = s->esmtp || (s->extended && s->config->profile->esmtp_stays);
	if (!smtp_refuse(s, MOMENT_HELO, o))
		smtp_say_hello(s);
}

static void
data_answered(struct smtp *s)
{
	data_begin(&s->data, s->config->text_line_max, s->config->profile->loose_text);
	s->data.piece = s->config->profile->line_piece;
	drop_message(s);
	s->no_storage = false;
	if (s->chunk.asked) {
		smtp_begin_chunk(s);
		return;
	}
	s->in_data = true;
	smtp_say(s, SAY_DATA_GO, SLICE(""));
}

/* Of a filter's answer only the end of the session is heard. */
static void
refused_rcpt_answered(struct smtp *s, const struct outcome *o)
{
	const struct profile *p = s->config->profile;
	const struct refusal *r = profile_refusal(p, MOMENT_RCPT, o);

	smtp_say(s, smtp_no_such(s, s->envelope.path), SLICE(""));
	if (p->refusals_count)
		smtp_count_fault(s);
	s->closing = s->closing || (r != NULL && r->closes);
}

static const enum moment moment_of[] = {
	[SMTP_MAIL] = MOMENT_MAIL,
	[SMTP_RCPT] = MOMENT_RCPT,
	[SMTP_DATA] = MOMENT_DATA,
	[SMTP_MESSAGE] = MOMENT_MESSAGE,
	[SMTP_UNKNOWN] = MOMENT_UNKNOWN,
	[SMTP_OTHER] = MOMENT_OTHER,
};

static void
answer_yes(struct smtp *s, enum smtp_ask question)
{
	switch (question) {
	case SMTP_MAIL:
		s->transaction = true;
		s->mail_esmtp = s->esmtp || s->extended;
		smtp_say(s, SAY_MAIL_OK, SLICE(""));
		break;
	case SMTP_RCPT:
		s->rcpts++;
		smtp_say(s, SAY_RCPT_OK, SLICE(""));
		break;
	case SMTP_DATA: data_answered(s); break;
	case SMTP_MESSAGE:
		s->errors = s->config->profile->refusals_count ? 0 : s->errors;
		s->junk_count = 0;
		if (s->data.chunked)
			smtp_say_chunks(s);
		else
			smtp_say(s, SAY_MESSAGE_OK, SLICE(""));
		break;
	case SMTP_OTHER:
		s->asked = true;
		(void)smtp_run_line(s);
		s->asked = false;
		break;
	default: smtp_say_unknown(s); break;
	}
}

/* Has the command words of its own for a filter's 4yz? */
static bool
put_off(struct smtp *s, const struct outcome *o)
{
	const struct phrase *words = smtp_put_off(s);
	bool temporary = o->kind == OUTCOME_TEMPFAIL ||
			 o->kind == OUTCOME_FAILED_TEMPFAIL ||
			 o->kind == OUTCOME_MISCONFIGURED ||
			 (o->kind == OUTCOME_REPLY && o->reply.ptr[0] == '4');

	if (words == NULL || !temporary)
		return false;
	smtp_say_phrase(s, words, SLICE(""));
	if (s->config->profile->refusals_count)
		smtp_count_fault(s);
	return true;
}

void
smtp_answer(struct smtp *s, const struct outcome *o)
{
	enum smtp_ask question = s->ask;

	s->ask = SMTP_INPUT;
	switch (question) {
	case SMTP_INPUT:
	case SMTP_CLOSE:
	case SMTP_MESSAGE_LOST: return;
	case SMTP_HELO: hello_answered(s, o); return;
	case SMTP_RCPT_REFUSED: refused_rcpt_answered(s, o); return;
	case SMTP_RSET:
		end_transaction(s);
		smtp_say(s, SAY_RSET_OK, SLICE(""));
		return;
	default: break;
	}
	if (question == SMTP_OTHER && put_off(s, o))
		return;
	size_t said = s->out.len;
	if (!smtp_refuse(s, moment_of[question], o))
		answer_yes(s, question);
	else if (s->chunk.asked)
		smtp_skip_chunk(s, said);
	if (question == SMTP_MAIL && !s->transaction && s->config->profile->mail_sticks)
		end_transaction(s); /* what filters refused leaves nothing */
	if (question == SMTP_MESSAGE) {
		drop_message(s);
		end_transaction(s);
	}
}

void
smtp_answer_line(struct smtp *s, struct slice line)
{
	s->ask = SMTP_INPUT;
	drop_message(s);
	end_transaction(s);
	put(&s->out, line);
}

void
smtp_answer_failed(struct smtp *s, enum say what)
{
	smtp_answer_line(s, SLICE(""));
	smtp_say(s, what, SLICE(""));
}
