/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/server/deliver.h"
#include "sim/smtp/command.h"

/* What it means may have more quotes, and a host of ours. */
#define MEANT_MAX(path) (3 * (path).len + 1024)

bool
user_valid(const char *name)
{
	size_t n = strlen(name);

	if (n == 0 || n > USER_NAME_MAX || name[0] == '.' || name[0] == '-')
		return false;
	return strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789._+=@-") == n;
}

const struct profile *
users_profile(const struct users *u)
{
	static const struct profile none = { 0 };

	return u->profile != NULL ? u->profile : &none;
}

bool
users_ours(const struct users *u, struct slice domain)
{
	if (domain.len == 0 || slice_equal(domain, SLICE("[127.0.0.1]")))
		return true;
	for (size_t i = 0; i < u->domains; i++) {
		if (slice_equal_nocase(domain, slice_of(u->domain[i])))
			return true;
	}
	return false;
}

/* A mailbox is NAME, in our domains, or NAME@DOMAIN; no domain: ours. */
static const char *
named(const struct users *u, struct slice local, struct slice domain)
{
	for (size_t i = 0; i < u->count; i++) {
		struct slice whole = slice_of(u->user[i].name);
		struct slice name = slice_first(whole, slice_find(whole, '@'));

		if (slice_equal_nocase(name, local) &&
		    slice_equal_nocase(slice_from(whole, name.len + 1), domain))
			return u->user[i].name;
	}
	return NULL;
}

/* RFC 5321 4.1.2: "Jones" and "Jo\nes" are other spellings of Jones. */
static struct slice
unquoted(struct slice local, char room[USER_NAME_MAX + 1])
{
	size_t n = 0;

	if (local.len < 2 || local.ptr[0] != '"' || local.ptr[local.len - 1] != '"')
		return local;
	for (size_t i = 1; i + 1 < local.len && n <= USER_NAME_MAX; i++) {
		if (local.ptr[i] == '\\' && i + 2 < local.len)
			i++;
		room[n++] = local.ptr[i];
	}
	return (struct slice){ room, n };
}

bool
users_local(const struct users *u, struct slice path)
{
	return users_ours(u, address_parse(path).domain);
}

/* Quotes and backslashes, wherever they are, say nothing where any path is read. */
static struct slice
spelled(const struct users *u, struct slice local, char room[USER_NAME_MAX + 1])
{
	size_t n = 0;

	if (!users_profile(u)->loose_paths)
		return unquoted(local, room);
	for (size_t i = 0; i < local.len && n <= USER_NAME_MAX; i++) {
		if (local.ptr[i] != '"' && local.ptr[i] != '\\')
			room[n++] = local.ptr[i];
	}
	return (struct slice){ room, n };
}

static const char *
find(const struct users *u, struct slice path)
{
	static const struct slice our_domain = { 0 };
	struct address a = address_parse(path);
	char room[USER_NAME_MAX + 1]; /* one more: too long a name is nobody's */
	struct slice local = spelled(u, a.local, room);
	const char *found = u->count == 0 ? "anyone" : named(u, local, a.domain);

	if (found != NULL || !users_ours(u, a.domain))
		return found;
	found = named(u, local, our_domain);
	if (found == NULL)
		found = named(u, slice_first(local, slice_find(local, '+')), our_domain);
	/* RFC 5321 4.5.1: there always is one, in any case and without a domain too. */
	if (found == NULL && slice_equal_nocase(local, SLICE("postmaster")))
		found = "postmaster";
	return found;
}

const char *
users_find(const struct users *u, struct slice path)
{
	struct text meant = TEXT_INIT(MEANT_MAX(path));

	const char *found = find(u, users_route(u, path, &meant));
	text_clear(&meant);
	return found;
}

/* Of a name that is always there, whatever its detail. */
static bool
stands(const struct users *u, struct slice local)
{
	return users_profile(u)->standing != NULL &&
	       word_in_list(
		   address_user(local, "+"), slice_of(users_profile(u)->standing));
}

bool
users_take(const struct users *u, struct slice path)
{
	struct text meant = TEXT_INIT(MEANT_MAX(path));
	struct slice its = users_route(u, path, &meant);
	struct address a = address_parse(its);
	bool far = a.local.len != 0 && !users_ours(u, a.domain);
	bool direct = users_profile(u)->loose_paths && mailbox_kind(its) != N_SAY;
	bool taken =
	    !direct && (find(u, its) != NULL || (far && users_profile(u)->relays) ||
			   (!far && stands(u, a.local)));

	text_clear(&meant);
	return taken;
}

/* An empty detail is none. */
static struct slice
user_of(struct slice meant)
{
	return slice_without_last(address_parse(meant).whole, '+');
}

bool
users_same(const struct users *u, struct slice a, struct slice b)
{
	struct text one = TEXT_INIT(MEANT_MAX(a)), other = TEXT_INIT(MEANT_MAX(b));
	struct slice of_a = users_route(u, a, &one), of_b = users_route(u, b, &other);
	bool ours = users_local(u, of_a) && users_local(u, of_b);
	bool same = ours ? slice_equal_nocase(user_of(of_a), user_of(of_b))
			 : slice_equal(of_a, of_b);

	text_clear(&one);
	text_clear(&other);
	return same;
}

static const struct user *
user_named(const struct users *u, const char *name)
{
	for (size_t i = 0; i < u->count; i++) {
		if (name != NULL && strcmp(u->user[i].name, name) == 0)
			return &u->user[i];
	}
	return NULL;
}

/* Of ours, with its full name if it is that of a user. */
static void
put_user(const struct users *u, struct slice local, const char *mailbox, struct text *ret)
{
	const char *domain = u->domains != 0 ? u->domain[0] : "localhost";
	const struct user *one = user_named(u, mailbox);

	if (one != NULL && one->fullname != NULL)
		text_printf(ret, "%s ", one->fullname);
	text_printf(ret, "<");
	for (size_t i = 0; i < local.len; i++)
		text_printf(ret, "%c", ascii_lower(local.ptr[i]));
	text_printf(ret, "@%s>", domain);
}

bool
users_look_up(const struct users *u, struct slice path, bool expand, struct text *ret)
{
	struct text meant = TEXT_INIT(MEANT_MAX(path));
	struct slice its = users_route(u, path, &meant);
	struct address a = address_parse(its);
	bool far = !users_ours(u, a.domain);

	if (far)
		text_printf(ret, "<%.*s>", (int)a.whole.len, a.whole.ptr);
	else if (expand && stands(u, a.local))
		text_printf(ret, "<%s>", users_profile(u)->standing_is);
	else
		put_user(u, address_user(a.local, "+"), find(u, its), ret);
	text_clear(&meant);
	return far;
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
