/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/smtp_fixed.h"

#include "base/put.h"
#include "sim/smtp/path.h"
#include "sim/smtp/quoted.h"
#include "sim/smtp/smtp_say.h"

const struct fixed_answer *
smtp_fixed_for(const struct smtp *s, struct slice word)
{
	const struct fixed_answer *f = s->config->profile->fixed;

	for (; f != NULL && f->word != NULL; f++) {
		if (slice_equal_nocase(word, slice_of(f->word)))
			return f;
	}
	return NULL;
}

/* A process begins for it with a copy of what was not sent yet, and sends that too. */
static void
say_again(struct smtp *s)
{
	struct text copy = TEXT_INIT(SMTP_OUT_MAX);

	put(&copy, text_slice(&s->out));
	put(&s->out, text_slice(&copy));
	text_clear(&copy);
}

/* Of a command that wants one domain; its mark is taken off. */
static const struct phrase *
domain_answer(const struct fixed_answer *f, struct slice *domain)
{
	struct slice rest = *domain;
	struct quoted first, second;

	(void)quoted_next(&rest, &first);
	bool marked =
	    slice_starts(first.text, SLICE("@")) || slice_starts(first.text, SLICE("#"));
	*domain = slice_from(first.text, marked);
	if (quoted_next(&rest, &second))
		return &f->bare;
	bool good = path_domain_good(*domain) && !path_wide(*domain);
	return good ? &f->with : f->no_domain;
}

bool
smtp_answer_fixed(struct smtp *s, const struct fixed_answer *f, const struct command *c)
{
	if (f == NULL)
		return false;
	struct slice argument = c->argument;
	const struct phrase *ph = argument.len == 0 ? &f->bare : &f->with;
	if (f->no_domain != NULL && argument.len != 0)
		ph = domain_answer(f, &argument);
	if (f->busy != NULL && s->transaction)
		ph = f->busy;
	if (f->put_off != NULL && s->refused_mail.len != 0)
		ph = f->put_off;
	if (ph->code == NULL)
		return false;
	/* ... and the blanks that end the line. */
	size_t at = f->twice ? (size_t)(argument.ptr - s->line.ptr) : 0;
	s->parameter = f->twice && argument.len != 0
			   ? slice_from(text_slice(&s->line), at)
			   : argument;
	bool queue = s->config->profile->no_queue != NULL && f->twice && ph == &f->with;
	if (queue && slice_starts(s->parameter, SLICE("#"))) {
		ph = s->config->profile->no_queue;
		s->parameter = slice_from(s->parameter, 1);
	}
	if (f->twice && ph == &f->with)
		say_again(s);
	smtp_say_phrase(s, ph, text_slice(&s->line));
	if (s->config->profile->refusals_count)
		smtp_count_fault(s);
	return true;
}
