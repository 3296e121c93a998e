/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/parameters.h"

#include <stdlib.h>

#include "base/number.h"

static bool
digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t
digits(struct slice v)
{
	size_t n = 0;

	while (n < v.len && digit(v.ptr[n]))
		n++;
	return n;
}

/* --- numbers --- */

/* A size is a signed number of 64 bits wherever one is looked at. */
static enum parameter_status
number(struct slice v, uint64_t *ret)
{
	*ret = 0;
	if (v.len == 0)
		return PARAMETER_OK;
	if (!number_parse(v, ret) || *ret > INT64_MAX)
		return PARAMETER_TOO_LARGE;
	return PARAMETER_OK;
}

static enum parameter_status
check_size(struct slice v, struct parameter_found *found)
{
	bool good = v.len <= 20 && number_parse(v, &found->number);

	return good ? PARAMETER_OK : PARAMETER_BAD_VALUE;
}

static enum parameter_status
check_digits(struct slice v, struct parameter_found *found)
{
	if (v.len == 0 || digits(v) != v.len)
		return PARAMETER_BAD_VALUE;
	return number(v, &found->number);
}

static enum parameter_status
check_begins(struct slice v, struct parameter_found *found)
{
	bool minus = slice_starts(v, SLICE("-"));

	if (minus || slice_starts(v, SLICE("+")))
		v = slice_from(v, 1);
	enum parameter_status status = number(slice_first(v, digits(v)), &found->number);
	return minus && found->number != 0 ? PARAMETER_BAD_VALUE : status;
}

/* --- words --- */

static bool
hex(char c, bool loose)
{
	return digit(c) || (c >= 'A' && c <= 'F') || (loose && c >= 'a' && c <= 'f');
}

/* Is it no +, or one with two hexadecimal digits behind it? */
static bool
plus_fine(struct slice v, size_t i, bool loose)
{
	return v.ptr[i] != '+' ||
	       (v.len - i > 2 && hex(v.ptr[i + 1], loose) && hex(v.ptr[i + 2], loose));
}

static bool
is_xtext(struct slice v, bool loose)
{
	for (size_t i = 0; i < v.len; i++) {
		if (v.ptr[i] <= ' ' || v.ptr[i] > '~' || v.ptr[i] == '=' ||
		    !plus_fine(v, i, loose))
			return false;
	}
	return loose || v.len != 0;
}

static bool
is_plus(struct slice v)
{
	for (size_t i = 0; i < v.len; i++) {
		if (!plus_fine(v, i, true))
			return false;
	}
	return true;
}

static unsigned
hex_value(char c)
{
	return digit(c) ? (unsigned)(c - '0') : (unsigned)(ascii_lower(c) - 'a') + 10;
}

/* Is all that it stands for printable, up to a NUL?  It is_plus(). */
static bool
means_print(struct slice v)
{
	for (size_t i = 0; i < v.len; i++) {
		unsigned c = (unsigned char)v.ptr[i];
		if (c == '+') {
			c = 16 * hex_value(v.ptr[i + 1]) + hex_value(v.ptr[i + 2]);
			i += 2;
		}
		if (c == 0)
			return true;
		if (c < ' ' || c > '~')
			return false;
	}
	return true;
}

/* RFC 822 3.3: an atom has no specials. */
static bool
is_atom(struct slice v)
{
	for (size_t i = 0; i < v.len; i++) {
		if (v.ptr[i] <= ' ' || v.ptr[i] > '~' ||
		    strchr("()<>@,;:\\\".[]", v.ptr[i]) != NULL)
			return false;
	}
	return v.len != 0;
}

static bool
is_orcpt(struct slice v, enum parameter_form form)
{
	size_t semicolon = slice_find(v, ';');
	struct slice address = slice_from(v, semicolon + 1);

	if (semicolon == v.len)
		return false;
	if (form == FORM_ORCPT_PLUS)
		return semicolon != 0 && is_plus(address);
	return is_atom(slice_first(v, semicolon)) &&
	       is_xtext(address, form == FORM_ORCPT_LOOSE);
}

/* One word after the other; *fault is the first that is none. */
static bool
is_notify(struct slice v, struct slice *fault)
{
	for (;;) {
		*fault = slice_first(v, slice_find(v, ','));
		if (!word_in_list(*fault, SLICE("SUCCESS FAILURE DELAY")))
			return false;
		if (fault->len == v.len)
			return true;
		v = slice_from(v, fault->len + 1);
	}
}

/* Empty words do not count, NEVER goes with itself alone. */
static bool
is_notify_loose(struct slice v)
{
	bool never = false, other = false;

	for (struct slice one; v.len != 0; v = slice_from(v, one.len + 1)) {
		one = slice_first(v, slice_find(v, ','));
		bool this_never = slice_equal_nocase(one, SLICE("NEVER"));
		bool known =
		    this_never || word_in_list(one, SLICE("SUCCESS FAILURE DELAY"));
		if (one.len != 0 && !known)
			return false;
		never = never || this_never;
		other = other || (one.len != 0 && !this_never);
	}
	return never != other;
}

/* --- deliver by --- */

enum { BY_MAX = 999999999 };

/* Of a letter that is none: itself, and a question mark where nothing is. */
static enum say
by_letter(struct slice rest, enum say what, struct slice *fault)
{
	*fault = rest.len != 0 ? slice_first(rest, 1) : SLICE("?");
	return what;
}

/* What is wrong with its mode and trace, of which *fault is which; N_SAY: nothing. */
static enum say
by_mode(struct slice rest, bool passed, struct slice *fault)
{
	char mode = rest.len != 0 ? ascii_lower(rest.ptr[0]) : '\0';
	char trace = rest.len > 1 ? ascii_lower(rest.ptr[1]) : '\0';

	if (mode == 'r' && passed) {
		*fault = SLICE("5.5.4 mode R requires BY time > 0");
		return SAY_BAD_BY;
	}
	if (mode != 'r' && mode != 'n')
		return by_letter(rest, SAY_BY_MODE, fault);
	if (trace != '\0' && trace != 't')
		return by_letter(slice_from(rest, 1), SAY_BY_TRACE, fault);
	return N_SAY;
}

static enum say
by_fault(struct slice v, struct slice *fault)
{
	bool minus = slice_starts(v, SLICE("-"));
	uint64_t seconds = 0;

	*fault = v;
	if (minus || slice_starts(v, SLICE("+")))
		v = slice_from(v, 1);
	struct slice time = slice_first(v, digits(v));
	if (time.len != 0 && (!number_parse(time, &seconds) || seconds > BY_MAX))
		return SAY_BY_RANGE;
	v = slice_from(v, time.len);
	if (!slice_starts(v, SLICE(";"))) {
		*fault = SLICE("5.5.2 BY= missing ';'");
		return SAY_BAD_BY;
	}
	return by_mode(slice_from(v, 1), minus || seconds == 0, fault);
}

static enum parameter_status
check_by(struct slice v, struct parameter_found *found)
{
	found->bad = by_fault(v, &found->fault);
	return found->bad == N_SAY ? PARAMETER_OK : PARAMETER_BAD_VALUE;
}

/* --- the table --- */

static bool
good(const struct parameter_rule *rule, struct slice v, struct slice *fault)
{
	*fault = v;
	switch ((enum parameter_form)rule->form) {
	case FORM_WORD: return word_in_list(v, slice_of(rule->words));
	case FORM_XTEXT_PLUS:
		*fault = slice_of(rule->keyword);
		return v.len != 0 && is_plus(v) && means_print(v);
	case FORM_XTEXT:
	case FORM_XTEXT_LOOSE:
		*fault = slice_of(rule->keyword);
		return is_xtext(v, rule->form == FORM_XTEXT_LOOSE);
	case FORM_NOTIFY:
		return slice_equal_nocase(v, SLICE("NEVER")) || is_notify(v, fault);
	case FORM_NOTIFY_LOOSE: return is_notify_loose(v);
	case FORM_ORCPT:
	case FORM_ORCPT_PLUS:
	case FORM_ORCPT_LOOSE: return is_orcpt(v, rule->form);
	case FORM_NOTHING:
	case FORM_ANY:
	case FORM_SIZE:
	case FORM_DIGITS:
	case FORM_BEGINS:
	case FORM_BY: break;
	}
	return true;
}

static enum parameter_status
check_value(const struct parameter_rule *rule, struct slice v, struct parameter_found *f)
{
	f->fault = v;
	f->bad = rule->bad;
	f->sized = rule->form == FORM_SIZE || rule->form == FORM_DIGITS ||
		   rule->form == FORM_BEGINS;
	switch ((enum parameter_form)rule->form) {
	case FORM_SIZE: return check_size(v, f);
	case FORM_DIGITS: return check_digits(v, f);
	case FORM_BEGINS: return check_begins(v, f);
	case FORM_BY: return check_by(v, f);
	default: break;
	}
	return good(rule, v, &f->fault) ? PARAMETER_OK : PARAMETER_BAD_VALUE;
}

enum parameter_status
parameter_check(const struct parameter_rule *rules, bool rcpt, const struct parameter *p,
    struct slice announced, struct parameter_found *ret)
{
	bool valued = p->keyword.len != p->whole.len;

	*ret = (struct parameter_found){ 0 };
	for (; rules->keyword != NULL; rules++) {
		bool known = rules->extension == NULL ||
			     word_in_list(slice_of(rules->extension), announced);
		if (rules->rcpt != rcpt || !known ||
		    !slice_equal_nocase(slice_of(rules->keyword), p->keyword))
			continue;
		if (rules->form == FORM_NOTHING && valued)
			continue;
		ret->rule = rules;
		if (rules->form == FORM_NOTHING)
			return PARAMETER_OK;
		return valued ? check_value(rules, p->value, ret) : PARAMETER_NO_VALUE;
	}
	return PARAMETER_UNKNOWN;
}
