/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/session.h"

#include <stdlib.h>

enum { CLIENT_TEXT_MAX = 1024 }; /* a host name has at most 255 octets */

static struct slice
get_macro(const void *self, const char *name)
{
	SMFICTX *ctx = (SMFICTX *)(size_t)self;

	return slice_of(smfi_getsymval(ctx, (char *)(size_t)name));
}

struct macros
session_macros(SMFICTX *ctx)
{
	return (struct macros){ get_macro, ctx };
}

static bool
tell_progress(const void *self)
{
	return smfi_progress((SMFICTX *)(size_t)self) == MI_SUCCESS;
}

struct progress
session_progress(SMFICTX *ctx)
{
	return (struct progress){ tell_progress, ctx };
}

struct session *
session_new(unsigned long steps, unsigned events)
{
	struct session *s = calloc(1, sizeof *s);

	if (s != NULL)
		*s = (struct session){ .steps = steps,
			.client.blank_taken = (steps & SMFIP_HDR_LEADSPC) == 0,
			.client.events = events,
			.cause = COUNT_FAILED_NO_MAIL,
			.client_name = TEXT_INIT(CLIENT_TEXT_MAX),
			.client_address = TEXT_INIT(CLIENT_TEXT_MAX),
			.helo = TEXT_INIT(CLIENT_TEXT_MAX) };
	return s;
}

void
session_free(struct session *s)
{
	if (s == NULL)
		return;
	session_end(s);
	text_clear(&s->client_name);
	text_clear(&s->client_address);
	text_clear(&s->helo);
	free(s);
}

static struct slice
keep(struct text *t, struct slice value)
{
	text_clear(t);
	text_append_cut(t, value);
	return text_slice(t);
}

/*
 * The MTA's macro "_" is sent with CONNECT to every filter, also to one that
 * does not want the event: "mail.example [192.0.2.1]", "[192.0.2.1]",
 * "ident@mail.example [IPv6:2001:db8::1] (may be forged)", "root@localhost".
 */
static void
learn_client(struct session *s, SMFICTX *ctx)
{
	struct slice who = get_macro(ctx, "_");
	size_t open = slice_find_last(who, '[');
	struct slice address = slice_from(who, open + 1);
	struct slice name = slice_trim(slice_first(who, open));

	address = slice_first(address, slice_find(address, ']'));
	if (slice_starts_nocase(address, SLICE("IPv6:")))
		address = slice_from(address, 5);
	s->client.name = keep(&s->client_name, name);
	s->client.address = keep(&s->client_address, address);
}

bool
session_begin(struct session *s, SMFICTX *ctx)
{
	struct service *service = service_now();

	if (s == NULL)
		return false;
	session_end(s);
	s->cause = COUNT_FAILED_STOPPING;
	if (atomic_load(&service->draining))
		return false;
	s->cause = COUNT_FAILED_MEMORY;
	if (s->client.name.len == 0 && s->client.address.len == 0)
		learn_client(s, ctx);
	s->rules = snapshot_pin(service->rules);
	if (s->rules == NULL)
		return false;
	s->msg = service->policy->begin(snapshot_rules(s->rules), &s->client);
	if (s->msg == NULL) {
		snapshot_unpin(service->rules, s->rules);
		s->rules = NULL;
		return false;
	}
	s->accepted = 0;
	s->cause = COUNT_FAILED_NO_MAIL;
	return true;
}

void
session_flow(struct session *s)
{
	if (!s->flowing)
		atomic_fetch_add(&service_now()->flowing, 1);
	s->flowing = true;
}

void
session_end(struct session *s)
{
	struct service *service = service_now();

	if (s == NULL)
		return;
	s->cause = COUNT_FAILED_NO_MAIL;
	if (s->msg == NULL)
		return;
	service->policy->end(s->msg);
	s->msg = NULL;
	snapshot_unpin(service->rules, s->rules);
	s->rules = NULL;
	if (s->flowing)
		atomic_fetch_sub(&service->flowing, 1);
	s->flowing = false;
}

void
session_set_helo(struct session *s, struct slice helo)
{
	if (s != NULL)
		s->client.helo = keep(&s->helo, helo);
}

void
session_append_nrcpt(const struct session *s, SMFICTX *ctx, struct text *line)
{
	struct slice n = get_macro(ctx, "{nrcpts}");

	if (n.len > 0) {
		text_printf(line, " nrcpt=");
		text_append_bare(line, n, 20);
	} else if ((s->steps & SMFIP_NORCPT) == 0) {
		text_printf(line, " nrcpt=%zu", s->accepted);
	}
}
