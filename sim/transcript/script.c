/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/transcript/script.h"

#include "wire/frame.h"
#include "wire/notation.h"
#include "wire/words.h"

enum { ACTION_BYTES_MAX = FRAME_PAYLOAD_1M + FRAME_HEAD };

bool
time_read(struct slice word, unsigned *ret_ms, struct text *why)
{
	bool ms = slice_ends_nocase(word, SLICE("ms"));
	bool s = !ms && slice_ends_nocase(word, SLICE("s"));
	unsigned long scale = ms ? 1 : 1000;
	unsigned long n;

	if (!ms && !s) {
		text_printf(why, "a time is written 300ms or 2s");
		return false;
	}
	word.len -= ms ? 2 : 1;
	if (!words_number(word, WAIT_MAX_MS / scale, &n, why))
		return false;
	*ret_ms = (unsigned)(n * scale);
	return true;
}

static bool
read_plain(struct slice rest, enum act act, struct action *ret, struct text *why)
{
	if (!words_done(rest, why))
		return false;
	ret->act = act;
	ret->settles = true;
	return true;
}

static bool
read_wait(struct slice rest, struct action *ret, struct text *why)
{
	struct slice word;

	ret->act = ACT_WAIT;
	return words_next(&rest, &word, why) && time_read(word, &ret->wait_ms, why) &&
	       words_done(rest, why);
}

static bool
read_raw(struct slice rest, struct action *ret, struct text *why)
{
	ret->act = ACT_SEND;
	ret->settles = true;
	return words_unescape(&ret->bytes, rest, false, why);
}

/* The packet's letter, right behind the length, says whether it is final. */
static bool
read_packet(struct slice line, struct action *ret, struct text *why)
{
	ret->act = ACT_SEND;
	if (!packet_read(&ret->bytes, TO_MTA, line, why))
		return false;
	enum packet_kind kind = packet_kind(TO_MTA, ret->bytes.ptr[FRAME_HEAD - 1]);
	ret->settles = packet_rules[kind].final;
	return true;
}

static bool
read_reply(struct slice rest, struct action *ret, struct text *why)
{
	struct text line = TEXT_INIT(FRAME_PAYLOAD_64K);
	bool ok = words_append(&line, SLICE("REPLYCODE "), why) &&
		  words_append(&line, rest, why) &&
		  read_packet(text_slice(&line), ret, why);

	text_clear(&line);
	return ok;
}

static bool
read_action(struct slice line, struct action *ret, struct text *why)
{
	size_t blank = slice_find(line, ' ');
	struct slice word = slice_first(line, blank);
	struct slice rest = slice_from(line, blank + 1);

	if (slice_equal_nocase(word, SLICE("raw")))
		return read_raw(rest, ret, why);
	if (slice_equal_nocase(word, SLICE("reply")))
		return read_reply(rest, ret, why);
	if (slice_equal_nocase(word, SLICE("wait")))
		return read_wait(rest, ret, why);
	if (slice_equal_nocase(word, SLICE("close")))
		return read_plain(rest, ACT_CLOSE, ret, why);
	if (slice_equal_nocase(word, SLICE("reset")))
		return read_plain(rest, ACT_RESET, ret, why);
	if (slice_equal_nocase(word, SLICE("hang")))
		return read_plain(rest, ACT_HANG, ret, why);
	return read_packet(line, ret, why);
}

bool
action_read(struct slice line, struct action *ret, struct text *why)
{
	struct action a = { .bytes = TEXT_INIT(ACTION_BYTES_MAX) };

	if (!read_action(line, &a, why)) {
		action_clear(&a);
		return false;
	}
	*ret = a;
	return true;
}

void
action_clear(struct action *a)
{
	text_clear(&a->bytes);
}

bool
rule_is(struct slice line)
{
	return slice_starts_nocase(line, SLICE("on "));
}

/* "2" or "2+" */
static bool
read_occurrence(struct slice word, struct rule *r, struct text *why)
{
	unsigned long n;

	if (word.len == 0)
		return true;
	r->onwards = word.ptr[word.len - 1] == '+';
	if (!words_number(
		slice_first(word, word.len - (r->onwards ? 1 : 0)), 1000000, &n, why))
		return false;
	if (n == 0) {
		text_printf(why, "the first one is number 1");
		return false;
	}
	r->nth = (unsigned)n;
	return true;
}

bool
rule_read(struct slice line, struct rule *ret, struct text *why)
{
	size_t colon = slice_find(line, ':');
	struct slice head = slice_from(slice_first(line, colon), strlen("on "));
	struct rule r = { .milter = 1 };
	struct slice name, nth;

	if (colon == line.len) {
		text_printf(why, "a rule is 'on COMMAND: ACTION'");
		return false;
	}
	if (!words_next(&head, &name, why) || !words_next(&head, &nth, why) ||
	    !words_done(head, why))
		return false;
	r.on = packet_kind_named(TO_MILTER, name);
	if (r.on == N_PACKETS) {
		text_printf(why, "no command is called '");
		text_append_escaped(why, name, 40);
		text_printf(why, "'");
		return false;
	}
	struct slice action = slice_from(line, colon + 1);
	if (action.len > 0 && action.ptr[0] == ' ')
		action = slice_from(action, 1);
	if (!read_occurrence(nth, &r, why) || !action_read(action, &r.action, why))
		return false;
	*ret = r;
	return true;
}
