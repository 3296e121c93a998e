/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/quota/forward.h"

#include "base/address.h"

/* A list being read: what is left, and whether a line begins there. */
struct entries {
	struct slice rest;
	bool mid_line;
};

/* Takes the next entry, trimmed and maybe empty; false at the end. */
static bool
next_entry(struct entries *e, struct slice *ret)
{
	struct slice rest = e->rest;
	bool quoted = false;
	bool comment = !e->mid_line && rest.len > 0 && rest.ptr[0] == '#';
	size_t n = 0;

	if (rest.len == 0)
		return false;
	for (; n < rest.len && rest.ptr[n] != '\n'; n++) {
		if (comment)
			continue;
		if (rest.ptr[n] == ',' && !quoted)
			break;
		if (rest.ptr[n] == '"')
			quoted = !quoted;
		else if (rest.ptr[n] == '\\' && n + 1 < rest.len &&
			 rest.ptr[n + 1] != '\n')
			n++;
	}
	e->mid_line = n < rest.len && rest.ptr[n] == ',';
	e->rest = slice_from(rest, n + 1);
	*ret = comment ? (struct slice){ NULL, 0 } : slice_trim(slice_first(rest, n));
	return true;
}

static struct slice
unquote(struct slice s)
{
	if (s.len >= 2 && s.ptr[0] == '"' && s.ptr[s.len - 1] == '"')
		return slice_from(slice_first(s, s.len - 1), 1);
	return s;
}

/* "User <user@host>" -> "user@host"; "\user" -> "user". */
static struct address
entry_address(struct slice entry)
{
	size_t open = slice_find(entry, '<');

	if (open < entry.len && entry.ptr[entry.len - 1] == '>')
		entry = slice_from(entry, open);
	struct address a = address_parse(entry);
	a.local = unquote(a.local);
	if (a.local.len > 1 && a.local.ptr[0] == '\\')
		a.local = slice_from(a.local, 1);
	return a;
}

static bool
is_here(struct slice domain, const struct name_list *domains)
{
	for (size_t i = 0; i < domains->count; i++) {
		if (slice_equal_nocase(domain, slice_of(domains->item[i])))
			return true;
	}
	return domain.len == 0;
}

static bool
is_owner(const struct address *a, const struct forward_owner *owner)
{
	return is_here(a->domain, &owner->domains) &&
	       (slice_equal_nocase(a->local, owner->name) ||
		   slice_equal_nocase(
		       address_user(a->local, owner->delimiters), owner->name));
}

static unsigned
entry_kind(struct slice entry, const struct forward_owner *owner)
{
	static const struct {
		struct slice prefix;
		unsigned kind;
	} row[] = {
		{ SLICE("|"), FORWARD_PROGRAM },
		{ SLICE("/"), FORWARD_FILE },
		{ SLICE(":include:"), FORWARD_INCLUDE },
	};
	/* A quote may open before the bar: "|program a, b" */
	struct slice bare = entry.ptr[0] == '"' ? slice_from(entry, 1) : entry;

	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		if (slice_starts_nocase(bare, row[i].prefix))
			return row[i].kind;
	}
	struct address a = entry_address(entry);
	return a.well_formed && is_owner(&a, owner) ? FORWARD_SELF : FORWARD_ADDRESS;
}

unsigned
forward_kinds(struct slice list, const struct forward_owner *owner)
{
	struct entries entries = { .rest = list };
	unsigned kinds = 0;
	struct slice entry;

	while (next_entry(&entries, &entry)) {
		if (entry.len > 0)
			kinds |= entry_kind(entry, owner);
	}
	return kinds;
}

struct slice
forward_single_local(struct slice list, const struct forward_owner *owner)
{
	struct entries entries = { .rest = list };
	struct slice only = { NULL, 0 }, entry;

	while (next_entry(&entries, &entry)) {
		if (entry.len == 0)
			continue;
		if (only.len > 0)
			return (struct slice){ NULL, 0 };
		only = entry;
	}
	if (only.len == 0 || entry_kind(only, owner) != FORWARD_ADDRESS)
		return (struct slice){ NULL, 0 };
	struct address a = entry_address(only);
	if (!a.well_formed || !is_here(a.domain, &owner->domains))
		return (struct slice){ NULL, 0 };
	return a.local;
}
