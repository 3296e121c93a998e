/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/milter_message.h"

#include "wire/notation.h"

void
mta_message_init(struct mta_message *m, size_t body_max)
{
	*m = (struct mta_message){
		.body = TEXT_INIT(body_max),
		.before = TEXT_INIT(HEADER_MAX + 4 * body_max), /* \xHH for a byte */
		.verdict = TEXT_INIT(FRAME_PAYLOAD_1M),
	};
	message_init(&m->message, body_max);
}

void
mta_message_clear(struct mta_message *m)
{
	message_clear(&m->message);
	text_clear(&m->body);
	text_clear(&m->before);
	text_clear(&m->verdict);
	m->decided = m->full = false;
}

static void
keep(struct mta_message *m, enum message_status s)
{
	m->full |= s == MESSAGE_FULL || s == MESSAGE_NO_MEMORY;
}

/* Both MTAs count a Received field of their own, which no milter is shown. */
static void
begin(struct mta_message *m, struct slice sender)
{
	mta_message_clear(m);
	keep(m, message_set_sender(&m->message, sender));
	keep(m, message_add_trace(&m->message, SLICE("Received"), SLICE(" by the MTA")));
}

/* The blank behind the colon, where it is part of the value. */
static struct slice
without_blank(const struct terms *terms, struct slice value)
{
	bool has = (terms->protocol & PROTO_HDR_LEADSPC) != 0;

	return has && slice_starts(value, SLICE(" ")) ? slice_from(value, 1) : value;
}

static void
add_body(struct mta_message *m, struct slice piece)
{
	m->full |= text_append(&m->body, piece) != TEXT_OK;
	m->message.body = text_slice(&m->body);
}

void
mta_message_sent(
    struct mta_message *m, const struct terms *terms, char letter, struct slice payload)
{
	struct packet p;

	if (packet_decode(TO_MILTER, letter, payload, &p) != CODEC_OK)
		return;
	switch (p.kind) {
	case CMD_MAIL: begin(m, p.string.first); break;
	case CMD_RCPT: keep(m, message_add_recipient(&m->message, p.string.first)); break;
	case CMD_HEADER:
		keep(m, message_add_field(&m->message, p.header.name,
			    without_blank(terms, p.header.value)));
		break;
	case CMD_BODY: add_body(m, p.bytes); break;
	case CMD_BODYEOB:
		add_body(m, p.bytes);
		mta_message_describe(m, &m->before);
		message_filter_turn(&m->message);
		break;
	default: break;
	}
}

/* --- what the milter says --- */

static void
decide(struct mta_message *m, enum packet_kind kind, char letter, struct slice payload)
{
	if (m->decided || !packet_rules[kind].final)
		return;
	text_clear(&m->verdict);
	m->full |= text_append(&m->verdict, (struct slice){ &letter, 1 }) != TEXT_OK ||
		   text_append(&m->verdict, payload) != TEXT_OK;
	m->decided = kind != RPL_CONTINUE && kind != RPL_SKIP;
}

static void
refuse_last_recipient(struct mta_message *m)
{
	if (m->message.recipients > 0)
		m->message.recipient[m->message.recipients - 1].deleted = true;
}

static enum message_status
modify_header(struct message *m, const struct terms *terms, const struct packet *p)
{
	const struct header_packet *h = &p->header;
	struct slice value = without_blank(terms, h->value);

	if (p->kind == RPL_ADDHEADER)
		return message_add_field(m, h->name, value);
	if (p->kind == RPL_INSHEADER)
		return message_insert_field(m, h->index, h->name, value);
	return message_change_field(m, h->index, h->name, value);
}

static void
modify(struct mta_message *m, const struct terms *terms, const struct packet *p)
{
	struct message *msg = &m->message;

	switch (p->kind) {
	case RPL_ADDHEADER:
	case RPL_INSHEADER:
	case RPL_CHGHEADER: keep(m, modify_header(msg, terms, p)); break;
	case RPL_ADDRCPT:
	case RPL_ADDRCPT_PAR: keep(m, message_add_recipient(msg, p->string.first)); break;
	case RPL_DELRCPT: keep(m, message_delete_recipient(msg, p->string.first)); break;
	case RPL_CHGFROM: keep(m, message_set_sender(msg, p->string.first)); break;
	case RPL_REPLBODY: keep(m, message_replace_body(msg, p->bytes)); break;
	case RPL_QUARANTINE:
		text_clear(&msg->quarantine);
		text_append_cut(&msg->quarantine, p->string.first);
		break;
	default: break;
	}
}

void
mta_message_replied(struct mta_message *m, const struct terms *terms,
    enum packet_kind command, char letter, struct slice payload)
{
	enum packet_kind kind = packet_kind(TO_MTA, letter);
	struct packet p;

	if (kind == N_PACKETS || command < CMD_MAIL || command > CMD_BODYEOB)
		return;
	bool refused =
	    kind == RPL_REJECT || kind == RPL_TEMPFAIL || kind == RPL_REPLYCODE;
	if (command == CMD_RCPT && refused)
		refuse_last_recipient(m);
	if (command != CMD_RCPT || !refused)
		decide(m, kind, letter, payload);
	else if (!m->decided) { /* of this recipient alone, but R< may ask for it */
		decide(m, kind, letter, payload);
		m->decided = false;
	}
	if (command == CMD_BODYEOB &&
	    packet_decode(TO_MTA, letter, payload, &p) == CODEC_OK)
		modify(m, terms, &p);
}

/* --- the result --- */

static void
put_line(struct text *out, const struct packet *p)
{
	struct text line = TEXT_INIT(512 * 1024);

	packet_describe(&line, p);
	text_append_cut(out, text_slice(&line));
	text_append_cut(out, SLICE("\n"));
	text_clear(&line);
}

static void
put_string(struct text *out, enum packet_kind kind, struct slice first)
{
	struct packet p = { .kind = kind, .string = { .first = first } };

	put_line(out, &p);
}

static void
put_body(struct text *out, struct slice body)
{
	while (body.len > 0) {
		size_t lf = slice_find(body, '\n');
		size_t n = lf < body.len ? lf + 1 : lf;
		struct packet p = { .kind = CMD_BODY, .bytes = slice_first(body, n) };
		put_line(out, &p);
		body = slice_from(body, n);
	}
}

void
mta_message_describe(const struct mta_message *m, struct text *out)
{
	const struct message *msg = &m->message;
	const struct field *f;
	size_t at = 0;

	put_string(out, CMD_MAIL, text_slice(&msg->sender));
	for (size_t i = 0; i < msg->recipients; i++) {
		if (!msg->recipient[i].deleted)
			put_string(out, CMD_RCPT, text_slice(&msg->recipient[i].path));
	}
	while ((f = message_next_field(msg, &at)) != NULL) {
		struct packet p = { .kind = CMD_HEADER,
			.header = { .name = text_slice(&f->name),
			    .value = text_slice(&f->value) } };
		put_line(out, &p);
	}
	put_body(out, msg->body);
	if (msg->quarantine.len > 0)
		put_string(out, RPL_QUARANTINE, text_slice(&msg->quarantine));
}
