/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/virus.h"

#include <stdlib.h>

/* One message. */
struct message {
	const struct virus_rules *rules;
	struct scan scan;
	struct reply *reply; /* made at a hit */
	uint16_t sender_len; /* more than VIRUS_SENDER_MAX: cut */
	char sender[VIRUS_SENDER_MAX];
};

struct virus_rules *
virus_rules_new(struct signatures *signatures, enum virus_action action,
    const struct reply_template *reply)
{
	struct virus_rules *r = calloc(1, sizeof *r);
	struct slice *patterns = calloc(signatures->count + 1, sizeof *patterns);

	if (r == NULL || patterns == NULL)
		goto fail;
	for (size_t i = 0; i < signatures->count; i++)
		patterns[i] = signatures->entry[i].pattern;
	r->scanner = scanner_new(patterns, signatures->count);
	if (r->scanner == NULL)
		goto fail;
	free(patterns);
	r->signatures = *signatures;
	*signatures = (struct signatures){ 0 };
	r->action = action;
	r->reply = *reply;
	reply_expand(reply, 'v', SLICE(""), &r->unnamed);
	return r;
fail:
	free(patterns);
	free(r);
	return NULL;
}

void
virus_rules_free(struct virus_rules *r)
{
	if (r == NULL)
		return;
	scanner_free(r->scanner);
	signatures_clear(&r->signatures);
	free(r);
}

void
virus_rules_describe(const struct virus_rules *r, struct text *line)
{
	size_t n = r->signatures.count;

	text_printf(line,
	    "%zu signature%s, %zu KiB, a look every %u bytes, %zu bytes a message", n,
	    n == 1 ? "" : "s", (scanner_bytes(r->scanner) + 1023) / 1024,
	    r->scanner->shape.stride, sizeof(struct message));
}

static void *
begin(const void *rules, const struct client *client)
{
	struct message *m = malloc(sizeof *m);

	(void)client;
	if (m == NULL)
		return NULL;
	m->rules = rules;
	m->reply = NULL;
	m->sender_len = 0;
	scan_begin(&m->scan, m->rules->scanner);
	return m;
}

static struct verdict
mail(void *msg, const struct envelope_event *ev)
{
	struct message *m = msg;
	struct slice kept = slice_first(ev->path, VIRUS_SENDER_MAX);

	if (kept.len > 0)
		memcpy(m->sender, kept.ptr, kept.len);
	m->sender_len = (uint16_t)(kept.len + (kept.len < ev->path.len));
	return CARRY_ON;
}

static struct verdict
body(void *msg, struct slice chunk)
{
	struct message *m = msg;

	(void)scan_feed(&m->scan, chunk);
	return CARRY_ON;
}

static const struct signature *
found(const struct message *m)
{
	return &m->rules->signatures.entry[m->scan.hit.signature];
}

/* Without memory for the name it goes out without. */
static const struct reply *
reply_for(struct message *m)
{
	if (m->reply == NULL)
		m->reply = malloc(sizeof *m->reply);
	if (m->reply == NULL)
		return &m->rules->unnamed;
	reply_expand(&m->rules->reply, 'v', found(m)->name, m->reply);
	return m->reply;
}

static struct verdict
eom(void *msg, const struct macros *macros)
{
	static const enum verdict_kind kind[] = {
		[VIRUS_REJECT] = VERDICT_REJECT,
		[VIRUS_TEMPFAIL] = VERDICT_TEMPFAIL,
		[VIRUS_LOG] = VERDICT_CONTINUE,
	};
	struct message *m = msg;

	(void)macros;
	switch (m->scan.status) {
	case SCAN_CLEAN: return CARRY_ON;
	case SCAN_NOMEM: return virus_policy.failure;
	case SCAN_HIT: break;
	}
	struct verdict v = { .kind = kind[m->rules->action], .label = found(m)->name };
	if (m->rules->action != VIRUS_LOG)
		v.reply = reply_for(m);
	return v;
}

static void
append_sender(const struct message *m, struct text *line)
{
	size_t kept = m->sender_len < VIRUS_SENDER_MAX ? m->sender_len : VIRUS_SENDER_MAX;

	text_append_quotable(line, (struct slice){ m->sender, kept }, kept);
	if (m->sender_len > kept)
		text_printf(line, "...");
}

static void
describe(const void *msg, struct text *line)
{
	const struct message *m = msg;

	if (m->scan.status != SCAN_HIT) {
		text_printf(line, "virus: not looked for, out of memory, from: '");
		append_sender(m, line);
		text_printf(line, "'");
		return;
	}
	text_printf(
	    line, "virus: '%.*s' from: '", (int)found(m)->name.len, found(m)->name.ptr);
	append_sender(m, line);
	text_printf(line, "' offset: %llu", (unsigned long long)m->scan.hit.start);
}

static void
end(void *msg)
{
	struct message *m = msg;

	scan_end(&m->scan);
	free(m->reply);
	free(m);
}

static const struct reply try_again = { "451", "4.3.0", "Please try again later" };

const struct policy virus_policy = {
	.name = "virus",
	.quiet = ON_MAIL | ON_BODY,
	.failure = { .kind = VERDICT_TEMPFAIL, .reply = &try_again },
	.begin = begin,
	.mail = mail,
	.body = body,
	.eom = eom,
	.describe = describe,
	.end = end,
};
