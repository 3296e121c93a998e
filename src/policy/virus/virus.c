/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/virus/virus.h"

#include <stdlib.h>

/* One message. */
struct message {
	const struct virus_rules *rules;
	struct scan scan;
	struct reply *reply;   /* made at a hit */
	struct second *second; /* NULL: there is no second stage */
	enum second_outcome outcome;
	uint16_t sender_len; /* more than VIRUS_SENDER_MAX: cut */
	char sender[VIRUS_SENDER_MAX];
};

static const struct reply try_again = { "451", "4.3.0", "Please try again later" };
static const struct reply too_large_now = { "451", "4.3.4",
	"This message is too large to be looked at" };
static const struct reply too_large = { "552", "5.3.4",
	"This message is too large to be looked at" };

static const struct verdict not_judged[] = {
	[SECOND_TEMPFAIL] = { VERDICT_TEMPFAIL, &try_again, { "not-judged", 10 }, 0 },
	[SECOND_ACCEPT] = { VERDICT_CONTINUE, NULL, { "not-judged", 10 }, 0 },
};
static const struct verdict oversized[] = {
	[SECOND_TEMPFAIL] = { VERDICT_TEMPFAIL, &too_large_now, { "too-large", 9 }, 0 },
	[SECOND_ACCEPT] = { VERDICT_CONTINUE, NULL, { "too-large", 9 }, 0 },
	[SECOND_REJECT] = { VERDICT_REJECT, &too_large, { "too-large", 9 }, 0 },
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

static bool
has_second(const struct virus_rules *r)
{
	return r->second.source.begin != NULL;
}

/* Signatures are looked for in the body alone. */
static unsigned
spared(const void *rules)
{
	return has_second(rules) ? 0 : ON_HEADER | ON_EOH;
}

static void *
begin(const void *rules, const struct client *client)
{
	struct message *m = malloc(sizeof *m);

	if (m == NULL)
		return NULL;
	m->rules = rules;
	m->reply = NULL;
	m->second = NULL;
	m->outcome = SECOND_CLEAN;
	m->sender_len = 0;
	if (has_second(rules)) {
		m->second = second_new(&m->rules->second, client);
		if (m->second == NULL) {
			free(m);
			return NULL;
		}
	}
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
header(void *msg, struct slice name, struct slice value)
{
	struct message *m = msg;

	if (m->second != NULL)
		second_header(m->second, name, value);
	return CARRY_ON;
}

static struct verdict
eoh(void *msg)
{
	struct message *m = msg;

	if (m->second != NULL)
		second_eoh(m->second);
	return CARRY_ON;
}

static struct verdict
body(void *msg, struct slice chunk)
{
	struct message *m = msg;
	bool clean = scan_feed(&m->scan, chunk) == SCAN_CLEAN;

	if (m->second == NULL)
		return CARRY_ON;
	if (clean)
		second_body(m->second, chunk);
	else
		second_forget(m->second);
	return CARRY_ON;
}

/* The name of what was found, by either stage. */
static struct slice
found(const struct message *m)
{
	if (m->scan.status == SCAN_HIT)
		return m->rules->signatures.entry[m->scan.hit.signature].name;
	return second_found(m->second);
}

/* Without memory for the name it goes out without. */
static const struct reply *
reply_for(struct message *m)
{
	if (m->reply == NULL)
		m->reply = malloc(sizeof *m->reply);
	if (m->reply == NULL)
		return &m->rules->unnamed;
	reply_expand(&m->rules->reply, 'v', found(m), m->reply);
	return m->reply;
}

static struct verdict
verdict_of_found(struct message *m)
{
	static const enum verdict_kind kind[] = {
		[VIRUS_REJECT] = VERDICT_REJECT,
		[VIRUS_TEMPFAIL] = VERDICT_TEMPFAIL,
		[VIRUS_LOG] = VERDICT_CONTINUE,
	};
	struct verdict v = { .kind = kind[m->rules->action], .label = found(m) };

	if (m->rules->action != VIRUS_LOG)
		v.reply = reply_for(m);
	return v;
}

static struct verdict
verdict_of_second(struct message *m, const struct progress *progress)
{
	const struct second_rules *r = &m->rules->second;

	m->outcome = second_judge(m->second, progress);
	switch (m->outcome) {
	case SECOND_FOUND: return verdict_of_found(m);
	case SECOND_IGNORED: return (struct verdict){ .label = SLICE("ignored") };
	case SECOND_TOO_LARGE: return oversized[r->too_large];
	case SECOND_LIMITS:
	case SECOND_NO_HEADERS:
	case SECOND_NO_OPINION: return not_judged[r->fail];
	case SECOND_CLEAN:
	case N_SECOND_OUTCOMES: break;
	}
	return CARRY_ON;
}

static struct verdict
eom(void *msg, const struct eom_event *ev)
{
	struct message *m = msg;

	switch (m->scan.status) {
	case SCAN_HIT: return verdict_of_found(m);
	case SCAN_NOMEM: return virus_policy.failure;
	case SCAN_CLEAN: break;
	}
	return m->second != NULL ? verdict_of_second(m, &ev->progress) : CARRY_ON;
}

static void
append_sender(const struct message *m, struct text *line)
{
	size_t kept = m->sender_len < VIRUS_SENDER_MAX ? m->sender_len : VIRUS_SENDER_MAX;

	text_append_quotable(line, (struct slice){ m->sender, kept }, kept);
	if (m->sender_len > kept)
		text_printf(line, "...");
}

/* "virus: WHAT'NAME' from: 'SENDER'" */
static void
describe_found(const struct message *m, const char *what, struct text *line)
{
	text_printf(line, "virus: %s'", what);
	text_append_quotable(line, found(m), found(m).len);
	text_printf(line, "' from: '");
	append_sender(m, line);
	text_printf(line, "'");
}

/* Nothing where it is no matter of this message: the source has said it. */
static void
describe_second(const struct message *m, struct text *line)
{
	switch (m->outcome) {
	case SECOND_FOUND: describe_found(m, "", line); break;
	case SECOND_IGNORED: describe_found(m, "ignored: ", line); break;
	case SECOND_LIMITS: describe_found(m, "not judged: ", line); break;
	case SECOND_TOO_LARGE:
		text_printf(
		    line, "virus: too large: %llu bytes from: '", second_size(m->second));
		append_sender(m, line);
		text_printf(line, "'");
		break;
	case SECOND_NO_HEADERS:
	case SECOND_NO_OPINION:
	case SECOND_CLEAN:
	case N_SECOND_OUTCOMES: return;
	}
	text_printf(line, " by: clamd");
}

static void
describe(const void *msg, struct text *line)
{
	const struct message *m = msg;

	switch (m->scan.status) {
	case SCAN_CLEAN: describe_second(m, line); return;
	case SCAN_NOMEM:
		text_printf(line, "virus: not looked for, out of memory, from: '");
		append_sender(m, line);
		text_printf(line, "'");
		return;
	case SCAN_HIT: break;
	}
	describe_found(m, "", line);
	text_printf(line, " offset: %llu", (unsigned long long)m->scan.hit.start);
}

static void
end(void *msg)
{
	struct message *m = msg;

	scan_end(&m->scan);
	second_free(m->second);
	free(m->reply);
	free(m);
}

const struct policy virus_policy = {
	.name = "virus",
	.quiet = ON_MAIL | ON_HEADER | ON_EOH | ON_BODY,
	.exact_headers = true,
	.spared = spared,
	.failure = { .kind = VERDICT_TEMPFAIL, .reply = &try_again },
	.begin = begin,
	.mail = mail,
	.header = header,
	.eoh = eoh,
	.body = body,
	.eom = eom,
	.describe = describe,
	.end = end,
};
