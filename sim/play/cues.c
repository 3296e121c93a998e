/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/cues.h"

#include <stdlib.h>
#include <string.h>

#include "wire/words.h"

static struct cue_line *
line_of(const struct cues *c, unsigned client, size_t filter)
{
	if (client < 1 || client > c->t->connections || filter >= (size_t)c->t->milters)
		return NULL;
	return &c->line[(client - 1) * (size_t)c->t->milters + filter];
}

void
cues_said(struct cues *c, const struct step *s)
{
	struct cue_client *client = &c->client[s->conn - 1];

	if (!slice_starts_nocase(text_slice(&s->text), SLICE("MAIL FROM:")))
		return;
	client->mails++;
	client->fresh++;
}

void
cues_replied(struct cues *c, unsigned client)
{
	c->client[client - 1].fresh = 0;
}

/* The message that a packet of this kind is about, by what has happened so far. */
static unsigned
message_of(const struct cues *c, unsigned client, struct cue_line *l, enum packet_kind k)
{
	const struct cue_client *said = &c->client[client - 1];

	if (said->fresh <= 1)
		l->message = said->mails;
	else if (k == CMD_MAIL && l->message < said->mails)
		l->message++;
	return l->message;
}

/* --- the transcript --- */

/* An M> line begins with the command's name; N_PACKETS: it may be any, or is none. */
static enum packet_kind
kind_of(const struct step *s)
{
	struct slice rest = text_slice(&s->text), word;
	struct text why = TEXT_INIT(200);
	enum packet_kind kind = N_PACKETS;

	if (s->kind == STEP_RAW_PACKET && rest.len > 0)
		return packet_kind(TO_MILTER, rest.ptr[0]);
	if (s->kind == STEP_PACKET && words_next(&rest, &word, &why))
		kind = packet_kind_named(TO_MILTER, word);
	text_clear(&why);
	return kind;
}

/* As if it were played: which message each packet is about. */
static void
number_messages(struct cues *c)
{
	const struct transcript *t = c->t;

	for (size_t i = 0; i < t->steps; i++) {
		const struct step *s = &t->step[i];
		c->kind[i] = kind_of(s);
		if (s->kind == STEP_SEND || s->kind == STEP_BYTES)
			cues_said(c, s);
		else if (s->kind == STEP_LINE || s->kind == STEP_EXACT)
			cues_replied(c, s->conn);
		else if (c->kind[i] != N_PACKETS)
			c->message[i] = message_of(c, s->conn,
			    line_of(c, s->conn, (size_t)s->milter - 1), c->kind[i]);
	}
	memset(c->client, 0, t->connections * sizeof *c->client);
	memset(c->line, 0, t->connections * (size_t)t->milters * sizeof *c->line);
}

bool
cues_init(struct cues *c, const struct transcript *t)
{
	size_t lines = t->connections * (size_t)t->milters;

	*c = (struct cues){
		.t = t,
		.client = calloc(t->connections + 1, sizeof *c->client),
		.line = calloc(lines + 1, sizeof *c->line),
		.message = calloc(t->steps + 1, sizeof *c->message),
		.kind = calloc(t->steps + 1, sizeof *c->kind),
		.met = calloc(t->steps + 1, sizeof *c->met),
	};
	if (c->client == NULL || c->line == NULL || c->message == NULL ||
	    c->kind == NULL || c->met == NULL)
		return false;
	number_messages(c);
	return true;
}

void
cues_clear(struct cues *c)
{
	free(c->client);
	free(c->line);
	free(c->message);
	free(c->kind);
	free(c->met);
}

/* --- what comes --- */

const struct step *
cues_take(struct cues *c, unsigned client, size_t filter, enum packet_kind kind)
{
	struct cue_line *l = line_of(c, client, filter);

	if (l == NULL || kind == N_PACKETS)
		return NULL;
	unsigned message = message_of(c, client, l, kind);
	for (size_t *i = &l->next[kind]; *i < c->t->steps; ++*i) {
		const struct step *s = &c->t->step[*i];
		if (c->kind[*i] != kind || s->conn != client ||
		    (size_t)s->milter != filter + 1 || c->message[*i] < message)
			continue;
		if (c->message[*i] > message)
			return NULL; /* of a message that is still to come */
		c->met[*i] = true;
		return &c->t->step[(*i)++];
	}
	return NULL;
}
