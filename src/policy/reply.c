/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/reply.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* RFC 5321 4.2: three digits, the second 0 to 5; only refusals are ours to give. */
static bool
take_code(struct slice word, struct reply *r)
{
	if (word.len != 3 || (word.ptr[0] != '4' && word.ptr[0] != '5') ||
	    word.ptr[1] < '0' || word.ptr[1] > '5' || !is_digit(word.ptr[2]))
		return false;
	memcpy(r->code, word.ptr, 3);
	return true;
}

/* RFC 3463 2: class "." subject "." detail, the last two of 1 to 3 digits. */
static bool
take_enhanced(struct slice word, struct reply *r)
{
	size_t dots = 0, digits = 0;

	if (word.len < 5 || word.len >= sizeof r->enhanced || word.ptr[1] != '.')
		return false;
	for (size_t i = 0; i < word.len; i++) {
		if (word.ptr[i] == '.') {
			dots++;
			digits = 0;
		} else if (!is_digit(word.ptr[i]) || ++digits > 3) {
			return false;
		}
	}
	if (dots != 2 || digits == 0 || word.ptr[2] == '.' || !strchr("45", word.ptr[0]))
		return false;
	memcpy(r->enhanced, word.ptr, word.len);
	return true;
}

static const char *
text_fault(struct slice text, const char *letters)
{
	if (text.len == 0)
		return "has no text after the codes";
	if (text.len > REPLY_TEXT_MAX / 2)
		return "has more than 256 characters of text";
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < ' ' || text.ptr[i] > '~')
			return "has a character that is not printable ASCII";
		if (text.ptr[i] != '%')
			continue;
		char next = i + 1 < text.len ? text.ptr[++i] : '\0';
		if (next == '\0' || (next != '%' && strchr(letters, next) == NULL))
			return "has a % that is neither %% nor one of its letters";
	}
	return NULL;
}

static const char *
fault_of(struct slice line, char class, const char *letters, struct reply *r)
{
	struct slice rest = slice_trim(line);

	if (!take_code(slice_next_word(&rest), r))
		return "does not begin with a reply code such as 550 or 451";
	if (class != 0 && r->code[0] != class)
		return class == '5'
			   ? "must begin with a 5yz code, since the action is reject"
			   : "must begin with a 4yz code, since the action is tempfail";
	if (!take_enhanced(slice_next_word(&rest), r))
		return "has no enhanced status code such as 5.7.0 after the reply code";
	if (r->code[0] != r->enhanced[0])
		return "has an enhanced status code of another class than the reply code";
	const char *fault = text_fault(rest, letters);
	if (fault == NULL)
		memcpy(r->text, rest.ptr, rest.len);
	return fault;
}

bool
reply_parse(const char *key, struct slice line, char class, const char *letters,
    struct reply_template *ret, struct text *why)
{
	struct reply got = { 0 };
	const char *fault = fault_of(line, class, letters, &got);

	if (fault != NULL) {
		text_printf(why, "%s '", key);
		text_append_escaped(why, line, 80);
		text_printf(why, "' %s", fault);
		return false;
	}
	ret->unexpanded = got;
	return true;
}

bool
reply_parse_plain(
    const char *key, struct slice line, char class, struct reply *ret, struct text *why)
{
	struct reply_template template;

	if (!reply_parse(key, line, class, "", &template, why))
		return false;
	reply_expand(&template, '%', SLICE("%"), ret);
	return true;
}

static void
put(struct reply *r, size_t *at, char c)
{
	if (*at < REPLY_TEXT_MAX)
		r->text[(*at)++] = c >= ' ' && c <= '~' ? c : '?';
}

void
reply_expand(const struct reply_template *template, char letter, struct slice value,
    struct reply *ret)
{
	const struct reply *from = &template->unexpanded;
	struct reply got = { 0 };
	size_t at = 0;

	memcpy(got.code, from->code, sizeof got.code);
	memcpy(got.enhanced, from->enhanced, sizeof got.enhanced);
	for (const char *p = from->text; *p != '\0'; p++) {
		if (*p != '%' || p[1] == '\0') {
			put(&got, &at, *p);
			continue;
		}
		p++;
		if (*p == letter) {
			for (size_t i = 0; i < value.len; i++)
				put(&got, &at, value.ptr[i]);
		} else {
			put(&got, &at, *p);
		}
	}
	*ret = got;
}
