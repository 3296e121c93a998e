/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields that are the MTA's own: their room, their values. */
#include "base/put.h"
#include "sim/server/session.h"

/* RFC 5321 4.4. */
enum message_status
session_add_received(struct session *s)
{
	struct text value = TEXT_INIT(FIELD_MAX);
	struct facts *f = &s->facts;

	f->rcpt_commands = s->rcpt_commands;
	f->verified = s->smtp.verified;
	f->only_rcpt = s->message.recipients == 1 && s->smtp.rcpts <= 1
			   ? text_slice(&s->message.recipient[0].path)
			   : SLICE("");
	s->server->config->profile->received(f, &value);
	enum message_status status =
	    message_add_trace(&s->message, SLICE("Received"), text_slice(&value));
	text_clear(&value);
	return status;
}

static bool
adds(const struct session *s, const struct field_rule *r)
{
	/* As often as there was a MAIL, whatever the client says in such a field. */
	if (r->change == FIELD_ADDED_NO_HELO)
		return s->smtp.unnamed != 0;
	if (message_field(&s->message, slice_of(r->name)) != NULL)
		return false;
	switch (r->change) {
	case FIELD_DROPPED:
	case FIELD_REPLACED:
	case FIELD_BLIND:
	case FIELD_COMPLETED:
	case FIELD_JOINED:
	case FIELD_JOINED_LIST:
	case FIELD_RESENT:
	case FIELD_KEPT: return false;
	case FIELD_ADDED: return true;
	case FIELD_ADDED_RESENT: return s->resent;
	case FIELD_ADDED_PLAIN: return !s->resent;
	case FIELD_ADDED_NO_HELO: break;
	}
	return false;
}

/* " " and what the rule says. */
static void
put_value(const struct session *s, const struct field_rule *r, struct text *out)
{
	put(out, SLICE(" "));
	for (const char *at = r->value; *at != '\0'; at++) {
		if (*at == '%' && at[1] != '\0')
			facts_field(&s->facts, *++at, out);
		else
			put(out, (struct slice){ at, 1 });
	}
}

/* Room that has its value at the very end, if no filter fills it. */
static struct field *
late_field(struct session *s, struct slice name)
{
	for (size_t i = 0; i < s->message.fields; i++) {
		struct field *f = &s->message.field[i];
		if (f->spare && !f->deleted && !f->taken &&
		    slice_equal_nocase(text_slice(&f->name), name))
			return f;
	}
	return NULL;
}

/*
 * Into the room that is kept for it, or behind all that filters are shown.  What has no
 * value yet may have one at the end.
 */
static enum message_status
set_own(struct session *s, const struct field_rule *r)
{
	struct text value = TEXT_INIT(FIELD_MAX);
	struct slice name = slice_of(r->name);
	bool shown = s->server->config->profile->fields_shown;
	enum message_status status = MESSAGE_OK;

	put_value(s, r, &value);
	if (value.len > 1 && shown)
		status = message_insert_field(
		    &s->message, s->message.fields, name, text_slice(&value));
	else if (value.len > 1)
		status = message_set_own(&s->message, name, text_slice(&value));
	else if (!shown)
		message_own_later(&s->message, name);
	text_clear(&value);
	return status;
}

bool
session_rewrites(const struct field_rule *r)
{
	return r->change == FIELD_COMPLETED || r->change == FIELD_JOINED ||
	       r->change == FIELD_JOINED_LIST;
}

/* Room for all of them, in their order, in front of the client's. */
enum message_status
session_make_room(struct session *s)
{
	const struct field_rule *r = s->server->config->profile->fields;
	enum message_status status = MESSAGE_OK;

	if (s->server->config->profile->fields_shown)
		return MESSAGE_OK;
	for (; r != NULL && r->name != NULL && status == MESSAGE_OK; r++) {
		bool here = r->change != FIELD_DROPPED && r->change != FIELD_BLIND &&
			    r->change != FIELD_REPLACED && r->change != FIELD_RESENT &&
			    !session_rewrites(r);
		unsigned copies =
		    r->change == FIELD_ADDED_NO_HELO ? s->smtp.unnamed : here;
		for (; copies > 0 && status == MESSAGE_OK; copies--)
			status = message_add_own(
			    &s->message, s->message.fields, slice_of(r->name));
	}
	return status;
}

enum message_status
session_add_own(struct session *s, const struct field_rule *r)
{
	bool late =
	    r->change == FIELD_REPLACED && !s->server->config->profile->fields_shown;
	enum message_status status = MESSAGE_OK;

	if (adds(s, r))
		return set_own(s, r);
	if (late) /* on top of all */
		status = message_add_own(&s->message, 0, slice_of(r->name));
	if (late && status == MESSAGE_OK)
		message_own_later(&s->message, slice_of(r->name));
	return status;
}

/* Whoever CHGFROM made the sender has no name. */
static void
fill_late(struct session *s, const struct field_rule *r)
{
	struct text value = TEXT_INIT(FIELD_MAX);
	struct field *f = late_field(s, slice_of(r->name));

	if (f == NULL)
		return;
	put_value(s, r, &value);
	if (value.len <= 1 ||
	    message_set_value(&s->message, f, text_slice(&value)) != MESSAGE_OK)
		f->deleted = true;
	text_clear(&value);
}

void
session_fill_late(struct session *s)
{
	const struct profile *p = s->server->config->profile;
	const struct field_rule *r = p->fields;

	s->facts.full_name = s->facts.sender_group = SLICE("");
	for (; r != NULL && r->name != NULL && !p->fields_shown; r++) {
		if (r->change == FIELD_ADDED || r->change == FIELD_ADDED_RESENT)
			fill_late(s, r);
	}
}

static bool
replaces(const struct field_rule *r)
{
	while (r != NULL && r->name != NULL && r->change != FIELD_REPLACED)
		r++;
	return r != NULL && r->name != NULL;
}

/* RFC 5321 4.4: whose sender it is, where the delivery has no head of its own. */
enum message_status
session_add_return_path(struct session *s)
{
	static const struct slice name = SLICE("Return-Path");
	struct field *late = late_field(s, name);
	struct slice sender = text_slice(&s->message.sender);
	bool brackets = slice_starts(sender, SLICE("<"));
	struct text value = TEXT_INIT(sender.len + 3);
	enum message_status status = MESSAGE_OK;

	text_printf(&value, " %s%.*s%s", brackets ? "" : "<", (int)sender.len, sender.ptr,
	    brackets ? "" : ">");
	if (late != NULL)
		status = message_set_value(&s->message, late, text_slice(&value));
	else if (!replaces(s->server->config->profile->fields))
		status = message_insert_field(&s->message, 0, name, text_slice(&value));
	text_clear(&value);
	return status;
}
