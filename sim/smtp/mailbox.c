/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/mailbox.h"

#include "base/put.h"
#include "sim/smtp/blank.h"
#include "sim/smtp/mailbox_scan.h"

enum { HOPS_MAX = 50 };

/* --- looking outside of quotes --- */

/* The first byte of `any` that is not quoted, at `from` or later; s.len: none. */
static size_t
find(struct slice s, const char *any, size_t from)
{
	bool quoted = false;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] == '\\')
			i++;
		else if (s.ptr[i] == '"')
			quoted = !quoted;
		else if (!quoted && i >= from && s.ptr[i] != '\0' &&
			 strchr(any, s.ptr[i]) != NULL)
			return i;
	}
	return s.len;
}

static size_t
find_last(struct slice s, const char *any)
{
	size_t last = s.len;

	for (size_t at = find(s, any, 0); at < s.len; at = find(s, any, at + 1))
		last = at;
	return last;
}

/* --- the parts of an address --- */

struct parts {
	struct slice user, domain;
	bool parted;        /* there was an @, ! or % */
	bool list;          /* a group without members */
	struct slice whole; /* before it was parted */
};

static struct slice
in_brackets(struct slice s)
{
	size_t open = find_last(s, "<");
	bool group = false;

	if (open == s.len) { /* none: a group's name may stand in front */
		size_t colon = find(s, ":", 0);
		group = colon < s.len && s.ptr[0] != '@' &&
			!slice_starts_nocase(s, SLICE(":include:")) &&
			!slice_starts(slice_from(s, colon), SLICE("::"));
		return group && colon + 1 < s.len && s.ptr[colon + 1] != ';'
			   ? slice_from(s, colon + 1)
			   : s;
	}
	s = slice_from(s, open + 1);
	return slice_first(s, find(s, ">", 0));
}

static struct slice
without_route(struct slice s)
{
	while (slice_starts(s, SLICE("@"))) {
		size_t at = find(s, ",", 2);
		if (at + 1 >= s.len && s.len > 2 && s.ptr[1] == '[')
			at = find(s, ":", find(s, "]", 2));
		else if (at + 1 >= s.len)
			at = find(s, ":", 2);
		if (at + 1 >= s.len)
			break;
		s = slice_from(s, at + 1);
	}
	return s;
}

static struct parts
divide(struct slice s, size_t at, bool domain_first)
{
	struct slice left = slice_first(s, at), right = slice_from(s, at + 1);

	return domain_first ? (struct parts){ right, left, true, false, s }
			    : (struct parts){ left, right, true, false, s };
}

static struct parts
parts_of(struct slice s)
{
	size_t end = s.len;

	s = without_route(in_brackets(s));
	bool list = s.len > 1 && slice_equal(slice_from(s, s.len - 2), SLICE(":;"));
	for (end = s.len; end > 0 && s.ptr[end - 1] == ';';)
		end--;
	s = slice_first(s, end);
	size_t at = find_last(s, "@");
	if (list)
		return (struct parts){ s, { 0 }, false, true, s };
	if (at < s.len)
		return divide(s, at, false);
	at = find(s, "!", 1);
	if (s.ptr != NULL && s.len != 0 && s.ptr[0] != '!' && at + 1 < s.len)
		return divide(s, at, true);
	at = find_last(s, "%");
	if (at < s.len && s.len > 1)
		return divide(s, at, false);
	return (struct parts){ s, { 0 }, false, false, s };
}

/* --- what may be wrong with them --- */

static enum say
domain_fault(struct slice d)
{
	size_t close = slice_find(d, ']');
	bool literal = slice_starts(d, SLICE("[")) && close < d.len;

	if (literal && close + 1 < d.len)
		return SAY_BAD_LITERAL;
	if (literal)
		return N_SAY;
	if (slice_find(d, ':') < d.len)
		return SAY_HOST_COLON;
	if (slice_starts(d, SLICE(".")))
		return SAY_BAD_HOST;
	while (d.len != 0 && d.ptr[d.len - 1] == '.')
		d.len--;
	for (size_t i = 1; i < d.len; i++) {
		if (d.ptr[i] == '.' && d.ptr[i - 1] == '.')
			return SAY_BAD_HOST;
	}
	return N_SAY;
}

static enum say
fault_of(const struct parts *p)
{
	if (p->list || (p->parted && p->user.len == 0 && p->domain.len == 0))
		return SAY_NO_ADDRESS;
	if (p->parted && p->user.len == 0)
		return SAY_NO_USER;
	if (p->parted && p->domain.len == 0)
		return SAY_NO_HOST;
	enum say fault = domain_fault(p->domain);
	if (fault != N_SAY)
		return fault;
	bool route = (p->parted && find(p->user, "@", 0) < p->user.len) ||
		     find(p->user, ",", 0) + 1 < p->user.len ||
		     find(p->domain, ",", 0) < p->domain.len;
	return route ? SAY_BAD_ROUTE : N_SAY;
}

/* A word in quotes, all of it, which says the same without them. */
static struct slice
dequoted(struct slice s)
{
	bool whole = s.len > 1 && s.ptr[0] == '"';
	int angles = 0, comments = 0;

	for (size_t i = 1; whole && i + 1 < s.len; i++) {
		char c = s.ptr[i];
		if (c == '\\')
			i++;
		else if (c == '"' || blank(c))
			whole = false;
		angles += (c == '<') - (c == '>');
		comments += (c == '(') - (c == ')');
		whole = whole && angles >= 0 && comments >= 0;
	}
	whole = whole && angles == 0 && comments == 0;
	return whole ? slice_first(slice_from(s, 1), s.len - 2) : s;
}

/* --- one hop after the other --- */

static void
put_path(struct text *out, struct slice user, struct slice domain)
{
	text_clear(out);
	put(out, SLICE("<"));
	put(out, user);
	put(out, domain.len != 0 ? SLICE("@") : SLICE(""));
	put(out, domain);
	put(out, SLICE(">"));
}

static struct slice
undotted(struct slice d)
{
	while (d.len > 1 && d.ptr[d.len - 1] == '.')
		d.len--;
	return d;
}

static bool
ours(const struct mailbox_site *site, const struct parts *p)
{
	return !p->parted || site->ours(site->self, undotted(p->domain));
}

/* user%here@here is user@here. */
static void
put_shown(const struct mailbox_site *site, struct parts p, struct text *out)
{
	struct parts inner = p;

	for (int i = 0; i < HOPS_MAX && p.parted && ours(site, &p); i++) {
		size_t at = find_last(p.user, "%");
		if (at == 0 || at + 1 >= p.user.len)
			break;
		inner = divide(p.user, at, false);
		if (!ours(site, &inner))
			break;
		p = inner;
	}
	bool host = p.parted && p.domain.ptr < p.user.ptr &&
		    slice_find(p.domain, '.') == p.domain.len && !ours(site, &p);
	if (host) /* there!user, and there is no domain: it stays */
		put_path(out, p.whole, SLICE(""));
	else
		put_path(out, p.user, p.parted ? undotted(p.domain) : p.domain);
}

enum say
mailbox_read(const struct mailbox_site *site, struct slice path, struct text *meant,
    struct text *shown)
{
	struct text plain = TEXT_INIT(path.len + 1);
	enum say fault = mailbox_scan(path, &plain);
	struct parts p = parts_of(text_slice(&plain));

	put_shown(site, p, shown);
	for (int i = 0; i < HOPS_MAX && fault == N_SAY; i++) {
		fault = fault_of(&p);
		if (fault != N_SAY || !ours(site, &p))
			break;
		struct slice user = dequoted(p.user);
		if (user.len == 0 && p.user.len != 0)
			fault = SAY_NO_USER;
		bool done = find(user, "@%!", 0) == user.len ||
			    (!p.parted && user.ptr == p.user.ptr);
		p = done ? (struct parts){ user, { 0 }, false, false, user }
			 : parts_of(user);
		if (done)
			break;
	}
	put_path(meant, p.user, p.parted ? undotted(p.domain) : p.domain);
	text_clear(&plain);
	return fault;
}

enum say
mailbox_kind(struct slice meant)
{
	struct slice user = slice_from(meant, 1);

	if (slice_starts(user, SLICE("|")))
		return SAY_PROGRAM;
	if (slice_starts(user, SLICE("/")))
		return SAY_FILE;
	return slice_starts_nocase(user, SLICE(":include:")) ? SAY_INCLUDE : N_SAY;
}
