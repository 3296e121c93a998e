/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/path.h"

#include <arpa/inet.h>

#include "base/address.h"
#include "base/number.h"

enum { WORD_MAX = 256, LABEL_MAX = 63, NAME_MAX_BYTES = 255 };

size_t
path_long_end(struct slice path)
{
	size_t n = 0;
	bool quoted = false, too_long = false;

	for (size_t i = 0; i < path.len; i++) {
		quoted = path.ptr[i] == '"' ? !quoted : quoted;
		n = !quoted && strchr("<>@.,;:()[]!%/ \t\"", path.ptr[i]) != NULL ? 0
										  : n + 1;
		if (n == 0 && too_long)
			return i;
		too_long = too_long || n > WORD_MAX;
	}
	return too_long ? path.len : 0;
}

bool
path_long_word(struct slice path)
{
	return path_long_end(path) != 0;
}

static bool
all_of(struct slice s, const char *bytes)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\0' || strchr(bytes, s.ptr[i]) == NULL)
			return false;
	}
	return s.len != 0;
}

static bool
label_known(struct slice label)
{
	for (size_t i = 0; i < label.len; i++) {
		char c = ascii_lower(label.ptr[i]);
		bool edge = i == 0 || i + 1 == label.len;
		bool inside = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
			      c == '_' || (c & 0x80) != 0;
		if (!inside && (c != '-' || edge))
			return false;
	}
	return label.len != 0 && label.len <= LABEL_MAX;
}

static bool
host_name(struct slice name)
{
	struct slice rest = name;

	if (name.len > NAME_MAX_BYTES || all_of(name, "0123456789."))
		return false;
	for (;;) {
		struct slice label = slice_first(rest, slice_find(rest, '.'));
		if (!label_known(label))
			return false;
		if (label.len == rest.len)
			return true;
		rest = slice_from(rest, label.len + 1);
	}
}

static bool
inet(struct slice address)
{
	for (int part = 0; part < 4; part++) {
		struct slice one = slice_first(address, slice_find(address, '.'));
		uint64_t n;
		bool last = one.len == address.len;
		if (!number_parse(one, &n) || n > 255 || last != (part == 3))
			return false;
		address = slice_from(address, one.len + 1);
	}
	return true;
}

static bool
inet6_known(struct slice address)
{
	struct in6_addr ignored;
	char name[INET6_ADDRSTRLEN] = "";

	if (address.len >= sizeof name || !all_of(address, "0123456789abcdefABCDEF:."))
		return false;
	memcpy(name, address.ptr, address.len);
	return inet_pton(AF_INET6, name, &ignored) == 1;
}

static bool
literal(struct slice domain)
{
	static const struct slice inet6 = SLICE("IPv6:");
	struct slice inside = slice_first(slice_from(domain, 1), domain.len - 2);

	if (domain.len < 3 || domain.ptr[domain.len - 1] != ']')
		return false;
	if (slice_starts_nocase(inside, inet6))
		return inet6_known(slice_from(inside, inet6.len));
	return inet(inside);
}

bool
path_wide(struct slice domain)
{
	for (size_t i = 0; i < domain.len; i++) {
		if ((domain.ptr[i] & 0x80) != 0)
			return true;
	}
	return false;
}

bool
path_domain_wide(struct slice path)
{
	return path_wide(address_parse(path).domain);
}

bool
path_domain_known(struct slice path)
{
	struct slice domain = slice_without_last(address_parse(path).domain, '.');
	bool at = slice_find(path, '@') != path.len;

	return !at || path_domain_good(domain);
}

bool
path_domain_good(struct slice domain)
{
	return slice_starts(domain, SLICE("[")) ? literal(domain) : host_name(domain);
}
