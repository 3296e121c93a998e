/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "base/put.h"
#include "sim/server/session.h"
#include "sim/smtp/command.h"

static const struct outcome tempfail = { .kind = OUTCOME_TEMPFAIL };

static const char *
quarantine_or(const struct session *s, const char *mailbox)
{
	return s->message.quarantine.len != 0 ? ".quarantine" : mailbox;
}

static struct slice
unbracketed(struct slice path)
{
	bool bracketed =
	    path.len > 1 && path.ptr[0] == '<' && path.ptr[path.len - 1] == '>';

	return bracketed ? slice_first(slice_from(path, 1), path.len - 2) : path;
}

/* A source route is kept. */
static void
put_typed(struct slice path, struct text *out)
{
	struct slice whole = unbracketed(path);

	if (slice_starts(whole, SLICE("@")))
		put(out, whole);
	else
		facts_plain(path, out);
}

/* What stands at the head of this recipient's copy. */
static void
put_head(struct session *s, struct slice path, struct text *out)
{
	const struct users *users = &s->server->config->users;
	const char *at = s->server->config->profile->delivery_head;
	struct text meant = TEXT_INIT(4 * COMMAND_MAX_ANY);

	for (; at != NULL && *at != '\0'; at++) {
		if (at[0] == '%' && at[1] == 'o')
			put_typed(path, out);
		else if (at[0] == '%' && at[1] == 's')
			users_written(users, text_slice(&s->message.sender), out);
		else if (at[0] == '%' && at[1] == 'd')
			facts_plain(users_route(users, path, &meant), out);
		else
			put(out, (struct slice){ at, 1 });
		at += at[0] == '%' && at[1] != '\0';
	}
	text_clear(&meant);
}

/* NEVER alone, or some of the others (RFC 3461 4.1). */
static bool
notify_good(struct slice s)
{
	bool good = s.len != 0;

	if (slice_equal_nocase(s, SLICE("NEVER")))
		return true;
	for (size_t n; good && s.len != 0; s = slice_from(s, n + 1)) {
		n = slice_find(s, ',');
		good = word_in_list(slice_first(s, n), SLICE("SUCCESS FAILURE DELAY"));
	}
	return good;
}

/* As typed, but for the brackets and blanks at the end; whom a filter added has none. */
static void
put_named(struct slice typed, struct text *out)
{
	struct slice path = unbracketed(slice_trim(typed));

	while (path.len != 0 && path.ptr[path.len - 1] == ' ')
		path.len--;
	if (typed.len != 0)
		put(out, SLICE("rfc822;"));
	put(out, path);
}

/* ORCPT and NOTIFY (RFC 3461): recipients who differ there are two. */
static void
put_report(const struct recipient *r, struct text *out)
{
	static const struct slice keywords[] = { SLICE("ORCPT="), SLICE("NOTIFY=") };

	for (size_t k = 0; k < sizeof keywords / sizeof keywords[0]; k++) {
		struct slice one, said = SLICE(""), rest = text_slice(&r->args);
		bool given = false;
		for (; rest.len != 0; rest = slice_from(rest, one.len + 1)) {
			one = slice_first(rest, slice_find(rest, '\0'));
			if (!slice_starts_nocase(one, keywords[k]))
				continue;
			struct slice value = slice_from(one, keywords[k].len);
			given = true;
			said = k == 0 || notify_good(value) ? value : said;
		}
		put(out, said);
		if (k == 0 && !given)
			put_named(text_slice(&r->typed), out);
		put(out, SLICE("\n"));
	}
}

/* The same copy in the same mailbox; where a detail is not looked at, it parts them. */
static bool
same(const struct session *s, const struct destination *a, const struct destination *b)
{
	const struct users *u = &s->server->config->users;

	if (users_profile(u)->loose_paths && s->message.quarantine.len == 0)
		return users_same(u, a->path, b->path);
	return strcmp(a->mailbox, b->mailbox) == 0 &&
	       slice_equal_nocase(text_slice(&a->head), text_slice(&b->head)) &&
	       (a->head.len == 0 ||
		   slice_equal_nocase(text_slice(&a->report), text_slice(&b->report)));
}

static void
destination_clear(struct destination *d)
{
	text_clear(&d->head);
	text_clear(&d->report);
}

/*
 * The copy of the ith recipient, unless another one before it is the same.  Whom a
 * filter took out leaves his place: nobody else of that name was a recipient.
 */
static bool
add_destination(struct session *s, size_t i, struct destination *all, size_t n)
{
	struct recipient *r = &s->message.recipient[i];
	bool held = s->message.quarantine.len != 0, typed = r->typed.len != 0;
	bool headed = s->server->config->profile->delivery_head != NULL && !held;
	struct slice path = text_slice(&r->path);
	const char *name = users_find(&s->server->config->users, path);

	if (name == NULL || (r->deleted && !(headed && typed)))
		return false;
	if (headed && session_loops(s, path))
		return false;
	all[n] = (struct destination){ quarantine_or(s, name), path, r->deleted,
		TEXT_INIT(5000), TEXT_INIT(5000) };
	put_report(r, &all[n].report);
	if (headed)
		put_head(s, path, &all[n].head);
	for (size_t k = 0; k < n; k++) {
		if (!same(s, &all[k], &all[n]) || (all[k].gone && !typed))
			continue;
		destination_clear(&all[n]);
		return false;
	}
	return true;
}

/* Of all recipients, each once; for forget(). */
static struct destination *
destinations(struct session *s, size_t *ret_count)
{
	struct destination *all = calloc(s->message.recipients + 1, sizeof *all);
	size_t n = 0, live = 0;

	for (size_t i = 0; all != NULL && i < s->message.recipients; i++) {
		if (!add_destination(s, i, all, n))
			continue;
		live += !all[n].gone;
		n++;
	}
	bool alone = live == 0 && s->message.quarantine.len != 0 &&
		     s->server->config->profile->habits.held_alone;
	if (all != NULL && alone)
		all[n++] = (struct destination){ quarantine_or(s, NULL), { 0 }, false,
			TEXT_INIT(1), TEXT_INIT(1) };
	*ret_count = n;
	return all;
}

static void
forget(struct destination *all, size_t count)
{
	for (size_t i = 0; i < count; i++)
		destination_clear(&all[i]);
	free(all);
}

static bool
deliver_message(struct session *s)
{
	struct text log = TEXT_INIT(64 * 1024);
	struct slice line, rest;
	size_t count = 0;
	struct destination *to = destinations(s, &count);
	bool good = session_finish_header(s) && to != NULL;
	if (s->message.unreadable)
		witness_tell(&s->witness, EVENT_NOTE, EVENT_NO_FILTER,
		    SLICE("what filters made of it cannot be read again: lost"));
	else
		good = good && deliver(&s->server->config->delivery, &s->message, to,
				   count, &log);

	for (rest = text_slice(&log); slice_next_line(&rest, &line);)
		witness_tell(&s->witness, good ? EVENT_DELIVERY : EVENT_NOTE,
		    EVENT_NO_FILTER, line);
	text_clear(&log);
	forget(to, count);
	if (s->message.quarantine.len != 0) {
		s->server->counts.quarantined++;
		witness_tell(&s->witness, EVENT_NOTE, EVENT_NO_FILTER,
		    text_slice(&s->message.quarantine));
	}
	return good;
}

static bool
temporary(const struct outcome *o)
{
	return o->kind == OUTCOME_TEMPFAIL || o->kind == OUTCOME_MISCONFIGURED ||
	       o->kind == OUTCOME_SHUTDOWN || o->kind == OUTCOME_FAILED_TEMPFAIL ||
	       (o->kind == OUTCOME_REPLY && o->reply.ptr[0] == '4');
}

static void
count_refusal(struct session *s, const struct outcome *o)
{
	if (temporary(o))
		s->server->counts.deferred++;
	else
		s->server->counts.refused++;
}

/* No, as the outcome says; or what is wrong with an address that a filter gave. */
static void
refuse_message(struct session *s, const struct outcome *o)
{
	const struct profile *p = s->server->config->profile;
	const struct refusal *r = profile_refusal(p, MOMENT_MESSAGE, o);
	bool speaks = p->habits.added_speaks;

	count_refusal(s, o);
	s->smtp.envelope.path = speaks ? text_slice(&s->message.named) : SLICE("");
	if (!speaks || !temporary(o) || s->message.objection.len == 0) {
		smtp_answer(&s->smtp, o);
		return;
	}
	smtp_answer_line(&s->smtp, text_slice(&s->message.objection));
	s->smtp.closing = s->smtp.closing || (r != NULL && r->closes);
}

static void
settle_message(struct session *s, const struct outcome *o)
{
	bool refused = o->kind == OUTCOME_GO || o->kind == OUTCOME_HOLD ||
		       o->kind == OUTCOME_DISCARD;

	s->server->counts.messages++;
	if (s->message.faults != 0 && refused) {
		s->server->counts.refused++;
		smtp_answer_line(&s->smtp, text_slice(&s->message.objection));
		return;
	}
	switch (o->kind) {
	case OUTCOME_GO:
	case OUTCOME_HOLD:
		if (!deliver_message(s)) {
			s->server->counts.deferred++;
			smtp_answer_failed(&s->smtp, SAY_DELIVERY_FAILED);
			return;
		}
		s->server->counts.accepted++;
		break;
	case OUTCOME_DISCARD: s->server->counts.discarded++; break;
	default: refuse_message(s, o); return;
	}
	smtp_answer(&s->smtp, o);
}

/* The path by which this mailbox was named first in this transaction. */
static struct slice
first_spelling(const struct session *s, struct slice path)
{
	for (size_t i = 0; i < s->message.recipients; i++) {
		struct slice earlier = text_slice(&s->message.recipient[i].path);
		if (session_same_mailbox((void *)s, path, earlier))
			return earlier;
	}
	return path;
}

/* It is no recipient, and yet what that mailbox is called. */
static void
take_out(struct session *s, struct slice path)
{
	bool new = first_spelling(s, path).ptr == path.ptr;

	if (!new)
		(void)message_delete_recipient(&s->message, path);
	else if (message_add_recipient(&s->message, path) == MESSAGE_OK)
		s->message.recipient[s->message.recipients - 1].deleted = true;
}

void
session_settle_rcpt(struct session *s, const struct outcome *o)
{
	bool good = o->kind == OUTCOME_GO || o->kind == OUTCOME_DISCARD ||
		    o->kind == OUTCOME_HOLD;
	struct slice path = s->smtp.envelope.path;

	if (good && s->server->config->profile->first_spelling)
		s->smtp.envelope.path = first_spelling(s, path);
	s->repeated += s->smtp.envelope.path.ptr != path.ptr;
	session_gather(s); /* what of it stays */
	s->rcpt_stays = !good && s->server->config->profile->habits.refused_rcpt_stays;
	s->rcpts_told = s->rcpt_stays ? s->facts.rcpts : 0;
	if (!good && s->server->config->profile->habits.refused_rcpt_leaves)
		take_out(s, path);
	if (good && message_add_recipient(&s->message, path) != MESSAGE_OK) {
		smtp_answer(&s->smtp, &tempfail);
		return;
	}
	if (good)
		message_recipient_args(
		    &s->message, s->smtp.envelope.typed, text_slice(&s->args));
	smtp_answer(&s->smtp, o);
	s->smtp.envelope.path = path;
}

/* The transaction that it ended is told of behind it, where the MTA does so. */
void
session_greeted(struct session *s)
{
	if (s->smtp.closing)
		return;
	if (s->server->config->profile->habits.endings[ENDING_HELO].after) {
		chain_end(&s->chain, ENDING_HELO);
		s->discard_message = false;
	}
	s->chain.greeted = true;
}

/* From MAIL on; before there is nothing to hold. */
static void
hold(struct session *s)
{
	text_clear(&s->message.quarantine);
	put(&s->message.quarantine, SLICE("held, as a filter's answer or absence wants"));
}

void
session_settle(struct session *s)
{
	static const struct outcome go = { .kind = OUTCOME_GO };
	bool unheard = s->asked == SMTP_RCPT_REFUSED && !s->greeting &&
		       !s->server->config->profile->habits.refused_rcpt_counts;
	const struct outcome *o = unheard ? &go : &s->chain.outcome;

	if (o->kind == OUTCOME_DIE) {
		s->greeting = false;
		chain_die(&s->chain);
		smtp_die(&s->smtp);
		return;
	}
	if (o->kind == OUTCOME_DISCARD)
		s->discard_message = true;
	if (s->greeting) {
		s->greeting = false;
		smtp_greet(&s->smtp, o);
		return;
	}
	if (o->kind == OUTCOME_HOLD)
		hold(s);
	switch (s->asked) {
	case SMTP_HELO:
		smtp_answer(&s->smtp, o);
		session_greeted(s);
		break;
	case SMTP_MESSAGE:
		settle_message(s, o);
		message_clear(&s->message);
		s->discard_message = s->enveloped = false;
		break;
	case SMTP_RCPT: session_settle_rcpt(s, o); break;
	case SMTP_MAIL:
		if (message_set_sender(&s->message, s->smtp.envelope.path) !=
		    MESSAGE_OK) {
			chain_end(&s->chain, ENDING_RSET);
			smtp_answer(&s->smtp, &tempfail);
			break;
		}
		s->smtp.sender = text_slice(&s->message.sender);
		/* fall through */
	default: smtp_answer(&s->smtp, o); break;
	}
}
