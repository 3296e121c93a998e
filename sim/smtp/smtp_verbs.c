/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/smtp_verbs.h"

#include "base/number.h"
#include "base/put.h"
#include "sim/smtp/smtp_say.h"

enum smtp_ask
smtp_ask_owner(struct smtp *s, enum smtp_ask question)
{
	s->ask = question;
	return question;
}

/* Each command returns a question, or SMTP_INPUT when it is settled. */

static enum smtp_ask
on_helo(struct smtp *s, const struct command *c)
{
	if (c->argument.len == 0) {
		smtp_fault(s, SAY_HELO_ARGUMENT,
		    c->verb == VERB_EHLO ? SLICE("EHLO") : SLICE("HELO"));
		return SMTP_INPUT;
	}
	s->esmtp = c->verb == VERB_EHLO;
	if (!s->config->profile->any_helo && !domain_valid(c->argument)) {
		smtp_fault(s, SAY_HELO_DOMAIN, c->argument);
		return SMTP_INPUT;
	}
	text_clear(&s->helo);
	put(&s->helo, c->argument);
	s->name = text_slice(&s->helo);
	return smtp_ask_owner(s, SMTP_HELO);
}

static bool
given_before(const struct smtp *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (slice_equal_nocase(s->envelope.parameter[i].keyword,
			s->envelope.parameter[n].keyword))
			return true;
	}
	return false;
}

static enum say
bad_value(const struct parameter *p)
{
	static const struct {
		struct slice keyword;
		enum say say;
	} words[] = { { SLICE("BODY"), SAY_BAD_BODY }, { SLICE("RET"), SAY_BAD_RET },
		{ SLICE("NOTIFY"), SAY_BAD_NOTIFY }, { SLICE("ORCPT"), SAY_BAD_ORCPT } };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		if (slice_equal_nocase(words[i].keyword, p->keyword))
			return words[i].say;
	}
	return SAY_BAD_VALUE;
}

/* Of NOTIFY's list the first word that it may not have there. */
static struct slice
first_bad(const struct parameter *p)
{
	struct slice list = p->value;

	if (bad_value(p) != SAY_BAD_NOTIFY)
		return list;
	while (list.len != 0) {
		struct slice one = slice_first(list, slice_find(list, ','));
		if (!word_in_list(one, SLICE("SUCCESS FAILURE DELAY")))
			return one;
		list = slice_from(list, one.len + 1);
	}
	return p->value;
}

/* Checks all parameters; smtp.size is what SIZE said. */
static bool
parameters_fine(struct smtp *s, enum verb verb)
{
	for (size_t i = 0; i < s->envelope.parameters; i++) {
		const struct parameter *p = &s->envelope.parameter[i];
		s->parameter = p->whole;
		enum parameter_status status =
		    parameter_check(verb, p, s->config->announced);
		if (status == PARAMETER_OK && given_before(s, i))
			status = PARAMETER_TWICE;
		switch (status) {
		case PARAMETER_UNKNOWN:
			smtp_fault(s, SAY_UNKNOWN_PARAMETER, p->keyword);
			return false;
		case PARAMETER_NO_VALUE:
			smtp_fault(s, SAY_NO_VALUE, p->keyword);
			return false;
		case PARAMETER_TWICE:
			smtp_fault(s, SAY_DUPLICATE_PARAMETER, p->keyword);
			return false;
		case PARAMETER_BAD_VALUE:
			smtp_fault(s, bad_value(p), first_bad(p));
			return false;
		case PARAMETER_OK:
			if (slice_equal_nocase(p->keyword, SLICE("SIZE")))
				(void)number_parse(p->value, &s->size);
		}
	}
	return true;
}

static size_t
keyword_length(struct slice argument)
{
	size_t n = 0;

	while (n < argument.len && strchr(": \t", argument.ptr[n]) == NULL)
		n++;
	return n;
}

/* Two of them make an address only behind a source route. */
static bool
one_at(struct slice path)
{
	bool quoted = false;
	unsigned count = 0;

	for (size_t i = 0; i < path.len; i++) {
		char c = path.ptr[i];
		if (c == '"')
			quoted = !quoted;
		count += !quoted && c == '@';
	}
	return count < 2 || slice_starts(path, SLICE("<@"));
}

static bool
envelope_fine(struct smtp *s, const struct command *c)
{
	bool mail = c->verb == VERB_MAIL;

	switch (envelope_parse(c->argument, mail ? SLICE("FROM:") : SLICE("TO:"),
	    s->config->profile->bare_paths, &s->envelope)) {
	case ENVELOPE_OK:
		if (!one_at(s->envelope.path)) {
			smtp_fault(s, SAY_BAD_ROUTE, s->envelope.path);
			return false;
		}
		return parameters_fine(s, c->verb);
	case ENVELOPE_NO_KEYWORD:
		smtp_fault(s, mail ? SAY_MAIL_SYNTAX : SAY_RCPT_SYNTAX,
		    slice_first(c->argument, keyword_length(c->argument)));
		return false;
	case ENVELOPE_BAD_PATH:
		smtp_fault(s, mail ? SAY_BAD_PATH : SAY_BAD_RCPT_PATH, c->argument);
		return false;
	case ENVELOPE_BAD_PARAMETER:
		smtp_fault(s, SAY_BAD_PARAMETER, c->argument);
		return false;
	}
	return false;
}

static enum smtp_ask
on_mail(struct smtp *s, const struct command *c)
{
	if (s->transaction) {
		smtp_fault(s, SAY_NESTED_MAIL, SLICE(""));
		return SMTP_INPUT;
	}
	if (!s->greeted && s->config->profile->helo_needed) {
		smtp_fault(s, SAY_NEED_HELO, SLICE(""));
		return SMTP_INPUT;
	}
	if (s->refused_mail.len != 0) {
		put(&s->out, text_slice(&s->refused_mail));
		return SMTP_INPUT;
	}
	if (!s->config->profile->size_sticks)
		s->size = 0;
	if (!envelope_fine(s, c))
		return SMTP_INPUT;
	if (s->size > s->config->size_limit) {
		smtp_say(s, SAY_MESSAGE_TOO_BIG, SLICE(""));
		return SMTP_INPUT;
	}
	return smtp_ask_owner(s, SMTP_MAIL);
}

static enum smtp_ask
on_rcpt(struct smtp *s, const struct command *c)
{
	if (!s->transaction) {
		smtp_fault(s, SAY_RCPT_BEFORE_MAIL, SLICE(""));
		return SMTP_INPUT;
	}
	if (!envelope_fine(s, c))
		return SMTP_INPUT;
	if (slice_equal(s->envelope.path, SLICE("<>"))) {
		smtp_fault(s, SAY_BAD_RCPT_PATH, s->envelope.path);
		return SMTP_INPUT;
	}
	if (s->rcpts == RCPT_MAX) {
		smtp_say(s, SAY_TOO_MANY_RCPTS, SLICE(""));
		return SMTP_INPUT;
	}
	bool known = s->config->mailbox == NULL ||
		     s->config->mailbox(s->config->self, s->envelope.path);
	return smtp_ask_owner(s, known ? SMTP_RCPT : SMTP_RCPT_REFUSED);
}

static enum smtp_ask
on_data(struct smtp *s, const struct command *c)
{
	(void)c;
	if (!s->transaction || s->rcpts == 0) {
		smtp_fault(s,
		    s->transaction ? SAY_DATA_BEFORE_RCPT : SAY_DATA_BEFORE_MAIL,
		    SLICE(""));
		return SMTP_INPUT;
	}
	return smtp_ask_owner(s, SMTP_DATA);
}

static enum smtp_ask
on_rset(struct smtp *s, const struct command *c)
{
	(void)c;
	return smtp_ask_owner(s, SMTP_RSET);
}

static enum smtp_ask
on_noop(struct smtp *s, const struct command *c)
{
	(void)c;
	smtp_say(s, SAY_NOOP_OK, SLICE(""));
	return SMTP_INPUT;
}

static enum smtp_ask
on_quit(struct smtp *s, const struct command *c)
{
	(void)c;
	smtp_say(s, SAY_QUIT, SLICE(""));
	s->closing = true;
	return SMTP_INPUT;
}

static enum smtp_ask
on_vrfy(struct smtp *s, const struct command *c)
{
	struct text found = TEXT_INIT(COMMAND_MAX);

	if (s->config->verify != NULL &&
	    s->config->verify(s->config->self, c->argument, &found))
		smtp_say(s, SAY_VRFY, text_slice(&found));
	else if (s->config->profile->verifies)
		smtp_say(s, SAY_VRFY_UNKNOWN, c->argument);
	else
		smtp_say(s, SAY_VRFY_OFF, SLICE(""));
	text_clear(&found);
	return SMTP_INPUT;
}

static enum smtp_ask
on_expn(struct smtp *s, const struct command *c)
{
	if (s->config->profile->verifies)
		return on_vrfy(s, c);
	smtp_say(s, SAY_EXPN_OFF, SLICE(""));
	return SMTP_INPUT;
}

/* In the line itself: it is answered and not needed again. */
static struct slice
lowered(struct smtp *s, struct slice word)
{
	size_t at = (size_t)(word.ptr - s->line.ptr);

	for (size_t i = at; i < at + word.len; i++)
		s->line.ptr[i] = ascii_lower(s->line.ptr[i]);
	return word;
}

static enum smtp_ask
on_help(struct smtp *s, const struct command *c)
{
	const struct phrase *unknown = &s->config->profile->say[SAY_HELP_UNKNOWN];

	if (c->argument.len != 0 && *unknown->text != '\0' &&
	    command_parse(c->argument).verb == VERB_UNKNOWN)
		smtp_say(s, SAY_HELP_UNKNOWN, lowered(s, c->argument));
	else
		smtp_say(s, SAY_HELP, SLICE(""));
	return SMTP_INPUT;
}

static enum smtp_ask
on_unknown(struct smtp *s, const struct command *c)
{
	(void)c;
	s->name = text_slice(&s->line);
	return smtp_ask_owner(s, SMTP_UNKNOWN);
}

static enum smtp_ask (*const on_verb[])(struct smtp *, const struct command *) = {
	[VERB_HELO] = on_helo,
	[VERB_EHLO] = on_helo,
	[VERB_MAIL] = on_mail,
	[VERB_RCPT] = on_rcpt,
	[VERB_DATA] = on_data,
	[VERB_RSET] = on_rset,
	[VERB_NOOP] = on_noop,
	[VERB_QUIT] = on_quit,
	[VERB_VRFY] = on_vrfy,
	[VERB_EXPN] = on_expn,
	[VERB_HELP] = on_help,
	[VERB_UNKNOWN] = on_unknown,
};

/* Once a filter refused the session, most commands hear that and no more. */
static bool
session_refused(struct smtp *s, struct slice word)
{
	if (s->refused.len == 0 ||
	    !word_in_list(word, slice_of(s->config->profile->refused_words)))
		return false;
	put(&s->out, text_slice(&s->refused));
	return true;
}

/* Some commands have one answer whatever they say. */
static bool
answered_fixed(struct smtp *s, const struct command *c)
{
	const struct fixed_answer *f = s->config->profile->fixed;

	while (f != NULL && f->word != NULL &&
	       !slice_equal_nocase(c->word, slice_of(f->word)))
		f++;
	if (f == NULL || f->word == NULL)
		return false;
	const struct phrase *ph = c->argument.len == 0 ? &f->bare : &f->with;
	if (ph->code == NULL)
		return false;
	smtp_say_phrase(s, ph, text_slice(&s->line));
	return true;
}

/* Asked once for each line; the answer `go on` comes back here. */
static bool
guarded(struct smtp *s, const struct command *c)
{
	const char *words = s->config->profile->guarded_words;

	s->asked = !s->asked && words != NULL && c->argument.len != 0 &&
		   word_in_list(c->word, slice_of(words));
	return s->asked;
}

enum smtp_ask
smtp_run_line(struct smtp *s)
{
	struct command c = command_parse(text_slice(&s->line));
	const char *unknown = s->config->profile->unknown_words;

	if (unknown != NULL && word_in_list(c.word, slice_of(unknown)))
		c.verb = VERB_UNKNOWN;
	if (guarded(s, &c))
		return smtp_ask_owner(s, SMTP_OTHER);
	if (session_refused(s, c.word) || answered_fixed(s, &c))
		return SMTP_INPUT;
	if (s->config->profile->line_max == 0
		? c.too_long
		: s->line.len + 2 > s->config->profile->line_max) {
		smtp_fault(s, SAY_LINE_TOO_LONG, SLICE(""));
		return SMTP_INPUT;
	}
	if (c.unwanted && !s->config->profile->arguments_ignored) {
		smtp_fault(s, SAY_UNWANTED_ARGUMENT, c.argument);
		return SMTP_INPUT;
	}
	return on_verb[c.verb](s, &c);
}
