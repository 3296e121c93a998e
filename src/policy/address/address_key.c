/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/address/address_key.h"

#include "base/address.h"
#include "base/utf8.h"

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

/* Bytes of the dot at s, also of the three that IDNA takes for one; 0: none. */
static size_t
dot_length(struct slice s)
{
	static const struct slice wide[] = { SLICE("\343\200\202"), SLICE("\357\274\216"),
		SLICE("\357\275\241") }; /* U+3002, U+FF0E, U+FF61 */

	for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
		if (slice_starts(s, wide[i]))
			return wide[i].len;
	}
	return s.len > 0 && s.ptr[0] == '.';
}

static struct slice
next_label(struct slice *rest)
{
	size_t n = 0;

	while (n < rest->len && dot_length(slice_from(*rest, n)) == 0)
		n++;
	struct slice label = slice_first(*rest, n);
	*rest = slice_from(*rest, n + dot_length(slice_from(*rest, n)));
	return label;
}

/*
 * A domain with a label that may not be registered ("-x", an emoji, one too long)
 * is none as a whole, but its other labels still mean what they mean: it would
 * else escape an entry for the domain above it.
 */
static size_t
put_labels(char *to, struct slice domain)
{
	char ascii[IDNA_MAX];
	size_t at = 0, len;

	while (domain.len > 0) {
		struct slice label = next_label(&domain);
		bool good = idna_to_ascii(label, ascii, &len);

		if (!good)
			len = label.len;
		if (at + len + 1 > IDNA_MAX)
			return 0;
		for (size_t i = 0; i < len; i++)
			to[at + i] = good ? ascii[i] : ascii_lower(label.ptr[i]);
		at += len;
		if (domain.len > 0)
			to[at++] = '.';
	}
	return at;
}

static size_t
put_domain(char *to, struct slice domain)
{
	size_t len;

	domain = without_border_dots(domain);
	if (!idna_to_ascii(domain, to, &len))
		len = put_labels(to, domain);
	/* An ideographic full stop at a border is a dot only now. */
	struct slice bare = without_border_dots((struct slice){ to, len });
	memmove(to, bare.len > 0 ? bare.ptr : to, bare.len);
	return bare.len;
}

/* The lower case of a letter has as many bytes as the letter. */
static void
put_local(char *to, struct slice local)
{
	uint32_t c;

	while (local.len > 0) {
		size_t n = (unsigned char)local.ptr[0] < 0x80 ? 0 : utf8_next(local, &c);

		if (n > 0)
			utf8_put(to, utf8_lower(c));
		else
			to[0] = ascii_lower(local.ptr[0]);
		to += n > 0 ? n : 1;
		local = slice_from(local, n > 0 ? n : 1);
	}
}

void
address_key_set(struct address_key *ret, struct slice local, struct slice domain)
{
	size_t n = local.len <= ADDRESS_KEY_LOCAL_MAX ? local.len : 0;

	put_local(ret->bytes, slice_first(local, n));
	ret->local_len = n;
	ret->bytes[n++] = '@';
	ret->domain_len = put_domain(ret->bytes + n, domain);
}

/* A path while it is read: what stays of it, and where its last bare @ is. */
struct spelling {
	char bytes[ADDRESS_KEY_LOCAL_MAX + 1 + 2 * IDNA_MAX];
	size_t len; /* beyond the bytes: too long, some are lost */
	size_t at;  /* == SIZE_MAX: none */
	bool typed; /* comments and blanks are left out, a route and brackets too */
	bool route; /* began with a bare @ */
	bool loose; /* a quote or a parenthesis had no end: they are bare from there on */
};

static void
put_run(struct spelling *p, struct slice run)
{
	size_t room = p->len < sizeof p->bytes ? sizeof p->bytes - p->len : 0;

	if (run.len > 0 && room > 0)
		memcpy(p->bytes + p->len, run.ptr, run.len < room ? run.len : room);
	p->len += run.len;
}

static void
put(struct spelling *p, char c)
{
	put_run(p, (struct slice){ &c, 1 });
}

static void
start_over(struct spelling *p)
{
	p->len = 0;
	p->at = SIZE_MAX;
	p->route = false;
}

/* Bytes of the quoted string or comment at s, its ends included; 0: it has no end. */
static size_t
enclosed(struct slice s)
{
	size_t depth = 1;

	for (size_t i = 1; i < s.len; i++) {
		if (s.ptr[i] == '\\')
			i++;
		else if (s.ptr[0] == '(' && s.ptr[i] == '(')
			depth++;
		else if (s.ptr[i] == (s.ptr[0] == '(' ? ')' : '"') && --depth == 0)
			return i + 1;
	}
	return 0;
}

static void
put_quoted(struct spelling *p, struct slice content)
{
	for (size_t i = 0; i < content.len; i++) {
		if (content.ptr[i] == '\\' && i + 1 < content.len)
			i++;
		put(p, content.ptr[i]);
	}
}

/* A bare character; false: the path ends here. */
static bool
put_bare(struct spelling *p, char c)
{
	bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';

	if (p->typed && c == '>')
		return false;
	if (p->typed && (c == '<' || (c == ':' && p->route)))
		start_over(p);
	else if (!p->typed || !blank) {
		if (c == '@') {
			p->route = p->route || p->len == 0;
			p->at = p->len;
		}
		put(p, c);
	}
	return true;
}

/* Bytes up to the next that may mean anything but itself. */
static size_t
plain_run(struct slice s)
{
	static const bool means[256] = { ['"'] = true,
		['('] = true,
		['\\'] = true,
		['<'] = true,
		['>'] = true,
		[':'] = true,
		['@'] = true,
		[' '] = true,
		['\t'] = true,
		['\r'] = true,
		['\n'] = true };
	size_t n = 0;

	while (n < s.len && !means[(unsigned char)s.ptr[n]])
		n++;
	return n;
}

static void
spell(struct spelling *p, struct slice s)
{
	start_over(p);
	for (size_t n; s.len > 0; s = slice_from(s, n)) {
		if ((n = plain_run(s)) > 0) {
			put_run(p, slice_first(s, n));
			continue;
		}
		char c = s.ptr[0];
		bool opens = !p->loose && (c == '"' || (c == '(' && p->typed));

		n = opens ? enclosed(s) : 0;
		p->loose = p->loose || (opens && n == 0);
		if (n > 0 && c == '"') {
			put_quoted(p, slice_from(slice_first(s, n - 1), 1));
		} else if (n == 0 && c == '\\' && s.len > 1) {
			put(p, s.ptr[1]);
			n = 2;
		} else if (n == 0) {
			if (!put_bare(p, c))
				return;
			n = 1;
		} /* else a comment */
	}
}

/* What is too long has no local part, so no list can hold it. */
static void
set_spelt(struct address_key *ret, const struct spelling *p)
{
	struct slice whole = { p->bytes, p->len <= sizeof p->bytes ? p->len : 0 };
	size_t at = p->at < whole.len ? p->at : whole.len;

	address_key_set(ret, slice_first(whole, at), slice_from(whole, at + 1));
}

bool
address_key_set_path(struct address_key *ret, struct slice path)
{
	struct spelling p = { .typed = true };

	spell(&p, path);
	set_spelt(ret, &p);
	path = slice_trim(path);
	if (path.len >= 2 && path.ptr[0] == '<' && path.ptr[path.len - 1] == '>')
		path = slice_trim(slice_from(slice_first(path, path.len - 1), 1));
	return path.len > 0;
}

bool
address_key_set_resolved(
    struct address_key *ret, struct slice resolved, const struct address_key *typed)
{
	size_t at = slice_find_last(resolved, '@');
	struct spelling p = { .typed = false };

	address_key_set(ret, slice_first(resolved, at), slice_from(resolved, at + 1));
	if (!slice_equal(address_key_local(ret), address_key_local(typed))) {
		spell(&p, resolved);
		set_spelt(ret, &p);
	}
	return resolved.len > 0;
}

bool
address_key_without_detail(
    const struct address_key *k, const char *delimiters, struct address_key *ret)
{
	struct slice user = address_user(address_key_local(k), delimiters);

	if (user.len == k->local_len)
		return false;
	memcpy(ret->bytes, k->bytes, user.len);
	memcpy(ret->bytes + user.len, k->bytes + k->local_len, 1 + k->domain_len);
	ret->local_len = user.len;
	ret->domain_len = k->domain_len;
	return true;
}
