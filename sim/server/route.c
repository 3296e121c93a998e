/* SPDX-License-Identifier: BSD-2-Clause */
/* An address that says another one: user%there@here, there!user. */
#include "base/address.h"
#include "base/put.h"
#include "sim/server/deliver.h"

/* Without what stands in parentheses outside of quotes. */
static void
put_uncommented(struct slice s, struct text *out)
{
	bool quoted = false;
	unsigned depth = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		quoted = c == '"' ? !quoted : quoted;
		depth += !quoted && c == '(';
		if (depth == 0)
			put(out, (struct slice){ &c, 1 });
		depth -= !quoted && c == ')' && depth > 0;
	}
}

static bool
is_ours(const void *self, struct slice domain)
{
	return users_ours(self, domain);
}

struct mailbox_site
users_site(const struct users *u)
{
	return (struct mailbox_site){ is_ours, u };
}

/* An MTA that reads whatever it is given. */
static struct slice
read_path(const struct users *u, struct slice path, bool shown, struct text *room)
{
	struct text other = TEXT_INIT(path.len + 3);
	struct mailbox_site site = users_site(u);

	text_clear(room);
	enum say fault =
	    mailbox_read(&site, path, shown ? &other : room, shown ? room : &other);
	if (fault != N_SAY && !shown) { /* nobody's */
		text_clear(room);
		put(room, SLICE("<\"\">"));
	}
	text_clear(&other);
	return text_slice(room);
}

struct slice
users_shown(const struct users *u, struct slice path, struct text *room)
{
	return users_profile(u)->loose_paths ? read_path(u, path, true, room) : path;
}

struct slice
users_route(const struct users *u, struct slice path, struct text *room)
{
	if (users_profile(u)->loose_paths)
		return read_path(u, path, false, room);
	if (users_profile(u)->resolves)
		return users_resolved(u, path, room);
	struct text plain = TEXT_INIT(path.len + 1);
	bool same = slice_find(path, '(') == path.len;

	if (!same)
		put_uncommented(path, &plain);
	struct address a = address_parse(same ? path : text_slice(&plain));
	struct slice local = slice_trim(a.local);
	struct slice domain = slice_without_last(slice_trim(a.domain), '.');
	same = same && domain.len == a.domain.len;
	if (same)
		return path;
	text_clear(room);
	put(room, SLICE("<"));
	put(room, local);
	put(room, domain.len != 0 ? SLICE("@") : SLICE(""));
	put(room, domain);
	put(room, SLICE(">"));
	text_clear(&plain);
	return text_slice(room);
}
