/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses that filters give: whose mailbox, and what is wrong with them. */
#include "base/put.h"
#include "sim/server/session.h"
#include "sim/smtp/addresses.h"
#include "sim/smtp/meaning.h"

bool
session_same_mailbox(void *self, struct slice a, struct slice b)
{
	const struct session *s = self;
	const struct users *users = &s->server->config->users;
	const char *of_a = users_find(users, a), *of_b = users_find(users, b);

	if (users_profile(users)->loose_paths)
		return users_same(users, a, b);
	return of_a != NULL && of_b != NULL && strcmp(of_a, of_b) == 0;
}

static void
read_path(void *self, struct slice path, bool completed, struct text *out)
{
	const struct session *s = self;
	struct text one = TEXT_INIT(out->limit), made = TEXT_INIT(out->limit);

	if (addresses_first(path, &one) != 0 && completed)
		meaning_rewritten(text_slice(&one), s->facts.host, &made);
	put(out, SLICE("<"));
	put(out, completed ? text_slice(&made) : text_slice(&one));
	put(out, SLICE(">"));
	text_clear(&one);
	text_clear(&made);
}

/* In place of what was said of another one. */
static void
object(struct session *s, enum say what, struct slice path)
{
	const struct envelope kept = s->smtp.envelope;

	s->smtp.envelope.path = path;
	text_clear(&s->message.objection);
	smtp_would_say(&s->smtp, what, SLICE(""), &s->message.objection);
	s->smtp.envelope = kept;
}

/* Are the parameters what the client could have said?  If not that is said of them. */
static bool
parameters_fine(struct session *s, bool sender, struct slice args)
{
	struct text said = TEXT_INIT(COMMAND_MAX_ANY);
	struct slice words = slice_first(args, slice_find(args, '\0'));
	bool fine =
	    smtp_parameters_fine(&s->smtp, sender ? VERB_MAIL : VERB_RCPT, words, &said);

	if (!fine) {
		text_clear(&s->message.objection);
		put(&s->message.objection, text_slice(&said));
	}
	text_clear(&said);
	return fine;
}

/* What stands in a list of a filter's before an address, and behind. */
static struct slice
next_in(struct slice list)
{
	while (list.len != 0 && strchr(" \t\r\n\v\f,", list.ptr[0]) != NULL)
		list = slice_from(list, 1);
	return list;
}

/* Words alone are parted by blanks, in a message that has nothing but those. */
static char
delimiter_of(struct session *s, struct slice list)
{
	for (size_t i = 0; i < list.len; i++)
		s->words = s->words && strchr(",;<(", list.ptr[i]) == NULL;
	return s->words ? ' ' : ',';
}

/* The client is told of one that is not added. */
static void
tell_bad(struct session *s, unsigned faults)
{
	const char *at = s->server->config->profile->habits.edit.bad_address;

	for (; *at != '\0'; at++) {
		bool number = at[0] == '%' && at[1] != '\0';
		if (number)
			text_printf(&s->smtp.out, "%u",
			    s->message.faults + (at[1] == 'n' ? faults : 0));
		else
			put(&s->smtp.out, (struct slice){ at, 1 });
		at += number;
	}
}

/* What it means for the message that this one is not as it should be. */
static bool
take_given(struct session *s, enum packet_kind kind, const struct smtp_given *g,
    struct text *path)
{
	const char *bad = s->server->config->profile->habits.edit.bad_sender;
	bool alone = kind == RPL_ADDRCPT_PAR, good = g->good;

	if (kind == RPL_DELRCPT)
		s->message.faults += g->faults;
	if (alone && (!good || g->faults != 0)) {
		tell_bad(s, g->faults);
		return false;
	}
	put(path, kind == RPL_CHGFROM && !good ? slice_of(bad) : text_slice(&g->path));
	return good || kind == RPL_CHGFROM;
}

static bool
next_address(
    struct message *m, enum packet_kind kind, struct slice *list, struct text *path)
{
	struct session *s = m->self;
	bool lists = kind == RPL_ADDRCPT || kind == RPL_DELRCPT, taken = false;
	char delimiter = kind == RPL_CHGFROM ? '\0' : ' ';
	struct smtp_given g;

	if (lists)
		delimiter = delimiter_of(s, *list);
	while (!taken && list->len != 0) {
		*list = lists ? next_in(*list) : *list;
		smtp_read_given(
		    &s->smtp, kind == RPL_CHGFROM, *list, delimiter, &m->objection, &g);
		*list = lists ? slice_from(*list, g.size) : SLICE("");
		text_clear(path);
		taken = take_given(s, kind, &g, path);
		text_clear(&g.path);
	}
	return taken;
}

/* Of parameters of which one is wrong: is it this one? */
static bool
lasts(struct session *s, struct slice args)
{
	const char *name = s->server->config->profile->habits.edit.lasting;
	struct slice one, words = slice_first(args, slice_find(args, '\0'));
	struct text said = TEXT_INIT(COMMAND_MAX_ANY);
	bool lasting = false;

	while (name != NULL && (one = slice_next_word(&words)).len != 0) {
		lasting = lasting ||
			  (slice_starts_nocase(one, slice_of(name)) &&
			      !smtp_parameters_fine(&s->smtp, VERB_MAIL, one, &said));
	}
	text_clear(&said);
	return lasting;
}

static bool
addressed(struct message *m, bool sender, struct slice path, struct slice args)
{
	struct session *s = m->self;
	const char *line = s->server->config->profile->habits.edit.bad_parameters;

	if (line == NULL)
		return true;
	if (!parameters_fine(s, sender, args)) {
		put(&s->smtp.out, sender ? SLICE("") : slice_of(line));
		m->unreadable = m->unreadable || (sender && lasts(s, args));
		return sender;
	}
	if (!sender && !users_take(&s->server->config->users, path))
		object(s, SAY_NO_SUCH_USER, path);
	return true;
}

void
session_init_edits(struct session *s)
{
	const struct profile *p = s->server->config->profile;

	s->message.rules = &p->habits.edit;
	s->message.same = session_same_mailbox;
	s->message.addressed = addressed;
	s->message.next = p->habits.edit.bad_sender != NULL ? next_address : NULL;
	s->message.read = p->resolves ? read_path : NULL;
	s->message.self = s;
}
