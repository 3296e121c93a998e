/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/smtp_envelope.h"

#include "base/address.h"
#include "base/put.h"
#include "sim/smtp/addresses.h"
#include "sim/smtp/parameters.h"
#include "sim/smtp/path.h"
#include "sim/smtp/smtp_say.h"

static bool
says_something(const struct smtp *s, const struct parameter *p)
{
	const char *nobody = s->config->profile->no_author;

	return nobody == NULL || !slice_equal(p->value, slice_of(nobody));
}

/* One of this rule before the nth, or one that stuck. */
static bool
given_before(const struct smtp *s, const struct parameter_rule *rule, size_t n)
{
	size_t bit = (size_t)(rule - s->config->profile->parameters);

	if ((s->given >> bit & 1) != 0)
		return true;
	for (size_t i = 0; i < n; i++) {
		const struct parameter *p = &s->envelope.parameter[i];
		if (slice_equal_nocase(p->keyword, slice_of(rule->keyword)) &&
		    says_something(s, p))
			return true;
	}
	return false;
}

static void
learn_author(struct smtp *s, struct slice value)
{
	s->authored = true;
	text_clear(&s->author);
	put(&s->author, value);
}

/* What is said of the nth parameter; false: nothing. */
static bool
parameter_fault(struct smtp *s, bool rcpt, size_t n)
{
	const struct profile *profile = s->config->profile;
	const struct parameter *p = &s->envelope.parameter[n];
	struct parameter_found f;
	enum parameter_status status =
	    parameter_check(profile->parameters, rcpt, p, s->config->announced, &f);
	struct slice name =
	    f.rule != NULL ? slice_of(f.rule->keyword) : keyword_begin(p->keyword);

	s->parameter = p->whole;
	bool looked = status == PARAMETER_OK || (status == PARAMETER_BAD_VALUE &&
						    (f.rule->sticks & TWICE_FIRST) != 0);
	if (looked && f.rule->twice != 0 && given_before(s, f.rule, n)) {
		smtp_fault(s, f.rule->twice, name);
		return true;
	}
	unsigned lasting = status == PARAMETER_OK ? STICKS_GOOD | STICKS_ANY : STICKS_ANY;
	if (looked && (f.rule->sticks & lasting) != 0 && says_something(s, p))
		s->given |= 1u << (f.rule - profile->parameters);
	switch (status) {
	case PARAMETER_OK: break;
	case PARAMETER_UNKNOWN: smtp_fault(s, SAY_UNKNOWN_PARAMETER, name); return true;
	case PARAMETER_NO_VALUE: smtp_fault(s, f.rule->no_value, name); return true;
	case PARAMETER_BAD_VALUE: smtp_fault(s, f.bad, f.fault); return true;
	case PARAMETER_TOO_LARGE: smtp_fault(s, SAY_SIZE_TOO_LARGE, f.fault); return true;
	}
	if (f.sized)
		s->size = f.number;
	if (!rcpt && slice_equal_nocase(p->keyword, SLICE("AUTH")))
		learn_author(s, p->value);
	return false;
}

/* Checks all parameters; smtp.size is what SIZE said. */
static bool
parameters_fine(struct smtp *s, enum verb verb)
{
	for (size_t i = 0; i < s->envelope.parameters; i++) {
		if (parameter_fault(s, verb == VERB_RCPT, i))
			return false;
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
		count += !quoted && c == '@' ? 1u : 0u;
	}
	return count < 2 || slice_starts(path, SLICE("<@"));
}

/* The one address in it, whatever else there is; false: there are more. */
static bool
read_path(struct smtp *s)
{
	struct slice inside = s->envelope.path;
	struct text one = TEXT_INIT(COMMAND_MAX_ANY);
	bool bracketed =
	    inside.len > 1 && inside.ptr[0] == '<' && inside.ptr[inside.len - 1] == '>';

	if (bracketed)
		inside = slice_first(slice_from(inside, 1), inside.len - 2);
	if (slice_starts(inside, SLICE("@")) && slice_find(inside, ':') < inside.len)
		inside = slice_from(inside, slice_find(inside, ':') + 1);
	size_t count = addresses_last(inside, &one);
	text_clear(&s->read);
	put(&s->read, SLICE("<"));
	put(&s->read, text_slice(&one));
	put(&s->read, SLICE(">"));
	s->envelope.path = text_slice(&s->read);
	text_clear(&one);
	return count <= 1;
}

enum { PATH_MAX_BYTES = 255 };

static struct slice
without_controls(struct slice s, struct text *room)
{
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		bool control = c < ' ' || (c & 0x7f) == 0x7f || (c & 0xe0) == 0x80;
		put(room, control ? SLICE("?") : slice_first(slice_from(s, i), 1));
	}
	return text_slice(room);
}

/* *word, which borrows from *room, is what of a path is wrong. */
static enum say
control_fault(struct slice path, struct slice meant, bool mail, struct text *room,
    struct slice *word)
{
	bool odd = false, high = false;

	for (size_t i = 0; i < meant.len; i++) {
		unsigned char c = (unsigned char)meant.ptr[i];
		odd = odd || c < ' ' || (c & 0x7f) == 0x7f;
		high = high || (c & 0xe0) == 0x80;
	}
	if (odd || high)
		*word = without_controls(high ? path : meant, room);
	if (high)
		return mail ? SAY_EIGHT_BIT : SAY_RCPT_EIGHT_BIT;
	return !odd ? N_SAY : mail ? SAY_UNPRINTABLE : SAY_RCPT_UNPRINTABLE;
}

enum say
smtp_loose_fault(struct smtp *s, bool mail, struct slice path, struct slice *word)
{
	struct text meant = TEXT_INIT(COMMAND_MAX_ANY),
		    shown = TEXT_INIT(COMMAND_MAX_ANY);

	*word = path;
	if (path_long_word(path))
		return SAY_LONG_WORD;
	if (path.len > PATH_MAX_BYTES) {
		*word = s->envelope.path = slice_first(path, PATH_MAX_BYTES);
		return SAY_LONG_ADDRESS;
	}
	text_clear(&s->read);
	enum say fault = mailbox_read(&s->config->site, path, &meant, &shown);
	struct slice user = slice_first(slice_from(text_slice(&meant), 1), meant.len - 2);
	if (fault == N_SAY)
		fault = control_fault(path, user, mail, &s->read, word);
	if (fault == N_SAY && mail && mailbox_kind(text_slice(&meant)) != N_SAY)
		fault = SAY_NO_SENDER;
	text_clear(&meant);
	text_clear(&shown);
	return fault;
}

/* Is there such a domain, where its mail goes in the end?  A - leads an option. */
static bool
goes_somewhere(struct smtp *s)
{
	const struct smtp_config *c = s->config;
	struct text room = TEXT_INIT(4 * COMMAND_MAX_ANY);
	struct slice path = s->envelope.path;
	struct slice meant = c->meant != NULL ? c->meant(c->self, path, &room) : path;
	bool good = path_domain_known(meant) && !slice_starts(meant, SLICE("<-")) &&
		    (s->utf8 || !path_domain_wide(meant));

	text_clear(&room);
	return good;
}

/* What an MTA that is stricter says of one. */
static enum say
strict_fault(struct smtp *s, bool mail, struct slice path)
{
	const struct profile *p = s->config->profile;

	if (p->reads_paths && !read_path(s))
		return mail ? SAY_BAD_PATH : SAY_BAD_RCPT_PATH;
	if (!p->reads_paths && !one_at(path))
		return SAY_BAD_ROUTE;
	if (p->reads_paths ? !goes_somewhere(s) : !labels_fine(path))
		return mail ? SAY_BAD_HOST : SAY_BAD_RCPT_HOST;
	return N_SAY;
}

bool
smtp_path_fine(struct smtp *s, bool mail)
{
	struct slice path = s->envelope.path, word = path;
	enum say fault = s->config->profile->loose_paths
			     ? smtp_loose_fault(s, mail, path, &word)
			     : strict_fault(s, mail, path);

	/* Where an address ends was not found either. */
	if (fault == SAY_UNBALANCED_CLOSE || fault == SAY_UNBALANCED_PAREN_CLOSE)
		word = slice_trim(
		    slice_from(text_slice(&s->line), (size_t)(path.ptr - s->line.ptr)));
	if (fault != N_SAY)
		smtp_fault(s, fault, word);
	return fault == N_SAY;
}

/* RCPT TO:<>, and where all else is passed over <(comment)> too */
static bool
nobody(struct smtp *s, bool mail)
{
	struct slice path = s->envelope.path;
	struct text meant = TEXT_INIT(COMMAND_MAX_ANY),
		    shown = TEXT_INIT(COMMAND_MAX_ANY);
	bool empty = slice_equal(path, SLICE("<>"));

	if (s->config->profile->loose_paths && slice_find(path, '>') + 1 == path.len) {
		(void)mailbox_read(&s->config->site, path, &meant, &shown);
		empty = slice_equal(text_slice(&meant), SLICE("<>"));
	}
	text_clear(&meant);
	text_clear(&shown);
	if (mail || !empty)
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
	const struct profile *p = s->config->profile;
	unsigned forms = (p->bare_paths ? PATH_BARE : 0u) |
			 (p->reads_paths ? PATH_QUOTED : 0u) |
			 (p->loose_paths ? PATH_LOOSE : 0u);

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
	unsigned given = s->given;
	size_t before = s->out.len;

	s->given = 0;
	bool fine =
	    envelope_words(words, s->config->profile->parameters_cut, &s->envelope) &&
	    parameters_fine(s, verb);
	put(said, slice_from(text_slice(&s->out), before));
	s->out.len = before;
	s->envelope = kept;
	s->size = size;
	s->given = given;
	return fine;
}

/* It counts for the path too, which stands in front of it. */
static bool
declares_utf8(const struct envelope *e)
{
	for (size_t i = 0; i < e->parameters; i++) {
		if (slice_equal_nocase(e->parameter[i].whole, SLICE("SMTPUTF8")))
			return true;
	}
	return false;
}

bool
smtp_envelope_fine(struct smtp *s, const struct command *c)
{
	const struct profile *p = s->config->profile;
	bool mail = c->verb == VERB_MAIL;
	unsigned forms = (p->bare_paths ? PATH_BARE : 0u) |
			 (p->reads_paths ? PATH_QUOTED : 0u) |
			 (p->loose_paths ? PATH_LOOSE : 0u) |
			 (p->parameters_cut ? PARAMETERS_CUT : 0u);

	switch (envelope_parse(c->argument, keyword(c), forms, &s->envelope)) {
	case ENVELOPE_OK:
		if (mail && p->utf8_only)
			s->utf8 = declares_utf8(&s->envelope);
		if (!smtp_path_fine(s, mail) || (!p->null_rcpt_last && nobody(s, mail)))
			return false;
		return parameters_fine(s, c->verb) &&
		       !(p->null_rcpt_last && nobody(s, mail));
	case ENVELOPE_NO_KEYWORD: return no_keyword(s, c);
	case ENVELOPE_BAD_PATH:
		smtp_fault(s, mail ? SAY_BAD_PATH : SAY_BAD_RCPT_PATH, c->argument);
		return false;
	case ENVELOPE_BAD_PARAMETER:
		smtp_fault(s, SAY_BAD_PARAMETER, c->argument);
		return false;
	}
	return false;
}

enum say
smtp_no_such(const struct smtp *s, struct slice path)
{
	struct text meant = TEXT_INIT(COMMAND_MAX_ANY),
		    shown = TEXT_INIT(COMMAND_MAX_ANY);
	enum say kind = N_SAY;

	if (s->config->profile->loose_paths) {
		(void)mailbox_read(&s->config->site, path, &meant, &shown);
		kind = mailbox_kind(text_slice(&meant));
	}
	text_clear(&meant);
	text_clear(&shown);
	return kind != N_SAY ? kind : SAY_NO_SUCH_USER;
}
