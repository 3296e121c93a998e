/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/logger/logger_facts.h"

#include <stdlib.h>

#include "policy/address/address_names.h"

struct mark { /* stands before each value in the buffer */
	enum logger_fact_kind kind;
	size_t len;
};

static bool
reserve(struct logger_facts *f, size_t n)
{
	if (n > LOGGER_FACTS_MAX - f->len)
		return false;
	if (n <= f->cap - f->len)
		return true;
	size_t cap = f->cap != 0 ? f->cap : 1024;
	while (cap < f->len + n)
		cap *= 2;
	char *grown = realloc(f->bytes, cap);
	if (grown == NULL)
		return false;
	f->bytes = grown;
	f->cap = cap;
	return true;
}

static void
add(struct logger_facts *f, enum logger_fact_kind kind, struct slice value)
{
	struct mark mark = { kind, value.len };

	if (f->cut || !reserve(f, sizeof mark + value.len)) {
		f->cut = true; /* for good: a later fact must not look complete */
		return;
	}
	memcpy(f->bytes + f->len, &mark, sizeof mark);
	f->len += sizeof mark;
	if (value.len > 0)
		memcpy(f->bytes + f->len, value.ptr, value.len);
	f->len += value.len;
	f->count++;
}

static void
add_known(struct logger_facts *f, enum logger_fact_kind kind, struct slice value)
{
	if (value.len > 0)
		add(f, kind, value);
}

struct wanted {
	enum logger_fact_kind kind;
	const char *macro;
};

static void
add_macros(struct logger_facts *f, const struct macros *macros,
    const struct wanted *wanted, size_t n)
{
	for (size_t i = 0; i < n; i++)
		add_known(f, wanted[i].kind, macro(macros, wanted[i].macro));
}

void
logger_facts_client(struct logger_facts *f, const struct client *client)
{
	if (client == NULL)
		return;
	add_known(f, FACT_CLIENT_NAME, client->name);
	add_known(f, FACT_CLIENT_ADDRESS, client->address);
	add_known(f, FACT_HELO, client->helo);
}

void
logger_facts_mail(struct logger_facts *f, const struct envelope_event *ev)
{
	static const struct wanted wanted[] = {
		{ FACT_AUTH_USER, "{auth_authen}" },
		{ FACT_AUTH_MECHANISM, "{auth_type}" },
		{ FACT_TLS_VERSION, "{tls_version}" },
		{ FACT_TLS_CIPHER, "{cipher}" },
		{ FACT_TLS_SUBJECT, "{cert_subject}" },
	};

	add(f, FACT_SENDER, ev->path);
	for (size_t i = 0; i < ev->nargs; i++)
		add(f, FACT_SENDER_ARG, ev->args[i]);
	add_macros(f, &ev->macros, wanted, sizeof wanted / sizeof wanted[0]);
}

bool
logger_facts_rcpt(struct logger_facts *f, const struct envelope_event *ev)
{
	static const struct wanted wanted[] = {
		{ FACT_RCPT_MAILER, "{rcpt_mailer}" },
		{ FACT_RCPT_HOST, "{rcpt_host}" },
		{ FACT_RCPT_ADDRESS, "{rcpt_addr}" },
	};
	bool rejected = address_rcpt_refused(ev);

	add(f, FACT_RCPT, ev->path);
	if (rejected)
		add(f, FACT_RCPT_REJECTED, SLICE(""));
	for (size_t i = 0; i < ev->nargs; i++)
		add(f, FACT_RCPT_ARG, ev->args[i]);
	add_macros(f, &ev->macros, wanted, sizeof wanted / sizeof wanted[0]);
	return !rejected;
}

void
logger_facts_eom(struct logger_facts *f, const struct macros *macros)
{
	add_known(f, FACT_QUEUE_ID, macro(macros, "i"));
}

const struct logger_fact *
logger_facts_list(struct logger_facts *f, size_t *ret_count)
{
	const char *at = f->bytes;
	struct logger_fact *list = calloc(f->count + 1, sizeof *list);

	if (list == NULL)
		return NULL;
	for (size_t i = 0; i < f->count; i++) {
		struct mark mark;
		memcpy(&mark, at, sizeof mark);
		at += sizeof mark;
		list[i] = (struct logger_fact){ mark.kind, { at, mark.len } };
		at += mark.len;
	}
	free(f->list);
	f->list = list;
	*ret_count = f->count;
	return list;
}

void
logger_facts_clear(struct logger_facts *f)
{
	free(f->bytes);
	free(f->list);
	*f = (struct logger_facts){ 0 };
}
