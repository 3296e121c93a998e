/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/filters/message.h"

#include <stdlib.h>

#include "base/address.h"
#include "base/array.h"
#include "base/put.h"

void
message_init(struct message *m, size_t body_limit)
{
	*m = (struct message){
		.sender = TEXT_INIT(PATH_MAX_BYTES),
		.own_body = TEXT_INIT(body_limit),
		.quarantine = TEXT_INIT(1000),
	};
}

static void
field_clear(struct field *f)
{
	text_clear(&f->name);
	text_clear(&f->value);
}

static void
recipient_clear(struct recipient *r)
{
	text_clear(&r->path);
	text_clear(&r->args);
}

void
message_clear(struct message *m)
{
	for (size_t i = 0; i < m->fields; i++)
		field_clear(&m->field[i]);
	for (size_t i = 0; i < m->recipients; i++)
		recipient_clear(&m->recipient[i]);
	free(m->field);
	free(m->recipient);
	text_clear(&m->sender);
	text_clear(&m->own_body);
	text_clear(&m->quarantine);
	const struct edit_rules *rules = m->rules;
	message_init(m, m->own_body.limit);
	m->rules = rules;
}

/* --- envelope --- */

enum message_status
message_set_sender(struct message *m, struct slice path)
{
	if (path.len > m->sender.limit)
		return MESSAGE_FULL;
	text_clear(&m->sender);
	return text_append(&m->sender, path) == TEXT_OK ? MESSAGE_OK : MESSAGE_FULL;
}

enum message_status
message_add_recipient(struct message *m, struct slice path)
{
	if (m->recipients == RECIPIENTS_MAX)
		return MESSAGE_FULL;
	struct recipient *grown =
	    realloc(m->recipient, (m->recipients + 1) * sizeof *grown);
	if (grown == NULL)
		return MESSAGE_FULL;
	m->recipient = grown;
	grown[m->recipients] = (struct recipient){ .path = TEXT_INIT(PATH_MAX_BYTES),
		.args = TEXT_INIT(PATH_MAX_BYTES) };
	if (text_append(&grown[m->recipients].path, path) != TEXT_OK)
		return MESSAGE_FULL;
	m->recipients++;
	return MESSAGE_OK;
}

void
message_recipient_args(struct message *m, struct slice args)
{
	put(&m->recipient[m->recipients - 1].args, args);
}

enum message_status
message_delete_recipient(struct message *m, struct slice path)
{
	struct slice wanted = address_parse(path).whole;
	enum message_status status = MESSAGE_NONE;

	for (size_t i = 0; i < m->recipients; i++) {
		struct recipient *r = &m->recipient[i];
		struct slice have = address_parse(text_slice(&r->path)).whole;
		bool exact = m->rules != NULL && m->rules->case_matters;
		if (r->deleted || !slice_equal_nocase(have, wanted) ||
		    (exact && !slice_equal(have, wanted)))
			continue;
		r->deleted = true;
		status = MESSAGE_OK;
	}
	return status;
}

/* --- header --- */

enum message_status
message_insert_field(
    struct message *m, size_t index, struct slice name, struct slice value)
{
	struct field f = { .name = TEXT_INIT(name.len), .value = TEXT_INIT(value.len) };

	/* The constant stands for what a field costs beside its bytes. */
	if (name.len + value.len > FIELD_MAX ||
	    name.len + value.len + 64 > HEADER_MAX - m->header_size ||
	    !array_room(&m->field, m->fields, &m->fields_cap, sizeof *m->field))
		return MESSAGE_FULL;
	if (text_append(&f.name, name) != TEXT_OK ||
	    text_append(&f.value, value) != TEXT_OK) {
		field_clear(&f);
		return MESSAGE_FULL;
	}
	if (index > m->fields)
		index = m->fields;
	if (index < m->fields)
		memmove(&m->field[index + 1], &m->field[index],
		    (m->fields - index) * sizeof f);
	m->field[index] = f;
	m->fields++;
	m->header_size += name.len + value.len + 64;
	return MESSAGE_OK;
}

enum message_status
message_add_field(struct message *m, struct slice name, struct slice value)
{
	return message_insert_field(m, m->fields, name, value);
}

enum message_status
message_add_trace(struct message *m, struct slice name, struct slice value)
{
	enum message_status status = message_insert_field(m, 0, name, value);

	if (status == MESSAGE_OK)
		m->field[0].hidden = true;
	return status;
}

static bool
shown(const struct field *f)
{
	return !f->hidden && !f->deleted;
}

enum message_status
message_set_value(struct message *m, struct field *f, struct slice value)
{
	struct text fresh = TEXT_INIT(value.len);

	if (value.len > FIELD_MAX || value.len > HEADER_MAX - m->header_size ||
	    text_append(&fresh, value) != TEXT_OK)
		return MESSAGE_FULL;
	m->header_size += value.len;
	text_clear(&f->value);
	f->value = fresh;
	return MESSAGE_OK;
}

static enum message_status
rewrite(struct message *m, struct field *f, struct slice name, struct slice value)
{
	/* The same letters, maybe in another case. */
	for (size_t i = 0; m->rules != NULL && m->rules->renames && i < name.len; i++)
		f->name.ptr[i] = name.ptr[i];
	return message_set_value(m, f, value);
}

enum message_status
message_change_field(
    struct message *m, size_t index, struct slice name, struct slice value)
{
	size_t count = 0;

	if (index == 0)
		index = 1;
	for (size_t i = 0; i < m->fields; i++) {
		struct field *f = &m->field[i];
		if (!shown(f) || !slice_equal_nocase(text_slice(&f->name), name))
			continue;
		if (++count != index)
			continue;
		f->deleted = value.len == 0;
		return value.len == 0 ? MESSAGE_OK : rewrite(m, f, name, value);
	}
	if (value.len == 0)
		return MESSAGE_OK;
	enum field_place place = FIELD_LAST;
	if (m->rules != NULL)
		place = count == 0 ? m->rules->missing : m->rules->beyond;
	size_t at = place == FIELD_FIRST ? 0 : m->fields;
	while (at < m->fields && m->field[at].hidden)
		at++;
	return message_insert_field(m, at, name, value);
}

void
message_drop_field(struct message *m, struct slice name)
{
	for (size_t i = 0; i < m->fields; i++) {
		struct field *f = &m->field[i];
		f->deleted = f->deleted || slice_equal_nocase(text_slice(&f->name), name);
	}
}

const struct field *
message_next_field(const struct message *m, size_t *at)
{
	while (*at < m->fields) {
		const struct field *f = &m->field[(*at)++];
		if (shown(f))
			return f;
	}
	return NULL;
}

const struct field *
message_field(const struct message *m, struct slice name)
{
	const struct field *f;
	size_t at = 0;

	while ((f = message_next_field(m, &at)) != NULL) {
		if (slice_equal_nocase(text_slice(&f->name), name))
			return f;
	}
	return NULL;
}

bool
message_resent(const struct message *m)
{
	const struct field *f;
	size_t at = 0;

	while ((f = message_next_field(m, &at)) != NULL) {
		if (slice_starts_nocase(text_slice(&f->name), SLICE("Resent-")))
			return true;
	}
	return false;
}

/* --- taking a message apart --- */

static bool
folded(struct slice rest)
{
	return rest.len != 0 && (rest.ptr[0] == ' ' || rest.ptr[0] == '\t');
}

/* RFC 5322 2.2: printable bytes and then a colon; blanks before it are old use. */
static bool
split_field(struct slice line, struct slice *ret_name, struct slice *ret_value)
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

static enum message_status
unfold(struct text *value, struct slice first, struct slice *rest)
{
	struct slice line = first;
	bool more = true;

	for (text_clear(value); more;
	     more = folded(*rest) && slice_next_line(rest, &line)) {
		if (value->len != 0 || line.ptr != first.ptr) {
			if (text_append(value, SLICE("\n")) != TEXT_OK)
				return MESSAGE_FULL;
		}
		if (text_append(value, line) != TEXT_OK)
			return MESSAGE_FULL;
	}
	return MESSAGE_OK;
}

static struct slice
until_nul(const struct message *m, struct slice value)
{
	bool cuts = m->rules != NULL && m->rules->nul_cuts;

	return cuts ? slice_first(value, slice_find(value, '\0')) : value;
}

enum message_status
message_parse(struct message *m, struct slice raw)
{
	struct text value = TEXT_INIT(FIELD_MAX);
	struct slice line, name, first, rest = raw;
	enum message_status status = MESSAGE_OK;

	for (m->body = rest; status == MESSAGE_OK; m->body = rest) {
		if (!slice_next_line(&rest, &line))
			break;
		if (line.len == 0) { /* the empty line belongs to neither part */
			m->body = rest;
			break;
		}
		if (!split_field(line, &name, &first))
			break;
		status = unfold(&value, first, &rest);
		if (status == MESSAGE_OK)
			status =
			    message_add_field(m, name, until_nul(m, text_slice(&value)));
	}
	text_clear(&value);
	return status;
}

/* --- body --- */

/* The new body line by line, each with its CRLF. */
static void
make_lines(struct message *m)
{
	struct text lines = TEXT_INIT(m->own_body.limit);
	struct slice line, rest = text_slice(&m->own_body);
	bool fits = true;

	while (fits && slice_next_line(&rest, &line))
		fits = text_append(&lines, line) == TEXT_OK &&
		       text_append(&lines, SLICE("\r\n")) == TEXT_OK;
	if (!fits) {
		text_clear(&lines);
		return;
	}
	text_clear(&m->own_body);
	m->own_body = lines;
	m->body = text_slice(&m->own_body);
}

void
message_filter_turn(struct message *m)
{
	if (m->replacing && m->rules != NULL && m->rules->body_lines)
		make_lines(m);
	m->replacing = false;
}

enum message_status
message_replace_body(struct message *m, struct slice piece)
{
	if (!m->replacing)
		text_clear(&m->own_body);
	m->replacing = true;
	enum text_status status = text_append(&m->own_body, piece);
	m->body = text_slice(&m->own_body);
	return status == TEXT_OK ? MESSAGE_OK : MESSAGE_FULL;
}
