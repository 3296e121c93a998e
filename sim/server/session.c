/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/server/session.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/put.h"

static void
packet(void *self, size_t filter, enum direction to, char letter, struct slice payload)
{
	struct session *s = self;

	witness_packet(&s->witness, filter, to, letter, payload);
}

static void
bad_frame(void *self, size_t filter, enum frame_status status)
{
	struct session *s = self;

	witness_bad_frame(&s->witness, filter, status);
}

static void
early(void *self, size_t filter, char letter)
{
	struct session *s = self;

	witness_early(&s->witness, filter, letter);
}

static void
note(void *self, size_t filter, const char *text)
{
	struct session *s = self;

	witness_tell(&s->witness, EVENT_NOTE, filter, slice_of(text));
}

/* --- what the chain is asked --- */

static void
begin(struct session *s, const struct chain_event *e)
{
	session_read_filters(s); /* so that an answer too many is seen in time */
	session_envelope(s, e->moment);
	chain_begin(&s->chain, e, loop_now(s->server->loop));
}

static void
begin_connect(struct session *s)
{
	const struct chain_event e = { .moment = MOMENT_CONNECT,
		.connect = { text_slice(&s->who.name), s->who.family, s->who.port,
		    text_slice(&s->who.address) } };

	s->greeting = true;
	begin(s, &e);
}

/* ESMTP parameters go to filters as typed, each with a NUL behind it. */
static void
collect_args(struct session *s, const struct envelope *e)
{
	text_clear(&s->args);
	for (size_t i = 0; i < e->parameters; i++) {
		if (string_append(&s->args, e->parameter[i].whole) != CODEC_OK)
			return;
	}
}

static void
begin_text(struct session *s, enum moment moment)
{
	const struct chain_event e = { .moment = moment, .text = s->smtp.name };

	begin(s, &e);
}

static void
begin_path(struct session *s, enum moment moment, bool refused)
{
	collect_args(s, &s->smtp.envelope);
	const struct chain_event e = { .moment = moment,
		.path = s->smtp.envelope.typed,
		.args = text_slice(&s->args),
		.refused = refused };

	begin(s, &e);
}

static void
begin_mail(struct session *s)
{
	message_clear(&s->message);
	s->facts.bad_rcpts = s->rcpt_commands = s->repeated = s->rcpts_told = 0;
	session_learn_author(s, &s->smtp.envelope);
	begin_path(s, MOMENT_MAIL, false);
}

static void
end_transaction(struct session *s, enum ending ending)
{
	chain_end(&s->chain, ending);
	s->discard_message = s->enveloped = false;
}

/* False: it is answered already. */
static bool
begin_message(struct session *s)
{
	const struct chain_event e = { .moment = MOMENT_MESSAGE, .message = &s->message };
	enum message_status status = session_begin_message(s);
	static const struct {
		const char *why;
		enum say say;
	} faults[] = {
		[MESSAGE_FULL] = { "header too large", SAY_HEADER_TOO_LARGE },
		[MESSAGE_NO_MEMORY] = { "no memory for the header", SAY_STORAGE },
		[MESSAGE_HOPS] = { "too many hops", SAY_TOO_MANY_HOPS },
	};

	if (status == MESSAGE_OK) {
		begin(s, &e);
		return true;
	}
	note(s, EVENT_NO_FILTER, faults[status].why);
	end_transaction(s, ENDING_LOST);
	smtp_answer_failed(&s->smtp, faults[status].say);
	return false;
}

static void
answer(struct session *s, enum outcome_kind kind)
{
	const struct outcome o = { .kind = kind };

	smtp_answer(&s->smtp, &o);
}

static bool
ends_after(const struct session *s, enum ending ending)
{
	return s->server->config->profile->habits.endings[ending].after;
}

/* What filters are asked; no question means MOMENT_CONNECT, which is 0. */
static const enum moment moment_of[SMTP_CLOSE + 1] = {
	[SMTP_HELO] = MOMENT_HELO,
	[SMTP_MAIL] = MOMENT_MAIL,
	[SMTP_RCPT] = MOMENT_RCPT,
	[SMTP_RCPT_REFUSED] = MOMENT_RCPT,
	[SMTP_DATA] = MOMENT_DATA,
	[SMTP_MESSAGE] = MOMENT_MESSAGE,
	[SMTP_UNKNOWN] = MOMENT_UNKNOWN,
	[SMTP_OTHER] = MOMENT_OTHER,
};

/* Are filters not asked: of what is thrown away, in a session that one refused? */
static bool
hidden(const struct session *s, enum smtp_ask question)
{
	const struct profile *p = s->server->config->profile;

	if (p->refusal_ends_filters && smtp_refused(&s->smtp))
		return true;
	return s->discard_message &&
	       (p->habits.discard_hides & MOMENT_BIT(moment_of[question])) != 0;
}

/* Begins to ask them.  True: an answer is to come; false: it is given already. */
static bool
ask_filters(struct session *s, enum smtp_ask question)
{
	switch (question) {
	case SMTP_MAIL: begin_mail(s); return true;
	case SMTP_RCPT: begin_path(s, MOMENT_RCPT, false); return true;
	case SMTP_RCPT_REFUSED: begin_path(s, MOMENT_RCPT, true); return true;
	case SMTP_MESSAGE: return begin_message(s);
	default: begin_text(s, moment_of[question]); return true;
	}
}

/* No filter hears of it: the MTA goes on by itself. */
static void
ask_nobody(struct session *s, enum smtp_ask question)
{
	if (question == SMTP_MESSAGE) {
		s->server->counts.discarded++;
		end_transaction(s, ENDING_DISCARDED);
	}
	if (question == SMTP_MAIL) {
		message_clear(&s->message);
		put(&s->message.sender, s->smtp.envelope.path);
		s->smtp.sender = text_slice(&s->message.sender);
		session_envelope(s, MOMENT_MAIL);
	}
	if (question == SMTP_RCPT)
		session_settle_rcpt(s, &(struct outcome){ .kind = OUTCOME_GO });
	else
		answer(s, OUTCOME_GO);
	if (question == SMTP_HELO)
		session_greeted(s);
}

/* True when the chain has the question, false when it is answered already. */
static bool
ask(struct session *s, enum smtp_ask question)
{
	bool discard = hidden(s, question);

	if (discard && question == SMTP_RCPT_REFUSED &&
	    s->server->config->profile->habits.discard_takes_all)
		s->smtp.ask = question = SMTP_RCPT;
	s->asked = question;
	switch (question) {
	case SMTP_XCLIENT: session_xclient(s); return false;
	case SMTP_HELO:
		if (s->smtp.transaction && !ends_after(s, ENDING_HELO))
			end_transaction(s, ENDING_HELO);
		break;
	case SMTP_RCPT:
	case SMTP_RCPT_REFUSED:
		s->facts.rcpt_known = question == SMTP_RCPT;
		s->facts.bad_rcpts += question == SMTP_RCPT_REFUSED;
		s->rcpt_commands++;
		s->rcpt_stays = false;
		break;
	case SMTP_MESSAGE_LOST:
		if (!s->smtp.bare)
			end_transaction(s, ENDING_LOST);
		break;
	case SMTP_RSET: end_transaction(s, ENDING_RSET); break;
	default: break;
	}
	if (!discard && moment_of[question] != MOMENT_CONNECT)
		return ask_filters(s, question);
	ask_nobody(s, question);
	return false;
}

/* --- the loop of a session --- */

static void
end(struct session *s)
{
	enum ending ending = ENDING_QUIT;

	if (s->smtp.bare)
		ending = ENDING_BARE;
	else if (s->client.gone)
		ending = s->smtp.in_data || s->lost ? ENDING_DROP_IN_TEXT : ENDING_DROP;
	chain_end(&s->chain, ending);
}

/* Nothing more will be said: from here on it no longer counts as a session. */
static void
linger(struct session *s)
{
	client_link_finish(&s->client);
	s->server->open--;
}

/* One step; false: nothing to do until something happens. */
static bool
step(struct session *s)
{
	if (s->greeting || s->chain.busy) {
		if (!chain_work(&s->chain, loop_now(s->server->loop)))
			return false;
		session_settle(s);
		return true;
	}
	if (s->client.finishing)
		return false;
	if (s->moving && !s->smtp.closing && !s->client.gone) {
		if (!session_moved(s))
			return false;
		s->chain.greeted = s->smtp.greeted;
		begin_connect(s);
		return true;
	}
	if (s->stopping && !s->smtp.in_data && !s->smtp.closing)
		smtp_end(&s->smtp, SAY_STOPPING);
	enum smtp_ask question = smtp_next(&s->smtp);
	if (question == SMTP_INPUT) {
		if (s->client.gone && s->smtp.in_data && smtp_lost(&s->smtp)) {
			s->lost = true;
			return true;
		}
		if (s->client.gone && s->smtp.out.len == 0) {
			end(s);
			linger(s);
		}
		return false;
	}
	if (question == SMTP_CLOSE) {
		end(s);
		linger(s);
		return false;
	}
	(void)ask(s, question);
	return true;
}

void
session_work(struct session *s)
{
	do {
		while (step(s))
			continue;
	} while (session_move(s));
	session_watch(s);
}

void
session_stop(struct session *s)
{
	s->stopping = true;
	session_work(s);
}

void
session_init_chain(struct session *s)
{
	const struct chain_port port = { session_macro, packet, bad_frame, early, note,
		s };
	const struct server_config *config = s->server->config;

	chain_init(
	    &s->chain, config->filter, config->filters, &config->profile->habits, port);
	s->chain.added = text_slice(&s->server->added);
}

struct session *
session_new(
    struct server *server, unsigned long id, int fd, const struct socket_address *peer)
{
	struct session *s = calloc(1, sizeof *s);

	if (s == NULL) {
		(void)close(fd);
		return NULL;
	}
	s->server = server;
	s->id = id;
	s->queue_id = s->date = (struct text)TEXT_INIT(100);
	s->scratch = (struct text)TEXT_INIT(COMMAND_MAX_ANY);
	s->shown = (struct text)TEXT_INIT(COMMAND_MAX_ANY);
	s->msg_id = (struct text)TEXT_INIT(FIELD_MAX);
	s->author = s->mail_args = (struct text)TEXT_INIT(COMMAND_MAX_ANY);
	session_init_reading(&s->sender_read);
	session_init_reading(&s->rcpt_read);
	session_init_reading(&s->first_read);
	client_init(&s->who);
	s->args = (struct text)TEXT_INIT(COMMAND_MAX_ANY);
	witness_init(&s->witness, server->loop, &server->config->sink, id,
	    server->config->filters, &server->counts.breaches);
	smtp_init(&s->smtp, &server->smtp, &server->budget);
	session_init_chain(s);
	message_init(&s->message, server->config->size_limit);
	session_init_edits(s);
	session_meet(s, fd, peer);
	if (!session_open(s, fd)) {
		session_free(s);
		return NULL;
	}
	witness_tell(&s->witness, EVENT_OPEN, EVENT_NO_FILTER, text_slice(&s->who.shown));
	begin_connect(s);
	return s;
}

void
session_free(struct session *s)
{
	session_close(s);
	smtp_clear(&s->smtp);
	chain_clear(&s->chain);
	message_clear(&s->message);
	client_clear(&s->who);
	text_clear(&s->queue_id);
	text_clear(&s->date);
	text_clear(&s->scratch);
	text_clear(&s->shown);
	text_clear(&s->msg_id);
	text_clear(&s->author);
	text_clear(&s->mail_args);
	session_clear_reading(&s->sender_read);
	session_clear_reading(&s->rcpt_read);
	session_clear_reading(&s->first_read);
	text_clear(&s->args);
	witness_clear(&s->witness);
	free(s);
}
