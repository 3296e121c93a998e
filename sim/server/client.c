/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/server/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/put.h"

enum { NAME_MAX_BYTES = 1100 };

void
client_init(struct client *c)
{
	*c = (struct client){ .family = FAMILY_UNKNOWN };
	c->name = c->address = c->reverse = c->shown = c->local = c->login =
	    (struct text)TEXT_INIT(NAME_MAX_BYTES);
}

void
client_clear(struct client *c)
{
	text_clear(&c->name);
	text_clear(&c->address);
	text_clear(&c->reverse);
	text_clear(&c->shown);
	text_clear(&c->local);
	text_clear(&c->login);
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

static bool
loopback_network(const struct sockaddr_storage *a)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)a;

	if (a->ss_family == AF_INET)
		return ntohl(in->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	return loopback(a);
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
	(void)snprintf(c->local_port, sizeof c->local_port, "%u",
	    played ? 25u : (unsigned)port_of(local));
}

/* "%n [%a]": name and address. */
static void
show(struct client *c, const char *form, bool forged)
{
	for (; *form != '\0'; form++) {
		if (form[0] != '%' || form[1] == '\0') {
			put(&c->shown, (struct slice){ form, 1 });
			continue;
		}
		switch (*++form) {
		case 'n': put(&c->shown, text_slice(&c->name)); break;
		case 'a': put(&c->shown, text_slice(&c->address)); break;
		case 'r': put(&c->shown, text_slice(&c->reverse)); break;
		case 'f':
			put(&c->shown, forged ? SLICE(" (may be forged)") : SLICE(""));
			break;
		default: break;
		}
	}
}

static struct slice
known(const struct client *c)
{
	return c->resolve == RESOLVE_OK ? text_slice(&c->name) : SLICE("unknown");
}

void
client_introduce(struct client *c, const struct profile *p)
{
	bool forged = !slice_equal(known(c), text_slice(&c->reverse));
	bool nowhere = slice_equal(text_slice(&c->address), SLICE("unknown"));

	if (c->resolve != RESOLVE_OK) {
		text_clear(&c->name);
		text_printf(&c->name, nowhere ? "%s" : "[%s]", text_cstr(&c->address));
	}
	text_clear(&c->shown);
	if (c->family == FAMILY_UNKNOWN)
		show(c, "%n", false);
	else
		show(c, c->resolve == RESOLVE_OK ? p->shown : p->shown_unnamed, forged);
}

void
client_meet(struct client *c, const struct profile *p, const struct socket_address *peer,
    const struct socket_address *local)
{
	static const struct socket_address nobody = { .length = 0 };
	const struct sockaddr_storage *a = &(peer != NULL ? peer : &nobody)->storage;

	c->family = describe(p, a, &c->address);
	c->port = port_of(a);
	(void)snprintf(c->port_shown, sizeof c->port_shown, "%u", (unsigned)c->port);
	describe_local(c, p, &local->storage, a);
	bool named = c->family == FAMILY_UNKNOWN || loopback(a);
	c->resolve = named ? RESOLVE_OK : RESOLVE_FAIL;
	c->trusted = c->family == FAMILY_UNKNOWN || loopback_network(a);
	text_printf(&c->name, "localhost"); /* if it is named */
	text_printf(&c->reverse, named ? "localhost" : "unknown");
	client_introduce(c, p);
}

/* --- XCLIENT --- */

static void
set(struct text *to, const struct xclient_attribute *a, const char *unavailable)
{
	text_clear(to);
	put(to, a->known == XCLIENT_GIVEN ? a->value : slice_of(unavailable));
}

static void
set_port(char to[12], const struct xclient_attribute *a, const char *unavailable)
{
	struct slice s = a->known == XCLIENT_GIVEN ? a->value : slice_of(unavailable);

	(void)snprintf(to, 12, "%.*s", (int)s.len, s.ptr);
}

static void
set_name(struct client *c, const struct xclient_attribute *a)
{
	static const enum resolve resolve[] = { [XCLIENT_GIVEN] = RESOLVE_OK,
		[XCLIENT_UNAVAILABLE] = RESOLVE_FAIL,
		[XCLIENT_TEMPUNAVAIL] = RESOLVE_TEMP };

	c->resolve = resolve[a->known];
	if (a->known != XCLIENT_GIVEN)
		return;
	set(&c->name, a, "");
	set(&c->reverse, a, "");
}

/* The attribute's address as one of a socket. */
static struct sockaddr_storage
storage_of(const struct xclient_attribute *a)
{
	struct sockaddr_storage s = { .ss_family = a->inet6 ? AF_INET6 : AF_INET };

	if (a->inet6)
		memcpy(&((struct sockaddr_in6 *)&s)->sin6_addr, a->address, 16);
	else
		memcpy(&((struct sockaddr_in *)&s)->sin_addr, a->address, 4);
	return s;
}

static void
set_address(struct client *c, const struct profile *p, const struct xclient_attribute *a)
{
	const struct sockaddr_storage s = storage_of(a);
	bool given = a->known == XCLIENT_GIVEN;

	set(&c->address, a, "unknown");
	c->trusted = given && loopback_network(&s);
	if (!given)
		return;
	text_clear(&c->address);
	c->family = describe(p, &s, &c->address);
}

void
client_told(struct client *c, const struct profile *p, const struct xclient_attribute *a)
{
	const struct sockaddr_storage s = storage_of(a);

	switch (a->name) {
	case XCLIENT_NAME: set_name(c, a); break;
	case XCLIENT_REVERSE_NAME: set(&c->reverse, a, "unknown"); break;
	case XCLIENT_ADDR: set_address(c, p, a); break;
	case XCLIENT_PORT:
		set_port(c->port_shown, a, "0");
		c->port = (uint16_t)strtoul(c->port_shown, NULL, 10);
		break;
	case XCLIENT_LOGIN: set(&c->login, a, ""); break;
	case XCLIENT_DESTADDR:
		set(&c->local, a, "unknown");
		if (a->known == XCLIENT_GIVEN) {
			text_clear(&c->local);
			(void)describe(p, &s, &c->local);
		}
		break;
	case XCLIENT_DESTPORT: set_port(c->local_port, a, "unknown"); break;
	case XCLIENT_HELO:
	case XCLIENT_PROTO:
	case N_XCLIENT_NAMES: break;
	}
}

void
client_facts(const struct client *c, struct facts *f)
{
	f->client_name = text_slice(&c->name);
	f->client_known = known(c);
	f->client_ptr = text_slice(&c->reverse);
	f->client_address = text_slice(&c->address);
	f->client_shown = text_slice(&c->shown);
	f->client_port = slice_of(c->port_shown);
	f->client_resolve = c->resolve;
	f->client_inet6 = c->family == FAMILY_INET6;
	f->login = text_slice(&c->login);
	f->daemon_address = text_slice(&c->local);
	f->daemon_port = slice_of(c->local_port);
}
