/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/server/deliver.h"

bool
user_valid(const char *name)
{
	size_t n = strlen(name);

	if (n == 0 || n > 64 || name[0] == '.' || name[0] == '-')
		return false;
	return strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789._+=@-") == n;
}

static bool
ours(const struct users *u, struct slice domain)
{
	if (domain.len == 0 || slice_equal(domain, SLICE("[127.0.0.1]")))
		return true;
	for (size_t i = 0; i < u->domains; i++) {
		if (slice_equal_nocase(domain, slice_of(u->domain[i])))
			return true;
	}
	return false;
}

static const char *
named(const struct users *u, struct slice name)
{
	for (size_t i = 0; i < u->count; i++) {
		if (slice_equal_nocase(slice_of(u->user[i].name), name))
			return u->user[i].name;
	}
	return NULL;
}

/* "jones" is jones: quotes are no part of a name. */
static struct slice
unquoted(struct slice local)
{
	if (local.len > 2 && local.ptr[0] == '"' && local.ptr[local.len - 1] == '"')
		return (struct slice){ local.ptr + 1, local.len - 2 };
	return local;
}

bool
users_local(const struct users *u, struct slice path)
{
	return ours(u, address_parse(path).domain);
}

const char *
users_find(const struct users *u, struct slice path)
{
	struct address a = address_parse(path);
	const char *found = u->count == 0 ? "anyone" : named(u, a.whole);

	if (found != NULL || !ours(u, a.domain))
		return found;
	a.local = unquoted(a.local);
	found = named(u, a.local);
	return found != NULL ? found
			     : named(u, slice_first(a.local, slice_find(a.local, '+')));
}

static bool
has_word(struct slice text, struct slice word)
{
	while (text.len != 0) {
		struct slice one = slice_first(text, slice_find(text, ' '));
		if (slice_equal_nocase(one, word))
			return true;
		text = slice_from(text, one.len + 1);
	}
	return false;
}

/* Is the word an address of this one? */
static bool
addressed(const struct users *u, const struct user *one, struct slice word)
{
	const char *found =
	    slice_find(word, '@') != word.len || slice_starts(word, SLICE("<"))
		? users_find(u, word)
		: NULL;

	return found == one->name;
}

bool
users_verify(const struct users *u, struct slice word, struct text *ret)
{
	const char *domain = u->domains != 0 ? u->domain[0] : "localhost";

	for (size_t i = 0; i < u->count; i++) {
		const struct user *one = &u->user[i];
		bool far = strchr(one->name, '@') != NULL;
		if (!slice_equal_nocase(slice_of(one->name), word) &&
		    !addressed(u, one, word) && !has_word(slice_of(one->fullname), word))
			continue;
		if (one->fullname != NULL)
			text_printf(ret, "%s ", one->fullname);
		text_printf(
		    ret, "<%s%s%s>", one->name, far ? "" : "@", far ? "" : domain);
		return true;
	}
	return false;
}
