/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/address/address_key.h"

#include "base/address.h"

/* Some write a domain with the DNS's final dot; a leading one is a slip. */
static struct slice
without_border_dots(struct slice s)
{
	while (s.len > 0 && s.ptr[0] == '.')
		s = slice_from(s, 1);
	while (s.len > 0 && s.ptr[s.len - 1] == '.')
		s.len--;
	return s;
}

static size_t
put_domain(char *to, struct slice domain)
{
	size_t len;

	domain = without_border_dots(domain);
	if (idna_to_ascii(domain, to, &len)) {
		/* An ideographic full stop at a border is a dot only now. */
		struct slice bare = without_border_dots((struct slice){ to, len });
		memmove(to, bare.len > 0 ? bare.ptr : to, bare.len);
		return bare.len;
	}
	if (domain.len > IDNA_MAX)
		return 0;
	for (len = 0; len < domain.len; len++)
		to[len] = ascii_lower(domain.ptr[len]);
	return len;
}

void
address_key_set(struct address_key *ret, struct slice local, struct slice domain)
{
	size_t n = 0;

	if (local.len <= ADDRESS_KEY_LOCAL_MAX) {
		for (; n < local.len; n++)
			ret->bytes[n] = ascii_lower(local.ptr[n]);
	}
	ret->local_len = n;
	ret->bytes[n++] = '@';
	ret->domain_len = put_domain(ret->bytes + n, domain);
}

/* "\"a\\ b\".c" -> "a b.c"; bytes that do not fit make it too long anyway. */
static size_t
unquote(struct slice local, char *to, size_t size)
{
	bool quoted = false;
	size_t n = 0;

	for (size_t i = 0; i < local.len && n < size; i++) {
		if (local.ptr[i] == '"') {
			quoted = !quoted;
			continue;
		}
		if (quoted && local.ptr[i] == '\\' && i + 1 < local.len)
			i++;
		to[n++] = local.ptr[i];
	}
	return n;
}

bool
address_key_set_path(struct address_key *ret, struct slice path)
{
	char local[ADDRESS_KEY_LOCAL_MAX + 1];
	struct address a = address_parse(path);

	if (a.whole.len == 0)
		return false;
	size_t len = unquote(a.local, local, sizeof local);
	address_key_set(ret, (struct slice){ local, len }, a.domain);
	return true;
}

bool
address_key_without_detail(
    const struct address_key *k, const char *delimiters, struct address_key *ret)
{
	struct slice user = address_user(address_key_local(k), delimiters);

	if (user.len == k->local_len)
		return false;
	address_key_set(ret, user, address_key_domain(k));
	return true;
}
