/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/meaning.h"

#include "base/put.h"

/* Each hop takes a byte off an address; one that goes round is left where it is. */
enum { MEANING_MAX = 8192, HOPS_MAX = 200 };

/* --- outer and inner --- */

static bool
dot_atom(struct slice s)
{
	bool dot = true;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		bool never = ascii_unseen(c) || strchr("()<>@,;:\\\"[]", c) != NULL;
		if (c == '.' ? dot : never)
			return false;
		dot = c == '.';
	}
	return !dot;
}

static void
put_quoted(struct slice s, struct text *out)
{
	put(out, SLICE("\""));
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] != '\0' && strchr("\"\\\r\n", s.ptr[i]) != NULL)
			put(out, SLICE("\\"));
		put(out, (struct slice){ s.ptr + i, 1 });
	}
	put(out, SLICE("\""));
}

void
meaning_outer(struct slice inner, struct text *out)
{
	size_t colon = slice_find(inner, ':');

	if (slice_starts(inner, SLICE("@")) && colon < inner.len) {
		put(out, slice_first(inner, colon + 1));
		inner = slice_from(inner, colon + 1);
	}
	size_t at = slice_find_last(inner, '@');
	struct slice local = slice_first(inner, at);
	if (dot_atom(local))
		put(out, local);
	else
		put_quoted(local, out);
	put(out, slice_from(inner, at));
}

void
meaning_inner(struct slice outer, struct text *out)
{
	bool quoted = false;

	for (size_t i = 0; i < outer.len; i++) {
		char c = outer.ptr[i];
		if (c == '"') {
			quoted = !quoted;
			continue;
		}
		if (quoted && c == '\\' && i + 1 < outer.len)
			i++;
		put(out, (struct slice){ outer.ptr + i, 1 });
	}
}

/* --- operators, which are what no quote or literal holds --- */

/* The place of the first or last `c` in s; s.len: there is none. */
static size_t
operator_at(struct slice s, char c, bool last)
{
	size_t found = s.len;
	bool quoted = false, literal = false;

	for (size_t i = 0; i < s.len; i++) {
		char b = s.ptr[i];
		if (b == '\\' && quoted)
			i++;
		else if (b == '"' && !literal)
			quoted = !quoted;
		else if (b == '[' || b == ']')
			literal = !quoted && b == '[';
		else if (b == c && !quoted && !literal && (last || found == s.len))
			found = i;
	}
	return found;
}

static bool
has(struct slice s, char c)
{
	return operator_at(s, c, false) < s.len;
}

/* The dot behind a domain; not where another or an @ is in front of it. */
static void
lose_dot(struct text *t)
{
	struct slice s = text_slice(t);
	bool dot = s.len > 1 && s.ptr[s.len - 1] == '.' &&
		   strchr(".@", s.ptr[s.len - 2]) == NULL;

	t->len -= dot;
}

/* A local part of nothing is shown as that. */
static void
put_at(struct slice local, struct slice domain, struct text *out)
{
	put(out, local.len != 0 ? local : SLICE("\"\""));
	put(out, SLICE("@"));
	put(out, domain);
}

void
meaning_rewritten(struct slice outer, struct slice origin, struct text *out)
{
	struct text one = TEXT_INIT(MEANING_MAX);
	size_t colon = slice_find(outer, ':');

	if (slice_equal(outer, SLICE("\"\"")) || slice_equal(outer, SLICE("@"))) {
		put(out, SLICE("\"\""));
		return;
	}
	if (slice_starts(outer, SLICE("@")) && colon + 1 < outer.len)
		outer = slice_from(outer, colon + 1);
	size_t bang = operator_at(outer, '!', false),
	       percent = operator_at(outer, '%', true);
	if (has(outer, '@')) {
		put(&one, outer);
	} else if (bang < outer.len) {
		put_at(slice_from(outer, bang + 1), slice_first(outer, bang), &one);
	} else {
		bool there = percent < outer.len;
		put_at(slice_first(outer, percent),
		    there ? slice_from(outer, percent + 1) : origin, &one);
	}
	lose_dot(&one);
	put(out, text_slice(&one));
	text_clear(&one);
}

/* --- where it goes --- */

static void
become(struct text *t, struct slice s)
{
	struct text fresh = TEXT_INIT(MEANING_MAX);

	put(&fresh, s);
	text_clear(t);
	*t = fresh;
}

static void
rewrite(const struct meaning_place *p, struct text *t)
{
	struct text fresh = TEXT_INIT(MEANING_MAX);

	meaning_rewritten(text_slice(t), p->host, &fresh);
	text_clear(t);
	*t = fresh;
}

/* Is it one quoted string and nothing else? */
static bool
quoted_whole(struct slice s)
{
	return s.len > 1 && s.ptr[0] == '"' && s.ptr[s.len - 1] == '"';
}

/* A quoted local part that says another place, as it would stand without quotes. */
static bool
crack(struct text *t)
{
	struct text inner = TEXT_INIT(MEANING_MAX), fresh = TEXT_INIT(MEANING_MAX);
	bool opened = false;

	if (quoted_whole(text_slice(t))) {
		meaning_inner(text_slice(t), &inner);
		struct slice s = text_slice(&inner);
		size_t at = slice_find_last(s, '@'), percent = slice_find_last(s, '%');
		bool bang = slice_find(s, '!') < s.len;
		opened = at < s.len || percent < s.len || bang;
		if (at == s.len && percent < s.len)
			inner.ptr[percent] = '@';
		if (at < s.len || percent < s.len)
			meaning_outer(s, &fresh);
		else
			put(&fresh, s);
	}
	if (opened)
		become(t, text_slice(&fresh));
	text_clear(&inner);
	text_clear(&fresh);
	return opened;
}

/* One domain of ours less; false: this is where it ends, *t the local part. */
static bool
hop(const struct meaning_place *p, struct text *t, struct text *domain)
{
	size_t at = operator_at(text_slice(t), '@', true);

	if (at < t->len) {
		struct slice local = slice_first(text_slice(t), at);
		become(domain, slice_from(text_slice(t), at));
		become(t, local);
	}
	struct slice s = text_slice(t);
	if (has(s, '@') || has(s, '!') || has(s, '%')) {
		rewrite(p, t);
		return true;
	}
	if (crack(t)) {
		rewrite(p, t);
		return true;
	}
	bool nobody = s.len == 0 || slice_equal(s, SLICE("\"\""));
	if (nobody)
		become(t, SLICE("MAILER-DAEMON"));
	else if (domain->len == 0)
		put(t, SLICE("@"));
	if (!nobody && domain->len == 0)
		put(t, p->host);
	return nobody || domain->len == 0;
}

/* A domain that there is and that is not ours. */
static bool
elsewhere(const struct meaning_place *p, struct slice s)
{
	struct slice domain = slice_from(s, operator_at(s, '@', true) + 1);

	return domain.len != 0 && !p->ours(p->self, domain);
}

void
meaning_resolved(const struct meaning_place *p, struct slice outer, struct text *out)
{
	struct text t = TEXT_INIT(MEANING_MAX), domain = TEXT_INIT(MEANING_MAX);

	meaning_rewritten(outer, p->host, &t);
	for (int hops = 0; hops < HOPS_MAX; hops++) {
		if (has(text_slice(&t), '@'))
			lose_dot(&t);
		if (elsewhere(p, text_slice(&t))) {
			text_clear(&domain);
			break;
		}
		if (!hop(p, &t, &domain))
			break;
	}
	put(out, text_slice(&t));
	put(out, text_slice(&domain));
	text_clear(&t);
	text_clear(&domain);
}
