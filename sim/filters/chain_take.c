/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/filters/chain_take.h"

#include "base/put.h"
#include "sim/filters/chain_send.h"

static void
note(struct chain *c, const struct filter *f, const char *text)
{
	c->port.note(c->port.self, (size_t)(f - c->filter), text);
}

static enum take
fault(struct chain *c, const struct filter *f, enum packet_kind kind)
{
	struct text t = TEXT_INIT(200);

	text_printf(&t, "protocol: %s in answer to %s", packet_rules[kind].name,
	    packet_rules[c->step].name);
	note(c, f, text_cstr(&t));
	text_clear(&t);
	return TAKE_FAULT;
}

static enum take
stop(struct chain *c, enum outcome_kind kind)
{
	c->outcome = (struct outcome){ .kind = kind };
	return TAKE_STOP;
}

/* --- verdicts --- */

static enum take
take_continue(struct chain *c, struct filter *f)
{
	if (c->step == CMD_MAIL)
		f->state = FILTER_IN_MESSAGE;
	return TAKE_GO;
}

static enum take
take_accept(struct chain *c, struct filter *f)
{
	if (c->step == CMD_CONNECT || c->step == CMD_HELO) {
		chain_send_bare(c, f, CMD_QUIT);
		f->state = FILTER_OUT;
		f->close = true;
		return TAKE_LEAVE;
	}
	if (c->step != CMD_UNKNOWN)
		f->state = FILTER_DONE;
	return TAKE_LEAVE;
}

static enum take
take_discard(struct chain *c, struct filter *f)
{
	(void)f;
	if (c->step == CMD_HELO) /* measured: of no effect */
		return TAKE_GO;
	return stop(c, OUTCOME_DISCARD);
}

static enum take
take_skip(struct chain *c, struct filter *f)
{
	if (c->event.moment == MOMENT_MESSAGE && c->step != CMD_BODYEOB) {
		f->skip_body = true; /* a header's SKIP stops the body, not the header */
		return TAKE_GO;
	}
	note(c, f, "protocol: SKIP is no answer here; it leaves this message");
	f->state = FILTER_DONE;
	return TAKE_LEAVE;
}

/*
 * What sendmail wants of a reply: a NUL at the end and no other, a 4yz or 5yz
 * code, every % doubled.  Else it says its own words.
 */
static bool
reply_good(struct slice payload, struct slice *ret)
{
	if (payload.len < 4 || slice_find(payload, '\0') != payload.len - 1)
		return false;
	struct slice text = slice_first(payload, payload.len - 1);
	if ((text.ptr[0] != '4' && text.ptr[0] != '5') || text.ptr[1] < '0' ||
	    text.ptr[1] > '9' || text.ptr[2] < '0' || text.ptr[2] > '9')
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != '%')
			continue;
		if (i + 1 == text.len || text.ptr[i + 1] != '%')
			return false;
		i++;
	}
	*ret = text;
	return true;
}

static enum take
take_reply(struct chain *c, struct filter *f, struct slice payload)
{
	struct slice text;

	if (!reply_good(payload, &text)) {
		note(c, f,
		    "reply: not a code 4yz or 5yz with a text, % doubled, and a NUL "
		    "at the end; said in our own words");
		return stop(c, OUTCOME_REJECT);
	}
	text_clear(&c->reply);
	for (size_t i = 0; i < text.len; i++) {
		put(&c->reply, (struct slice){ &text.ptr[i], 1 });
		if (text.ptr[i] == '%')
			i++;
	}
	c->outcome = (struct outcome){ OUTCOME_REPLY, text_slice(&c->reply) };
	return TAKE_STOP;
}

/* --- modifications --- */

/* A value without its own leading space gets one, unless the milter does that. */
static enum message_status
with_space(struct message *m, const struct filter *f, const struct packet *p)
{
	struct slice name = p->header.name, value = p->header.value;
	struct text spaced = TEXT_INIT(FIELD_MAX);
	enum message_status status = MESSAGE_FULL;

	if ((f->protocol & PROTO_HDR_LEADSPC) == 0 && value.len != 0)
		put(&spaced, SLICE(" "));
	if (text_append(&spaced, value) != TEXT_OK)
		goto out;
	value = text_slice(&spaced);
	if (p->kind == RPL_ADDHEADER)
		status = message_add_field(m, name, value);
	else if (p->kind == RPL_INSHEADER)
		status = message_insert_field(m, p->header.index, name, value);
	else
		status = message_change_field(m, p->header.index, name, value);
out:
	text_clear(&spaced);
	return status;
}

static enum message_status
quarantine(struct message *m, struct slice reason)
{
	text_clear(&m->quarantine);
	return text_append(&m->quarantine, slice_first(reason, m->quarantine.limit)) ==
		       TEXT_OK
		   ? MESSAGE_OK
		   : MESSAGE_FULL;
}

static enum message_status
modify(struct message *m, const struct filter *f, const struct packet *p)
{
	switch (p->kind) {
	case RPL_ADDHEADER:
	case RPL_INSHEADER:
	case RPL_CHGHEADER: return with_space(m, f, p);
	case RPL_ADDRCPT:
	case RPL_ADDRCPT_PAR: return message_add_recipient(m, p->string.first);
	case RPL_DELRCPT: return message_delete_recipient(m, p->string.first);
	case RPL_CHGFROM: return message_set_sender(m, p->string.first);
	case RPL_REPLBODY: return message_replace_body(m, p->bytes);
	case RPL_QUARANTINE: return quarantine(m, p->string.first);
	default: return MESSAGE_OK;
	}
}

static enum take
take_modification(
    struct chain *c, struct filter *f, enum packet_kind kind, const struct frame *frame)
{
	struct packet p;

	if (c->step != CMD_BODYEOB)
		return fault(c, f, kind);
	if ((f->actions & packet_rules[kind].action) == 0) {
		note(c, f, "protocol: a change that was not negotiated");
		if (kind == RPL_REPLBODY) /* measured: the one that is not obeyed */
			return TAKE_FAULT;
	}
	if (packet_decode(TO_MTA, frame->letter, frame->payload, &p) != CODEC_OK) {
		note(c, f, "protocol: a change that is not well formed was passed over");
		return TAKE_MORE;
	}
	switch (modify(c->event.message, f, &p)) {
	case MESSAGE_OK: break;
	case MESSAGE_NONE: note(c, f, "no such recipient to delete"); break;
	case MESSAGE_FULL: note(c, f, "a change that is too large"); return TAKE_FAULT;
	}
	return TAKE_MORE;
}

static enum take
take_progress(struct chain *c, struct filter *f)
{
	if (c->step != CMD_BODYEOB)
		return fault(c, f, RPL_PROGRESS);
	return TAKE_MORE;
}

/* Bytes that no reply has, and the two that sendmail calls bogus. */
static enum take
take_bogus(struct chain *c, struct filter *f, char letter)
{
	struct text t = TEXT_INIT(100);

	text_printf(&t, "protocol: '");
	text_append_escaped(&t, (struct slice){ &letter, 1 }, 1);
	text_printf(&t, "' is no answer to %s", packet_rules[c->step].name);
	note(c, f, text_cstr(&t));
	text_clear(&t);
	return c->step == CMD_BODYEOB ? TAKE_FAULT : TAKE_LATE_FAULT;
}

enum take
chain_take(struct chain *c, struct filter *f, const struct frame *frame)
{
	enum packet_kind kind = packet_kind(TO_MTA, frame->letter);

	switch (kind) {
	case RPL_CONTINUE: return take_continue(c, f);
	case RPL_ACCEPT: return take_accept(c, f);
	case RPL_REJECT: return stop(c, OUTCOME_REJECT);
	case RPL_TEMPFAIL: return stop(c, OUTCOME_TEMPFAIL);
	case RPL_DISCARD: return take_discard(c, f);
	case RPL_REPLYCODE: return take_reply(c, f, frame->payload);
	case RPL_SKIP: return take_skip(c, f);
	case RPL_PROGRESS: return take_progress(c, f);
	case RPL_ADDHEADER:
	case RPL_INSHEADER:
	case RPL_CHGHEADER:
	case RPL_ADDRCPT:
	case RPL_ADDRCPT_PAR:
	case RPL_DELRCPT:
	case RPL_CHGFROM:
	case RPL_REPLBODY:
	case RPL_QUARANTINE: return take_modification(c, f, kind, frame);
	default: return take_bogus(c, f, frame->letter);
	}
}
