/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/filters/chain_edit.h"

#include "base/put.h"

static void
note(struct chain *c, const struct filter *f, const char *text)
{
	c->port.note(c->port.self, (size_t)(f - c->filter), text);
}

/* A line of it that has no blank in front gets a tab, where the MTA does so. */
static enum text_status
append_folded(const struct message *m, struct text *out, struct slice value)
{
	bool folds = m->rules != NULL && m->rules->folds;
	enum text_status status = TEXT_OK;

	for (size_t n;
	     status == TEXT_OK && folds && (n = slice_find(value, '\n')) < value.len;) {
		status = text_append(out, slice_first(value, n + 1));
		value = slice_from(value, n + 1);
		bool blank =
		    value.len != 0 && (value.ptr[0] == ' ' || value.ptr[0] == '\t');
		put(out, blank ? SLICE("") : SLICE("\t"));
	}
	return status == TEXT_OK ? text_append(out, value) : status;
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
	enum message_status status = message_status_of(append_folded(m, &spaced, value));
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
	if (reason.len == 0) /* it is held all the same */
		reason = SLICE("no reason given");
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
add_recipient(struct message *m, const struct packet *p, struct slice path)
{
	if (m->read != NULL && slice_equal(path, SLICE("<>")))
		return MESSAGE_OK; /* nobody */
	if (p->kind == RPL_ADDRCPT_PAR)
		name_path(m, path);
	if (m->addressed != NULL && !m->addressed(m, false, path, p->string.args))
		return MESSAGE_OK;
	return message_add_recipient_told(m, path, p->string.args);
}

static enum message_status
change_sender(struct message *m, const struct packet *p, struct slice path)
{
	name_path(m, path);
	if (m->addressed != NULL && !m->addressed(m, true, path, p->string.args))
		return MESSAGE_OK;
	return message_set_sender(m, path);
}

static bool
adds(const struct packet *p)
{
	return p->kind == RPL_ADDRCPT || p->kind == RPL_ADDRCPT_PAR;
}

static enum message_status
change_one(struct message *m, const struct packet *p, struct slice path)
{
	if (adds(p))
		return add_recipient(m, p, path);
	if (p->kind == RPL_CHGFROM)
		return change_sender(m, p, path);
	return message_delete_recipient(m, path);
}

static enum message_status
change_each(struct message *m, const struct packet *p)
{
	enum message_status status = MESSAGE_OK;
	struct slice list = p->string.first;
	struct text path = TEXT_INIT(2 * PATH_MAX_BYTES);
	bool room = true;

	while (room && m->next(m, p->kind, &list, &path)) {
		status = change_one(m, p, text_slice(&path));
		room = status == MESSAGE_OK || status == MESSAGE_NONE;
		text_clear(&path);
	}
	return status;
}

static enum message_status
change_envelope(struct message *m, const struct packet *p)
{
	struct text room = TEXT_INIT(2 * PATH_MAX_BYTES);
	struct slice path = p->string.first;

	if (m->next != NULL)
		return change_each(m, p);
	if (m->read != NULL) {
		m->read(m->self, path, adds(p), &room);
		path = text_slice(&room);
	}
	enum message_status status = change_one(m, p, path);
	text_clear(&room);
	return status;
}

static enum message_status
modify(struct message *m, const struct filter *f, const struct packet *p)
{
	switch (p->kind) {
	case RPL_ADDHEADER:
	case RPL_INSHEADER:
	case RPL_CHGHEADER: return with_space(m, f, p);
	case RPL_ADDRCPT:
	case RPL_ADDRCPT_PAR:
	case RPL_DELRCPT:
	case RPL_CHGFROM: return change_envelope(m, p);
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

/* A field whose name is nothing, which the codec does not have. */
static enum codec_status
decode_nameless(
    enum packet_kind kind, struct slice payload, struct text *room, struct packet *ret)
{
	size_t index = kind == RPL_ADDHEADER ? 0 : 4;

	put(room, slice_first(payload, index));
	put(room, SLICE("X"));
	put(room, slice_from(payload, index));
	enum codec_status status =
	    packet_decode(TO_MTA, packet_rules[kind].letter, text_slice(room), ret);
	if (status == CODEC_OK)
		ret->header.name = SLICE("");
	return status;
}

/* As the rules want it, with the NUL that it may lack; CODEC_OK: *ret borrows of *ended.
 */
static enum codec_status
decode(const struct edit_rules *rules, enum packet_kind kind, const struct frame *frame,
    struct text *ended, struct packet *ret)
{
	struct slice payload = frame->payload;
	size_t n = payload.len, nuls = 0;

	if ((rules->unended_cut & KIND_BIT(kind)) != 0) {
		while (n > 0 && payload.ptr[n - 1] != '\0')
			n--;
		payload = slice_first(payload, n);
		for (size_t i = 0; i < n; i++)
			nuls += payload.ptr[i] == '\0';
		if (nuls > 2)
			return CODEC_LEFT_OVER;
	}
	if ((rules->unended_taken & KIND_BIT(kind)) != 0) {
		put(ended, slice_first(payload, slice_find(payload, '\0')));
		put(ended, SLICE("\0"));
		payload = text_slice(ended);
	}
	enum codec_status status = packet_decode(TO_MTA, frame->letter, payload, ret);
	if (status == CODEC_NO_NAME && (rules->nameless_taken & KIND_BIT(kind)) != 0)
		return decode_nameless(kind, payload, ended, ret);
	return status;
}

static enum take
edit(struct chain *c, struct filter *f, const struct packet *p)
{
	const struct edit_rules *rules = &c->habits->edit;

	if ((rules->nothing_made & KIND_BIT(p->kind)) != 0 && p->string.first.len == 0)
		return refused(c, f, DO_MORE);
	if (p->kind == RPL_REPLBODY && c->parted && rules->body_at_once)
		return refused(c, f, DO_MISCONFIGURED);
	switch (modify(c->event.message, f, p)) {
	case MESSAGE_OK:
		c->held = c->held || (p->kind == RPL_QUARANTINE && c->habits->hold_stops);
		break;
	case MESSAGE_HOPS: break; /* of a message that begins */
	case MESSAGE_NONE: note(c, f, "no such recipient to delete"); break;
	case MESSAGE_FULL: note(c, f, "a change that is too large"); return TAKE_FAULT;
	case MESSAGE_NO_MEMORY: note(c, f, "no memory for a change"); return TAKE_FAULT;
	}
	return TAKE_MORE;
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
	struct text ended = TEXT_INIT(frame->payload.len + 1);
	enum codec_status status = decode(rules, kind, frame, &ended, &p);
	bool nameless = status == CODEC_NO_NAME && rules->nameless != 0;
	enum take take =
	    status == CODEC_OK
		? edit(c, f, &p)
		: refused(c, f, nameless ? rules->nameless : rules->malformed);
	text_clear(&ended);
	return take;
}
