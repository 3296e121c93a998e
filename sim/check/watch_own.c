/* SPDX-License-Identifier: BSD-2-Clause */
/* watch_own - what a milter says of a message was told to it of this message. */
#include "sim/check/watch.h"

/*
 * A case marks all that it tells of one message with words of its own: zq1, zq2 and so
 * on within names, values and addresses, 198.51.100.1 as a client's address.  A word
 * that comes back where it was not told is another message's, whatever the time, a
 * number or a name by lot do to the rest of the answer.
 */
static const char *const marks[] = { "zq", "198.51.100." };

/* The marks in the bytes, a bit for each digit. */
static unsigned
marks_in(struct slice bytes)
{
	unsigned found = 0;

	for (size_t i = 0; i < bytes.len; i++) {
		for (size_t m = 0; m < sizeof marks / sizeof marks[0]; m++) {
			struct slice rest = slice_from(bytes, i),
				     mark = slice_of(marks[m]);
			if (rest.len <= mark.len || !slice_starts_nocase(rest, mark))
				continue;
			unsigned digit = (unsigned)(rest.ptr[mark.len] - '0');
			if (digit <= 9)
				found |= 1U << digit;
		}
	}
	return found;
}

/* Macros of a stage come in front of its command. */
static bool
macros_of(enum packet_kind k, struct slice bytes, const char *stages)
{
	return k == CMD_MACRO && bytes.len > 0 && strchr(stages, bytes.ptr[0]) != NULL;
}

void
watch_own_told(struct watch_own *o, enum packet_kind k, struct slice bytes)
{
	unsigned found = marks_in(bytes);

	if (k == CMD_QUIT_NC)
		*o = (struct watch_own){ .client = 0 };
	else if (k == CMD_CONNECT || macros_of(k, bytes, "CH"))
		o->client |= found;
	else if (k == CMD_HELO)
		o->helo = found;
	else if (o->over || macros_of(k, bytes, "M") || (k == CMD_MAIL && !o->ahead))
		o->message = found;
	else
		o->message |= found;
	o->ahead = macros_of(k, bytes, "M");
	o->over = k == CMD_ABORT || k == CMD_BODYEOB;
}

bool
watch_own_breaks(const char *rule, const struct watch_own *o, struct slice bytes)
{
	static const char ending[] = "/own-words";
	size_t len = strlen(rule), n = sizeof ending - 1;

	return len > n && strcmp(rule + len - n, ending) == 0 &&
	       (marks_in(bytes) & ~(o->client | o->helo | o->message)) != 0;
}
