/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/logger/logger.h"

#include <stdlib.h>

#include "policy/header.h"
#include "policy/logger/logger_facts.h"

enum stage {
	ENVELOPE, /* switch was on; nobody has asked for the content yet */
	COPYING,  /* a copy is open in the archive */
	PASSED,   /* not selected: accepted or let through */
	FAILED,   /* should have been copied and cannot be */
};

struct message {
	const struct logger_rules *rules;
	const struct client *client;
	enum stage stage;
	bool selected;
	bool saved;     /* the copy is in the archive */
	bool separated; /* the empty line after the headers is written */
	void *copy;
	struct logger_facts facts;
	struct logger_record record;
};

static const struct reply cannot_keep = { "451", "4.3.0",
	"This message cannot be kept now, try again later" };

static const struct verdict passed = { .kind = VERDICT_ACCEPT };
static const struct verdict kept = { .kind = VERDICT_CONTINUE, .label = { "kept", 4 } };
static const struct verdict lost = { .kind = VERDICT_CONTINUE,
	.label = { "not-kept", 8 } };
static const struct verdict let_go = { .kind = VERDICT_ACCEPT,
	.label = { "not-kept", 8 } };
static const struct verdict refused = {
	.kind = VERDICT_TEMPFAIL, .reply = &cannot_keep, .label = { "not-kept", 8 }
};

/*
 * Stands for a message when there is no memory for one and mail may not pass
 * without a copy: every event of it fails, and nobody writes to it.
 */
static const struct logger_rules strict = { .tempfail = true };
static struct message no_memory = { .rules = &strict, .stage = FAILED };

static void *
begin(const void *rules, const struct client *client)
{
	const struct logger_rules *r = rules;
	struct message *m = calloc(1, sizeof *m);

	if (m == NULL)
		return r->tempfail ? &no_memory : NULL;
	m->rules = r;
	m->client = client;
	return m;
}

static bool
matches(const struct message *m, const struct address_names *names, unsigned direction)
{
	return selection_match(m->rules->selection, names, direction, m->record.received);
}

static bool
is_from_selected(const struct message *m, const struct envelope_event *ev)
{
	struct address_names names;

	if (m->rules->selection == NULL)
		return true;
	address_names_mail(&names, ev, m->rules->habits);
	return matches(m, &names, SELECT_FROM);
}

static bool
is_to_selected(const struct message *m, const struct envelope_event *ev)
{
	struct address_names names;

	address_names_rcpt(&names, ev, m->rules->habits);
	return matches(m, &names, SELECT_TO);
}

static struct verdict
mail(void *msg, const struct envelope_event *ev)
{
	struct message *m = msg;

	if (m->stage == FAILED)
		return refused;
	if (!m->rules->on.is_on(m->rules->on.self))
		return passed;
	m->record.received = m->rules->clock.now(m->rules->clock.self);
	m->selected = is_from_selected(m, ev);
	if (!m->selected && (selection_directions(m->rules->selection) & SELECT_TO) == 0)
		return passed;
	logger_facts_client(&m->facts, m->client);
	logger_facts_mail(&m->facts, ev);
	return CARRY_ON;
}

static struct verdict
rcpt(void *msg, const struct envelope_event *ev)
{
	struct message *m = msg;

	if (m->stage != ENVELOPE)
		return CARRY_ON;
	if (logger_facts_rcpt(&m->facts, ev) && !m->selected)
		m->selected = is_to_selected(m, ev);
	return CARRY_ON;
}

static void
give_up(struct message *m)
{
	if (m->copy != NULL)
		m->rules->archive.abort(m->copy);
	m->copy = NULL;
	m->stage = FAILED;
}

/* The envelope is over: from here on the message is copied, or it is not. */
static void
decide(struct message *m)
{
	if (m->stage != ENVELOPE)
		return;
	if (!m->selected) {
		m->stage = PASSED;
		return;
	}
	m->copy = m->rules->archive.begin(m->rules->archive.self);
	m->stage = m->copy != NULL ? COPYING : FAILED;
}

static bool
copying(struct message *m)
{
	decide(m);
	return m->stage == COPYING;
}

static void
store(struct message *m, struct slice bytes, unsigned long long *count)
{
	if (m->stage != COPYING || bytes.len == 0)
		return;
	if (m->rules->archive.write(m->copy, bytes))
		*count += bytes.len;
	else
		give_up(m);
}

static struct verdict
data(void *msg)
{
	struct message *m = msg;

	decide(m);
	if (m->stage == FAILED)
		return m->rules->tempfail ? refused : let_go;
	return m->stage == PASSED ? passed : CARRY_ON;
}

static void
store_piece(void *msg, struct slice piece)
{
	struct message *m = msg;

	store(m, piece, &m->record.header_bytes);
}

static struct verdict
header(void *msg, struct slice name, struct slice value)
{
	struct message *m = msg;
	const struct header_sink copy = { store_piece, m };

	if (copying(m))
		header_as_sent(
		    name, value, m->client != NULL && m->client->blank_taken, &copy);
	return CARRY_ON;
}

static struct verdict
eoh(void *msg)
{
	struct message *m = msg;

	if (copying(m) && !m->separated) {
		m->separated = true;
		store(m, SLICE("\r\n"), &m->record.header_bytes);
	}
	return CARRY_ON;
}

static size_t
room_for_body(const struct message *m)
{
	const struct logger_rules *r = m->rules;

	if (r->keep == LOGGER_KEEP_ALL)
		return SIZE_MAX;
	if (r->keep == LOGGER_KEEP_HEADERS || m->record.body_bytes >= r->first_bytes)
		return 0;
	unsigned long long room = r->first_bytes - m->record.body_bytes;
	return room < SIZE_MAX ? (size_t)room : SIZE_MAX;
}

static struct verdict
body(void *msg, struct slice chunk)
{
	struct message *m = msg;

	eoh(msg);
	if (m->stage != COPYING)
		return CARRY_ON;
	m->record.body_seen += chunk.len;
	store(m, slice_first(chunk, room_for_body(m)), &m->record.body_bytes);
	return CARRY_ON;
}

static bool
commit(struct message *m, enum logger_status status, enum logger_cut otherwise)
{
	struct logger_record *r = &m->record;
	void *copy = m->copy;

	r->fact = logger_facts_list(&m->facts, &r->nfacts);
	if (r->fact == NULL) {
		give_up(m);
		return false;
	}
	r->facts_cut = m->facts.cut;
	r->status = status;
	r->cut = otherwise;
	if (r->body_bytes < r->body_seen)
		r->cut = m->rules->keep == LOGGER_KEEP_HEADERS ? LOGGER_CUT_HEADERS
							       : LOGGER_CUT_BODY;
	m->copy = NULL;
	m->stage = PASSED;
	return m->rules->archive.commit(copy, r);
}

static struct verdict
eom(void *msg, const struct eom_event *ev)
{
	struct message *m = msg;

	eoh(msg);
	if (m->stage == PASSED)
		return CARRY_ON;
	if (m->stage == COPYING) {
		logger_facts_eom(&m->facts, &ev->macros);
		m->saved = commit(m, LOGGER_TAKEN, LOGGER_COMPLETE);
		if (m->saved)
			return kept;
	}
	return m->rules->tempfail ? refused : lost;
}

static void
describe(const void *msg, struct text *line)
{
	const struct message *m = msg;

	if (!m->saved)
		text_printf(line, "logger: no copy could be kept");
}

static void
end(void *msg)
{
	struct message *m = msg;

	if (m == &no_memory)
		return;
	if (m->stage == COPYING && m->rules->keep_aborted)
		(void)commit(m, LOGGER_ABORTED, LOGGER_CUT_ABORTED);
	if (m->copy != NULL)
		m->rules->archive.abort(m->copy);
	logger_facts_clear(&m->facts);
	free(m);
}

const struct policy logger_policy = {
	.name = "logger",
	.quiet = ON_RCPT | ON_HEADER | ON_EOH | ON_BODY,
	.exact_headers = true,
	.rejected_recipients = true,
	.wants_helo = true,
	/* The others that we look at are on every MTA's own list. */
	.mail_macros = "{tls_version} {cipher} {cert_subject}",
	.failure = { .kind = VERDICT_CONTINUE },
	.begin = begin,
	.mail = mail,
	.rcpt = rcpt,
	.data = data,
	.header = header,
	.eoh = eoh,
	.body = body,
	.eom = eom,
	.describe = describe,
	.end = end,
};
