/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses of an MTA that gives each one a domain, and looks where it leads. */
#include "base/address.h"
#include "base/put.h"
#include "sim/server/deliver.h"
#include "sim/smtp/meaning.h"

static bool
ours(const void *self, struct slice domain)
{
	return users_ours(self, slice_without_last(domain, '.'));
}

static struct slice
host_of(const struct users *u)
{
	return u->domains != 0 ? slice_of(u->domain[0]) : SLICE("localhost");
}

struct slice
users_resolved(const struct users *u, struct slice path, struct text *room)
{
	const struct meaning_place place = { ours, u, host_of(u) };
	struct slice whole = address_parse(path).whole;

	if (whole.len == 0)
		return path;
	text_clear(room);
	put(room, SLICE("<"));
	meaning_resolved(&place, whole, room);
	put(room, SLICE(">"));
	return text_slice(room);
}

void
users_written(const struct users *u, struct slice path, struct text *out)
{
	static const struct slice nobody = SLICE("MAILER-DAEMON@");
	struct slice whole = address_parse(path).whole, host = host_of(u);

	if (whole.len == 0)
		return;
	size_t was = out->len;
	meaning_rewritten(whole, host, out);
	struct slice made = slice_from(text_slice(out), was);
	if (slice_starts_nocase(made, nobody) &&
	    slice_equal_nocase(slice_from(made, nobody.len), host))
		out->len = was;
}
