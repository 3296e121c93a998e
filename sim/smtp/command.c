/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/command.h"

#include "sim/smtp/blank.h"
#include "sim/smtp/quoted.h"

static const struct {
	struct slice word;
	enum verb verb;
	size_t longest;
	bool argument;
} verbs[] = {
	{ SLICE("HELO"), VERB_HELO, COMMAND_MAX, true },
	{ SLICE("EHLO"), VERB_EHLO, COMMAND_MAX, true },
	{ SLICE("MAIL"), VERB_MAIL, COMMAND_MAX_EXTENDED, true },
	{ SLICE("RCPT"), VERB_RCPT, COMMAND_MAX_EXTENDED, true },
	{ SLICE("DATA"), VERB_DATA, COMMAND_MAX, false },
	{ SLICE("RSET"), VERB_RSET, COMMAND_MAX, false },
	{ SLICE("NOOP"), VERB_NOOP, COMMAND_MAX, true },
	{ SLICE("QUIT"), VERB_QUIT, COMMAND_MAX, false },
	{ SLICE("VRFY"), VERB_VRFY, COMMAND_MAX, true },
	{ SLICE("EXPN"), VERB_EXPN, COMMAND_MAX, true },
	{ SLICE("HELP"), VERB_HELP, COMMAND_MAX, true },
};

static size_t
word_end(struct slice s)
{
	size_t n = 0;

	while (n < s.len && !blank(s.ptr[n]))
		n++;
	return n;
}

static struct slice
skip_blanks(struct slice s)
{
	size_t n = 0;

	while (n < s.len && blank(s.ptr[n]))
		n++;
	return slice_from(s, n);
}

static struct command
with_word(struct slice line, struct slice word)
{
	struct command got = {
		.verb = VERB_UNKNOWN,
		.word = word,
		.argument = slice_trim(slice_from(line, word.len)),
		.too_long = line.len + 2 > COMMAND_MAX,
	};

	for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
		if (!slice_equal_nocase(word, verbs[i].word))
			continue;
		got.verb = verbs[i].verb;
		got.too_long = line.len + 2 > verbs[i].longest;
		got.unwanted = !verbs[i].argument && got.argument.len != 0;
	}
	return got;
}

struct command
command_parse(struct slice line)
{
	return with_word(line, slice_first(line, word_end(line)));
}

struct command
command_parse_quoted(struct slice line)
{
	struct slice rest = line;
	struct quoted first;

	(void)quoted_next(&rest, &first);
	line = slice_from(line, (size_t)(first.text.ptr - line.ptr));
	/* What it takes for a blank is more than others do. */
	if (!quoted_next(&rest, &(struct quoted){ 0 }))
		line = first.text;
	return with_word(line, first.text);
}

/* Length of the path at the start, 0 when it is none. */
static size_t
bracketed_path(struct slice s, bool loose)
{
	bool quoted = false;

	for (size_t i = 1; i < s.len; i++) {
		char c = s.ptr[i];
		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && c == '>')
			return i + 1;
		else if (!quoted && (c == '<' || (c == ' ' && !loose)))
			return 0;
	}
	return 0;
}

size_t
path_end(struct slice s, char delimiter)
{
	bool quoted = false;
	int angles = 0, comments = 0;
	size_t n;

	for (n = 0; n < s.len; n++) {
		char c = s.ptr[n];
		if (!quoted && angles <= 0 && comments <= 0 && c == delimiter)
			break;
		if (c == '\\' && n + 1 < s.len)
			n++;
		else if (c == '"' && comments <= 0)
			quoted = !quoted;
		else if (!quoted) {
			comments += (c == '(') - (c == ')');
			angles += comments > 0 ? 0 : (c == '<') - (c == '>');
		}
	}
	return n;
}

static size_t
path_length(struct slice s, unsigned forms)
{
	if (s.len == 0)
		return 0;
	if ((forms & PATH_LOOSE) != 0)
		return path_end(s, ' ');
	if (s.ptr[0] == '<')
		return bracketed_path(s, (forms & PATH_LOOSE) != 0);
	return (forms & PATH_BARE) != 0 ? word_end(s) : 0;
}

static bool
keyword_valid(struct slice k)
{
	for (size_t i = 0; i < k.len; i++) {
		char c = ascii_lower(k.ptr[i]);
		bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
		if (!letter && (c != '-' || i == 0))
			return false;
	}
	return k.len != 0;
}

static bool
value_valid(struct slice v)
{
	for (size_t i = 0; i < v.len; i++) {
		if (v.ptr[i] <= ' ' || v.ptr[i] > '~')
			return false;
	}
	return true;
}

static bool
keyword_byte(char c)
{
	char low = ascii_lower(c);

	return (low >= 'a' && low <= 'z') || (low >= '0' && low <= '9') || c == '-';
}

struct slice
keyword_begin(struct slice s)
{
	size_t n = 0;

	while (n < s.len && keyword_byte(s.ptr[n]))
		n++;
	return slice_first(s, n);
}

/* Up to where a keyword, or a value, ends; one byte more is not looked at. */
static size_t
cut_end(struct slice s)
{
	size_t n = keyword_begin(s).len;

	if (n == s.len || s.ptr[n] != '=')
		return n;
	for (n++; n < s.len && s.ptr[n] != '='; n++) {
		if (ascii_unseen(s.ptr[n]))
			break;
	}
	return n;
}

static bool
add_parameter(struct envelope *e, struct slice word, bool loose)
{
	if (e->parameters == PARAMETERS_MAX)
		return false;
	size_t equals = slice_find(word, '=');
	struct parameter p = {
		.keyword = slice_first(word, equals),
		.value = slice_from(word, equals + 1),
		.whole = word,
	};
	bool valid = keyword_valid(p.keyword) && value_valid(p.value) &&
		     (equals == word.len || p.value.len != 0);
	if (!valid && !loose)
		return false;
	e->parameter[e->parameters++] = p;
	return true;
}

/* False: one that is none, unless all may be, or one too many. */
static bool
add_parameters(struct envelope *e, struct slice rest, bool loose, bool cut)
{
	for (rest = skip_blanks(rest); rest.len != 0; rest = skip_blanks(rest)) {
		struct slice word =
		    slice_first(rest, cut ? cut_end(rest) : word_end(rest));
		if (!add_parameter(e, word, loose))
			return false;
		rest = slice_from(rest, word.len + cut);
	}
	return true;
}

bool
envelope_words(struct slice words, bool cut, struct envelope *ret)
{
	struct envelope e = { 0 };
	bool fits = add_parameters(&e, words, true, cut);

	if (fits)
		*ret = e;
	return fits;
}

/* What follows FROM: or TO:, blanks in front of its colon if it is loose; or NULL. */
static struct slice
behind_keyword(struct slice argument, struct slice keyword, bool loose)
{
	struct slice word = slice_first(keyword, keyword.len - 1);
	struct slice rest = slice_from(argument, word.len);

	if (!slice_starts_nocase(argument, word))
		return (struct slice){ 0 };
	if (loose)
		rest = skip_blanks(rest);
	if (!slice_starts(rest, SLICE(":")))
		return (struct slice){ 0 };
	return skip_blanks(slice_from(rest, 1));
}

static enum envelope_status
parse_quoted(struct slice argument, struct slice keyword, struct envelope *ret)
{
	struct envelope e = { 0 };
	struct quoted w;

	if (!quoted_next(&argument, &w) || !slice_equal_nocase(w.text, keyword) ||
	    !quoted_next(&argument, &w))
		return ENVELOPE_NO_KEYWORD;
	e.path = e.typed = w.text;
	if (w.open)
		return ENVELOPE_BAD_PATH;
	while (quoted_next(&argument, &w)) {
		if (!add_parameter(&e, w.text, true))
			return ENVELOPE_BAD_PARAMETER;
	}
	*ret = e;
	return ENVELOPE_OK;
}

enum envelope_status
envelope_parse(
    struct slice argument, struct slice keyword, unsigned forms, struct envelope *ret)
{
	struct envelope e = { 0 };
	bool bare = (forms & PATH_BARE) != 0;

	if ((forms & PATH_QUOTED) != 0)
		return parse_quoted(argument, keyword, ret);
	struct slice rest = behind_keyword(argument, keyword, (forms & PATH_LOOSE) != 0);
	if (rest.ptr == NULL)
		return ENVELOPE_NO_KEYWORD;
	if (rest.len == 0 && bare)
		return ENVELOPE_NO_KEYWORD;
	e.path = slice_first(rest, path_length(rest, forms));
	rest = slice_from(rest, e.path.len);
	if (e.path.len == 0 || (rest.len != 0 && rest.ptr[0] != ' '))
		return ENVELOPE_BAD_PATH;
	if (!add_parameters(&e, rest, bare, (forms & PARAMETERS_CUT) != 0))
		return ENVELOPE_BAD_PARAMETER;
	e.typed = e.path;
	*ret = e;
	return ENVELOPE_OK;
}

bool
domain_valid(struct slice name, size_t most)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = ascii_lower(name.ptr[i]);
		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    memchr("[].-_#:", c, 7) == NULL)
			return false;
	}
	return name.len != 0 && name.len <= (most != 0 ? most : HELO_MAX);
}

bool
word_in_list(struct slice word, struct slice list)
{
	for (list = skip_blanks(list); list.len != 0; list = skip_blanks(list)) {
		struct slice one = slice_first(list, word_end(list));
		if (slice_equal_nocase(one, word))
			return true;
		list = slice_from(list, one.len);
	}
	return false;
}
