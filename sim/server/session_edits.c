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

void
session_read_path(void *self, struct slice path, bool completed, struct text *out)
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
	smtp_would_say(&s->smtp, what, &s->message.objection);
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

bool
session_addressed(struct message *m, bool sender, struct slice path, struct slice args)
{
	struct session *s = m->self;
	const char *line = s->server->config->profile->habits.edit.bad_parameters;

	if (line == NULL)
		return true;
	if (!parameters_fine(s, sender, args)) {
		put(&s->smtp.out, sender ? SLICE("") : slice_of(line));
		return sender;
	}
	if (!sender && !users_take(&s->server->config->users, path))
		object(s, SAY_NO_SUCH_USER, path);
	return true;
}
