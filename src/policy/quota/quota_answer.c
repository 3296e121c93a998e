/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/quota/quota_answer.h"

#include "base/number.h"

static bool
is_clean(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7f)
			return false;
	}
	return s.len > 0 && s.len <= MAILBOX_NAME_MAX;
}

bool
quota_status_request(struct text *to, struct slice recipient, uint64_t size)
{
	if (!is_clean(recipient))
		return false;
	text_printf(to,
	    "request=smtpd_access_policy\nprotocol_state=RCPT\nprotocol_name=ESMTP\n"
	    "recipient=%.*s\nsize=%llu\n\n",
	    (int)recipient.len, recipient.ptr, (unsigned long long)size);
	return true;
}

bool
socketmap_request(struct text *to, struct slice map, struct slice key)
{
	if (!is_clean(map) || !is_clean(key))
		return false;
	text_printf(to, "%zu:%.*s %.*s,", map.len + 1 + key.len, (int)map.len, map.ptr,
	    (int)key.len, key.ptr);
	return true;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* 552, 452, 4.2.2, 5.2.2, 5.2.3: the codes that are about room. */
static bool
names_room(struct slice word)
{
	static const struct slice code[] = { SLICE("552"), SLICE("452") };

	for (size_t i = 0; i < sizeof code / sizeof code[0]; i++) {
		if (slice_equal(word, code[i]))
			return true;
	}
	return word.len == 5 && (word.ptr[0] == '4' || word.ptr[0] == '5') &&
	       (slice_ends_nocase(word, SLICE(".2.2")) ||
		   slice_ends_nocase(word, SLICE(".2.3")));
}

static enum quota_answer
judge_action(struct slice action)
{
	static const struct {
		struct slice word;
		enum quota_answer answer;
	} row[] = {
		{ SLICE("OK"), ANSWER_FITS },
		{ SLICE("DUNNO"), ANSWER_FITS },
		{ SLICE("PERMIT"), ANSWER_FITS },
		{ SLICE("REJECT"), ANSWER_FITS }, /* of a user, not for want of room */
		{ SLICE("DEFER"), ANSWER_TROUBLE },
		{ SLICE("DEFER_IF_PERMIT"), ANSWER_TROUBLE },
		{ SLICE("DEFER_IF_REJECT"), ANSWER_TROUBLE },
	};
	struct slice rest = slice_trim(action);
	struct slice first = slice_next_word(&rest), second = slice_next_word(&rest);
	bool is_code = first.len == 3 && is_digit(first.ptr[1]) && is_digit(first.ptr[2]);

	if (names_room(first) ||
	    (names_room(second) &&
		(is_code || slice_equal_nocase(first, SLICE("REJECT")))))
		return ANSWER_FULL;
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		if (slice_equal_nocase(first, row[i].word))
			return row[i].answer;
	}
	if (is_code && first.ptr[0] == '4')
		return ANSWER_TROUBLE;
	return is_code && first.ptr[0] == '5' ? ANSWER_FITS : ANSWER_NONSENSE;
}

/* Lines that are not action= are for later versions of the protocol. */
enum quota_answer
quota_status_answer(struct slice got, size_t *ret_used)
{
	struct slice rest = got, line, action = { NULL, 0 };

	while (slice_find(rest, '\n') < rest.len) {
		slice_next_line(&rest, &line);
		if (slice_starts(line, SLICE("action=")))
			action = slice_from(line, strlen("action="));
		else if (line.len > 0 && slice_find(line, '=') == line.len)
			return ANSWER_NONSENSE;
		if (line.len == 0) {
			*ret_used = got.len - rest.len;
			return judge_action(action);
		}
	}
	return got.len >= QUOTA_ANSWER_MAX ? ANSWER_NONSENSE : ANSWER_INCOMPLETE;
}

enum quota_answer
netstring_parse(struct slice got, struct slice *ret_value, size_t *ret_used)
{
	size_t digits = 0;
	uint64_t len;

	while (digits < got.len && is_digit(got.ptr[digits]))
		digits++;
	if (digits > 4 || (digits > 1 && got.ptr[0] == '0'))
		return ANSWER_NONSENSE;
	if (digits == got.len)
		return ANSWER_INCOMPLETE;
	if (got.ptr[digits] != ':' ||
	    !number_parse_capped(slice_first(got, digits), &len) ||
	    len > QUOTA_ANSWER_MAX)
		return ANSWER_NONSENSE;
	struct slice rest = slice_from(got, digits + 1);
	if (rest.len <= len)
		return ANSWER_INCOMPLETE;
	if (rest.ptr[len] != ',')
		return ANSWER_NONSENSE;
	*ret_value = slice_first(rest, (size_t)len);
	*ret_used = digits + 1 + (size_t)len + 1;
	return ANSWER_FITS;
}

static bool
mentions_quota(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (slice_starts_nocase(slice_from(text, i), SLICE("quota")))
			return true;
	}
	return false;
}

enum quota_answer
socketmap_answer(struct slice got, size_t *ret_used)
{
	struct slice value = { NULL, 0 };
	enum quota_answer a = netstring_parse(got, &value, ret_used);

	if (a != ANSWER_FITS)
		return a;
	struct slice word = slice_next_word(&value);
	if (slice_equal(word, SLICE("OK")) || slice_equal(word, SLICE("NOTFOUND")))
		return ANSWER_FITS;
	if (slice_equal(word, SLICE("TEMP")) || slice_equal(word, SLICE("PERM")))
		return mentions_quota(value) ? ANSWER_FULL : ANSWER_TROUBLE;
	return slice_equal(word, SLICE("TIMEOUT")) ? ANSWER_TROUBLE : ANSWER_NONSENSE;
}
