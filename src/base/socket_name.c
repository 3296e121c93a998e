/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/socket_name.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/un.h>

#include "base/number.h"

enum { HOST_MAX = 255, PORT_MAX = 65535 };

static bool
take_path(struct slice path, struct socket_name *ret, struct text *why)
{
	const size_t most = sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1;

	if (path.len == 0 || path.len > most ||
	    memchr(path.ptr, '\0', path.len) != NULL) {
		text_printf(why, "a socket's path has 1 to %zu bytes", most);
		return false;
	}
	ret->path = path;
	return true;
}

static bool
take_port(struct slice port, struct socket_name *ret, struct text *why)
{
	uint64_t number;

	if (!number_parse(port, &number) || number > PORT_MAX) {
		text_printf(why, "'%.*s' is no port: a number from 0 to %d",
		    (int)port.len, port.ptr, PORT_MAX);
		return false;
	}
	ret->port = (unsigned)number;
	return true;
}

/* In brackets, as IPv6 addresses are. */
static bool
is_bracketed(struct slice host)
{
	return host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';
}

static bool
take_host(struct slice host, struct socket_name *ret, struct text *why)
{
	ret->host =
	    is_bracketed(host) ? (struct slice){ host.ptr + 1, host.len - 2 } : host;
	if (ret->host.len <= HOST_MAX)
		return true;
	text_printf(why, "a host has at most %d bytes", HOST_MAX);
	return false;
}

static bool
take_port_at_host(struct slice rest, struct socket_name *ret, struct text *why)
{
	size_t at = slice_find(rest, '@');

	return take_host(slice_from(rest, at + 1), ret, why) &&
	       take_port(slice_first(rest, at), ret, why);
}

static bool
take_host_port(struct slice spec, struct socket_name *ret, struct text *why)
{
	size_t colon = slice_find_last(spec, ':');

	if (colon == spec.len) {
		text_printf(why,
		    "'%.*s' is no socket: write unix:/path, inet:port@host or "
		    "host:port",
		    (int)spec.len, spec.ptr);
		return false;
	}
	if (is_bracketed(slice_first(spec, colon)))
		ret->family = AF_INET6;
	return take_host(slice_first(spec, colon), ret, why) &&
	       take_port(slice_from(spec, colon + 1), ret, why);
}

bool
socket_name_parse(struct slice spec, struct socket_name *ret, struct text *why)
{
	static const struct {
		struct slice word;
		int family;
		bool (*take)(struct slice, struct socket_name *, struct text *);
	} kind[] = {
		{ SLICE("unix:"), AF_UNIX, take_path },
		{ SLICE("local:"), AF_UNIX, take_path },
		{ SLICE("inet:"), AF_INET, take_port_at_host },
		{ SLICE("inet6:"), AF_INET6, take_port_at_host },
	};

	for (size_t i = 0; i < sizeof kind / sizeof kind[0]; i++) {
		*ret = (struct socket_name){ .family = kind[i].family };
		if (slice_starts_nocase(spec, kind[i].word))
			return kind[i].take(slice_from(spec, kind[i].word.len), ret, why);
	}
	*ret = (struct socket_name){ .family = AF_UNIX };
	if (slice_starts(spec, SLICE("/")))
		return take_path(spec, ret, why);
	ret->family = AF_UNSPEC;
	return take_host_port(spec, ret, why);
}

static void
unix_address(struct slice path, struct sockaddr_storage *ret, socklen_t *ret_len)
{
	struct sockaddr_un *un = (struct sockaddr_un *)ret;

	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path.ptr, path.len);
	*ret_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path.len + 1);
}

bool
socket_name_address(const struct socket_name *name, struct sockaddr_storage *ret,
    socklen_t *ret_len, struct text *why)
{
	struct addrinfo hints = { .ai_family = name->family,
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV },
			*found = NULL;
	char host[HOST_MAX + 1], port[8];

	*ret = (struct sockaddr_storage){ 0 };
	if (name->family == AF_UNIX) {
		unix_address(name->path, ret, ret_len);
		return true;
	}
	(void)snprintf(host, sizeof host, "%.*s", (int)name->host.len, name->host.ptr);
	(void)snprintf(port, sizeof port, "%u", name->port);
	int failed = getaddrinfo(name->host.len > 0 ? host : NULL, port, &hints, &found);
	if (failed != 0) {
		text_printf(why, "host '%s': %s", host, gai_strerror(failed));
		return false;
	}
	memcpy(ret, found->ai_addr, found->ai_addrlen);
	*ret_len = found->ai_addrlen;
	freeaddrinfo(found);
	return true;
}
