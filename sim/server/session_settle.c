/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "sim/server/session.h"

static const struct outcome tempfail = { .kind = OUTCOME_TEMPFAIL };

static const char *
quarantine_or(const struct session *s, const char *mailbox)
{
	return s->message.quarantine.len != 0 ? ".quarantine" : mailbox;
}

/* The mailboxes of all recipients, each once; the caller frees the array. */
static const char **
mailboxes(struct session *s, size_t *ret_count)
{
	const char **all = calloc(s->message.recipients + 1, sizeof *all);
	size_t n = 0;

	for (size_t i = 0; all != NULL && i < s->message.recipients; i++) {
		const struct recipient *r = &s->message.recipient[i];
		const char *name =
		    users_find(&s->server->config->users, text_slice(&r->path));
		bool twice = r->deleted || name == NULL;
		name = quarantine_or(s, name);
		for (size_t k = 0; k < n && !twice; k++)
			twice = strcmp(all[k], name) == 0;
		if (!twice)
			all[n++] = name;
	}
	*ret_count = n;
	return all;
}

static bool
deliver_message(struct session *s)
{
	struct text log = TEXT_INIT(64 * 1024);
	struct slice line, rest;
	size_t count;
	const char **to = mailboxes(s, &count);
	bool good = to != NULL &&
		    deliver(&s->server->config->delivery, &s->message, to, count, &log);

	for (rest = text_slice(&log); slice_next_line(&rest, &line);)
		session_tell(
		    s, good ? EVENT_DELIVERY : EVENT_NOTE, EVENT_NO_FILTER, line);
	text_clear(&log);
	free(to);
	if (s->message.quarantine.len != 0) {
		s->server->counts.quarantined++;
		session_tell(
		    s, EVENT_NOTE, EVENT_NO_FILTER, text_slice(&s->message.quarantine));
	}
	return good;
}

static void
count_refusal(struct session *s, const struct outcome *o)
{
	bool temporary = o->kind == OUTCOME_TEMPFAIL || o->kind == OUTCOME_SHUTDOWN ||
			 o->kind == OUTCOME_FAILED_TEMPFAIL ||
			 (o->kind == OUTCOME_REPLY && o->reply.ptr[0] == '4');

	if (temporary)
		s->server->counts.deferred++;
	else
		s->server->counts.refused++;
}

static void
settle_message(struct session *s, const struct outcome *o)
{
	s->server->counts.messages++;
	switch (o->kind) {
	case OUTCOME_GO:
		if (!deliver_message(s)) {
			s->server->counts.deferred++;
			smtp_answer_failed(&s->smtp, SAY_DELIVERY_FAILED);
			return;
		}
		s->server->counts.accepted++;
		break;
	case OUTCOME_DISCARD: s->server->counts.discarded++; break;
	default: count_refusal(s, o); break;
	}
	smtp_answer(&s->smtp, o);
}

static void
settle_rcpt(struct session *s, const struct outcome *o)
{
	bool good = o->kind == OUTCOME_GO || o->kind == OUTCOME_DISCARD;

	if (good &&
	    message_add_recipient(&s->message, s->smtp.envelope.path) != MESSAGE_OK) {
		smtp_answer(&s->smtp, &tempfail);
		return;
	}
	smtp_answer(&s->smtp, o);
}

void
session_settle(struct session *s)
{
	const struct outcome *o = &s->chain.outcome;

	if (o->kind == OUTCOME_DIE) {
		s->greeting = false;
		chain_die(&s->chain);
		smtp_die(&s->smtp);
		return;
	}
	if (o->kind == OUTCOME_DISCARD)
		*(s->greeting ? &s->discard_session : &s->discard_message) = true;
	if (s->greeting) {
		s->greeting = false;
		smtp_greet(&s->smtp, o);
		return;
	}
	switch (s->asked) {
	case SMTP_HELO:
		if (s->server->config->profile->habits.endings[ENDING_HELO].after)
			chain_end(&s->chain, ENDING_HELO);
		smtp_answer(&s->smtp, o);
		break;
	case SMTP_MESSAGE:
		settle_message(s, o);
		message_clear(&s->message);
		s->discard_message = false;
		break;
	case SMTP_RCPT: settle_rcpt(s, o); break;
	case SMTP_RCPT_REFUSED:
		s->facts.bad_rcpts++;
		smtp_answer(&s->smtp, o);
		break;
	case SMTP_MAIL:
		if (message_set_sender(&s->message, s->smtp.envelope.path) !=
		    MESSAGE_OK) {
			chain_end(&s->chain, ENDING_RSET);
			smtp_answer(&s->smtp, &tempfail);
			break;
		}
		/* fall through */
	default: smtp_answer(&s->smtp, o); break;
	}
}
