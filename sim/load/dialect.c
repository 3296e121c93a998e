/* SPDX-License-Identifier: BSD-2-Clause */
/* What a milter's packets and a server's lines mean to a load. */
#include "sim/load/line.h"
#include "wire/frame.h"

/* --- a milter --- */

static bool
milter_sends(const struct line *l, const struct load_unit *u)
{
	return u->kind == CMD_OPTNEG || terms_send(&l->terms, u->kind);
}

static bool
milter_answers(const struct line *l, const struct load_unit *u)
{
	return u->kind == CMD_OPTNEG ||
	       (packet_rules[u->kind].answers != 0 && terms_answer(&l->terms, u->kind));
}

static enum load_answer
negotiated(struct line *l, const struct frame *f, struct text *why)
{
	const struct optneg offer = { PROTOCOL_VERSION, ACTIONS_ALL, PROTO_ALL,
		SLICE("") };
	struct packet p;

	if (packet_decode(TO_MTA, f->letter, f->payload, &p) != CODEC_OK ||
	    p.kind != RPL_OPTNEG) {
		text_printf(why, "the milter refuses the negotiation");
		return ANSWER_FAULT;
	}
	if ((terms_settle(&offer, &p.optneg, &l->terms) &
		(TERMS_VERSION_LOW | TERMS_ACTIONS)) != 0) {
		text_printf(why, "the milter asks for what it was not offered");
		return ANSWER_FAULT;
	}
	return ANSWER_GO;
}

/* "550 5.7.0 text", NUL behind it; %% is one per cent sign. */
static enum load_answer
told(struct line *l, struct slice text)
{
	text_clear(&l->reply);
	text = slice_first(text, slice_find(text, '\0'));
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '%' && i + 1 < text.len && text.ptr[i + 1] == '%')
			i++;
		text_append_cut(&l->reply, (struct slice){ &text.ptr[i], 1 });
	}
	return text.len > 0 && text.ptr[0] == '4' ? ANSWER_DEFERRED : ANSWER_REFUSED;
}

static enum load_answer
meaning(struct line *l, const struct load_unit *asked, const struct frame *f,
    struct text *why)
{
	if (f->letter != packet_rules[RPL_REPLYCODE].letter)
		text_clear(&l->reply); /* of a recipient before */
	switch (packet_kind(TO_MTA, f->letter)) {
	case RPL_CONTINUE: return ANSWER_GO;
	case RPL_SKIP: return ANSWER_SKIP;
	case RPL_ACCEPT: return ANSWER_ACCEPTED;
	case RPL_REJECT: return ANSWER_REFUSED;
	case RPL_TEMPFAIL: return ANSWER_DEFERRED;
	case RPL_DISCARD: return ANSWER_DISCARDED;
	case RPL_REPLYCODE: return told(l, f->payload);
	case RPL_PROGRESS: return ANSWER_PASSED;
	case RPL_CONN_FAIL:
	case RPL_SHUTDOWN: return ANSWER_DEFERRED;
	case N_PACKETS:
	case RPL_OPTNEG:
		text_printf(why, "the milter sends a packet that is no answer");
		return ANSWER_FAULT;
	default: break;
	}
	if (asked->kind == CMD_BODYEOB)
		return ANSWER_PASSED; /* a change */
	text_printf(why, "the milter changes a message that has not ended");
	return ANSWER_FAULT;
}

static enum load_answer
milter_take(struct line *l, const struct load_unit *asked, struct text *why)
{
	struct frame f;
	enum frame_status s = frame_decode(text_slice(&l->in), FRAME_PAYLOAD_1M, &f);
	enum load_answer how;

	if (s == FRAME_SHORT)
		return ANSWER_NONE;
	if (s != FRAME_OK) {
		text_printf(why, "the milter sends no packet: %s", frame_fault(s));
		return ANSWER_FAULT;
	}
	how = asked->kind == CMD_OPTNEG ? negotiated(l, &f, why)
					: meaning(l, asked, &f, why);
	text_drop(&l->in, f.size);
	return how;
}

const struct dialect dialect_milter = { milter_sends, milter_answers, milter_take };

/* --- a server --- */

static bool
smtp_sends(const struct line *l, const struct load_unit *u)
{
	(void)l;
	(void)u;
	return true;
}

static bool
smtp_answers(const struct line *l, const struct load_unit *u)
{
	(void)l;
	(void)u;
	return true;
}

static bool
is_code(struct slice line)
{
	return line.len >= 3 && line.ptr[0] >= '2' && line.ptr[0] <= '5' &&
	       line.ptr[1] >= '0' && line.ptr[1] <= '9' && line.ptr[2] >= '0' &&
	       line.ptr[2] <= '9';
}

/* The last line of a reply has no hyphen behind its code (RFC 5321 4.2.1). */
static enum load_answer
smtp_take(struct line *l, const struct load_unit *asked, struct text *why)
{
	struct slice rest = text_slice(&l->in), line;

	(void)asked;
	for (;;) {
		size_t lf = slice_find(rest, '\n');
		if (lf == rest.len)
			return ANSWER_NONE;
		line = slice_trim(slice_first(rest, lf));
		rest = slice_from(rest, lf + 1);
		if (!is_code(line)) {
			text_printf(why, "the server says what is no reply");
			return ANSWER_FAULT;
		}
		if (line.len == 3 || line.ptr[3] != '-')
			break;
	}
	char class = line.ptr[0];
	if (class >= '4') {
		text_clear(&l->reply);
		text_append_cut(&l->reply, line);
	}
	text_drop(&l->in, l->in.len - rest.len);
	return class == '4' ? ANSWER_DEFERRED : class == '5' ? ANSWER_REFUSED : ANSWER_GO;
}

const struct dialect dialect_smtp = { smtp_sends, smtp_answers, smtp_take };
