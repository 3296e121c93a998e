/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/address/address_names.h"

#include "base/address.h"

static bool
has_blank(struct slice s)
{
	return slice_find(s, ' ') < s.len;
}

/*
 * sendmail and Postfix both say {rcpt_mailer} "error", an enhanced code in
 * {rcpt_host} and the words of the reply in {rcpt_addr}.  Postfix says "error"
 * too of an address in virtual_alias_domains, which it takes; {rcpt_host} then
 * goes on behind the code: "5.1.1 User unknown in virtual alias table".
 */
bool
address_rcpt_refused(const struct envelope_event *rcpt)
{
	return slice_equal(macro(&rcpt->macros, "{rcpt_mailer}"), SLICE("error")) &&
	       !has_blank(macro(&rcpt->macros, "{rcpt_host}"));
}

static bool
is_route(char c)
{
	return c == '@' || c == '%';
}

/* "jones%foo.com" -> "foo.com", "foo.com!jones" -> "foo.com"; empty: no route. */
static struct slice
routed_domain(struct slice local, struct slice user, const char *delimiters)
{
	struct slice rest = slice_from(local, user.len);
	size_t n = 0;

	if (slice_starts(local, user) && rest.len > 0 &&
	    (is_route(rest.ptr[0]) || strchr(delimiters, rest.ptr[0]) != NULL)) {
		while (n < rest.len && !is_route(rest.ptr[n]))
			n++;
		rest = slice_from(rest, n + 1);
		for (n = 0; n < rest.len && !is_route(rest.ptr[n]); n++)
			;
		return slice_first(rest, n);
	}
	if (local.len <= user.len + 1 || local.ptr[local.len - user.len - 1] != '!' ||
	    !slice_equal(slice_from(local, local.len - user.len), user))
		return (struct slice){ NULL, 0 };
	rest = slice_first(local, local.len - user.len - 1);
	n = slice_find_last(rest, '!');
	return n < rest.len ? slice_from(rest, n + 1) : rest;
}

/* A bare mailbox keeps the domain that was typed. */
static void
keep_domain(struct address_names *a)
{
	struct slice user = address_key_local(&a->resolved);
	struct slice domain =
	    routed_domain(address_key_local(&a->typed), user, a->habits.delimiters);
	struct address_key k;

	if (domain.len == 0 && !address_key_is_literal(&a->typed))
		domain = address_key_domain(&a->typed);
	address_key_set(&k, user, domain);
	a->placeless = domain.len == 0;
	a->resolved = k;
}

static struct address_habits
with_delimiters(struct address_habits h)
{
	if (h.delimiters == NULL)
		h.delimiters = "";
	return h;
}

static void
set(struct address_names *a, struct slice path, struct slice resolved,
    struct slice mailer, struct address_habits habits)
{
	a->habits = with_delimiters(habits);
	a->host = (struct slice){ NULL, 0 };
	a->placeless = a->mailbox = a->resolved_known = a->bare = false;
	a->null = !address_key_set_path(&a->typed, path);
	if (a->null)
		return;
	a->resolved_known = address_key_set_resolved(&a->resolved, resolved, &a->typed);
	if (!a->resolved_known) {
		a->placeless = a->typed.domain_len == 0;
		a->mailbox = a->placeless ||
			     (habits.here != NULL && address_domain_listed(habits.here,
							 address_key_domain(&a->typed)));
	} else if (a->resolved.domain_len == 0) {
		a->mailbox = a->bare = true;
		keep_domain(a);
	} else if (slice_equal(mailer, SLICE("local"))) {
		a->mailbox = true;
		a->placeless =
		    address_key_is_literal(&a->resolved) ||
		    (a->typed.domain_len == 0 && slice_equal(address_key_local(&a->typed),
						     address_key_local(&a->resolved)));
	}
}

void
address_names_rcpt(struct address_names *ret, const struct envelope_event *rcpt,
    struct address_habits habits)
{
	ret->refused = address_rcpt_refused(rcpt);
	set(ret, rcpt->path,
	    ret->refused ? (struct slice){ NULL, 0 }
			 : macro(&rcpt->macros, "{rcpt_addr}"),
	    macro(&rcpt->macros, "{rcpt_mailer}"), habits);
	if (ret->placeless)
		ret->host = macro(&rcpt->macros, "j");
}

void
address_names_mail(struct address_names *ret, const struct envelope_event *mail,
    struct address_habits habits)
{
	ret->refused = false;
	set(ret, mail->path, macro(&mail->macros, "{mail_addr}"),
	    macro(&mail->macros, "{mail_mailer}"), habits);
	if (ret->placeless)
		ret->host = macro(&mail->macros, "j");
}

void
address_names_header(struct address_names *ret, struct slice local, struct slice domain,
    struct address_habits habits)
{
	ret->habits = with_delimiters(habits);
	ret->host = (struct slice){ NULL, 0 };
	ret->null = ret->refused = ret->placeless = ret->resolved_known = ret->bare =
	    false;
	ret->mailbox = domain.len == 0;
	address_key_set(&ret->typed, local, domain);
}

static const struct address_key *
best(const struct address_names *a)
{
	return a->resolved_known ? &a->resolved : &a->typed;
}

struct slice
address_names_user(const struct address_names *a)
{
	return address_user(address_key_local(best(a)), a->habits.delimiters);
}

static bool
asks(const struct address_question *q, enum address_form form, struct slice key)
{
	return (q->forms & form) != 0 && key.len > 0 && q->has(q->self, form, key);
}

/* One form of the local part: whole, then without its detail. */
static bool
asks_local(const struct address_question *q, enum address_form form,
    const struct address_key *k, const char *delimiters)
{
	struct address_key user;
	size_t behind = form == ADDRESS_FORM_ADDRESS ? 1 + k->domain_len
			: form == ADDRESS_FORM_USER  ? 1
						     : 0;

	if ((q->forms & form) == 0 || k->local_len == 0)
		return false;
	if (asks(q, form, slice_first(address_key_whole(k), k->local_len + behind)))
		return true;
	return address_key_without_detail(k, delimiters, &user) &&
	       asks(q, form,
		   slice_first(address_key_whole(&user), user.local_len + behind));
}

static bool
asks_domain(const struct address_question *q, struct slice domain)
{
	if (asks(q, ADDRESS_FORM_DOMAIN, domain))
		return true;
	for (size_t i = 1; (q->forms & ADDRESS_FORM_BELOW) != 0 && i + 1 < domain.len;
	     i++) {
		if (domain.ptr[i] == '.' &&
		    asks(q, ADDRESS_FORM_BELOW, slice_from(domain, i)))
			return true;
	}
	return false;
}

/* Both names, and one more for each domain that a placeless mailbox is in. */
static bool
asks_each(const struct address_names *a, const struct address_question *q,
    bool ask(const struct address_names *, const struct address_question *,
	const struct address_key *))
{
	const struct name_list *here = a->habits.here;
	struct address_key k;

	if (ask(a, q, &a->typed) || (a->resolved_known && ask(a, q, &a->resolved)))
		return true;
	if (!a->placeless)
		return false;
	for (size_t i = 0; here != NULL && i < here->count; i++) {
		address_key_set(&k, address_key_local(best(a)), slice_of(here->item[i]));
		if (ask(a, q, &k))
			return true;
	}
	address_key_set(&k, address_key_local(best(a)), a->host);
	return ask(a, q, &k);
}

static bool
ask_address(const struct address_names *a, const struct address_question *q,
    const struct address_key *k)
{
	return k->domain_len > 0 &&
	       asks_local(q, ADDRESS_FORM_ADDRESS, k, a->habits.delimiters);
}

static bool
ask_domain(const struct address_names *a, const struct address_question *q,
    const struct address_key *k)
{
	(void)a;
	return asks_domain(q, address_key_domain(k));
}

static bool
asks_user(const struct address_names *a, const struct address_question *q)
{
	const char *delimiters = a->habits.delimiters;

	return asks_local(q, ADDRESS_FORM_USER, &a->typed, delimiters) ||
	       (a->resolved_known &&
		   asks_local(q, ADDRESS_FORM_USER, &a->resolved, delimiters));
}

bool
address_names_ask(const struct address_names *a, const struct address_question *q)
{
	if (a->null)
		return asks(q, ADDRESS_FORM_NULL, SLICE("<>")) ||
		       asks(q, ADDRESS_FORM_ALL, SLICE("all"));
	return asks_each(a, q, ask_address) ||
	       (a->mailbox &&
		   asks_local(q, ADDRESS_FORM_MAILBOX, best(a), a->habits.delimiters)) ||
	       asks_each(a, q, ask_domain) || asks_user(a, q) ||
	       asks(q, ADDRESS_FORM_ALL, SLICE("all"));
}

bool
address_domain_listed(const struct name_list *list, struct slice domain)
{
	struct address_key want, have;

	address_key_set(&want, SLICE(""), domain);
	for (size_t i = 0; want.domain_len > 0 && i < list->count; i++) {
		address_key_set(&have, SLICE(""), slice_of(list->item[i]));
		if (slice_equal(address_key_domain(&want), address_key_domain(&have)))
			return true;
	}
	return false;
}
