/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/quota/quota.h"

#include <stdlib.h>

#include "base/address.h"
#include "base/number.h"
#include "policy/quota/quota_recipient.h"

struct message {
	const struct quota_rules *rules;
	bool local_client;
	bool exempt;   /* by its sender or its client */
	uint64_t size; /* as declared, 0 when not */

	/* For the log line of the last refusal. */
	const char *reason;
	char mailbox[MAILBOX_NAME_MAX + 1];
	bool judged; /* by these: */
	struct usage usage;
};

static uint64_t
size_of_parameter(struct slice parameter)
{
	uint64_t n;

	if (!slice_starts_nocase(parameter, SLICE("SIZE=")) ||
	    !number_parse_capped(slice_from(parameter, 5), &n))
		return 0;
	return n;
}

uint64_t
quota_declared_size(const struct envelope_event *mail)
{
	uint64_t most = 0;

	for (size_t i = 0; i < mail->nargs; i++) {
		uint64_t n = size_of_parameter(mail->args[i]);
		most = n > most ? n : most;
	}
	/* sendmail 8.17.1 with EAI puts the parameters behind the path. */
	struct slice rest = slice_from(mail->path, slice_find_last(mail->path, '>') + 1);
	while (rest.len > 0) {
		struct slice word = slice_first(rest, slice_find(rest, ' '));
		uint64_t n = size_of_parameter(word);
		most = n > most ? n : most;
		rest = slice_from(rest, word.len + 1);
	}
	return most;
}

/* By the name as typed: what an MTA makes of it does not change who writes. */
static bool
is_exempt_sender(const struct envelope_event *ev)
{
	static const struct slice exempt[] = { SLICE("postmaster"),
		SLICE("mailer-daemon") };
	struct address_key typed;

	if (!address_key_set_path(&typed, ev->path))
		return true; /* <> */
	for (size_t i = 0; i < sizeof exempt / sizeof exempt[0]; i++) {
		if (slice_equal(address_key_local(&typed), exempt[i]))
			return true;
	}
	return false;
}

static bool
is_loopback(struct slice address)
{
	return address.len == 0 || slice_starts(address, SLICE("127.")) ||
	       slice_equal(address, SLICE("::1")) ||
	       slice_equal_nocase(address, SLICE("IPv6:::1"));
}

static void *
begin(const void *rules, const struct client *client)
{
	struct message *m = calloc(1, sizeof *m);

	if (m == NULL)
		return NULL;
	m->rules = rules;
	m->local_client = is_loopback(client->address);
	m->exempt = m->local_client && m->rules->local_clients == LOCAL_CLIENTS_SKIP;
	return m;
}

static struct verdict
mail(void *self, const struct envelope_event *ev)
{
	struct message *m = self;
	bool authenticated = macro(&ev->macros, "{auth_authen}").len > 0;

	if (is_exempt_sender(ev) || (authenticated && !m->rules->check_authenticated))
		m->exempt = true;
	m->size = quota_declared_size(ev);
	return CARRY_ON;
}

static enum quota_finding
find_fullness(struct message *m, struct slice mailbox, enum fullness *ret)
{
	const struct quota_rules *r = m->rules;
	const struct quota_world *w = &r->world;
	struct usage_question q = { .mailbox = mailbox,
		.room = m->size > r->margin ? m->size : r->margin };

	for (;;) {
		struct usage u = { .kind = USAGE_NUMBERS };
		enum knowledge k = w->usage(w->self, &q, &u);

		if (k != KNOWN_YES)
			return k == KNOWN_NO ? QUOTA_PASS : QUOTA_UNKNOWN;
		*ret = usage_fullness(&u, r->margin, m->size);
		m->usage = u;
		if (*ret == HAS_ROOM)
			return QUOTA_PASS;
		if (u.certain)
			return QUOTA_CHECK;
		if (q.certain)
			return QUOTA_UNKNOWN; /* never a refusal without evidence */
		q.certain = true;
	}
}

/* QUOTA_CHECK: what arrives is saved here and nowhere else. */
static enum quota_finding
find_saving(const struct quota_rules *r, const struct quota_mailbox *mailbox)
{
	unsigned kinds = FORWARD_SELF;
	enum knowledge k = r->world.forward(r->world.self, mailbox_slice(&mailbox->name),
	    mailbox_slice(&mailbox->whole), &kinds);

	if (k == NOT_KNOWN)
		return QUOTA_UNKNOWN;
	if (k == KNOWN_NO || (kinds & ~(unsigned)FORWARD_SELF) == 0)
		return QUOTA_CHECK;
	return r->check_local_copy && kinds == (FORWARD_SELF | FORWARD_ADDRESS)
		   ? QUOTA_CHECK
		   : QUOTA_PASS;
}

static enum quota_finding
find_refusal(struct message *m, const struct envelope_event *ev)
{
	struct quota_mailbox box;
	enum fullness fullness = HAS_ROOM;
	enum quota_finding f = quota_find_mailbox(m->rules, m->local_client, ev, &box);

	if (f == QUOTA_PASS)
		return QUOTA_PASS;
	memcpy(m->mailbox, box.name.text, box.name.len);
	m->mailbox[box.name.len] = '\0';
	m->reason = "unknown";
	m->judged = false;
	if (f == QUOTA_CHECK)
		f = find_fullness(m, mailbox_slice(&box.name), &fullness);
	if (f == QUOTA_CHECK)
		f = find_saving(m->rules, &box);
	if (f != QUOTA_CHECK)
		return f;
	m->judged = true;
	m->reason = fullness == FULL ? "full" : "too-large";
	return QUOTA_CHECK;
}

/* The one place that pairs a reply with the verdict of its class. */
static struct verdict
refuse(const struct reply *reply, const char *label)
{
	return (struct verdict){ .kind = reply->code[0] == '4' ? VERDICT_TEMPFAIL
							       : VERDICT_REJECT,
		.reply = reply,
		.label = slice_of(label) };
}

static struct verdict
rcpt(void *self, const struct envelope_event *ev)
{
	struct message *m = self;
	enum quota_finding f = m->exempt ? QUOTA_PASS : find_refusal(m, ev);

	if (f == QUOTA_CHECK)
		return refuse(&m->rules->full, m->reason);
	if (f == QUOTA_UNKNOWN && m->rules->tempfail_unknown)
		return refuse(&m->rules->unknown, m->reason);
	return CARRY_ON;
}

/* Nothing that follows is of interest, the body least of all. */
static struct verdict
data(void *self)
{
	(void)self;
	return (struct verdict){ .kind = VERDICT_ACCEPT };
}

static void
describe(const void *self, struct text *line)
{
	const struct message *m = self;
	const struct usage *u = &m->usage;

	text_printf(line, "quota: '%s' to: ", m->reason != NULL ? m->reason : "");
	text_append_quoted(line, slice_of(m->mailbox), MAILBOX_NAME_MAX);
	if (m->judged && u->kind == USAGE_NUMBERS)
		text_printf(line, " used: %llu limit: %llu", (unsigned long long)u->bytes,
		    (unsigned long long)u->bytes_limit);
	if (m->judged && u->kind == USAGE_NUMBERS && u->messages_limit != 0)
		text_printf(line, " messages: %llu of %llu",
		    (unsigned long long)u->messages,
		    (unsigned long long)u->messages_limit);
	if (m->size != 0)
		text_printf(line, " size: %llu", (unsigned long long)m->size);
}

static void
end(void *self)
{
	free(self);
}

const struct policy quota_policy = {
	.name = "quota",
	.quiet = ON_MAIL,
	.mail_macros = "{auth_authen}",
	.rcpt_macros = "{rcpt_mailer} {rcpt_addr}",
	.failure = { .kind = VERDICT_CONTINUE },
	.begin = begin,
	.mail = mail,
	.rcpt = rcpt,
	.data = data,
	.describe = describe,
	.end = end,
};
