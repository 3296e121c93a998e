/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/milter_line.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* A milter that is busy takes the next session by and by, as a blocking MTA has it. */
enum { FULL_QUEUE_MS = 5000 };

/* --- what a connection tells --- */

static void
line_sent(void *self, struct mta_link *link, char letter, struct slice payload)
{
	struct milter_line *l = self;
	const struct judge *j = &link->judge;
	enum packet_kind k = packet_kind(TO_MILTER, letter);

	mta_message_sent(&l->message, &j->dialogue.terms, letter, payload);
	if (k < N_PACKETS && j->dialogue.due == k && packet_rules[k].answers != 0)
		l->owed++;
}

/* After this answer the milter is shown no more of the message, or nothing. */
static void
note_ends(struct milter_line *l, enum packet_kind command, enum packet_kind reply)
{
	bool refused =
	    reply == RPL_REJECT || reply == RPL_TEMPFAIL || reply == RPL_REPLYCODE;
	bool done = reply == RPL_ACCEPT || reply == RPL_DISCARD;

	if (command == CMD_CONNECT || command == CMD_HELO)
		l->connection_over |= refused || reply == RPL_ACCEPT;
	else if (command == CMD_RCPT)
		l->message_over |= done;
	else if (command == CMD_MAIL || (command >= CMD_DATA && command <= CMD_BODY))
		l->message_over |= done || refused;
}

static void
line_replied(void *self, struct mta_link *link, enum packet_kind kind, char letter,
    struct slice payload)
{
	struct milter_line *l = self;
	const struct judge *j = &link->judge;

	mta_message_replied(&l->message, &j->dialogue.terms, j->last, letter, payload);
	if (kind < N_PACKETS && packet_rules[kind].final) {
		l->answered++;
		note_ends(l, j->last, kind);
		if (kind == RPL_REPLYCODE && slice_starts(payload, SLICE("421")))
			l->told_421 = l->connection_over = true;
	}
	l->owner->changed(l->owner->self, l);
}

static void
line_broke(void *self, struct mta_link *link, const struct breach *b)
{
	struct milter_line *l = self;

	(void)link;
	l->owner->broke(l->owner->self, l, b);
}

static void
line_changed(void *self, struct mta_link *link)
{
	struct milter_line *l = self;

	(void)link;
	l->owner->changed(l->owner->self, l);
}

bool
milter_line_outstanding(const struct milter_line *l)
{
	return !l->link.ended && (l->owed > l->answered || l->link.told > 0) &&
	       !l->link.judge.lost;
}

/* --- is a command sent at all? --- */

static bool
in_message(enum packet_kind k)
{
	return k == CMD_RCPT || (k >= CMD_DATA && k <= CMD_BODYEOB);
}

/* Macros go where their command goes, but for that both MTAs send masked ones. */
static enum packet_kind
belongs_to(const struct step *s)
{
	struct slice rest = text_slice(&s->text);
	size_t blank = slice_find(rest, ' ');
	struct slice stage = slice_from(rest, blank + 1);

	if (s->command != CMD_MACRO)
		return s->command;
	return packet_kind_named(TO_MILTER, slice_first(stage, slice_find(stage, ' ')));
}

enum pass
milter_line_pass(const struct milter_line *l, const struct step *s)
{
	enum packet_kind k = belongs_to(s);

	if (s->kind == STEP_MTA_ANYWAY || k >= N_PACKETS)
		return PASS_NOT;
	if (l->connection_over && k != CMD_QUIT && k != CMD_QUIT_NC)
		return PASS_ALL;
	if (l->message_over && in_message(k))
		return PASS_MESSAGE;
	if (s->command != CMD_MACRO && s->command != CMD_OPTNEG && l->link.judge.agreed &&
	    !terms_send(&l->link.judge.dialogue.terms, k))
		return PASS_MASKED;
	if (k == CMD_BODY && l->link.judge.dialogue.skipped)
		return PASS_MASKED;
	return PASS_NOT;
}

const char *
milter_line_pass_words(enum pass pass)
{
	static const char *const words[] = {
		[PASS_NOT] = "",
		[PASS_MASKED] = "the milter does not want this command",
		[PASS_MESSAGE] = "the milter has done with this message",
		[PASS_ALL] = "the milter has done with this connection",
	};
	return words[pass];
}

bool
milter_line_must_wait(const struct milter_line *l, const struct step *s)
{
	return s->kind == STEP_MTA_PACKET && s->command != CMD_OPTNEG &&
	       l->last == CMD_OPTNEG && l->answered == 0 && !l->link.ended;
}

void
milter_line_remember(struct milter_line *l, const struct step *s)
{
	const struct terms *terms = &l->link.judge.dialogue.terms;

	if (s->command == CMD_MACRO)
		return;
	l->last = s->command;
	l->taken_away = s->command != CMD_OPTNEG && l->link.judge.agreed &&
			packet_rules[s->command].answers != 0 &&
			!terms_answer(terms, s->command);
	if (s->command == CMD_MAIL || s->command == CMD_HELO || s->command == CMD_ABORT)
		l->message_over = false;
	l->quit |= s->command == CMD_QUIT;
}

/* --- opened and closed --- */

static void
puppet_ended(void *self, struct player *player)
{
	struct milter_line *l = self;

	l->puppet = NULL;
	player_free(player);
}

static int
dial_puppet(struct milter_line *l, struct script script)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) ==
	    -1)
		return -1;
	l->puppet = player_new(
	    l->link.loop, pair[1], script, 1, (long)l->link.number, &l->watches);
	if (l->puppet != NULL)
		return pair[0];
	(void)close(pair[0]);
	errno = ENOMEM;
	return -1;
}

bool
milter_line_open(struct milter_line *l, const struct milter_place *place)
{
	bool puppet = place->address == NULL;

	if (l->link.opened)
		return true;
	int fd = puppet ? dial_puppet(l, place->script)
			: socket_connect_within(place->address, FULL_QUEUE_MS);
	if (fd == -1)
		return false;
	if (mta_link_open(&l->link, fd, !puppet))
		return true;
	errno = ENOMEM;
	return false;
}

void
milter_line_init(struct milter_line *l, struct loop *loop, unsigned long number,
    size_t body_max, const struct milter_line_owner *owner, const struct event_sink *sink)
{
	*l = (struct milter_line){
		.owner = owner,
		.last = N_PACKETS,
		.hears = { line_replied, line_sent, line_broke, line_changed, l },
		.watches = { .ended = puppet_ended, .self = l },
	};
	mta_link_init(&l->link, loop, number, &l->hears, sink);
	mta_message_init(&l->message, body_max);
}

void
milter_line_clear(struct milter_line *l)
{
	if (l->owner == NULL)
		return; /* never made */
	mta_link_clear(&l->link);
	player_free(l->puppet);
	mta_message_clear(&l->message);
}
