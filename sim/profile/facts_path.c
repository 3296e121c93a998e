/* SPDX-License-Identifier: BSD-2-Clause */
/* Paths as macros and fields write them. */
#include "base/address.h"
#include "base/put.h"
#include "sim/profile/facts.h"

struct slice
facts_unquoted(struct slice local)
{
	if (local.len > 2 && local.ptr[0] == '"' && local.ptr[local.len - 1] == '"')
		return (struct slice){ local.ptr + 1, local.len - 2 };
	return local;
}

/* A local part that needs no quotes: RFC 5322 3.2.3, dot-atom. */
static bool
plain_local(struct slice s)
{
	char before = '.';

	for (size_t i = 0; i < s.len; i++) {
		if (ascii_unseen(s.ptr[i]) || strchr("()<>[]:;@\\,\"", s.ptr[i]) != NULL)
			return false;
		if (s.ptr[i] == '.' && before == '.')
			return false;
		before = s.ptr[i];
	}
	return s.len != 0 && before != '.';
}

/* As RFC 5321 4.1.2 writes what is no dot-atom; what is in quotes stays. */
static void
put_quoted(struct slice local, struct text *out)
{
	if (local.len > 1 && local.ptr[0] == '"' && local.ptr[local.len - 1] == '"') {
		put(out, local);
		return;
	}
	put(out, SLICE("\""));
	for (size_t i = 0; i < local.len; i++) {
		if (local.ptr[i] == '"' || local.ptr[i] == '\\')
			put(out, SLICE("\\"));
		put(out, (struct slice){ local.ptr + i, 1 });
	}
	put(out, SLICE("\""));
}

static void
put_plain(struct slice path, struct slice no_domain, struct text *out)
{
	struct address a = address_parse(path);
	struct slice bare = facts_unquoted(a.local);
	struct slice domain = a.domain.len != 0 ? a.domain : no_domain;

	if (a.whole.len == 0)
		return;
	if (plain_local(bare))
		put(out, bare);
	else
		put_quoted(a.local, out);
	put(out, domain.len != 0 ? SLICE("@") : SLICE(""));
	put(out, domain);
}

void
facts_tight(struct slice address, struct text *out)
{
	bool quoted = false, blank = false;
	char before = '@';

	for (size_t i = 0; i < address.len; i++) {
		char c = address.ptr[i];
		if (c == '"')
			quoted = !quoted;
		if (!quoted && (c == ' ' || c == '\t' || c == '\n')) {
			blank = true;
			continue;
		}
		bool parted = strchr("@.", before) != NULL || c == '@' || c == '.';
		put(out, blank && !parted ? SLICE(".") : SLICE(""));
		put(out, (struct slice){ &c, 1 });
		before = c;
		blank = false;
	}
}

void
facts_plain(struct slice path, struct text *out)
{
	put_plain(path, SLICE(""), out);
}

void
facts_complete(const struct facts *f, struct slice path, struct text *out)
{
	put_plain(path, f->host, out);
}
