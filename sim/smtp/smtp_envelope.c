/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/smtp_envelope.h"

#include "base/address.h"
#include "base/number.h"
#include "base/put.h"
#include "sim/smtp/addresses.h"
#include "sim/smtp/smtp_say.h"

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
	} words[] = { { SLICE("BODY"), SAY_BAD_BODY }, { SLICE("SIZE"), SAY_BAD_SIZE },
		{ SLICE("RET"), SAY_BAD_RET }, { SLICE("NOTIFY"), SAY_BAD_NOTIFY },
		{ SLICE("ORCPT"), SAY_BAD_ORCPT } };

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

/* Some are taken whatever they say, though nothing announces them. */
static bool
taken_unread(const struct smtp *s, enum verb verb, const struct parameter *p)
{
	const char *words = s->config->profile->parameters_taken;

	return verb == VERB_MAIL && words != NULL && p->keyword.len != p->whole.len &&
	       word_in_list(p->keyword, slice_of(words));
}

/* The digits that SIZE= begins with, where nothing more is asked of it. */
static bool
size_read(struct smtp *s, const struct parameter *p)
{
	size_t n = 0;

	if (!s->config->profile->loose_size ||
	    !slice_equal_nocase(p->keyword, SLICE("SIZE")) ||
	    slice_starts(p->value, SLICE("-")))
		return false;
	while (n < p->value.len && p->value.ptr[n] >= '0' && p->value.ptr[n] <= '9')
		n++;
	if (n != 0 && !number_parse(slice_first(p->value, n), &s->size))
		s->size = UINT64_MAX;
	return true;
}

static bool
keyword_letter(char c)
{
	char low = ascii_lower(c);

	return (low >= 'a' && low <= 'z') || (low >= '0' && low <= '9') || low == '-';
}

/* Of what is no keyword, what it begins with of one. */
static struct slice
keyword_of(const struct parameter *p)
{
	size_t n = 0;

	while (n < p->keyword.len && keyword_letter(p->keyword.ptr[n]))
		n++;
	return slice_first(p->keyword, n);
}

/* Checks all parameters; smtp.size is what SIZE said. */
static bool
parameters_fine(struct smtp *s, enum verb verb)
{
	for (size_t i = 0; i < s->envelope.parameters; i++) {
		const struct parameter *p = &s->envelope.parameter[i];
		s->parameter = p->whole;
		if (taken_unread(s, verb, p))
			continue;
		enum parameter_status status =
		    parameter_check(verb, p, s->config->announced);
		if (status == PARAMETER_BAD_VALUE && size_read(s, p))
			continue;
		if (status == PARAMETER_OK && given_before(s, i))
			status = PARAMETER_TWICE;
		switch (status) {
		case PARAMETER_UNKNOWN:
			smtp_fault(s, SAY_UNKNOWN_PARAMETER, keyword_of(p));
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
/* a@b..c, a@.b */
static bool
labels_fine(struct slice path)
{
	struct slice domain = address_parse(path).domain;

	for (size_t i = 0; i < domain.len; i++) {
		if (domain.ptr[i] == '.' && (i == 0 || domain.ptr[i - 1] == '.'))
			return false;
	}
	return true;
}

static bool
one_at(struct slice path, bool many)
{
	bool quoted = false;
	unsigned count = 0;
	char before = '\0';

	for (size_t i = 0; i < path.len; i++) {
		char c = path.ptr[i];
		if (c == '"')
			quoted = !quoted;
		count += !quoted && c == '@' && (!many || before == '@') ? 1u : 0u;
		before = c;
	}
	if (many)
		return count == 0;
	return count < 2 || slice_starts(path, SLICE("<@"));
}

/* The one address in it, whatever else there is; false: there are more. */
static bool
read_path(struct smtp *s)
{
	struct slice inside = s->envelope.path;
	struct text one = TEXT_INIT(COMMAND_MAX_ANY);
	bool bracketed =
	    slice_starts(inside, SLICE("<")) && inside.ptr[inside.len - 1] == '>';

	if (bracketed)
		inside = slice_first(slice_from(inside, 1), inside.len - 2);
	if (slice_starts(inside, SLICE("@")) && slice_find(inside, ':') < inside.len)
		inside = slice_from(inside, slice_find(inside, ':') + 1);
	size_t count = addresses_read(inside, &one);
	text_clear(&s->read);
	put(&s->read, SLICE("<"));
	put(&s->read, text_slice(&one));
	put(&s->read, SLICE(">"));
	s->envelope.path = text_slice(&s->read);
	text_clear(&one);
	return count <= 1;
}

static bool
path_fine(struct smtp *s, bool mail)
{
	struct slice path = s->envelope.path;

	if (s->config->profile->reads_paths && !read_path(s))
		smtp_fault(s, mail ? SAY_BAD_PATH : SAY_BAD_RCPT_PATH, path);
	else if (!one_at(path, s->config->profile->many_ats))
		smtp_fault(s, SAY_BAD_ROUTE, path);
	else if (!labels_fine(path))
		smtp_fault(s, mail ? SAY_BAD_HOST : SAY_BAD_RCPT_HOST, path);
	else
		return true;
	return false;
}

/* RCPT TO:<> */
static bool
nobody(struct smtp *s, bool mail)
{
	if (mail || !slice_equal(s->envelope.path, SLICE("<>")))
		return false;
	smtp_fault(s, SAY_BAD_RCPT_PATH, s->envelope.path);
	return true;
}

static struct slice
keyword(const struct command *c)
{
	return c->verb == VERB_MAIL ? SLICE("FROM:") : SLICE("TO:");
}

/* The first word of it, which is not what it should be. */
static bool
no_keyword(struct smtp *s, const struct command *c)
{
	smtp_fault(s, c->verb == VERB_MAIL ? SAY_MAIL_SYNTAX : SAY_RCPT_SYNTAX,
	    slice_first(c->argument, keyword_length(c->argument)));
	return false;
}

bool
smtp_keyword_fine(struct smtp *s, const struct command *c)
{
	struct envelope ignored;
	unsigned forms = s->config->profile->bare_paths ? PATH_BARE : 0u;

	if (envelope_parse(c->argument, keyword(c), forms, &ignored) !=
	    ENVELOPE_NO_KEYWORD)
		return true;
	return no_keyword(s, c);
}

bool
smtp_parameters_fine(
    struct smtp *s, enum verb verb, struct slice words, struct text *said)
{
	const struct envelope kept = s->envelope;
	uint64_t size = s->size;
	size_t before = s->out.len;

	bool fine = envelope_words(words, &s->envelope) && parameters_fine(s, verb);
	put(said, slice_from(text_slice(&s->out), before));
	s->out.len = before;
	s->envelope = kept;
	s->size = size;
	return fine;
}

bool
smtp_envelope_fine(struct smtp *s, const struct command *c)
{
	const struct profile *p = s->config->profile;
	bool mail = c->verb == VERB_MAIL;
	unsigned forms = (p->bare_paths ? PATH_BARE : 0u) |
			 (p->reads_paths ? PATH_BLANKS : 0u) |
			 (p->loose_paths ? PATH_LOOSE : 0u);

	switch (envelope_parse(c->argument, keyword(c), forms, &s->envelope)) {
	case ENVELOPE_OK:
		if (!path_fine(s, mail) || (!p->null_rcpt_last && nobody(s, mail)))
			return false;
		return parameters_fine(s, c->verb) &&
		       !(p->null_rcpt_last && nobody(s, mail));
	case ENVELOPE_NO_KEYWORD: return no_keyword(s, c);
	case ENVELOPE_UNBALANCED:
		smtp_fault(s, SAY_UNBALANCED, s->envelope.path);
		return false;
	case ENVELOPE_UNBALANCED_CLOSE:
		smtp_fault(s, SAY_UNBALANCED_CLOSE, s->envelope.path);
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
