/* SPDX-License-Identifier: BSD-2-Clause */
#include <time.h>

#include "base/put.h"
#include "sim/server/session.h"

/* --- macros --- */

static struct slice
number(struct session *s, unsigned long n)
{
	text_clear(&s->mailbox);
	text_printf(&s->mailbox, "%lu", n);
	return text_slice(&s->mailbox);
}

static struct address
sender(const struct session *s)
{
	bool asking = s->chain.event.moment == MOMENT_MAIL;

	return address_parse(
	    asking ? s->chain.event.path : text_slice(&s->message.sender));
}

static struct slice
mail_addr(struct session *s)
{
	return sender(s).whole;
}

/* With the dot that sendmail's rules leave behind the domain. */
static struct slice
mail_host(struct session *s)
{
	struct slice domain = sender(s).domain;

	text_clear(&s->mailbox);
	if (domain.len != 0) {
		put(&s->mailbox, domain);
		put(&s->mailbox, SLICE("."));
	}
	return text_slice(&s->mailbox);
}

static struct slice
mail_mailer(struct session *s)
{
	return sender(s).domain.len != 0 ? SLICE("esmtp") : SLICE("local");
}

static struct slice
rcpt_mailer(struct session *s)
{
	return s->rcpt_known ? SLICE("local") : SLICE("error");
}

static struct slice
rcpt_host(struct session *s)
{
	return s->rcpt_known ? SLICE("") : SLICE("5.1.1");
}

/* A local recipient's is the mailbox, in lower case. */
static struct slice
rcpt_addr(struct session *s)
{
	struct slice local = address_parse(s->chain.event.path).local;

	if (!s->rcpt_known)
		return SLICE("550 5.1.1 User unknown");
	text_clear(&s->mailbox);
	for (size_t i = 0; i < local.len; i++) {
		char c = ascii_lower(local.ptr[i]);
		put(&s->mailbox, (struct slice){ &c, 1 });
	}
	return text_slice(&s->mailbox);
}

/* The message's own, or the one that our Message-Id would have. */
static struct slice
msg_id(struct session *s)
{
	const struct field *f = message_field(&s->message, SLICE("Message-ID"));
	struct tm tm;
	time_t now = time(NULL);
	char stamp[20];

	if (f != NULL)
		return slice_trim(text_slice(&f->value));
	strftime(stamp, sizeof stamp, "%Y%m%d%H%M", gmtime_r(&now, &tm));
	text_clear(&s->mailbox);
	text_printf(&s->mailbox, "<%s.%s@%.*s>", stamp, s->queue_id,
	    (int)s->smtp.config->host.len, s->smtp.config->host.ptr);
	return text_slice(&s->mailbox);
}

static struct slice
host(struct session *s)
{
	return s->smtp.config->host;
}

static struct slice
peer_shown(struct session *s)
{
	return text_slice(&s->peer_shown);
}

static struct slice
peer_name(struct session *s)
{
	return text_slice(&s->peer_name);
}

static struct slice
peer_address(struct session *s)
{
	return text_slice(&s->peer_address);
}

static struct slice
peer_port(struct session *s)
{
	return number(s, s->port);
}

static struct slice
resolved(struct session *s)
{
	return s->peer_name.len != 0 && s->peer_name.ptr[0] == '[' ? SLICE("FAIL")
								   : SLICE("OK");
}

static struct slice
helo_name(struct session *s)
{
	return text_slice(&s->smtp.helo);
}

static struct slice
protocol_word(struct session *s)
{
	return s->smtp.esmtp ? SLICE("ESMTP") : SLICE("SMTP");
}

static struct slice
queue_id(struct session *s)
{
	return slice_of(s->queue_id);
}

static struct slice
daemon_name(struct session *s)
{
	(void)s;
	return SLICE("MTA");
}

static struct slice
if_name(struct session *s)
{
	(void)s;
	return SLICE("localhost");
}

static struct slice
daemon_addr(struct session *s)
{
	text_clear(&s->mailbox);
	(void)session_address(&s->local.storage, &s->mailbox);
	return text_slice(&s->mailbox);
}

static struct slice
daemon_port(struct session *s)
{
	return number(s, session_port(&s->local.storage));
}

static struct slice
version_word(struct session *s)
{
	return slice_of(s->server->config->profile->version);
}

static struct slice
rcpt_count(struct session *s)
{
	bool asking = s->chain.event.moment == MOMENT_RCPT && s->rcpt_known;

	return number(s, s->smtp.rcpts + asking);
}

static struct slice
bad_rcpt_count(struct session *s)
{
	return number(s, s->bad_rcpts);
}

/* Measured: sendmail counts a line's end as one byte. */
static struct slice
msg_size(struct session *s)
{
	struct slice line, rest = text_slice(&s->smtp.message);
	unsigned long size = 0;

	while (slice_next_line(&rest, &line))
		size += line.len + 1;
	return number(s, size);
}

static struct slice
event_path(struct session *s)
{
	return s->chain.event.path;
}

static struct slice
date(struct session *s)
{
	return slice_of(s->date);
}

enum since { ALWAYS, IN_MAIL, IN_RCPT, IN_MESSAGE };

static const struct {
	struct slice name;
	enum since since; /* has no value before */
	struct slice (*value)(struct session *s);
} macros[] = {
	{ SLICE("j"), ALWAYS, host },
	{ SLICE("_"), ALWAYS, peer_shown },
	{ SLICE("v"), ALWAYS, version_word },
	{ SLICE("s"), IN_MAIL, helo_name },
	{ SLICE("r"), IN_MAIL, protocol_word },
	{ SLICE("{daemon_name}"), ALWAYS, daemon_name },
	{ SLICE("{daemon_addr}"), ALWAYS, daemon_addr },
	{ SLICE("{daemon_port}"), ALWAYS, daemon_port },
	{ SLICE("{if_name}"), ALWAYS, if_name },
	{ SLICE("{client_addr}"), ALWAYS, peer_address },
	{ SLICE("{client_name}"), ALWAYS, peer_name },
	{ SLICE("{client_ptr}"), ALWAYS, peer_name },
	{ SLICE("{client_port}"), ALWAYS, peer_port },
	{ SLICE("{client_resolve}"), ALWAYS, resolved },
	{ SLICE("i"), IN_MAIL, queue_id },
	{ SLICE("f"), IN_MAIL, mail_addr },
	{ SLICE("b"), IN_MAIL, date },
	{ SLICE("{mail_addr}"), IN_MAIL, mail_addr },
	{ SLICE("{mail_host}"), IN_MAIL, mail_host },
	{ SLICE("{mail_mailer}"), IN_MAIL, mail_mailer },
	{ SLICE("{mail_from}"), IN_MAIL, event_path },
	{ SLICE("{rcpt_addr}"), IN_RCPT, rcpt_addr },
	{ SLICE("{rcpt_host}"), IN_RCPT, rcpt_host },
	{ SLICE("{rcpt_mailer}"), IN_RCPT, rcpt_mailer },
	{ SLICE("{nrcpts}"), IN_RCPT, rcpt_count },
	{ SLICE("{nbadrcpts}"), IN_RCPT, bad_rcpt_count },
	{ SLICE("{msg_id}"), IN_MESSAGE, msg_id },
	{ SLICE("{msg_size}"), IN_MESSAGE, msg_size },
};

static enum since
reached(const struct session *s)
{
	static const enum since by_moment[N_MOMENTS] = {
		[MOMENT_CONNECT] = ALWAYS,
		[MOMENT_HELO] = ALWAYS,
		[MOMENT_MAIL] = IN_MAIL,
		[MOMENT_RCPT] = IN_RCPT,
		[MOMENT_DATA] = IN_RCPT,
		[MOMENT_MESSAGE] = IN_MESSAGE,
		[MOMENT_UNKNOWN] = ALWAYS,
	};

	return by_moment[s->chain.event.moment];
}

bool
session_macro(void *self, struct slice name, struct slice *ret)
{
	struct session *s = self;

	for (size_t i = 0; i < sizeof macros / sizeof macros[0]; i++) {
		if (!slice_equal(macros[i].name, name))
			continue;
		*ret = macros[i].value(s);
		return macros[i].since <= reached(s);
	}
	return false;
}
