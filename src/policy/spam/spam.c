/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/spam/spam.h"

#include <stdlib.h>

#include "base/address.h"
#include "policy/spam/from_field.h"

enum { WHO_MAX = 200, RCPT_SHOWN = 80 }; /* bytes of the log line */

enum recipient { ASKED, DID_NOT_ASK, NEVER_FILTERED };

enum finding { NOTHING, LISTED_FROM, LISTED_ENVELOPE, NO_FROM, SPLIT };

struct message {
	const struct spam_rules *rules;
	const struct client *client;
	bool authenticated;
	size_t asked, plain, never; /* recipients of each kind that we let through */
	bool first_asked;           /* what the first of them was */
	struct text who;            /* those who asked, for the log */
	struct text refused;        /* the recipient that was refused at RCPT */

	size_t addresses; /* in From fields so far */
	bool envelope_listed;
	enum finding found;
	struct address_hit hit;
	struct address_key sender; /* that hit, as typed */
	struct reply reply;
};

static const struct reply split_reply = { "452", "4.5.3",
	"Please send to this recipient in a separate transaction" };

static void *
begin(const void *rules, const struct client *client)
{
	struct message *m = calloc(1, sizeof *m);

	if (m == NULL)
		return NULL;
	m->rules = rules;
	m->client = client;
	m->who = m->refused = (struct text)TEXT_INIT(WHO_MAX);
	return m;
}

static void
end(void *msg)
{
	struct message *m = msg;

	text_clear(&m->who);
	text_clear(&m->refused);
	free(m);
}

/* Senders are anywhere: no list says where one without a domain is. */
static struct address_habits
sender_habits(const struct spam_rules *r)
{
	return (struct address_habits){ r->delimiters, r->local_domains };
}

static bool
is_listed(struct message *m, const struct address_names *sender, enum finding found)
{
	if (!address_list_find(m->rules->senders, sender, &m->hit))
		return false;
	m->sender = sender->typed;
	if (sender->null)
		address_key_set(&m->sender, SLICE(""), SLICE(""));
	m->found = found;
	return true;
}

static struct verdict
mail(void *msg, const struct envelope_event *ev)
{
	struct message *m = msg;
	struct address_names sender;

	m->authenticated = macro(&ev->macros, "{auth_authen}").len > 0;
	if (m->rules->match == SPAM_MATCH_HEADER)
		return CARRY_ON;
	address_names_mail(&sender, ev, sender_habits(m->rules));
	m->envelope_listed = is_listed(m, &sender, LISTED_ENVELOPE);
	return CARRY_ON;
}

/* Nothing that RCPT or From may say can lead to a refusal. */
static bool
is_harmless(const struct message *m)
{
	const struct spam_rules *r = m->rules;

	if (m->authenticated && r->pass_authenticated)
		return true;
	if (address_list_count(r->recipients) == 0 &&
	    !address_list_has_all(r->recipients))
		return true;
	if (r->match == SPAM_MATCH_ENVELOPE)
		return !m->envelope_listed;
	return address_list_count(r->senders) == 0 && r->no_from == SPAM_NO_FROM_ACCEPT;
}

static bool
is_role(struct slice local)
{
	return slice_equal(local, SLICE("postmaster")) ||
	       slice_equal(local, SLICE("abuse"));
}

static enum recipient
kind_of(const struct message *m, const struct envelope_event *ev)
{
	const struct spam_rules *r = m->rules;
	struct address_habits habits = { r->delimiters, r->recipient_domains };
	struct address_names names;
	struct address_hit hit;

	address_names_rcpt(&names, ev, habits);
	if (names.null)
		return DID_NOT_ASK;
	if (is_role(address_user(address_key_local(&names.typed), r->delimiters)) ||
	    is_role(address_names_user(&names)))
		return NEVER_FILTERED;
	return address_list_find(r->recipients, &names, &hit) ? ASKED : DID_NOT_ASK;
}

static void
append_path(struct text *who, struct slice path)
{
	if (who->len > 0)
		text_printf(who, ",");
	text_append_quotable(who, path, RCPT_SHOWN);
}

static struct verdict
refuse(struct message *m, const struct reply *reply, struct slice label)
{
	const struct spam_rules *r = m->rules;
	struct verdict v = { VERDICT_REJECT, reply, label, 0 };

	if (r->tarpit.refused != NULL && r->limits.refusals > 0)
		v.delay_ms =
		    r->tarpit.refused(r->tarpit.self, &r->limits, m->client->address);
	return v;
}

static struct verdict
refuse_listed(struct message *m, struct slice label)
{
	reply_expand(&m->rules->reply, 'f', address_key_whole(&m->sender), &m->reply);
	return refuse(m, &m->reply, label);
}

static struct verdict
split(struct message *m, struct slice path)
{
	m->found = SPLIT;
	text_clear(&m->refused);
	append_path(&m->refused, path);
	return (struct verdict){ VERDICT_TEMPFAIL, &split_reply, SLICE("split"), 0 };
}

static struct verdict
count(struct message *m, enum recipient kind, struct slice path)
{
	if (m->asked + m->plain + m->never == 0)
		m->first_asked = kind == ASKED;
	m->asked += kind == ASKED;
	m->plain += kind == DID_NOT_ASK;
	m->never += kind == NEVER_FILTERED;
	if (kind == ASKED)
		append_path(&m->who, path);
	return CARRY_ON;
}

static struct verdict
rcpt(void *msg, const struct envelope_event *ev)
{
	static const struct verdict accept = { .kind = VERDICT_ACCEPT };
	struct message *m = msg;
	const struct spam_rules *r = m->rules;

	if (is_harmless(m))
		return accept;
	enum recipient kind = kind_of(m, ev);
	if (m->envelope_listed) {
		if (kind != ASKED)
			return count(m, kind, ev->path);
		text_clear(&m->refused);
		append_path(&m->refused, ev->path);
		return refuse_listed(m, SLICE("envelope"));
	}
	if (r->mixed == SPAM_MIXED_ACCEPT && kind != ASKED)
		return accept;
	bool first = m->asked + m->plain + m->never == 0;
	if (r->mixed == SPAM_MIXED_SPLIT && !first && m->first_asked != (kind == ASKED))
		return split(m, ev->path);
	return count(m, kind, ev->path);
}

/*
 * Whether From can still change the answer.  Some who asked and some who did
 * not are here together with mixed=reject alone.
 */
static bool
is_open(const struct message *m)
{
	return m->asked > 0 && m->never == 0;
}

static struct verdict
accept_unless_open(const struct message *m)
{
	return is_open(m) ? CARRY_ON : (struct verdict){ .kind = VERDICT_ACCEPT };
}

static struct verdict
data(void *msg)
{
	return accept_unless_open(msg);
}

static void
read_from(struct message *m, struct slice field)
{
	struct from_field from;
	struct from_address address;
	struct address_names sender;

	from_field_begin(&from, field);
	while (m->found != LISTED_FROM && from_field_next(&from, &address)) {
		m->addresses++;
		address_names_header(
		    &sender, address.local, address.domain, sender_habits(m->rules));
		(void)is_listed(m, &sender, LISTED_FROM);
	}
}

/* A quiet event: the ACCEPT reaches an MTA that has no DATA event to accept at. */
static struct verdict
header(void *msg, struct slice name, struct slice value)
{
	struct message *m = msg;

	if (is_open(m) && slice_equal_nocase(slice_trim(name), SLICE("From")))
		read_from(m, value);
	return accept_unless_open(m);
}

static struct verdict
judge(struct message *m)
{
	if (!is_open(m))
		return (struct verdict){ .kind = VERDICT_ACCEPT };
	if (m->found == LISTED_FROM)
		return refuse_listed(m, SLICE("from"));
	if (m->addresses > 0)
		return (struct verdict){ .kind = VERDICT_ACCEPT };
	m->found = NO_FROM;
	if (m->rules->no_from == SPAM_NO_FROM_REJECT)
		return refuse(m, &m->rules->no_from_reply, SLICE("no-from"));
	return (struct verdict){ .kind = VERDICT_ACCEPT, .label = SLICE("no-from") };
}

static struct verdict
eoh(void *msg)
{
	return judge(msg);
}

/* A message without headers, or an MTA without that event. */
static struct verdict
eom(void *msg, const struct eom_event *ev)
{
	(void)ev;
	return judge(msg);
}

static void
describe(const void *msg, struct text *line)
{
	static const char *const what[] = {
		[NOTHING] = "nothing found",
		[LISTED_FROM] = "spam",
		[LISTED_ENVELOPE] = "spam",
		[NO_FROM] = "no address in From",
		[SPLIT] = "recipients differ",
	};
	const struct message *m = msg;

	text_printf(line, "%s", what[m->found]);
	if (m->found == LISTED_FROM || m->found == LISTED_ENVELOPE) {
		text_printf(line, ": ");
		text_append_quoted(line, m->hit.entry, RCPT_SHOWN);
		text_printf(line, " (%s:%u) %s: ", address_list_name(m->rules->senders),
		    m->hit.line, m->found == LISTED_FROM ? "from" : "mail-from");
		text_append_quoted(line, address_key_whole(&m->sender), RCPT_SHOWN);
	}
	text_printf(line, " for: '");
	bool at_rcpt = m->found == LISTED_ENVELOPE || m->found == SPLIT;
	text_append_cut(line, text_slice(at_rcpt ? &m->refused : &m->who));
	text_printf(line, "'");
}

const struct policy spam_policy = {
	.name = "spam",
	.quiet = ON_MAIL | ON_HEADER,
	.failure = { .kind = VERDICT_CONTINUE },
	.begin = begin,
	.mail = mail,
	.rcpt = rcpt,
	.data = data,
	.header = header,
	.eoh = eoh,
	.eom = eom,
	.describe = describe,
	.end = end,
};
