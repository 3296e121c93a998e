/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/server/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/put.h"

enum { NAME_MAX_BYTES = 1100 };

void
client_init(struct client *c)
{
	*c = (struct client){ .family = FAMILY_UNKNOWN };
	c->name = c->address = c->shown = c->local =
	    (struct text)TEXT_INIT(NAME_MAX_BYTES);
}

void
client_clear(struct client *c)
{
	text_clear(&c->name);
	text_clear(&c->address);
	text_clear(&c->shown);
	text_clear(&c->local);
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

static void
describe_inet6(const struct profile *p, const struct in6_addr *a, struct text *out)
{
	char ip[INET6_ADDRSTRLEN];

	if (p->inet6 != NULL)
		p->inet6(a->s6_addr, out);
	else if (inet_ntop(AF_INET6, a, ip, sizeof ip) != NULL)
		text_printf(out, "%s", ip);
}

/* The family letter of CONNECT; the address as the MTA writes it, if it has one. */
static char
describe(const struct profile *p, const struct sockaddr_storage *a, struct text *out)
{
	char ip[INET_ADDRSTRLEN];

	if (a->ss_family == AF_INET6) {
		describe_inet6(p, &((const struct sockaddr_in6 *)a)->sin6_addr, out);
		return FAMILY_INET6;
	}
	if (a->ss_family != AF_INET)
		return FAMILY_UNKNOWN;
	if (inet_ntop(AF_INET, &((const struct sockaddr_in *)a)->sin_addr, ip,
		sizeof ip) != NULL)
		text_printf(out, "%s", ip);
	return FAMILY_INET;
}

static uint16_t
port_of(const struct sockaddr_storage *a)
{
	if (a->ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)a)->sin_port);
	if (a->ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)a)->sin6_port);
	return 0;
}

/* A play's client has an address, its socket has none: it came to that one then. */
static void
describe_local(struct client *c, const struct profile *p,
    const struct sockaddr_storage *local, const struct sockaddr_storage *peer)
{
	bool played = local->ss_family == AF_UNIX && peer->ss_family != AF_UNIX;

	(void)describe(p, played ? peer : local, &c->local);
	c->local_port = played ? 25 : port_of(local);
}

/* "%n [%a]": name and address. */
static void
show(struct client *c, const char *form)
{
	for (; *form != '\0'; form++) {
		if (form[0] == '%' && form[1] == 'n')
			put(&c->shown, text_slice(&c->name));
		else if (form[0] == '%' && form[1] == 'a')
			put(&c->shown, text_slice(&c->address));
		else
			put(&c->shown, (struct slice){ form, 1 });
		form += form[0] == '%' && form[1] != '\0';
	}
}

void
client_meet(struct client *c, const struct profile *p, const struct socket_address *peer,
    const struct socket_address *local)
{
	static const struct socket_address nobody = { .length = 0 };
	const struct sockaddr_storage *a = &(peer != NULL ? peer : &nobody)->storage;

	c->family = describe(p, a, &c->address);
	c->port = port_of(a);
	describe_local(c, p, &local->storage, a);
	c->named = c->family == FAMILY_UNKNOWN || loopback(a);
	if (c->named)
		text_printf(&c->name, "localhost");
	else
		text_printf(&c->name, "[%s]", text_cstr(&c->address));
	if (c->family == FAMILY_UNKNOWN)
		show(c, "%n");
	else
		show(c, c->named ? p->shown : p->shown_unnamed);
}

void
client_facts(const struct client *c, struct facts *f)
{
	f->client_name = text_slice(&c->name);
	f->client_address = text_slice(&c->address);
	f->client_shown = text_slice(&c->shown);
	f->client_port = c->port;
	f->client_named = c->named;
	f->daemon_address = text_slice(&c->local);
	f->daemon_port = c->local_port;
}
