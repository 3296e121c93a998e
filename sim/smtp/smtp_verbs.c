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
	if (!domain_valid(c->argument)) {
		smtp_fault(s, SAY_HELO_DOMAIN, c->argument);
		return SMTP_INPUT;
	}
	text_clear(&s->helo);
	put(&s->helo, c->argument);
	s->esmtp = c->verb == VERB_EHLO;
	s->name = text_slice(&s->helo);
	return smtp_ask_owner(s, SMTP_HELO);
}

/* Checks all parameters; *ret_size is what SIZE said, or 0. */
static bool
parameters_fine(struct smtp *s, enum verb verb, uint64_t *ret_size)
{
	*ret_size = 0;
	for (size_t i = 0; i < s->envelope.parameters; i++) {
		const struct parameter *p = &s->envelope.parameter[i];
		switch (parameter_check(verb, p, s->config->announced)) {
		case PARAMETER_UNKNOWN:
			smtp_fault(s, SAY_UNKNOWN_PARAMETER, p->keyword);
			return false;
		case PARAMETER_BAD_VALUE:
			smtp_fault(s, SAY_BAD_VALUE, p->whole);
			return false;
		case PARAMETER_OK:
			if (slice_equal_nocase(p->keyword, SLICE("SIZE")))
				(void)number_parse(p->value, ret_size);
		}
	}
	return true;
}

static bool
envelope_fine(struct smtp *s, const struct command *c, uint64_t *ret_size)
{
	bool mail = c->verb == VERB_MAIL;

	switch (envelope_parse(c->argument, mail ? SLICE("FROM:") : SLICE("TO:"),
	    s->config->profile->bare_paths, &s->envelope)) {
	case ENVELOPE_OK: return parameters_fine(s, c->verb, ret_size);
	case ENVELOPE_NO_KEYWORD:
		smtp_fault(s, mail ? SAY_MAIL_SYNTAX : SAY_RCPT_SYNTAX, c->argument);
		return false;
	case ENVELOPE_BAD_PATH: smtp_fault(s, SAY_BAD_PATH, c->argument); return false;
	case ENVELOPE_BAD_PARAMETER:
		smtp_fault(s, SAY_BAD_PARAMETER, c->argument);
		return false;
	}
	return false;
}

static bool
session_refused(struct smtp *s)
{
	put(&s->out, text_slice(&s->refused));
	return s->refused.len != 0;
}

static enum smtp_ask
on_mail(struct smtp *s, const struct command *c)
{
	uint64_t size;

	if (session_refused(s))
		return SMTP_INPUT;
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
	if (!envelope_fine(s, c, &size))
		return SMTP_INPUT;
	if (size > s->config->size_limit) {
		smtp_say(s, SAY_MESSAGE_TOO_BIG, SLICE(""));
		return SMTP_INPUT;
	}
	return smtp_ask_owner(s, SMTP_MAIL);
}

static enum smtp_ask
on_rcpt(struct smtp *s, const struct command *c)
{
	uint64_t size;

	if (session_refused(s))
		return SMTP_INPUT;
	if (!s->transaction) {
		smtp_fault(s, SAY_RCPT_BEFORE_MAIL, SLICE(""));
		return SMTP_INPUT;
	}
	if (!envelope_fine(s, c, &size))
		return SMTP_INPUT;
	if (slice_equal(s->envelope.path, SLICE("<>"))) {
		smtp_fault(s, SAY_BAD_PATH, s->envelope.path);
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
	if (session_refused(s))
		return SMTP_INPUT;
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
	else
		smtp_say(s, SAY_VRFY_OFF, SLICE(""));
	text_clear(&found);
	return SMTP_INPUT;
}

static enum smtp_ask
on_expn(struct smtp *s, const struct command *c)
{
	(void)c;
	smtp_say(s, SAY_EXPN_OFF, SLICE(""));
	return SMTP_INPUT;
}

static enum smtp_ask
on_help(struct smtp *s, const struct command *c)
{
	(void)c;
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

enum smtp_ask
smtp_run_line(struct smtp *s)
{
	struct command c = command_parse(text_slice(&s->line));

	if (c.too_long) {
		smtp_fault(s, SAY_LINE_TOO_LONG, SLICE(""));
		return SMTP_INPUT;
	}
	if (c.unwanted) {
		smtp_fault(s, SAY_UNWANTED_ARGUMENT, c.argument);
		return SMTP_INPUT;
	}
	return on_verb[c.verb](s, &c);
}
