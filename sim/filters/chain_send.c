/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/filters/chain_send.h"

#include "base/put.h"

/* One packet per command of the client. */
static const enum packet_kind single[N_MOMENTS] = {
	[MOMENT_CONNECT] = CMD_CONNECT,
	[MOMENT_HELO] = CMD_HELO,
	[MOMENT_MAIL] = CMD_MAIL,
	[MOMENT_RCPT] = CMD_RCPT,
	[MOMENT_DATA] = CMD_DATA,
	[MOMENT_UNKNOWN] = CMD_UNKNOWN,
};

static bool
more_fields(const struct chain *c)
{
	size_t at = c->place;

	return message_next_field(c->event.message, &at) != NULL;
}

/* HEADER ... EOH BODY ... BODYEOB; BODY not at all when the body is empty. */
static bool
message_step(struct chain *c, struct filter *f)
{
	switch (c->step) {
	case N_PACKETS:
	case CMD_HEADER:
		if (more_fields(c) && !filter_masked(f, CMD_HEADER)) {
			c->step = CMD_HEADER;
			return true;
		}
		c->step = CMD_EOH;
		return true;
	case CMD_EOH:
		c->place = 0;
		/* fall through */
	case CMD_BODY:
		if (c->place < c->event.message->body.len && !f->skip_body &&
		    !filter_masked(f, CMD_BODY)) {
			c->step = CMD_BODY;
			return true;
		}
		c->step = CMD_BODYEOB;
		return true;
	default: return false;
	}
}

bool
chain_step(struct chain *c, struct filter *f)
{
	if (c->event.moment == MOMENT_MESSAGE)
		return message_step(c, f);
	if (c->step != N_PACKETS)
		return false;
	c->step = single[c->event.moment];
	return true;
}

static void
queue(struct chain *c, struct filter *f, const struct packet *p, enum codec_status *ret)
{
	size_t before = f->out.len;

	*ret = packet_encode(&f->out, p);
	if (*ret != CODEC_OK)
		return;
	struct slice frame = slice_from(text_slice(&f->out), before);
	c->port.packet(c->port.self, (size_t)(f - c->filter), TO_MILTER, frame.ptr[4],
	    slice_from(frame, FRAME_HEAD));
}

void
chain_send_bare(struct chain *c, struct filter *f, enum packet_kind kind)
{
	const struct packet p = { .kind = kind };
	enum codec_status status;

	queue(c, f, &p, &status);
}

/* Names are separated by blanks, sendmail's lists also by commas. */
static struct slice
next_name(struct slice *names)
{
	size_t begin = 0, end;

	while (begin < names->len && strchr(" ,", names->ptr[begin]) != NULL)
		begin++;
	for (end = begin; end < names->len && strchr(" ,", names->ptr[end]) == NULL;
	     end++)
		;
	struct slice name = slice_first(slice_from(*names, begin), end - begin);
	*names = slice_from(*names, end);
	return name;
}

static enum codec_status
collect_macros(struct chain *c, struct slice names, struct text *pairs)
{
	enum codec_status status = CODEC_OK;
	struct slice name, value;

	while (status == CODEC_OK && (name = next_name(&names)).len != 0) {
		if (c->port.macro(c->port.self, name, &value))
			status = macro_append(pairs, name, value);
	}
	return status;
}

static enum codec_status
send_macros(struct chain *c, struct filter *f)
{
	const struct packet_rule *r = &packet_rules[c->step];
	struct text pairs = TEXT_INIT(FRAME_PAYLOAD_64K - 1);

	if (r->symlist == SYMLIST_NONE)
		return CODEC_OK;
	enum codec_status status =
	    collect_macros(c, filter_macro_names(f, c->habits, r->symlist), &pairs);
	/* A milter that asked for no macros of a stage gets no packet there. */
	bool emptied = f->listed[r->symlist] && f->macros[r->symlist].len == 0;
	bool always = (c->habits->always_macros & KIND_BIT(c->step)) != 0 && !emptied;
	if (status == CODEC_OK && (pairs.len != 0 || always)) {
		const struct packet p = { .kind = CMD_MACRO,
			.macro = { .command = r->letter, .pairs = text_slice(&pairs) } };
		queue(c, f, &p, &status);
	}
	text_clear(&pairs);
	return status;
}

static struct slice
shown_value(const struct filter *f, const struct field *field)
{
	struct slice value = text_slice(&field->value);

	if ((f->protocol & PROTO_HDR_LEADSPC) == 0 && value.len != 0 &&
	    value.ptr[0] == ' ')
		return slice_from(value, 1);
	return value;
}

/* Fills in the payload of chain.step and moves chain.place behind it. */
static void
payload(struct chain *c, const struct filter *f, struct packet *p)
{
	const struct field *field;

	switch (c->step) {
	case CMD_CONNECT: p->connect = c->event.connect; break;
	case CMD_HELO:
	case CMD_UNKNOWN: p->string.first = c->event.text; break;
	case CMD_MAIL:
	case CMD_RCPT:
		p->string = (struct string_packet){ c->event.path, c->event.args };
		break;
	case CMD_HEADER:
		field = message_next_field(c->event.message, &c->place);
		p->header.name = text_slice(&field->name);
		p->header.value = shown_value(f, field);
		break;
	case CMD_BODY:
		p->bytes = slice_first(
		    slice_from(c->event.message->body, c->place), FRAME_PAYLOAD_64K);
		c->place += p->bytes.len;
		break;
	default: break;
	}
}

static bool
wanted(const struct chain *c, const struct filter *f)
{
	if (c->step == CMD_RCPT && c->event.refused &&
	    (f->protocol & PROTO_RCPT_REJ) == 0)
		return false;
	return !filter_masked(f, c->step);
}

bool
chain_send(struct chain *c, struct filter *f, bool *ret_sent)
{
	struct packet p = { .kind = c->step };
	enum codec_status status = send_macros(c, f);

	*ret_sent = wanted(c, f);
	if (status == CODEC_OK && *ret_sent) {
		payload(c, f, &p);
		queue(c, f, &p, &status);
	}
	if (status != CODEC_OK)
		c->port.note(c->port.self, (size_t)(f - c->filter), codec_fault(status));
	return status == CODEC_OK;
}
