/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_ADDRESS_ADDRESS_KEY_H
#define POLICY_ADDRESS_ADDRESS_KEY_H

/*
 * address_key - an address in the one form in which addresses are compared.
 *
 * The local part has no quotes and is folded to lower case (base/utf8.h): RFC
 * 5321 2.4 lets it be case-sensitive, no site is.  The domain is in lower case,
 * as A-labels (base/idna.h), without dots at its borders; a domain that cannot
 * be converted stays as it is.  The bytes are "local@domain", so that most
 * forms of a list's entry are pieces of them.  Pure.
 */

#include "base/idna.h"
#include "base/slice.h"

enum { ADDRESS_KEY_LOCAL_MAX = 255 }; /* above RFC 5321's 64: SRS, BATV */

struct address_key {
	size_t local_len, domain_len; /* either may be 0 */
	char bytes[ADDRESS_KEY_LOCAL_MAX + 1 + IDNA_MAX];
};

/* A part that is too long becomes empty: no list can hold it. */
void address_key_set(struct address_key *ret, struct slice local, struct slice domain);

/*
 * From the path of MAIL or RCPT as a client types it and as MTAs read it:
 * brackets or not, source routes, comments and blanks left out, quoted strings
 * and quoted pairs anywhere undone ("<@a,@b: \"jo\\n\"es (x) @ c.example. >").
 * Only what is quoted keeps an @.  False: the null path.
 */
bool address_key_set_path(struct address_key *ret, struct slice path);

/*
 * From a macro in which the MTA says what it made of the path: quotes and
 * quoted pairs are undone, nothing is left out.  `typed` is the key of that
 * path: where the macro already is what was meant there, it stays as it is.
 * False: empty.
 */
bool address_key_set_resolved(
    struct address_key *ret, struct slice resolved, const struct address_key *typed);

/* The same address without detail (base/address.h); false: it has none. */
bool address_key_without_detail(
    const struct address_key *k, const char *delimiters, struct address_key *ret);

static inline struct slice
address_key_whole(const struct address_key *k)
{
	return (struct slice){ k->bytes, k->local_len + 1 + k->domain_len };
}

static inline struct slice
address_key_local(const struct address_key *k)
{
	return (struct slice){ k->bytes, k->local_len };
}

static inline struct slice
address_key_domain(const struct address_key *k)
{
	return (struct slice){ k->bytes + k->local_len + 1, k->domain_len };
}

/* "[127.0.0.1]", "[IPv6:::1]" */
static inline bool
address_key_is_literal(const struct address_key *k)
{
	return k->domain_len > 0 && k->bytes[k->local_len + 1] == '[';
}

#endif
