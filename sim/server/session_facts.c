/* SPDX-License-Identifier: BSD-2-Clause */
#include <time.h>

#include "base/put.h"
#include "sim/server/session.h"

/* The clock of this server, as UTC. */
static struct stamp
stamp_now(const struct server *s)
{
	const struct server_config *config = s->config;
	time_t now = config->clock != NULL ? config->clock(config->self) : time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	return (struct stamp){ tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		tm.tm_min, tm.tm_sec, tm.tm_wday };
}

/* RFC 5322 3.3. */
static void
write_date(const struct stamp *t, struct text *out)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	text_printf(out, "%.3s, %02d %.3s %d %02d:%02d:%02d +0000", &days[3 * t->weekday],
	    t->day, &months[3 * (t->month - 1)], t->year, t->hour, t->minute, t->second);
}

void
session_dated(struct session *s)
{
	struct facts *f = &s->facts;

	f->stamp = stamp_now(s->server);
	text_clear(&s->date);
	write_date(&f->stamp, &s->date);
	f->date = s->smtp.date = text_slice(&s->date);
}

void
session_envelope(struct session *s, enum moment moment)
{
	bool early = s->server->config->profile->early_id;
	bool greets = moment == MOMENT_CONNECT || moment == MOMENT_HELO;
	struct facts *f = &s->facts;

	if (moment != MOMENT_MAIL && !(early && greets))
		return;
	if (moment == MOMENT_HELO && s->smtp.greeted)
		s->enveloped = false;
	session_dated(s);
	if (early && s->enveloped)
		return;
	s->enveloped = true;
	f->session = s->id;
	f->transaction = ++s->server->transactions;
	text_clear(&s->queue_id);
	s->server->config->profile->queue_id(f, &s->queue_id);
	f->queue_id = s->smtp.queue_id = text_slice(&s->queue_id);
}

/* RFC 4954 5. */
void
session_learn_author(struct session *s, const struct envelope *e)
{
	text_clear(&s->mail_args);
	text_clear(&s->author);
	put(&s->author, text_slice(&s->smtp.author));
	for (size_t i = 0; i < e->parameters; i++) {
		put(&s->mail_args, e->parameter[i].whole);
		put(&s->mail_args, SLICE("\0"));
	}
	s->facts.authored = s->smtp.authored;
	s->facts.auth_author = text_slice(&s->author);
}

/* --- the client --- */

void
session_introduce(struct session *s)
{
	client_facts(&s->who, &s->facts);
	s->smtp.client = s->facts.client_shown;
	s->smtp.client_host = s->facts.client_name;
	s->smtp.client_resolve = facts_resolve(s->facts.client_resolve);
	s->smtp.may_xclient = s->server->config->xclient && s->who.trusted;
}

void
session_meet(struct session *s, int fd, const struct socket_address *peer)
{
	const struct profile *profile = s->server->config->profile;
	struct socket_address local = { .length = sizeof local.storage };

	(void)getsockname(fd, (struct sockaddr *)&local.storage, &local.length);
	client_meet(&s->who, profile, peer, &local);
	s->facts = (struct facts){ .host = s->server->smtp.host,
		.version = slice_of(profile->version),
		.software = slice_of(profile->software) };
	session_introduce(s);
	session_dated(s);
}

/* --- macros --- */

/* At a HELO: the transaction that it ends, where filters hear of that behind it. */
static bool
still_there(const struct session *s)
{
	return s->smtp.transaction &&
	       s->server->config->profile->habits.endings[ENDING_HELO].after;
}

static enum since
reached(const struct session *s)
{
	bool taken = s->smtp.rcpts != 0 && s->message.recipients != 0;

	switch (s->chain.event.moment) {
	case MOMENT_HELO:
		if (!still_there(s))
			break;
		return taken ? SINCE_RCPT_TAKEN : SINCE_MAIL;
	case MOMENT_CONNECT:
	case MOMENT_UNKNOWN:
	case MOMENT_OTHER: break;
	case MOMENT_MAIL: return SINCE_MAIL;
	case MOMENT_RCPT: return taken ? SINCE_RCPT_TAKEN : SINCE_RCPT;
	case MOMENT_DATA: return SINCE_RCPT_TAKEN;
	case MOMENT_HEADER:
	case MOMENT_MESSAGE: return SINCE_MESSAGE;
	case N_MOMENTS: break;
	}
	return SINCE_CONNECT;
}

/* Is this one more path of a mailbox that has the message already? */
static bool
named_before(struct session *s, struct slice path)
{
	bool before = false;

	for (size_t i = 0; i < s->message.recipients && !before; i++)
		before = session_same_mailbox(
		    s, path, text_slice(&s->message.recipient[i].path));
	return before && s->server->config->profile->first_spelling;
}

void
session_init_reading(struct address_read *r)
{
	r->path = r->meant = r->shown = (struct text)TEXT_INIT(COMMAND_MAX_ANY);
}

void
session_clear_reading(struct address_read *r)
{
	text_clear(&r->path);
	text_clear(&r->meant);
	text_clear(&r->shown);
}

/* A macro after the other asks for it: only a new path is looked at. */
static struct slice
read_again(const struct session *s, struct slice path, struct address_read *r)
{
	const struct users *users = &s->server->config->users;

	if (slice_equal(text_slice(&r->path), path) && r->meant.len != 0)
		return text_slice(&r->meant);
	session_clear_reading(r);
	put(&r->path, path);
	struct slice meant = users_route(users, text_slice(&r->path), &r->meant);
	if (meant.ptr != r->meant.ptr) {
		text_clear(&r->meant);
		put(&r->meant, meant);
	}
	session_show_sender(s, text_slice(&r->path), &r->shown);
	return text_slice(&r->meant);
}

void
session_gather(struct session *s)
{
	const struct chain_event *e = &s->chain.event;
	const struct users *users = &s->server->config->users;
	struct facts *f = &s->facts;

	f->reached = reached(s);
	f->helo = text_slice(&s->smtp.helo);
	/* A HELO that is refused is none of the message's that has begun. */
	f->esmtp =
	    s->smtp.transaction ? s->smtp.mail_esmtp : s->smtp.esmtp || s->smtp.extended;
	f->sender = e->moment == MOMENT_MAIL ? s->smtp.envelope.path
					     : text_slice(&s->message.sender);
	bool stays = s->rcpt_stays && s->smtp.transaction;
	f->rcpt = stays ? text_slice(&s->rcpt_read.path) : s->smtp.envelope.path;
	f->mail_args = text_slice(&s->mail_args);
	f->rcpt_args = text_slice(&s->args);
	f->sender_meant = read_again(s, f->sender, &s->sender_read);
	f->rcpt_meant = read_again(s, f->rcpt, &s->rcpt_read);
	f->sender_mailed = text_slice(&s->sender_read.shown);
	f->sender_local = users_local(users, f->sender_meant);
	f->utf8 = s->smtp.utf8;
	f->rcpt_far = !users_local(users, f->rcpt_meant);
	f->rcpt_direct =
	    users_profile(users)->loose_paths && mailbox_kind(f->rcpt_meant) != N_SAY;
	f->at_rcpt = e->moment == MOMENT_RCPT || stays;
	f->at_data = e->moment == MOMENT_DATA ||
		     (e->moment == MOMENT_HELO && f->reached == SINCE_RCPT_TAKEN);
	f->first_rcpt =
	    s->message.recipients != 0
		? read_again(s, text_slice(&s->message.recipient[0].path), &s->first_read)
		: SLICE("");
	f->first_far = !users_local(users, f->first_rcpt);
	f->rcpts = s->smtp.rcpts - s->repeated + s->smtp.looked_up +
		   (f->at_rcpt && f->rcpt_known && !named_before(s, f->rcpt));
	if (s->rcpts_told != 0 && (e->moment != MOMENT_RCPT || !f->rcpt_known))
		f->rcpts = s->rcpts_told;
	f->text = text_slice(&s->smtp.message);
	f->msg_id = f->reached == SINCE_MESSAGE ? text_slice(&s->msg_id) : SLICE("");
}

/* The last of that name. */
void
session_learn_msg_id(struct session *s)
{
	struct slice name = s->resent ? SLICE("Resent-Message-ID") : SLICE("Message-ID");
	const struct field *f;
	size_t at = 0;

	text_clear(&s->msg_id);
	while ((f = message_next_field(&s->message, &at)) != NULL) {
		if (!slice_equal_nocase(text_slice(&f->name), name))
			continue;
		text_clear(&s->msg_id);
		put(&s->msg_id, slice_trim(text_slice(&f->value)));
	}
}

static struct slice
without_braces(struct slice name)
{
	bool has = name.len > 2 && name.ptr[0] == '{' && name.ptr[name.len - 1] == '}';

	return has ? slice_first(slice_from(name, 1), name.len - 2) : name;
}

/* A name as the table has it, which may have braces where that has none. */
static struct slice
braced(const struct macro *macros, struct slice name)
{
	for (const struct macro *m = macros; m->name != NULL; m++) {
		struct slice own = slice_of(m->name);
		if (slice_equal(without_braces(own), without_braces(name)))
			return own;
	}
	return name;
}

bool
session_macro(void *self, struct slice name, struct slice *ret)
{
	struct session *s = self;
	const struct server_config *config = s->server->config;

	if (macro_given_find(config->macro, config->macros, name, ret))
		return true;
	session_gather(s);
	if (s->server->config->profile->macro_letter && name.len > 1 &&
	    name.ptr[0] != '{')
		name = slice_first(name, 1);
	if (s->server->config->profile->macro_braced)
		name = braced(s->server->config->profile->macro_values, name);
	return facts_macro(
	    s->server->config->profile->macro_values, &s->facts, name, &s->scratch, ret);
}

bool
session_loops(struct session *s, struct slice path)
{
	const char *name = s->server->config->profile->loop_field;
	struct text meant = TEXT_INIT(4 * COMMAND_MAX_ANY);
	struct text plain = TEXT_INIT(4 * COMMAND_MAX_ANY);
	const struct field *f;
	bool found = false;
	size_t at = 0;

	facts_plain(users_route(&s->server->config->users, path, &meant), &plain);
	while (name != NULL && (f = message_next_field(&s->message, &at)) != NULL)
		found =
		    found || (slice_equal_nocase(text_slice(&f->name), slice_of(name)) &&
				 slice_equal_nocase(slice_trim(text_slice(&f->value)),
				     text_slice(&plain)));
	text_clear(&meant);
	text_clear(&plain);
	return found;
}
