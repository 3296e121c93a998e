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

/* sendmail's alias for every detail, "user+*"; n ends before its delimiter. */
static enum knowledge
find_alias_of_details(
    const struct quota_rules *r, const struct mailbox_name *n, struct alias *ret)
{
	struct mailbox_name all = { .len = n->len + 2 };

	if (all.len > MAILBOX_NAME_MAX)
		return KNOWN_NO;
	memcpy(all.text, n->text, n->len + 1);
	all.text[n->len + 1] = '*';
	return r->world.alias(r->world.self, mailbox_slice(&all), ret);
}

/* Such an alias has the mail of what was cut off n, or QUOTA_CHECK: there is none. */
static enum quota_finding
resolve_details(const struct quota_rules *r, struct mailbox_name *n, bool *ret_found)
{
	struct alias a;
	enum knowledge k = find_alias_of_details(r, n, &a);

	*ret_found = k == KNOWN_YES;
	if (k != KNOWN_YES)
		return k == KNOWN_NO ? QUOTA_CHECK : QUOTA_UNKNOWN;
	if (!r->follow_aliases || !name_of_target(&a, n))
		return QUOTA_PASS;
	bool is_known;
	return resolve_name(r, n, &is_known);
}

/* Up to its last delimiter; false: it has none. */
static bool
cut_detail(const struct quota_rules *r, struct mailbox_name *n)
{
	size_t len = n->len;

	do {
		if (len <= 1)
			return false;
		len--;
	} while (strchr(r->delimiters, n->text[len]) == NULL);
	n->len = len;
	return true;
}

/*
 * "a-b-c": the whole, then "a-b", then "a"; the first that exists.  What an alias
 * leads to has no detail.
 */
static enum quota_finding
resolve(const struct quota_rules *r, struct quota_mailbox *box)
{
	struct mailbox_name n = box->whole;
	enum quota_finding f = QUOTA_PASS;
	bool found = false;

	for (int cut = 0; cut < CUTS_MAX && !found && f != QUOTA_UNKNOWN; cut++) {
		if (cut > 0 && !cut_detail(r, &n))
			return QUOTA_PASS;
		box->name = n;
		f = cut > 0 ? resolve_details(r, &box->name, &found) : QUOTA_CHECK;
		if (!found && f == QUOTA_CHECK)
			f = resolve_name(r, &box->name, &found);
	}
	if (!slice_equal(mailbox_slice(&box->name), mailbox_slice(&n)))
		box->whole = box->name;
	return found || f == QUOTA_UNKNOWN ? f : QUOTA_PASS;
}

/* Whether an alias has the mail of that name or of its detail. */
static enum knowledge
find_any_alias(const struct quota_rules *r, const struct quota_mailbox *box)
{
	const struct quota_world *w = &r->world;
	struct alias a;
	enum knowledge k = w->alias(w->self, mailbox_slice(&box->whole), &a);

	if (k != KNOWN_NO || box->name.len == box->whole.len)
		return k;
	k = find_alias_of_details(r, &box->name, &a);
	return k != KNOWN_NO ? k : w->alias(w->self, mailbox_slice(&box->name), &a);
}

/* Mailboxes named by address: the detail goes, the domain comes. */
static enum quota_finding
resolve_address(
    const struct quota_rules *r, struct slice domain, struct quota_mailbox *box)
{
	struct mailbox_name *n = &box->name;

	*n = box->whole;
	n->len = address_user(mailbox_slice(n), r->delimiters).len;
	enum knowledge k = find_any_alias(r, box);
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
	box->whole = *n;
	return QUOTA_CHECK;
}

enum quota_finding
quota_find_mailbox(const struct quota_rules *r, bool local_client,
    const struct envelope_event *ev, struct quota_mailbox *ret)
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
	    !mailbox_name(address_key_local(key), &ret->whole) ||
	    is_exempt_recipient(r, &names))
		return QUOTA_PASS;
	return r->names_are_addresses ? resolve_address(r, domain, ret) : resolve(r, ret);
}
