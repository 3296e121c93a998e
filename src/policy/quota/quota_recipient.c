/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/quota/quota_recipient.h"

#include "base/address.h"

enum { ALIAS_DEPTH_MAX = 10 }; /* sendmail's MaxAliasRecursion */
enum { CUTS_MAX = 8 };         /* delimiters tried in one name: "a-b-c-d" */

/*
 * Postfix's non_smtpd_milters must not refuse a recipient: the mail would stay
 * in the queue.  Such mail comes from "127.0.0.1" without {rcpt_mailer}, which
 * sendmail and Postfix's smtpd always send.
 */
static bool
is_local(const struct quota_rules *r, bool local_client, struct slice mailer,
    struct slice domain)
{
	if (mailer.len > 0)
		return name_list_has(&r->local_mailers, mailer);
	if (local_client && r->local_clients == LOCAL_CLIENTS_WHEN_SAFE)
		return false;
	return domain.len == 0 || address_domain_listed(&r->local_domains, domain);
}

static bool
is_exempt_recipient(const struct quota_rules *r, const struct address_names *names)
{
	struct address_hit hit;

	return slice_equal(address_names_user(names), SLICE("postmaster")) ||
	       (r->exempt != NULL && address_list_find(r->exempt, names, &hit));
}

static bool
name_of_target(const struct alias *a, struct mailbox_name *ret)
{
	struct address_key key;

	return address_key_set_path(&key, slice_of(a->target)) &&
	       mailbox_name(address_key_local(&key), ret);
}

/* One spelling of the recipient: alias or user?  QUOTA_PASS with *ret_found false:
 * neither. */
static enum quota_finding
resolve_name(const struct quota_rules *r, struct mailbox_name *n, bool *ret_found)
{
	const struct quota_world *w = &r->world;

	for (int depth = 0; depth < ALIAS_DEPTH_MAX; depth++) {
		struct alias a = { .kinds = 0 };
		enum knowledge k = w->alias(w->self, mailbox_slice(n), &a);

		*ret_found = depth > 0;
		if (k == NOT_KNOWN)
			return QUOTA_UNKNOWN;
		if (k == KNOWN_NO || a.kinds == FORWARD_SELF) {
			k = w->user(w->self, mailbox_slice(n));
			*ret_found = *ret_found || k != KNOWN_NO;
			return k == KNOWN_YES  ? QUOTA_CHECK
			       : k == KNOWN_NO ? QUOTA_PASS
					       : QUOTA_UNKNOWN;
		}
		*ret_found = true;
		if (!r->follow_aliases || !name_of_target(&a, n))
			return QUOTA_PASS;
	}
	return QUOTA_PASS; /* a loop: the MTA will say so */
}

/* "a-b-c": the whole, then "a-b", then "a"; the first that exists. */
static enum quota_finding
resolve(const struct quota_rules *r, struct mailbox_name *n)
{
	for (int cut = 0; cut < CUTS_MAX; cut++) {
		struct mailbox_name tried = *n;
		bool found;
		enum quota_finding f = resolve_name(r, &tried, &found);

		if (found || f == QUOTA_UNKNOWN) {
			*n = tried;
			return f;
		}
		do {
			if (n->len <= 1)
				return QUOTA_PASS;
			n->len--;
		} while (strchr(r->delimiters, n->text[n->len]) == NULL);
	}
	return QUOTA_PASS;
}

/* Mailboxes named by address: the detail goes, the domain comes. */
static enum quota_finding
resolve_address(const struct quota_rules *r, struct slice domain, struct mailbox_name *n)
{
	struct alias a;

	n->len = address_user(mailbox_slice(n), r->delimiters).len;
	enum knowledge k = r->world.alias(r->world.self, mailbox_slice(n), &a);
	if (k != KNOWN_NO)
		return k == KNOWN_YES ? QUOTA_PASS : QUOTA_UNKNOWN;
	if (domain.len == 0)
		return QUOTA_CHECK;
	if (n->len + 1 + domain.len > MAILBOX_NAME_MAX)
		return QUOTA_PASS;
	n->text[n->len++] = '@';
	for (size_t i = 0; i < domain.len; i++) {
		if ((unsigned char)domain.ptr[i] <= ' ' || domain.ptr[i] == 0x7f)
			return QUOTA_PASS;
		n->text[n->len++] = ascii_lower(domain.ptr[i]);
	}
	return QUOTA_CHECK;
}

enum quota_finding
quota_find_mailbox(const struct quota_rules *r, bool local_client,
    const struct envelope_event *ev, struct mailbox_name *ret)
{
	struct slice mailer = macro(&ev->macros, "{rcpt_mailer}");
	struct address_names names;

	address_names_rcpt(
	    &names, ev, (struct address_habits){ r->delimiters, &r->local_domains });
	if (names.null || names.refused ||
	    (!names.resolved_known && !address_parse(ev->path).well_formed))
		return QUOTA_PASS;
	const struct address_key *key =
	    names.resolved_known ? &names.resolved : &names.typed;
	/* A mailbox that the MTA names without a domain is of this host. */
	struct slice domain = names.bare ? SLICE("") : address_key_domain(key);
	if (!is_local(r, local_client, mailer, domain) ||
	    !mailbox_name(address_key_local(key), ret) || is_exempt_recipient(r, &names))
		return QUOTA_PASS;
	return r->names_are_addresses ? resolve_address(r, domain, ret) : resolve(r, ret);
}
