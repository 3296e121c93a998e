/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/address.h"
#include "base/put.h"
#include "sim/server/session.h"
#include "sim/smtp/addresses.h"
#include "sim/smtp/command.h"

/* An address that cannot be read stays. */
static void
mailed(void *self, struct slice path, struct text *out)
{
	const struct session *s = self;
	struct text shown = TEXT_INIT(path.len + 300);

	session_show_sender(s, path, &shown);
	put(out, text_slice(&shown));
	text_clear(&shown);
}

static bool
rewritten(const struct session *s, enum field_change how, const struct field *f,
    struct text *out)
{
	struct slice value = text_slice(&f->value);

	if (how == FIELD_COMPLETED)
		return addresses_complete(
		    text_slice(&f->name), value, s->facts.host, out);
	const struct address_mailer mailer = { mailed, (void *)s };
	return addresses_mailed(text_slice(&f->name), value,
	    how == FIELD_JOINED_LIST && s->words, &mailer, out);
}

/* In every field of that name. */
static void
rewrite_field(struct session *s, enum field_change how, struct slice name)
{
	struct text value = TEXT_INIT(FIELD_MAX);

	for (size_t i = 0; i < s->message.fields; i++) {
		struct field *f = &s->message.field[i];
		bool ours = f->hidden && how == FIELD_COMPLETED;
		if (ours || f->deleted || !slice_equal_nocase(text_slice(&f->name), name))
			continue;
		text_clear(&value);
		if (!rewritten(s, how, f, &value))
			continue;
		struct slice kept = message_cut_value(
		    &s->message, name, text_slice(&value), how == FIELD_COMPLETED);
		if (message_set_value(&s->message, f, kept) != MESSAGE_OK)
			break; /* no room: it stays as it is */
	}
	text_clear(&value);
}

static bool
names_others(const struct message *m)
{
	return message_field(m, SLICE("To")) != NULL ||
	       message_field(m, SLICE("Cc")) != NULL ||
	       message_field(m, SLICE("Apparently-To")) != NULL;
}

static void
empty_field(struct session *s, struct slice name)
{
	for (size_t i = 0; i < s->message.fields; i++) {
		struct field *f = &s->message.field[i];
		if (!f->deleted && slice_equal_nocase(text_slice(&f->name), name))
			text_clear(&f->value);
	}
}

/* One of the client's own that is not delivered, or not as it is. */
static void
change_field(struct session *s, const struct field_rule *r)
{
	if (r->change == FIELD_BLIND && !s->others)
		empty_field(s, slice_of(r->name));
	else if (r->change == FIELD_DROPPED || r->change == FIELD_BLIND ||
		 r->change == FIELD_REPLACED ||
		 ((r->change == FIELD_ADDED_RESENT || r->change == FIELD_RESENT) &&
		     !s->resent))
		message_drop_field(
		    &s->message, slice_of(r->name), r->change == FIELD_REPLACED);
	else if (session_rewrites(r))
		rewrite_field(s, r->change, slice_of(r->name));
}

void
session_show_sender(const struct session *s, struct slice path, struct text *out)
{
	const struct profile *p = s->server->config->profile;

	struct text shown = TEXT_INIT(path.len + 3);

	text_clear(out);
	if (p->resolves)
		users_written(&s->server->config->users, path, out);
	else if (p->sender != NULL)
		p->sender(
		    &s->facts, users_shown(&s->server->config->users, path, &shown), out);
	else
		put(out, address_parse(path).whole);
	text_clear(&shown);
}

/* What our fields are made of. */
static void
learn_sender(struct session *s)
{
	const struct field *name = message_field(&s->message, SLICE("Full-Name"));
	struct facts *f = &s->facts;

	f->full_name = name != NULL ? slice_trim(text_slice(&name->value)) : SLICE("");
	session_show_sender(s, f->sender, &s->shown);
	f->sender_shown = text_slice(&s->shown);
	size_t colon = address_group(f->sender_shown);
	f->sender_group = colon < f->sender_shown.len
			      ? slice_first(f->sender_shown, colon + 1)
			      : SLICE("");
}

/* As a mailbox has them in front of each message. */
static enum message_status
take_from_lines(struct session *s, struct slice *text)
{
	const char *name = s->server->config->profile->from_lines;
	struct text value = TEXT_INIT(FIELD_MAX);
	enum message_status status = MESSAGE_OK;
	struct slice line, rest = *text;

	if (s->smtp.data.chunked)
		return MESSAGE_OK;
	if (name != NULL && *name == '\0') {
		if (slice_starts(rest, SLICE("From ")) && slice_next_line(&rest, &line))
			*text = rest;
		return MESSAGE_OK;
	}
	while (name != NULL && status == MESSAGE_OK && slice_next_line(&rest, &line)) {
		size_t quotes = 0;
		while (quotes < line.len && line.ptr[quotes] == '>')
			quotes++;
		if (!slice_starts(slice_from(line, quotes), SLICE("From ")))
			break;
		text_clear(&value);
		put(&value, SLICE(" "));
		put(&value, line);
		status = message_insert_field(
		    &s->message, s->message.fields, slice_of(name), text_slice(&value));
		*text = rest;
	}
	text_clear(&value);
	return status;
}

/* Does nothing in a field of addresses part them but blanks? */
static bool
words_alone(const struct session *s)
{
	const struct field_rule *r = s->server->config->profile->fields;
	bool marked = false;

	for (; r != NULL && r->name != NULL; r++) {
		if (r->change != FIELD_JOINED && r->change != FIELD_JOINED_LIST)
			continue;
		for (size_t i = 0; i < s->message.fields; i++) {
			const struct field *f = &s->message.field[i];
			struct slice value = text_slice(&f->value);
			for (size_t k = 0; slice_equal_nocase(
					       text_slice(&f->name), slice_of(r->name)) &&
					   k < value.len;
			     k++)
				marked = marked || strchr(",(<;", value.ptr[k]) != NULL;
		}
	}
	return !marked;
}

/* As if the client had not sent them. */
static void
lose_empty(struct session *s)
{
	const struct field_rule *r = s->server->config->profile->fields;

	for (; r != NULL && r->name != NULL; r++) {
		if (r->change == FIELD_ADDED || r->change == FIELD_ADDED_RESENT ||
		    r->change == FIELD_KEPT)
			message_lose_empty(&s->message, slice_of(r->name));
	}
}

/* A field that begins the body loses the end of its line. */
static void
join_end(struct session *s, struct slice *text)
{
	struct slice line, rest = *text;

	while (slice_next_line(&rest, &line) && line.len != 0) {
		bool folded = line.ptr[0] == ' ' || line.ptr[0] == '\t';
		if (folded)
			continue;
		struct slice name, value;
		if (!message_split_field(line, &name, &value))
			return;
		if (!message_ends_header(&s->message, name))
			continue;
		size_t at = (size_t)(line.ptr + line.len - s->smtp.message.ptr);
		size_t end = (size_t)(rest.ptr - s->smtp.message.ptr);
		memmove(s->smtp.message.ptr + at, s->smtp.message.ptr + end, rest.len);
		s->smtp.message.len -= end - at;
		text->len -= end - at;
		return;
	}
}

/* How many hosts it came through, this one too. */
static unsigned
hops(const struct message *m)
{
	const struct field *f;
	unsigned count = 1;
	size_t at = 0;

	while ((f = message_next_field(m, &at)) != NULL)
		count += slice_equal_nocase(text_slice(&f->name), SLICE("Received"));
	return count;
}

enum message_status
session_begin_message(struct session *s)
{
	const struct profile *p = s->server->config->profile;
	const struct field_rule *r = p->fields;

	struct slice text = text_slice(&s->smtp.message);

	enum message_status status = session_make_room(s);
	if (status == MESSAGE_OK)
		status = take_from_lines(s, &text);
	join_end(s, &text);
	if (status == MESSAGE_OK)
		status = message_parse(&s->message, text);
	if (status == MESSAGE_OK && hops(&s->message) >= p->hops_max && p->hops_max != 0)
		status = MESSAGE_HOPS;
	if (status != MESSAGE_OK)
		return status;
	s->resent = message_resent(&s->message);
	s->words = words_alone(s);
	s->others = names_others(&s->message);
	if (p->empty_lost)
		lose_empty(s);
	session_learn_msg_id(s);
	session_gather(s);
	status = session_add_received(s);
	if (status != MESSAGE_OK)
		return status;
	learn_sender(s);
	for (; r != NULL && r->name != NULL && status == MESSAGE_OK; r++) {
		if (p->fields_shown)
			change_field(s, r);
		status = session_add_own(s, r);
	}
	return status;
}

bool
session_finish_header(struct session *s)
{
	const struct profile *p = s->server->config->profile;
	const struct field_rule *r = p->fields;

	session_show_sender(s, text_slice(&s->message.sender), &s->shown);
	s->facts.sender_shown = text_slice(&s->shown);
	session_fill_late(s);
	if (s->shown.len == 0 && p->null_sender != NULL)
		put(&s->shown, slice_of(p->null_sender));
	bool good = message_set_sender(&s->message, text_slice(&s->shown)) == MESSAGE_OK;
	s->smtp.sender = text_slice(&s->message.sender);
	if (!p->fields_shown)
		message_read_again(&s->message);
	for (; r != NULL && r->name != NULL && !p->fields_shown; r++)
		change_field(s, r);
	if (p->delivery_head == NULL)
		good = session_add_return_path(s) == MESSAGE_OK && good;
	return good;
}
