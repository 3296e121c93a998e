/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/filters/message.h"

#include <stdlib.h>

#include "base/address.h"
#include "base/put.h"

void
message_init(struct message *m, size_t body_limit)
{
	*m = (struct message){
		.sender = TEXT_INIT(PATH_MAX_BYTES),
		.named = TEXT_INIT(PATH_MAX_BYTES),
		.objection = TEXT_INIT(2 * PATH_MAX_BYTES),
		.own_body = TEXT_INIT(body_limit),
		.quarantine = TEXT_INIT(1000),
	};
}

static void
recipient_clear(struct recipient *r)
{
	text_clear(&r->path);
	text_clear(&r->typed);
	text_clear(&r->args);
}

void
message_clear(struct message *m)
{
	for (size_t i = 0; i < m->fields; i++) {
		text_clear(&m->field[i].name);
		text_clear(&m->field[i].value);
	}
	for (size_t i = 0; i < m->recipients; i++)
		recipient_clear(&m->recipient[i]);
	free(m->field);
	free(m->recipient);
	text_clear(&m->sender);
	text_clear(&m->named);
	text_clear(&m->objection);
	text_clear(&m->own_body);
	text_clear(&m->quarantine);
	const struct message kept = *m;
	message_init(m, m->own_body.limit);
	m->rules = kept.rules;
	m->same = kept.same;
	m->addressed = kept.addressed;
	m->next = kept.next;
	m->read = kept.read;
	m->self = kept.self;
}

/* --- envelope --- */

enum message_status
message_set_sender(struct message *m, struct slice path)
{
	if (path.len > m->sender.limit)
		return MESSAGE_FULL;
	text_clear(&m->sender);
	return message_status_of(text_append(&m->sender, path));
}

enum message_status
message_add_recipient(struct message *m, struct slice path)
{
	if (m->recipients == RECIPIENTS_MAX)
		return MESSAGE_FULL;
	struct recipient *grown =
	    realloc(m->recipient, (m->recipients + 1) * sizeof *grown);
	if (grown == NULL)
		return MESSAGE_NO_MEMORY;
	m->recipient = grown;
	grown[m->recipients] = (struct recipient){ .path = TEXT_INIT(PATH_MAX_BYTES),
		.typed = TEXT_INIT(PATH_MAX_BYTES),
		.args = TEXT_INIT(PATH_MAX_BYTES) };
	enum text_status status = text_append(&grown[m->recipients].path, path);
	m->recipients += status == TEXT_OK;
	return message_status_of(status);
}

enum message_status
message_add_recipient_told(struct message *m, struct slice path, struct slice parameters)
{
	enum message_status status = message_add_recipient(m, path);
	struct slice rest = slice_first(parameters, slice_find(parameters, '\0'));

	for (struct slice one;
	     status == MESSAGE_OK && (one = slice_next_word(&rest)).len != 0;) {
		put(&m->recipient[m->recipients - 1].args, one);
		put(&m->recipient[m->recipients - 1].args, SLICE("\0"));
	}
	return status;
}

void
message_recipient_args(struct message *m, struct slice typed, struct slice args)
{
	put(&m->recipient[m->recipients - 1].typed, typed);
	put(&m->recipient[m->recipients - 1].args, args);
}

/* Is `have` what DELRCPT of `wanted` takes out? */
static bool
deletes(const struct message *m, struct slice wanted, struct slice have)
{
	const struct edit_rules *r = m->rules;
	if (m->read != NULL) /* as the filter wrote it, and no other spelling */
		return slice_equal(wanted, have);
	struct slice a = address_parse(wanted).whole, b = address_parse(have).whole;

	if (r != NULL && r->mailbox_matters && m->same != NULL &&
	    m->same(m->self, wanted, have))
		return true;
	return r != NULL && r->case_matters ? slice_equal(a, b)
					    : slice_equal_nocase(a, b);
}

enum message_status
message_delete_recipient(struct message *m, struct slice path)
{
	enum message_status status = MESSAGE_NONE;

	for (size_t i = 0; i < m->recipients; i++) {
		struct recipient *r = &m->recipient[i];
		if (r->deleted || !deletes(m, path, text_slice(&r->path)))
			continue;
		r->deleted = true;
		status = MESSAGE_OK;
	}
	return status;
}

/* --- taking a message apart --- */

static bool
folded(struct slice rest)
{
	return rest.len != 0 && (rest.ptr[0] == ' ' || rest.ptr[0] == '\t');
}

bool
message_split_field(struct slice line, struct slice *ret_name, struct slice *ret_value)
{
	size_t colon = slice_find(line, ':'), end = colon;

	if (colon == line.len)
		return false;
	while (end > 0 && (line.ptr[end - 1] == ' ' || line.ptr[end - 1] == '\t'))
		end--;
	for (size_t i = 0; i < end; i++) {
		if (line.ptr[i] <= ' ' || line.ptr[i] > '~')
			return false;
	}
	*ret_name = slice_first(line, end);
	*ret_value = slice_from(line, colon + 1);
	return end != 0;
}

static struct slice
until_nul(const struct message *m, struct slice line)
{
	bool cuts = m->rules != NULL && m->rules->nul_cuts;

	return cuts ? slice_first(line, slice_find(line, '\0')) : line;
}

/* Of a field that will be cut what there is no room for is not missed. */
static enum text_status
gather(const struct message *m, struct text *value, struct slice bytes)
{
	if (m->rules == NULL || m->rules->field_cut == 0)
		return text_append(value, bytes);
	return text_append(value, slice_first(bytes, value->limit - value->len));
}

static enum message_status
unfold(
    const struct message *m, struct text *value, struct slice first, struct slice *rest)
{
	struct slice line = first;
	enum text_status status = TEXT_OK;
	bool more = true;

	for (text_clear(value); more && status == TEXT_OK;
	     more = folded(*rest) && slice_next_line(rest, &line)) {
		if (value->len != 0 || line.ptr != first.ptr)
			status = gather(m, value, SLICE("\n"));
		if (status == TEXT_OK)
			status = gather(m, value, until_nul(m, line));
	}
	return message_status_of(status);
}

bool
message_ends_header(const struct message *m, struct slice name)
{
	if (m->rules != NULL && m->rules->name_max != 0 && name.len > m->rules->name_max)
		return true;
	struct slice words = m->rules != NULL && m->rules->header_ends != NULL
				 ? slice_of(m->rules->header_ends)
				 : SLICE("");

	for (struct slice one; (one = slice_next_word(&words)).len != 0;) {
		if (slice_equal_nocase(one, name))
			return true;
	}
	return false;
}

enum message_status
message_parse(struct message *m, struct slice raw)
{
	struct text value = TEXT_INIT(FIELD_MAX);
	struct slice line, name, first, rest = raw;
	enum message_status status = MESSAGE_OK;

	m->gap = false;
	for (m->body = raw; status == MESSAGE_OK; m->body = rest) {
		if (!slice_next_line(&rest, &line))
			break;
		if (line.len == 0) { /* the empty line belongs to neither part */
			m->body = rest;
			m->gap = true;
			break;
		}
		if (!message_split_field(line, &name, &first) ||
		    message_ends_header(m, name)) {
			m->gap = true;
			break;
		}
		status = unfold(m, &value, first, &rest);
		if (status == MESSAGE_OK)
			status =
			    message_insert_field(m, m->fields, name, text_slice(&value));
	}
	text_clear(&value);
	return status;
}

/* --- body --- */

/* Takes LF or CRLF off; false: the line has no end. */
static bool
cut_end(struct slice *line)
{
	if (line->ptr[line->len - 1] != '\n')
		return false;
	line->len--;
	*line = slice_without_last(*line, '\r');
	return true;
}

/* The end that a line of a new body has, once it is mended. */
static struct slice
end_of(struct slice line, bool ended, enum body_form form)
{
	if (form == BODY_OF_LINES)
		return SLICE("\r\n");
	if (!ended)
		return SLICE("");
	return slice_without_last(line, '\r').len != line.len ? SLICE("\n")
							      : SLICE("\r\n");
}

/* What does not fit stays as it is. */
static void
mend_body(struct message *m, enum body_form form)
{
	struct text mended = TEXT_INIT(m->own_body.limit);
	struct slice rest = text_slice(&m->own_body);
	bool fits = true;

	while (fits && rest.len != 0) {
		struct slice line = slice_next_piece(&rest);
		bool ended = cut_end(&line);
		fits = text_append(&mended, line) == TEXT_OK &&
		       text_append(&mended, end_of(line, ended, form)) == TEXT_OK;
	}
	text_clear(fits ? &m->own_body : &mended);
	if (fits)
		m->own_body = mended;
	m->body = text_slice(&m->own_body);
}

void
message_filter_turn(struct message *m)
{
	if (m->replacing && m->rules != NULL && m->rules->new_body != BODY_AS_IT_CAME)
		mend_body(m, m->rules->new_body);
	m->replacing = false;
	/* What one filter deleted the next one never knew. */
	for (size_t k = 0; k < m->fields; k++)
		m->field[k].hidden = m->field[k].hidden || m->field[k].deleted;
}

enum message_status
message_replace_body(struct message *m, struct slice piece)
{
	if (!m->replacing)
		text_clear(&m->own_body);
	m->replacing = true;
	enum text_status status = text_append(&m->own_body, piece);
	m->body = text_slice(&m->own_body);
	return message_status_of(status);
}
