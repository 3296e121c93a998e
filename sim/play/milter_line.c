/* SPDX-License-Identifier: BSD-2-Clause */
/* What the connections of a play tell, and the milter at their other end. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/play/milter_state.h"

/* --- what a connection tells --- */

static void
line_sent(void *self, struct mta_link *link, char letter, struct slice payload)
{
	struct mplay *p = self;
	struct line_state *l = (struct line_state *)link;
	const struct judge *j = &link->judge;
	enum packet_kind k = packet_kind(TO_MILTER, letter);

	(void)p;
	mta_message_sent(&l->message, &j->dialogue.terms, letter, payload);
	if (k < N_PACKETS && j->dialogue.due == k && packet_rules[k].answers != 0)
		l->owed++;
}

/* After this answer the milter is shown no more of the message, or nothing. */
static void
note_ends(struct line_state *l, enum packet_kind command, enum packet_kind reply)
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
	struct mplay *p = self;
	struct line_state *l = (struct line_state *)link;
	const struct judge *j = &link->judge;

	mta_message_replied(&l->message, &j->dialogue.terms, j->last, letter, payload);
	if (kind < N_PACKETS && packet_rules[kind].final) {
		l->answered++;
		note_ends(l, j->last, kind);
		l->told_421 |=
		    kind == RPL_REPLYCODE && slice_starts(payload, SLICE("421"));
	}
	mplay_poke(p);
}

static void
line_broke(void *self, struct mta_link *link, const struct breach *b)
{
	mplay_broke(self, (struct line_state *)link, b);
}

static void
line_changed(void *self, struct mta_link *link)
{
	struct mplay *p = self;
	struct line_state *l = (struct line_state *)link;

	if (link->error != 0 && link->judge.dialogue.stage == STAGE_START && !p->over &&
	    l->link.ended)
		mplay_end(p, MILTER_UNREACHABLE, mplay_step_of(p, l), NULL,
		    strerror(link->error));
	mplay_poke(p);
}

const struct mta_link_owner mplay_owner = { line_replied, line_sent, line_broke,
	line_changed, NULL };

/* --- a milter that the transcript plays itself --- */

void
mplay_puppet_ended(void *self, struct player *player)
{
	struct mplay *p = self;

	for (size_t i = 0; i < p->lines; i++) {
		if (p->line[i].puppet == player)
			p->line[i].puppet = NULL;
	}
	player_free(player);
}

static int
dial_puppet(struct mplay *p, struct line_state *l)
{
	const struct script script = { p->t->rule, p->t->rules };
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) ==
	    -1)
		return -1;
	l->puppet = player_new(
	    p->loop, pair[1], script, 1, (long)l->link.number, &p->puppet_observer);
	if (l->puppet != NULL)
		return pair[0];
	(void)close(pair[0]);
	errno = ENOMEM;
	return -1;
}

bool
mplay_open(struct mplay *p, struct line_state *l)
{
	bool puppet = p->config->address == NULL;

	if (l->link.opened)
		return true;
	int fd = puppet ? dial_puppet(p, l) : socket_connect(p->config->address);
	if (fd == -1)
		mplay_end(
		    p, MILTER_UNREACHABLE, mplay_step_of(p, l), NULL, strerror(errno));
	else if (!mta_link_open(&l->link, fd, !puppet))
		mplay_end(p, MILTER_ERROR, mplay_step_of(p, l), NULL, "out of memory");
	return !p->over;
}
