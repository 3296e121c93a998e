/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/watch.h"

#include <stdlib.h>

#include "wire/frame.h"
#include "wire/notation.h"

enum { WORDS_MAX = 2000, SENT_MAX = 1024 * 1024 };

struct watch_state *
watch_new(const char *rule, bool keeps)
{
	struct watch_state *w = calloc(1, sizeof *w);

	if (w != NULL) {
		w->rule = rule;
		w->keeps = keeps;
		w->got = (struct text)TEXT_INIT(WORDS_MAX);
		for (size_t i = 0; i < WATCH_CONNECTIONS; i++)
			w->session[i].words = (struct text)TEXT_INIT(WORDS_MAX);
	}
	return w;
}

static void
forget(struct watch_session *s)
{
	text_clear(&s->words);
	text_clear(&s->of_client);
	text_clear(&s->of_message);
}

void
watch_free(struct watch_state *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->saids; i++) {
		text_clear(&w->said[i].words);
		text_clear(&w->said[i].client);
		text_clear(&w->said[i].message);
	}
	for (size_t i = 0; i < WATCH_CONNECTIONS; i++)
		forget(&w->session[i]);
	text_clear(&w->other);
	text_clear(&w->got);
	free(w);
}

uint64_t
watch_hash(uint64_t h, struct slice s)
{
	h = h != 0 ? h : UINT64_C(14695981039346656037);
	for (size_t i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.ptr[i]) * UINT64_C(1099511628211);
	return h;
}

/* --- what was asked --- */

/* Both MTAs find a recipient with its brackets and without. */
uint64_t
watch_recipient(struct slice path)
{
	if (path.len >= 2 && path.ptr[0] == '<' && path.ptr[path.len - 1] == '>')
		path = slice_first(slice_from(path, 1), path.len - 2);
	return watch_hash(0, path);
}

/* One of them: who was added twice is there once more. */
static void
forget_recipient(struct watch_session *s, struct slice path)
{
	for (size_t i = 0; i < s->recipients; i++) {
		if (s->recipient[i] == watch_recipient(path)) {
			s->recipient[i] = s->recipient[--s->recipients];
			return;
		}
	}
}

static void
keep_recipient(struct watch_session *s, struct slice path)
{
	if (s->recipients < WATCH_RECIPIENTS)
		s->recipient[s->recipients++] = watch_recipient(path);
}

/* An answer will come to what is asked now; `key` 0: nobody compares it. */
static void
wait_for(struct watch_session *s, enum packet_kind k, uint64_t key)
{
	if (!terms_answer(&s->terms, k) || s->dues == WATCH_DUE)
		return;
	s->due[s->dues++] = (struct watch_due){
		.key = key, .end = k == CMD_BODYEOB || k == CMD_BODY, .on = k == CMD_BODY
	};
}

static uint64_t
key_of(const struct watch_session *s, uint64_t asked)
{
	return asked ^ (s->connect * 3) ^ (s->helo * 5);
}

static void
begin(struct watch_session *s, const struct event *e)
{
	struct packet p;

	forget(s);
	*s = (struct watch_session){ .words = TEXT_INIT(WORDS_MAX),
		.of_client = TEXT_INIT(SENT_MAX),
		.of_message = TEXT_INIT(SENT_MAX) };
	if (packet_decode(TO_MILTER, e->letter, e->bytes, &p) == CODEC_OK) {
		s->offer = p.optneg;
		s->offer.symlists = SLICE("");
	}
}

/*
 * What is sent, so that it can be sent again: the message, which begins with the macros
 * of MAIL, and all that stands outside of messages.
 */
static void
keep_sent(struct watch_session *s, enum packet_kind k, const struct event *e)
{
	bool macros = k == CMD_MACRO && e->bytes.len > 0 && e->bytes.ptr[0] == 'M';

	if (k == CMD_ABORT || k == CMD_QUIT) {
		s->inside = false;
		return;
	}
	if (macros || (k == CMD_MAIL && !s->own.ahead)) {
		text_clear(&s->of_message);
		s->inside = true;
	}
	if (frame_append(s->inside ? &s->of_message : &s->of_client, e->letter,
		e->bytes) != TEXT_OK)
		text_clear(&s->of_client);
	s->inside = s->inside && k != CMD_BODYEOB;
}

/*
 * However a body is cut, it is the same; that it goes on hangs on the pieces, and where
 * it was refused at its last piece the message has had its end.
 */
static void
asked(struct watch_session *s, const struct event *e, bool keeps)
{
	struct slice letter = { &e->letter, 1 };
	enum packet_kind k = packet_kind(TO_MILTER, e->letter);
	uint64_t *h = k == CMD_CONNECT ? &s->connect
		      : k == CMD_HELO  ? &s->helo
				       : &s->message;

	if (k == CMD_OPTNEG)
		begin(s, e);
	if (keeps)
		keep_sent(s, k, e);
	if (k == CMD_OPTNEG)
		return;
	s->messages += k == CMD_MAIL;
	watch_own_told(&s->own, k, e->bytes);
	if (k == CMD_UNKNOWN)
		wait_for(s, k, 0);
	if (k == N_PACKETS || k == CMD_UNKNOWN || packet_rules[k].answers == 0)
		return; /* macros have ids; ABORT and QUIT are no part of it */
	if (k == CMD_CONNECT || k == CMD_HELO || k == CMD_MAIL)
		*h = 0;
	if (k == CMD_MAIL)
		s->recipients = 0;
	if (k == CMD_RCPT)
		keep_recipient(s, slice_first(e->bytes, slice_find(e->bytes, '\0')));
	if (k == CMD_BODY) {
		*h = watch_hash(*h, e->bytes);
		wait_for(s, k, key_of(s, watch_hash(*h, SLICE("E"))));
		return;
	}
	/* The bytes of BODYEOB are body too. */
	*h = k == CMD_BODYEOB ? watch_hash(watch_hash(*h, e->bytes), letter)
			      : watch_hash(watch_hash(*h, letter), e->bytes);
	wait_for(s, k, key_of(s, *h));
}

/* --- what came of it --- */

static void
compare(struct watch_state *w, struct watch_said *first, struct watch_session *s,
    const struct watch_answer *a)
{
	if (first->answered == s->answered) {
		first->alike++;
	} else if (first->alike == 0) {
		first->unsure = true;
	} else if (!first->unsure && w->differs == NULL) {
		w->differs = first;
		w->other_answer = *a;
		w->other = s->words;
		s->words = (struct text)TEXT_INIT(WORDS_MAX);
	}
}

static void
gather(struct watch_gathered *g, uint64_t asked, const struct watch_answer *a)
{
	if (g != NULL && g->asked == asked && g->n < WATCH_GATHERED)
		g->answer[g->n++] = *a;
}

static void
keep(struct watch_state *w, struct watch_session *s, const struct watch_due *d,
    const struct watch_answer *a)
{
	gather(w->gathered, d->key, a);
	for (size_t i = 0; i < w->saids; i++) {
		if (w->said[i].asked == d->key) {
			compare(w, &w->said[i], s, a);
			return;
		}
	}
	if (w->saids == WATCH_SAID)
		return;
	struct watch_said *said = &w->said[w->saids++];
	*said = (struct watch_said){ .asked = d->key,
		.answered = a->hash,
		.later = a->later,
		.end = d->end,
		.words = s->words,
		.client = TEXT_INIT(SENT_MAX),
		.message = TEXT_INIT(SENT_MAX) };
	s->words = (struct text)TEXT_INIT(WORDS_MAX);
	if (w->keeps && s->dues == 1) { /* nothing was sent behind the question */
		text_append_cut(&said->client, text_slice(&s->of_client));
		text_append_cut(&said->message, text_slice(&s->of_message));
	}
}

static bool
puts_off(enum packet_kind k, struct slice payload)
{
	return k == RPL_TEMPFAIL ||
	       (k == RPL_REPLYCODE && slice_starts(payload, SLICE("4")));
}

static void
answered(struct watch_state *w, struct watch_session *s, const struct event *e)
{
	enum packet_kind k = packet_kind(TO_MTA, e->letter);

	if (s->dues == 0 || k == RPL_PROGRESS)
		return;
	s->answered = watch_hash(
	    watch_hash(s->answered, (struct slice){ &e->letter, 1 }), e->bytes);
	payload_describe(&s->words, TO_MTA, e->letter, e->bytes);
	text_printf(&s->words, "\n");
	if (k == N_PACKETS || !packet_rules[k].final)
		return;
	struct watch_answer a = { s->answered, e->conn, puts_off(k, e->bytes) };
	if (s->due[0].key != 0 && !(s->due[0].on && (k == RPL_CONTINUE || k == RPL_SKIP)))
		keep(w, s, &s->due[0], &a);
	text_clear(&s->words);
	s->answered = 0;
	memmove(s->due, s->due + 1, --s->dues * sizeof s->due[0]);
}

static void
hold(struct watch_state *w, struct watch_session *s, const struct event *e)
{
	struct packet p;

	if (packet_decode(TO_MTA, e->letter, e->bytes, &p) != CODEC_OK)
		return; /* the judge's */
	if (w->got.len == 0 && (watch_breaks(w->rule, s, &p) ||
				   watch_own_breaks(w->rule, &s->own, e->bytes)))
		payload_describe(&w->got, TO_MTA, e->letter, e->bytes);
	if (p.kind == RPL_DELRCPT)
		forget_recipient(s, p.string.first);
	if (p.kind == RPL_ADDRCPT || p.kind == RPL_ADDRCPT_PAR)
		keep_recipient(s, p.string.first);
	if (p.kind == RPL_OPTNEG)
		(void)terms_settle(&s->offer, &p.optneg, &s->terms);
}

void
watch_event(struct watch_state *w, const struct event *e)
{
	if (e->what != EVENT_PACKET || e->conn >= WATCH_CONNECTIONS)
		return;
	struct watch_session *s = &w->session[e->conn];
	if (e->to == TO_MILTER) {
		asked(s, e, w->keeps);
		w->most = s->messages > w->most ? s->messages : w->most;
		return;
	}
	hold(w, s, e);
	answered(w, s, e);
}

enum watch_same
watch_same(const struct watch_state *w, struct text *expected, struct text *got)
{
	if (w->differs != NULL) {
		text_append_cut(expected, text_slice(&w->differs->words));
		text_append_cut(got, text_slice(&w->other));
		return SAME_NOT;
	}
	for (size_t i = 0; i < w->saids; i++) {
		if (w->said[i].end && !w->said[i].unsure && w->said[i].alike > 1)
			return SAME;
	}
	return SAME_UNKNOWN;
}
