/* SPDX-License-Identifier: BSD-2-Clause */
/* try_seen - what a milter says of one message, told and remembered. */
#include <stdio.h>

#include "base/put.h"
#include "sim/commands/heard.h"
#include "sim/commands/try.h"
#include "wire/codec.h"
#include "wire/notation.h"

static int
verdict_of(enum packet_kind answer, struct slice reply)
{
	switch (answer) {
	case RPL_REJECT: return TRY_REFUSED;
	case RPL_TEMPFAIL: return TRY_DEFERRED;
	case RPL_REPLYCODE:
		return reply.len > 0 && reply.ptr[0] == '4' ? TRY_DEFERRED : TRY_REFUSED;
	case RPL_DISCARD: return TRY_GONE;
	default: return 0;
	}
}

static void
show_answer(
    struct seen *s, enum packet_kind answer, struct slice payload, struct slice reply)
{
	struct text heard = TEXT_INIT(8192);
	const char *stage = s->command < N_PACKETS ? packet_rules[s->command].name : "?";
	int verdict = verdict_of(answer, reply);

	const struct heard h = { .profile = s->try->profile,
		.protocol = s->protocol,
		.command = s->command,
		.answer = answer,
		.payload = payload,
		.path = text_slice(&s->path),
		.sender = text_slice(&s->sender) };

	heard_append(&heard, &h);
	/* Behind these the milter has nothing more to say of the message. */
	s->settled = s->settled || verdict == TRY_GONE || answer == RPL_ACCEPT ||
		     s->command == CMD_BODYEOB;
	/* One refused recipient is not yet a refused message; all of them are. */
	if (verdict != 0 && (s->command != CMD_RCPT || answer == RPL_DISCARD ||
				++s->refused == s->try->tos)) {
		s->verdict = verdict;
		s->settled = true;
	}
	if (!s->try->json)
		(void)printf("  %-9s %s\n", stage, text_cstr(&heard));
	json_array_append_new(
	    s->stages, json_pack("{s:s, s:s, s:s}", "stage", stage, "answer",
			   packet_rules[answer].name, "heard", text_cstr(&heard)));
	text_clear(&heard);
}

static void
show_change(struct seen *s, enum packet_kind kind, const struct event *e)
{
	struct text line = TEXT_INIT(2000);

	payload_describe(&line, TO_MTA, e->letter, slice_first(e->bytes, 1000));
	if (!s->try->json)
		(void)printf("  changes   %s\n", text_cstr(&line));
	json_array_append_new(s->changes, json_string(text_cstr(&line)));
	if (kind == RPL_QUARANTINE)
		s->verdict = TRY_GONE;
	text_clear(&line);
}

static void
show_lists(struct seen *s, const struct optneg *o)
{
	struct slice rest = o->symlists, names;
	uint32_t stage;

	s->protocol = o->protocol;
	while (symlist_next(&rest, &stage, &names)) {
		const char *at = stage < N_SYMLISTS ? symlist_names[stage] : "?";
		if (!s->try->json)
			(void)printf(
			    "  asks for  %s: %.*s\n", at, (int)names.len, names.ptr);
		json_array_append_new(
		    s->asked, json_pack("{s:s, s:o}", "stage", at, "macros",
				  json_stringn(names.ptr, names.len)));
	}
}

static void
take_command(struct seen *s, enum packet_kind k, const struct event *e)
{
	struct packet p;

	if (k == CMD_MACRO)
		return;
	s->command = k;
	if ((k != CMD_MAIL && k != CMD_RCPT) ||
	    packet_decode(TO_MILTER, e->letter, e->bytes, &p) != CODEC_OK)
		return;
	text_clear(&s->path);
	put(&s->path, p.string.first);
	if (k == CMD_MAIL) {
		text_clear(&s->sender);
		put(&s->sender, p.string.first);
	}
}

void
try_tell(void *self, const struct event *e)
{
	struct seen *s = self;
	struct packet p;

	if (e->what != EVENT_PACKET)
		return;
	enum packet_kind k = packet_kind(e->to, e->letter);
	if (e->to == TO_MILTER) {
		take_command(s, k, e);
		return;
	}
	if (packet_decode(TO_MTA, e->letter, e->bytes, &p) != CODEC_OK)
		return;
	if (k == RPL_OPTNEG)
		show_lists(s, &p.optneg);
	else if (packet_rules[k].final)
		show_answer(
		    s, k, e->bytes, k == RPL_REPLYCODE ? p.string.first : SLICE(""));
	else if (k != RPL_PROGRESS)
		show_change(s, k, e);
}
