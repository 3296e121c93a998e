/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/smtp_verbs.h"

#include "base/put.h"
#include "sim/smtp/path.h"
#include "sim/smtp/quoted.h"
#include "sim/smtp/smtp_bdat.h"
#include "sim/smtp/smtp_envelope.h"
#include "sim/smtp/smtp_fixed.h"
#include "sim/smtp/smtp_say.h"
#include "sim/smtp/smtp_xclient.h"

enum smtp_ask
smtp_ask_owner(struct smtp *s, enum smtp_ask question)
{
	s->ask = question;
	return question;
}

/* Each command returns a question, or SMTP_INPUT when it is settled. */

/* Who does not wait for the answer to it talks to somebody else. */
static bool
ahead(struct smtp *s)
{
	const struct phrase *say = profile_phrase(s->config->profile, SAY_HELO_AHEAD);

	if (!s->ahead || *say->text == '\0')
		return false;
	smtp_say(s, SAY_HELO_AHEAD, SLICE(""));
	smtp_refuse_session(s);
	return true;
}

static enum smtp_ask
on_helo(struct smtp *s, const struct command *c)
{
	if (ahead(s))
		return SMTP_INPUT;
	if (s->config->profile->early_ehlo)
		s->esmtp = s->extended = c->verb == VERB_EHLO;
	if (c->argument.len == 0) {
		smtp_fault(s, SAY_HELO_ARGUMENT,
		    c->verb == VERB_EHLO ? SLICE("EHLO") : SLICE("HELO"));
		return SMTP_INPUT;
	}
	s->esmtp = c->verb == VERB_EHLO;
	if (!s->config->profile->any_helo &&
	    !domain_valid(c->argument, s->config->profile->helo_max)) {
		smtp_fault(s, SAY_HELO_DOMAIN, c->argument);
		return SMTP_INPUT;
	}
	text_clear(&s->helo);
	if (s->config->profile->reads_paths)
		quoted_join(c->argument, &s->helo);
	else
		put(&s->helo, c->argument);
	s->name = text_slice(&s->helo);
	return smtp_ask_owner(s, SMTP_HELO);
}

static bool
says_seven_bits(const struct envelope *e)
{
	for (size_t i = 0; i < e->parameters; i++) {
		if (slice_equal_nocase(e->parameter[i].whole, SLICE("BODY=7BIT")))
			return true;
	}
	return false;
}

static enum smtp_ask
on_mail(struct smtp *s, const struct command *c)
{
	if (s->config->profile->utf8_only)
		s->utf8 = false;
	if (s->transaction) {
		smtp_fault(s, SAY_NESTED_MAIL, SLICE(""));
		return SMTP_INPUT;
	}
	if (smtp_after_chunk(s, SLICE("MAIL")))
		return SMTP_INPUT;
	if (!s->greeted && s->config->profile->helo_needed) {
		smtp_fault(s, SAY_NEED_HELO, SLICE(""));
		return SMTP_INPUT;
	}
	if (!smtp_keyword_fine(s, c))
		return SMTP_INPUT;
	if (s->refused_mail.len != 0) {
		put(&s->out, text_slice(&s->refused_mail));
		return SMTP_INPUT;
	}
	s->unnamed += !s->greeted;
	if (!s->config->profile->mail_sticks)
		smtp_forget_mail(s);
	if (!smtp_envelope_fine(s, c))
		return SMTP_INPUT;
	s->low = s->config->profile->text_low && says_seven_bits(&s->envelope);
	bool disk = s->config->profile->size_of_disk && !s->config->announce_size;
	if (s->size > (disk ? SPACE_MAX : s->config->size_limit)) {
		smtp_say(s, s->config->announce_size ? SAY_MESSAGE_TOO_BIG : SAY_NO_SPACE,
		    SLICE(""));
		if (s->config->profile->refusals_count)
			smtp_count_fault(s);
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
	if (smtp_after_chunk(s, SLICE("RCPT")) || !smtp_envelope_fine(s, c))
		return SMTP_INPUT;
	if (s->rcpts == RCPT_MAX) {
		smtp_say(s, SAY_TOO_MANY_RCPTS, SLICE(""));
		return SMTP_INPUT;
	}
	bool known = s->config->mailbox == NULL ||
		     s->config->mailbox(s->config->self, s->envelope.path);
	return smtp_ask_owner(s, known ? SMTP_RCPT : SMTP_RCPT_REFUSED);
}

static bool
unwanted(struct smtp *s, const struct command *c)
{
	bool ignored = s->config->profile->arguments_ignored ||
		       (c->verb == VERB_QUIT && s->config->profile->quit_ignores);

	if (!c->unwanted || ignored)
		return false;
	s->parameter = smtp_upper(s, c->word);
	smtp_fault(s, SAY_UNWANTED_ARGUMENT, c->argument);
	return true;
}

static enum smtp_ask
on_data(struct smtp *s, const struct command *c)
{
	if (smtp_after_chunk(s, SLICE("DATA")))
		return SMTP_INPUT;
	if (s->rcpts == 0) {
		smtp_fault(s,
		    s->transaction ? SAY_DATA_BEFORE_RCPT : SAY_DATA_BEFORE_MAIL,
		    SLICE(""));
		return SMTP_INPUT;
	}
	if (unwanted(s, c))
		return SMTP_INPUT;
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
on_unknown(struct smtp *s, const struct command *c)
{
	const struct profile *p = s->config->profile;
	bool word = p->habits.unknown_verb;

	/* What filters say to it comes behind that. */
	if (p->only_unknown_counts && ++s->errors > p->errors_max) {
		smtp_say(s, SAY_TOO_MANY_ERRORS, SLICE(""));
		return SMTP_INPUT;
	}
	s->name = word ? c->word : text_slice(&s->line);
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
	[VERB_VRFY] = smtp_on_vrfy,
	[VERB_EXPN] = smtp_on_expn,
	[VERB_HELP] = smtp_on_help,
	[VERB_UNKNOWN] = on_unknown,
};

/* Once a filter refused the session, most commands hear that and no more. */
static bool
session_refused(struct smtp *s, struct slice word)
{
	if (s->refused.len == 0 ||
	    !word_in_list(word, slice_of(s->config->profile->refused_words)))
		return false;
	if (s->config->profile->only_unknown_counts &&
	    ++s->errors > s->config->profile->errors_max)
		smtp_say(s, SAY_TOO_MANY_ERRORS, SLICE(""));
	else
		put(&s->out, text_slice(&s->refused));
	return true;
}

static struct slice
line_of(const struct smtp *s)
{
	struct slice line = text_slice(&s->line);
	size_t n = 0;

	while (n < line.len && (line.ptr[n] == ' ' || line.ptr[n] == '\t'))
		n++;
	return s->config->profile->leading_blanks ? slice_from(line, n) : line;
}

/* The command in smtp.line, as this MTA cuts it. */
static struct command
command_of(const struct smtp *s)
{
	return s->config->profile->reads_paths ? command_parse_quoted(line_of(s))
					       : command_parse(line_of(s));
}

/* Has it the name of a field and a colon, as the first line of a message has? */
static bool
begins_field(struct slice word)
{
	struct slice name = slice_first(word, slice_find(word, ':'));
	bool blank = false;

	for (size_t i = 0; i < name.len; i++)
		blank = blank || name.ptr[i] == ' ' || name.ptr[i] == '\t';
	return name.len < word.len && !blank;
}

/* What no mail client says: another protocol's word, or a line of a message. */
static bool
strange(const struct profile *p, const struct command *c)
{
	struct slice words = slice_of(p->forbidden_words);
	char low = c->word.len != 0 ? ascii_lower(c->word.ptr[0]) : 'a';

	if (p->forbidden_words == NULL)
		return false;
	if (word_in_list(c->word, words))
		return true;
	return !p->forbidden_first && (low < 'a' || low > 'z' || begins_field(c->word));
}

static bool
forbidden(struct smtp *s, const struct command *c, bool fixed)
{
	const struct profile *p = s->config->profile;
	bool looks = p->forbidden_first ? !s->began && c->argument.len != 0
					: c->verb == VERB_UNKNOWN && !fixed;

	s->began = true;
	if (!looks || !strange(p, c))
		return false;
	smtp_say(s, SAY_FORBIDDEN, SLICE(""));
	s->closing = true;
	return true;
}

/* Asked once for each line; the answer `go on` comes back here. */
static bool
guarded(const struct smtp *s, const struct fixed_answer *f, const struct command *c)
{
	return !s->asked && f != NULL &&
	       (f->guarded == GUARDED ||
		   f->guarded == (c->argument.len != 0 ? GUARDED_WITH : GUARDED_BARE));
}

const struct phrase *
smtp_put_off(const struct smtp *s)
{
	struct command c = command_of(s);
	const struct fixed_answer *f = smtp_fixed_for(s, c.word);

	return f != NULL ? f->put_off : NULL;
}

enum smtp_ask
smtp_run_line(struct smtp *s)
{
	struct command c = command_of(s);
	const char *unknown = s->config->profile->unknown_words;

	if (unknown != NULL && word_in_list(c.word, slice_of(unknown)))
		c.verb = VERB_UNKNOWN;
	if (s->may_xclient && slice_equal_nocase(c.word, SLICE("XCLIENT")))
		return smtp_xclient(s, c.argument);
	bool chunks = word_in_list(SLICE("CHUNKING"), s->config->announced);
	if (chunks && slice_equal_nocase(c.word, SLICE("BDAT")))
		return smtp_on_bdat(s, c.argument);
	const struct fixed_answer *fixed = smtp_fixed_for(s, c.word);
	if (forbidden(s, &c, fixed != NULL))
		return SMTP_INPUT;
	if (s->config->profile->junk_words != NULL)
		s->junk = word_in_list(c.word, slice_of(s->config->profile->junk_words));
	if (guarded(s, fixed, &c))
		return smtp_ask_owner(s, SMTP_OTHER);
	if (session_refused(s, c.word) || smtp_answer_fixed(s, fixed, &c))
		return SMTP_INPUT;
	size_t most = s->config->profile->line_max;
	bool long_line = most == 0 ? c.too_long : s->line.len + 2 > most;
	if (long_line && !s->config->profile->line_cut) {
		smtp_fault(s, SAY_LINE_TOO_LONG, SLICE(""));
		return SMTP_INPUT;
	}
	/* DATA looks at its place first. */
	if (c.verb != VERB_DATA && unwanted(s, &c))
		return SMTP_INPUT;
	return on_verb[c.verb](s, &c);
}
