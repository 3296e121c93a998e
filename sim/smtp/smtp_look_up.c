/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands that only want to know: VRFY, EXPN, HELP. */
#include "base/put.h"
#include "sim/smtp/addresses.h"
#include "sim/smtp/quoted.h"
#include "sim/smtp/smtp_envelope.h"
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

/* Of the mailbox in smtp.envelope, which was typed as `path`. */
static void
answer_for(struct smtp *s, struct slice path)
{
	const struct smtp_config *c = s->config;

	if (slice_equal(s->envelope.path, SLICE("<>")))
		smtp_fault(s, SAY_BAD_RCPT_PATH, path);
	else if (c->mailbox == NULL || c->mailbox(c->self, s->envelope.path))
		smtp_say(s, SAY_VRFY_OFF, path);
	else
		smtp_fault(s, SAY_NO_SUCH_USER, path);
}

/* The address is read as that of a RCPT; whether there is such a mailbox is told. */
static void
look_up_mailbox(struct smtp *s, struct slice argument)
{
	struct text typed = TEXT_INIT(COMMAND_MAX_ANY);
	static const struct slice utf8 = SLICE(" SMTPUTF8");

	quoted_join(argument, &typed);
	struct slice path = text_slice(&typed);
	bool declared = slice_ends_nocase(path, utf8);
	path = slice_first(path, path.len - (declared ? utf8.len : 0));
	bool before = s->utf8;
	s->utf8 = declared;
	s->envelope = (struct envelope){ .path = path, .typed = path };
	if (slice_equal_nocase(path, slice_from(utf8, 1)))
		smtp_fault(s, SAY_VRFY_SYNTAX, SLICE(""));
	else if (smtp_path_fine(s, false))
		answer_for(s, path);
	s->utf8 = before;
	s->envelope = (struct envelope){ 0 };
	text_clear(&typed);
}

/* --- a list of paths, as an MTA reads one that reads whatever it is given --- */

enum { LIST_MAX = 100 };

struct list {
	struct slice path[LIST_MAX];
	size_t paths;
};

/* Commas part them, or blanks where nothing says that it is more than words. */
static void
split(struct slice words, struct list *l)
{
	bool marked = false;

	l->paths = 0;
	for (size_t i = 0; i < words.len; i++)
		marked = marked || strchr(",;<(", words.ptr[i]) != NULL;
	while (words.len != 0 && l->paths < LIST_MAX) {
		size_t end = path_end(words, marked ? ',' : ' ');
		struct slice path = slice_trim(slice_first(words, end));
		words = slice_from(words, end + 1);
		if (path.len != 0)
			l->path[l->paths++] = path;
	}
}

/* Says what is wrong with one of them, the first as it is read; false: nothing. */
static bool
wrong(struct smtp *s, const struct list *l)
{
	for (size_t i = 0; i < l->paths; i++) {
		s->envelope.path = l->path[i];
		if (!smtp_path_fine(s, false))
			return true;
	}
	for (size_t i = l->paths; i-- > 0;) {
		s->envelope.path = l->path[i];
		if (s->config->mailbox(s->config->self, l->path[i]))
			continue;
		smtp_say(s, smtp_no_such(s, l->path[i]), SLICE(""));
		return true;
	}
	return false;
}

static void
say_found(struct smtp *s, struct slice path, bool expand, bool last)
{
	static const struct phrase here = { "250", "2.1.5", "%x" };
	static const struct phrase far = { "252", "2.1.5", "%x" };
	struct text found = TEXT_INIT(COMMAND_MAX_ANY);
	bool elsewhere = s->config->look_up(s->config->self, path, expand, &found);
	const struct phrase *ph = elsewhere && !expand ? &far : &here;

	if (last)
		smtp_say_phrase(s, ph, text_slice(&found));
	else
		smtp_say_more(s, ph, text_slice(&found));
	text_clear(&found);
}

/* The last one is told of first. */
static enum smtp_ask
look_up_list(struct smtp *s, const struct command *c)
{
	bool expand = c->verb == VERB_EXPN;
	struct list l;

	split(c->argument, &l);
	s->verified += l.paths;
	s->parameter = smtp_upper(s, c->word);
	if (l.paths == 0)
		smtp_say(s, SAY_NOTHING, SLICE(""));
	else if (!wrong(s, &l)) {
		s->looked_up += l.paths;
		for (size_t i = l.paths; i-- > 0;)
			say_found(s, l.path[i], expand, i == 0);
	}
	return SMTP_INPUT;
}

enum smtp_ask
smtp_on_vrfy(struct smtp *s, const struct command *c)
{
	if (s->config->profile->loose_paths && s->config->profile->verifies)
		return look_up_list(s, c);

	struct text found = TEXT_INIT(COMMAND_MAX);

	s->verified++;
	if (s->config->profile->verifies_mailbox)
		look_up_mailbox(s, c->argument);
	else if (s->config->verify != NULL &&
		 s->config->verify(s->config->self, c->argument, &found))
		smtp_say(s, SAY_VRFY, text_slice(&found));
	else if (s->config->profile->verifies)
		smtp_say(s, SAY_VRFY_UNKNOWN, c->argument);
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

/* All lines of the topics that begin so.  False: there are none. */
static bool
say_topic(struct smtp *s, struct slice topic)
{
	const struct help_line *h = s->config->profile->help;
	const struct phrase *own = profile_phrase(s->config->profile, SAY_HELP);
	const struct phrase line = { own->code, own->enhanced, "%x" };
	bool found = false;

	for (; h->topic != NULL; h++) {
		if (!slice_starts(slice_of(h->topic), topic))
			continue;
		smtp_say_more(s, &line, slice_of(h->text));
		found = true;
	}
	return found;
}

static enum smtp_ask
help_told(struct smtp *s, const struct command *c)
{
	struct slice topic = lowered(s, c->argument);

	if (say_topic(s, topic.len != 0 ? topic : SLICE("smtp")))
		smtp_say(s, SAY_HELP, SLICE(""));
	else
		smtp_say(s, SAY_HELP_UNKNOWN,
		    slice_first(topic, s->config->profile->topic_max));
	return SMTP_INPUT;
}

enum smtp_ask
smtp_on_help(struct smtp *s, const struct command *c)
{
	const struct phrase *unknown =
	    profile_phrase(s->config->profile, SAY_HELP_UNKNOWN);

	if (s->config->profile->help != NULL)
		return help_told(s, c);
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
