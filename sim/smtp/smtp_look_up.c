/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands that only want to know: VRFY, EXPN, HELP. */
#include "base/put.h"
#include "sim/smtp/addresses.h"
#include "sim/smtp/smtp_say.h"
#include "sim/smtp/smtp_verbs.h"

/* In the line itself: it is answered and not needed again. */
static struct slice
cased(struct smtp *s, struct slice word, char first, char last)
{
	size_t at = (size_t)(word.ptr - s->line.ptr);

	for (size_t i = at; i < at + word.len; i++) {
		if (s->line.ptr[i] >= first && s->line.ptr[i] <= last)
			s->line.ptr[i] = (char)(s->line.ptr[i] ^ 0x20);
	}
	return word;
}

static struct slice
lowered(struct smtp *s, struct slice word)
{
	return cased(s, word, 'A', 'Z');
}

struct slice
smtp_upper(struct smtp *s, struct slice word)
{
	return cased(s, word, 'a', 'z');
}

/* Is there such a mailbox, where VRFY tells? */
static bool
verified(const struct smtp *s, struct slice path)
{
	return !s->config->profile->verifies_mailbox || s->config->mailbox == NULL ||
	       s->config->mailbox(s->config->self, path);
}

/* Without brackets, where the words have their own. */
static struct slice
bare(const struct smtp *s, struct slice path)
{
	bool bracketed = s->config->profile->verifies_mailbox && path.len > 1 &&
			 path.ptr[0] == '<' && path.ptr[path.len - 1] == '>';

	return bracketed ? slice_first(slice_from(path, 1), path.len - 2) : path;
}

static void
say_no_such(struct smtp *s, struct slice word)
{
	smtp_say(s, SAY_VRFY_UNKNOWN, word);
	if (s->config->profile->refusals_count)
		smtp_count_fault(s);
}

/* Is it one address, where that is asked for? */
static bool
one_address(const struct smtp *s, struct slice word)
{
	struct text one = TEXT_INIT(COMMAND_MAX_ANY);
	bool asked = s->config->profile->verifies_mailbox;
	bool good = !asked || (addresses_read(bare(s, word), &one) == 1 && one.len != 0);

	text_clear(&one);
	return good;
}

enum smtp_ask
smtp_on_vrfy(struct smtp *s, const struct command *c)
{
	struct text found = TEXT_INIT(COMMAND_MAX);

	s->verified++;
	if (!one_address(s, c->argument))
		smtp_fault(s, SAY_VRFY_BAD, c->argument);
	else if (s->config->verify != NULL &&
		 s->config->verify(s->config->self, c->argument, &found))
		smtp_say(s, SAY_VRFY, text_slice(&found));
	else if (s->config->profile->verifies || !verified(s, c->argument))
		say_no_such(s, bare(s, c->argument));
	else
		smtp_say(s, SAY_VRFY_OFF, c->argument);
	text_clear(&found);
	return SMTP_INPUT;
}

enum smtp_ask
smtp_on_expn(struct smtp *s, const struct command *c)
{
	if (s->config->profile->verifies)
		return smtp_on_vrfy(s, c);
	smtp_say(s, SAY_EXPN_OFF, SLICE(""));
	return SMTP_INPUT;
}

enum smtp_ask
smtp_on_help(struct smtp *s, const struct command *c)
{
	const struct phrase *unknown = &s->config->profile->say[SAY_HELP_UNKNOWN];

	size_t most = s->config->profile->topic_max;
	struct slice topic = slice_first(c->argument, most != 0 ? most : SIZE_MAX);

	if (c->argument.len != 0 && *unknown->text != '\0' &&
	    (command_parse(c->argument).verb == VERB_UNKNOWN ||
		command_parse(c->argument).argument.len != 0))
		smtp_say(s, SAY_HELP_UNKNOWN, lowered(s, topic));
	else
		smtp_say(s, SAY_HELP, SLICE(""));
	return SMTP_INPUT;
}
