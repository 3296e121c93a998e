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
		if (more_fields(c) && f->skip != CMD_HEADER &&
		    !filter_masked(f, CMD_HEADER)) {
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
		    f->skip != CMD_BODY && !filter_masked(f, CMD_BODY)) {
			c->step = CMD_BODY;
			return true;
		}
		c->step = CMD_BODYEOB;
		return true;
	default: return false;
	}
}

enum packet_kind
chain_single(enum moment moment)
{
	return single[moment];
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

/* Tells of every frame in bytes of ours. */
static void
tell_frames(struct chain *c, const struct filter *f, struct slice bytes)
{
	struct frame frame;

	for (; frame_decode(bytes, FRAME_PAYLOAD_1M, &frame) == FRAME_OK;
	     bytes = slice_from(bytes, frame.size))
		c->port.packet(c->port.self, (size_t)(f - c->filter), TO_MILTER,
		    frame.letter, frame.payload);
}

void
chain_flush(struct chain *c, struct filter *f)
{
	if (f->kept.len == 0)
		return;
	tell_frames(c, f, text_slice(&f->kept));
	put(&f->out, text_slice(&f->kept));
	text_clear(&f->kept);
}

/* At once, or behind the buffer of an MTA that has one. */
static void
queue(struct chain *c, struct filter *f, const struct packet *p, enum codec_status *ret)
{
	bool waits = c->habits->buffer != 0 && filter_silent(f, p->kind);
	struct text *out = waits ? &f->kept : &f->out;

	if (!waits)
		chain_flush(c, f);
	size_t before = out->len;
	*ret = packet_encode(out, p);
	if (*ret != CODEC_OK)
		return;
	if (waits && f->kept.len > c->habits->buffer)
		chain_flush(c, f);
	if (!waits)
		tell_frames(c, f, slice_from(text_slice(out), before));
}

static bool
queue_letters(struct chain *c, struct filter *f, const char *letter)
{
	enum codec_status status;

	if (letter == NULL || *letter == '\0')
		return false;
	for (; *letter != '\0'; letter++) {
		const struct packet p = { .kind = packet_kind(TO_MILTER, *letter) };
		queue(c, f, &p, &status);
	}
	return true;
}

bool
chain_send_ending(struct chain *c, struct filter *f, enum ending ending)
{
	const struct farewell *e = &c->habits->endings[ending];
	bool told = c->greeted && queue_letters(c, f, e->greeted);

	return queue_letters(c, f, e->packets[f->standing]) || told;
}

/* Names are separated by blanks of any kind and by commas. */
static struct slice
next_name(struct slice *names)
{
	size_t begin = 0, end;

	while (begin < names->len && strchr(" ,\t\r\n", names->ptr[begin]) != NULL)
		begin++;
	for (end = begin; end < names->len && strchr(" ,\t\r\n", names->ptr[end]) == NULL;
	     end++)
		;
	struct slice name = slice_first(slice_from(*names, begin), end - begin);
	*names = slice_from(*names, end);
	return name;
}

static bool
named(struct slice wanted, struct slice names)
{
	struct slice name;

	while ((name = next_name(&names)).len != 0) {
		if (slice_equal(name, wanted))
			return true;
	}
	return false;
}

/* The values of `names`, as far as they are among `only`, if that is not NULL. */
static enum codec_status
collect_macros(
    struct chain *c, struct slice names, const struct text *only, struct text *pairs)
{
	enum codec_status status = CODEC_OK;
	struct slice name, value;

	while (status == CODEC_OK && (name = next_name(&names)).len != 0) {
		if (only != NULL && !named(name, text_slice(only)))
			continue;
		if (c->port.macro(c->port.self, name, &value))
			status = macro_append(pairs, name, value);
	}
	return status;
}

static const struct text none;

/* The milter's SETSYMLIST of this command's stage, if it gave one that counts. */
static const struct text *
symlist_in_force(
    const struct chain *c, const struct filter *f, const struct macro_rule *r)
{
	if (r->list == SYMLIST_NONE || r->mode == SYMLIST_IGNORED)
		return NULL;
	if (r->tied != SYMLIST_NONE && f->listed[r->tied] != f->listed[r->list])
		return f->listed[r->tied] ? &none : NULL;
	if (!f->listed[r->list])
		return NULL;
	if (f->macros[r->list].len == 0 && !c->habits->offer.empty_list_counts)
		return NULL;
	return &f->macros[r->list];
}

static bool
refusals_shown(const struct filter *f)
{
	return (f->protocol & PROTO_RCPT_REJ) != 0;
}

static enum codec_status
send_macros(struct chain *c, struct filter *f)
{
	const struct macro_rule *r = &c->habits->macros[c->step];
	const struct text *list = symlist_in_force(c, f, r);
	struct slice names = slice_of(r->names);
	struct text pairs = TEXT_INIT(FRAME_PAYLOAD_64K - 1);
	enum codec_status status;

	bool unheard = (f->unsent & KIND_BIT(c->step)) != 0 && c->habits->text_apart;
	if (unheard || (!r->masked_too && filter_masked(f, c->step)))
		return CODEC_OK;
	if (c->event.refused && c->step == CMD_RCPT && !c->habits->refused_rcpt &&
	    !refusals_shown(f))
		return CODEC_OK;
	if (list != NULL && r->mode == SYMLIST_REPLACES)
		status = collect_macros(c, text_slice(list), NULL, &pairs);
	else
		status = collect_macros(c, names, list, &pairs);
	if (status == CODEC_OK && list == NULL && c->step == CMD_CONNECT)
		status = collect_macros(c, c->added, NULL, &pairs);
	/* A milter that asked for no macros of a stage gets no packet there. */
	bool some = list != NULL ? list->len != 0 : r->names != NULL;
	bool always = r->announced && some;
	if (status == CODEC_OK && (pairs.len != 0 || always)) {
		const struct packet p = { .kind = CMD_MACRO,
			.macro = { .command = packet_rules[c->step].letter,
			    .pairs = text_slice(&pairs) } };
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
	if (c->step == CMD_RCPT && c->event.refused && !refusals_shown(f))
		return false;
	return !filter_masked(f, c->step);
}

bool
chain_send(struct chain *c, struct filter *f, bool *ret_sent)
{
	struct packet p = { .kind = c->step };
	enum codec_status status;

	if (f->skip == c->step) {
		*ret_sent = false;
		return true;
	}
	f->skip = CMD_OPTNEG;
	status = send_macros(c, f);
	*ret_sent = wanted(c, f);
	if (status == CODEC_OK && *ret_sent) {
		payload(c, f, &p);
		queue(c, f, &p, &status);
	}
	if (status != CODEC_OK)
		c->port.note(c->port.self, (size_t)(f - c->filter), codec_fault(status));
	return status == CODEC_OK;
}
