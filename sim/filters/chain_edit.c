/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/filters/chain_edit.h"

#include "base/put.h"

static void
note(struct chain *c, const struct filter *f, const char *text)
{
	c->port.note(c->port.self, (size_t)(f - c->filter), text);
}

/* A value without its own leading space gets one, unless the milter does that. */
static enum message_status
with_space(struct message *m, const struct filter *f, const struct packet *p)
{
	struct slice name = p->header.name, value = p->header.value;
	struct text spaced = TEXT_INIT(FIELD_MAX);
	bool blank = value.len != 0 || (m->rules != NULL && m->rules->blank_always &&
					   p->kind != RPL_CHGHEADER);

	if ((f->protocol & PROTO_HDR_LEADSPC) == 0 && blank)
		put(&spaced, SLICE(" "));
	enum message_status status = message_status_of(text_append(&spaced, value));
	value = text_slice(&spaced);
	if (status != MESSAGE_OK)
		; /* the whole of it or nothing */
	else if (p->kind == RPL_ADDHEADER)
		status = message_add_field(m, name, value);
	else if (p->kind == RPL_INSHEADER)
		status = message_insert_field(
		    m, message_place(m, p->header.index), name, value);
	else
		status = message_change_field(m, p->header.index, name, value);
	text_clear(&spaced);
	return status;
}

static enum message_status
quarantine(struct message *m, struct slice reason)
{
	text_clear(&m->quarantine);
	return message_status_of(
	    text_append(&m->quarantine, slice_first(reason, m->quarantine.limit)));
}

static void
name_path(struct message *m, struct slice path)
{
	text_clear(&m->named);
	put(&m->named, slice_first(path, m->named.limit));
}

static enum message_status
add_recipient(struct message *m, struct slice path)
{
	enum message_status status = message_add_recipient(m, path);

	if (status == MESSAGE_OK)
		m->recipient[m->recipients - 1].added = true;
	return status;
}

static enum message_status
modify(struct message *m, const struct filter *f, const struct packet *p)
{
	switch (p->kind) {
	case RPL_ADDHEADER:
	case RPL_INSHEADER:
	case RPL_CHGHEADER: return with_space(m, f, p);
	case RPL_ADDRCPT: return add_recipient(m, p->string.first);
	case RPL_ADDRCPT_PAR:
		name_path(m, p->string.first);
		return add_recipient(m, p->string.first);
	case RPL_DELRCPT: return message_delete_recipient(m, p->string.first);
	case RPL_CHGFROM:
		name_path(m, p->string.first);
		return message_set_sender(m, p->string.first);
	case RPL_REPLBODY: return message_replace_body(m, p->bytes);
	case RPL_QUARANTINE: return quarantine(m, p->string.first);
	default: return MESSAGE_OK;
	}
}

/* What becomes of a change that is not made. */
static enum take
refused(struct chain *c, struct filter *f, enum reaction reaction)
{
	switch (reaction) {
	case DO_VOID:
		note(c, f, "this change is not made, and the message not taken");
		c->spoilt = true;
		return TAKE_MORE;
	case DO_MORE: note(c, f, "this change is not made"); return TAKE_MORE;
	case DO_MISCONFIGURED: f->misconfigured = true; break;
	default: break;
	}
	note(c, f, "this change fails the filter");
	return TAKE_FAULT;
}

enum take
chain_edit(
    struct chain *c, struct filter *f, enum packet_kind kind, const struct frame *frame)
{
	const struct edit_rules *rules = &c->habits->edit;
	struct packet p;

	if ((f->actions & packet_rules[kind].action) == 0 &&
	    (rules->unasked & KIND_BIT(kind)) == 0)
		return refused(c, f, rules->unasked_reaction);
	if (packet_decode(TO_MTA, frame->letter, frame->payload, &p) != CODEC_OK)
		return refused(c, f, rules->malformed);
	if (kind == RPL_REPLBODY && c->parted && rules->body_at_once)
		return refused(c, f, DO_MISCONFIGURED);
	switch (modify(c->event.message, f, &p)) {
	case MESSAGE_OK:
		c->held = c->held || (kind == RPL_QUARANTINE && c->habits->hold_stops);
		break;
	case MESSAGE_NONE: note(c, f, "no such recipient to delete"); break;
	case MESSAGE_FULL: note(c, f, "a change that is too large"); return TAKE_FAULT;
	case MESSAGE_NO_MEMORY: note(c, f, "no memory for a change"); return TAKE_FAULT;
	}
	return TAKE_MORE;
}
