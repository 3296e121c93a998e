/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <time.h>

#include "base/put.h"
#include "sim/server/session.h"

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

/* The family letter of CONNECT; the address as sendmail writes it, if it has one. */
char
session_address(const struct sockaddr_storage *a, struct text *out)
{
	char ip[INET_ADDRSTRLEN];

	if (a->ss_family == AF_INET6) {
		describe_inet6((const struct sockaddr_in6 *)a, out);
		return FAMILY_INET6;
	}
	if (a->ss_family != AF_INET)
		return FAMILY_UNKNOWN;
	if (inet_ntop(AF_INET, &((const struct sockaddr_in *)a)->sin_addr, ip,
		sizeof ip) != NULL)
		text_printf(out, "%s", ip);
	return FAMILY_INET;
}

uint16_t
session_port(const struct sockaddr_storage *a)
{
	if (a->ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)a)->sin_port);
	if (a->ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)a)->sin6_port);
	return 0;
}

/* Names are not looked up: a resolver that hangs would stop every session. */
void
session_meet(struct session *s, const struct socket_address *peer)
{
	static const struct socket_address nobody = { .length = 0 };
	const struct sockaddr_storage *a = &(peer != NULL ? peer : &nobody)->storage;

	s->family = session_address(a, &s->peer_address);
	s->port = session_port(a);
	if (s->family == FAMILY_UNKNOWN || loopback(a))
		text_printf(&s->peer_name, "localhost");
	else
		text_printf(&s->peer_name, "[%s]", text_cstr(&s->peer_address));
	put(&s->peer_shown, text_slice(&s->peer_name));
	if (s->family != FAMILY_UNKNOWN && loopback(a))
		text_printf(&s->peer_shown, " [%s]", text_cstr(&s->peer_address));
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
