/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "sim/put.h"
#include "sim/session.h"

/* --- who the client is --- */

/* sendmail writes all eight groups: IPv6:0:0:0:0:0:0:0:1. */
static void
describe_inet6(const struct sockaddr_in6 *in6, struct text *out)
{
	const unsigned char *b = in6->sin6_addr.s6_addr;

	text_printf(out, "IPv6");
	for (int i = 0; i < 16; i += 2)
		text_printf(out, ":%x", (unsigned)b[i] << 8 | b[i + 1]);
}

static bool
loopback(const struct sockaddr_storage *a)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)a;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)a;

	if (a->ss_family == AF_INET)
		return in->sin_addr.s_addr == htonl(INADDR_LOOPBACK);
	return a->ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
}

/* Names are not looked up: a resolver that hangs would stop every session. */
void
session_meet(struct session *s, const struct socket_address *peer)
{
	static const struct socket_address nobody = { .length = 0 };
	const struct sockaddr_storage *a = &(peer != NULL ? peer : &nobody)->storage;
	char ip[INET_ADDRSTRLEN];

	s->family = FAMILY_UNKNOWN;
	if (a->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)a;
		s->family = FAMILY_INET;
		s->port = ntohs(in->sin_port);
		if (inet_ntop(AF_INET, &in->sin_addr, ip, sizeof ip) != NULL)
			text_printf(&s->peer_address, "%s", ip);
	} else if (a->ss_family == AF_INET6) {
		s->family = FAMILY_INET6;
		s->port = ntohs(((const struct sockaddr_in6 *)a)->sin6_port);
		describe_inet6((const struct sockaddr_in6 *)a, &s->peer_address);
	}
	if (s->family == FAMILY_UNKNOWN) {
		text_printf(&s->peer_name, "localhost");
		text_printf(&s->peer_shown, "localhost");
	} else if (loopback(a)) {
		text_printf(&s->peer_name, "localhost");
		text_printf(
		    &s->peer_shown, "localhost [%s]", text_cstr(&s->peer_address));
	} else {
		text_printf(&s->peer_name, "[%s]", text_cstr(&s->peer_address));
		text_printf(&s->peer_shown, "[%s]", text_cstr(&s->peer_address));
	}
	s->smtp.client = text_slice(&s->peer_shown);
}

/* --- queue id and date --- */

/*
 * sendmail's: year, month, day, hour, minute, second, two for the message, six
 * digits for the process.  Ours counts sessions in place of processes.
 */
void
session_new_queue_id(struct session *s)
{
	static const char digit[] =
	    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx";
	static unsigned long count;
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	count++;
	(void)snprintf(s->queue_id, sizeof s->queue_id, "%c%c%c%c%c%c%c%c%06lu",
	    digit[tm.tm_year % 60], digit[tm.tm_mon + 1], digit[tm.tm_mday],
	    digit[tm.tm_hour], digit[tm.tm_min], digit[tm.tm_sec % 60],
	    digit[count / 60 % 60], digit[count % 60], s->id % 1000000);
	strftime(s->date, sizeof s->date, "%a, %d %b %Y %H:%M:%S +0000", &tm);
	s->smtp.queue_id = slice_of(s->queue_id);
	s->smtp.date = slice_of(s->date);
}

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
version_word(struct session *s)
{
	(void)s;
	return SLICE(PACKAGE_VERSION);
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

static struct slice
msg_size(struct session *s)
{
	return number(s, s->smtp.message.len);
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
	{ SLICE("s"), ALWAYS, helo_name },
	{ SLICE("r"), ALWAYS, protocol_word },
	{ SLICE("{daemon_name}"), ALWAYS, daemon_name },
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
	{ SLICE("{rcpt_to}"), IN_RCPT, event_path },
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

/* --- Received (RFC 5321 4.4) --- */

bool
session_add_received(struct session *s)
{
	struct text value = TEXT_INIT(FIELD_MAX);
	struct slice helo =
	    s->smtp.helo.len != 0 ? text_slice(&s->smtp.helo) : SLICE("unknown");

	text_printf(&value,
	    " from %.*s (%s)\n\tby %.*s (" PACKAGE_NAME " " PACKAGE_VERSION
	    ") with %s id %s",
	    (int)helo.len, helo.ptr, text_cstr(&s->peer_shown),
	    (int)s->smtp.config->host.len, s->smtp.config->host.ptr,
	    s->smtp.esmtp ? "ESMTP" : "SMTP", s->queue_id);
	if (s->message.recipients == 1)
		text_printf(&value, "\n\tfor %s; %s",
		    text_cstr(&s->message.recipient[0].path), s->date);
	else
		text_printf(&value, ";\n\t%s", s->date);
	bool good = message_add_trace(
			&s->message, SLICE("Received"), text_slice(&value)) == MESSAGE_OK;
	text_clear(&value);
	return good;
}
