/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/heard.h"

static const struct {
	const char *profile;
	const char *connect, *reject, *reject_message, *tempfail;
} words[] = {
	{ "sendmail-8.17", "554 ESMTP not accepting messages",
	    "550 5.7.1 Command rejected", "554 5.7.1 Command rejected",
	    "451 4.3.2 Please try again later" },
	{ "postfix-3.7", "554 ESMTP not accepting connections",
	    "550 5.7.1 Command rejected", "550 5.7.1 Command rejected",
	    "451 4.7.1 Service unavailable - try again later" },
};

enum { WORDS = sizeof words / sizeof words[0] };

static const char *
refusal(const char *profile, enum packet_kind command, bool later)
{
	size_t i = 0;

	while (i + 1 < WORDS && strcmp(words[i].profile, profile) != 0)
		i++;
	if (later)
		return words[i].tempfail;
	if (command == CMD_CONNECT)
		return words[i].connect;
	return command == CMD_HEADER || command == CMD_EOH || command == CMD_BODY ||
		       command == CMD_BODYEOB
		   ? words[i].reject_message
		   : words[i].reject;
}

/* %% is one per cent sign; CRLF parts lines. */
static void
own_words(struct text *out, struct slice reply)
{
	for (size_t i = 0; i < reply.len; i++) {
		if (reply.ptr[i] == '%' && i + 1 < reply.len && reply.ptr[i + 1] == '%')
			i++;
		if (reply.ptr[i] == '\n')
			text_printf(out, "\n");
		else if (reply.ptr[i] != '\r')
			text_append_escaped(out, (struct slice){ &reply.ptr[i], 1 }, 1);
	}
}

void
heard_append(struct text *out, const char *profile, enum packet_kind command,
    enum packet_kind answer, struct slice reply)
{
	switch (answer) {
	case RPL_REPLYCODE: own_words(out, reply); return;
	case RPL_REJECT: text_printf(out, "%s", refusal(profile, command, false)); return;
	case RPL_TEMPFAIL:
		text_printf(out, "%s", refusal(profile, command, true));
		return;
	case RPL_DISCARD:
		text_printf(out, "250 OK, and the message is thrown away");
		return;
	case RPL_ACCEPT: text_printf(out, "250 OK, and the milter sees no more"); return;
	default: text_printf(out, "250 OK"); return;
	}
}
