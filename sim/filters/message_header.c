/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/array.h"
#include "base/put.h"
#include "sim/filters/message.h"

static void
field_clear(struct field *f)
{
	text_clear(&f->name);
	text_clear(&f->value);
}

static bool
named(const struct field *f, struct slice name)
{
	return slice_equal_nocase(text_slice(&f->name), name);
}

static bool
shown(const struct field *f)
{
	return !f->hidden && !f->deleted;
}

/* --- looking --- */

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
		if (named(f, name))
			return f;
	}
	return NULL;
}

/* RFC 5322 3.6.6, and Resent-Reply-To of RFC 822: another Resent- field says nothing. */
static bool
says_resent(struct slice name)
{
	static const struct slice names[] = { SLICE("Date"), SLICE("From"),
		SLICE("Sender"), SLICE("Reply-To"), SLICE("To"), SLICE("Cc"),
		SLICE("Bcc"), SLICE("Message-ID") };
	static const struct slice prefix = SLICE("Resent-");
	bool says = false;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		says = says || slice_equal_nocase(slice_from(name, prefix.len), names[i]);
	return says && slice_starts_nocase(name, prefix);
}

bool
message_resent(const struct message *m)
{
	const struct field *f;
	size_t at = 0;

	while ((f = message_next_field(m, &at)) != NULL) {
		if (says_resent(text_slice(&f->name)))
			return true;
	}
	return false;
}

static bool
own(const struct field *f, struct slice name)
{
	return f->hidden && !f->trace && named(f, name);
}

/* The MTA's own field of that name, which has a value or has none. */
static struct field *
first_own(struct message *m, struct slice name)
{
	for (size_t i = 0; i < m->fields; i++) {
		if (own(&m->field[i], name))
			return &m->field[i];
	}
	return NULL;
}

static struct field *
last_own(struct message *m, struct slice name)
{
	for (size_t i = m->fields; i > 0; i--) {
		if (own(&m->field[i - 1], name))
			return &m->field[i - 1];
	}
	return NULL;
}

/* --- changing --- */

/* Is it more than this MTA takes as one field, or than this module does? */
static bool
too_long(const struct message *m, size_t len)
{
	size_t most = m->rules != NULL ? m->rules->field_max : 0;

	return len > (most != 0 ? most : FIELD_MAX);
}

struct slice
message_cut_value(
    const struct message *m, struct slice name, struct slice value, bool folded)
{
	size_t most = m->rules != NULL ? m->rules->field_cut : 0;
	size_t at = name.len + 1; /* what counts of all in front of this line */
	struct slice line, rest = value;

	if (most == 0 || at + value.len <= most)
		return value;
	for (; rest.len != 0; rest = slice_from(rest, line.len + 1)) {
		size_t begin = value.len - rest.len;
		line = slice_first(rest, slice_find(rest, '\n'));
		bool tab = folded && begin != 0 && slice_starts(line, SLICE("\t"));
		if (at + line.len - tab > most && begin != 0 && at > most / 10 * 9)
			return slice_first(value, begin - 1);
		if (at + line.len - tab > most)
			return slice_first(value, begin + tab + most - at);
		at += line.len - tab + 1;
	}
	return value;
}

enum message_status
message_insert_field(
    struct message *m, size_t index, struct slice name, struct slice value)
{
	value = message_cut_value(m, name, value, false);
	struct field f = { .name = TEXT_INIT(name.len), .value = TEXT_INIT(value.len) };

	/* The constant stands for what a field costs beside its bytes. */
	if (too_long(m, name.len + value.len) ||
	    name.len + value.len + 64 > HEADER_MAX - m->header_size)
		return MESSAGE_FULL;
	if (!array_room(&m->field, m->fields, &m->fields_cap, sizeof *m->field) ||
	    text_append(&f.name, name) != TEXT_OK ||
	    text_append(&f.value, value) != TEXT_OK) {
		field_clear(&f);
		return MESSAGE_NO_MEMORY;
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

/* Counted down from the least one nothing is reached: it is beyond the last field. */
#define LEAST_INDEX ((size_t)1 << 31)

static bool
below_zero(const struct message *m, size_t index)
{
	return m->rules != NULL && m->rules->signed_index && index >= LEAST_INDEX;
}

size_t
message_place(const struct message *m, size_t index)
{
	bool gone_too = m->rules == NULL || m->rules->deleted_counts;
	size_t at = 0;

	if (below_zero(m, index))
		index = 0;
	if (m->rules != NULL && m->rules->inserts_behind)
		return index + 1;
	if (gone_too)
		return index;
	for (; at < m->fields && (index > 0 || m->field[at].deleted); at++)
		index -= !m->field[at].deleted;
	return at;
}

enum message_status
message_add_trace(struct message *m, struct slice name, struct slice value)
{
	enum message_status status = message_insert_field(m, 0, name, value);

	if (status == MESSAGE_OK)
		m->field[0].hidden = m->field[0].trace = true;
	return status;
}

enum message_status
message_add_own(struct message *m, size_t index, struct slice name)
{
	enum message_status status = message_insert_field(m, index, name, SLICE(""));

	if (status == MESSAGE_OK)
		m->field[index].hidden = m->field[index].deleted = m->field[index].spare =
		    true;
	return status;
}

void
message_own_later(struct message *m, struct slice name)
{
	struct field *f = first_own(m, name);

	if (f != NULL)
		f->deleted = false;
}

enum message_status
message_set_value(struct message *m, struct field *f, struct slice value)
{
	struct text fresh = TEXT_INIT(value.len);

	if (too_long(m, value.len) || value.len > HEADER_MAX - m->header_size)
		return MESSAGE_FULL;
	if (text_append(&fresh, value) != TEXT_OK)
		return MESSAGE_NO_MEMORY;
	m->header_size += value.len;
	text_clear(&f->value);
	f->value = fresh;
	f->deleted = false;
	return MESSAGE_OK;
}

enum message_status
message_set_own(struct message *m, struct slice name, struct slice value)
{
	enum message_status status = MESSAGE_NONE;

	for (size_t i = 0; i < m->fields; i++) {
		if (!own(&m->field[i], name))
			continue;
		status = message_set_value(m, &m->field[i], value);
		m->field[i].spare = false;
	}
	return status;
}

/* It is the filter's from now on, and the next one sees it. */
static enum message_status
take_over(struct message *m, struct field *f, struct slice value)
{
	enum message_status status = message_set_value(
	    m, f, message_cut_value(m, text_slice(&f->name), value, false));

	f->taken = f->hidden && status == MESSAGE_OK;
	f->hidden = f->hidden && status != MESSAGE_OK;
	return status;
}

static size_t
place(const struct message *m, enum field_place where, struct slice name)
{
	size_t at = 0;

	if (where == FIELD_LAST)
		return m->fields;
	while (at < m->fields &&
	       (where == FIELD_FIRST ? m->field[at].hidden : !named(&m->field[at], name)))
		at++;
	return at;
}

enum message_status
message_add_field(struct message *m, struct slice name, struct slice value)
{
	bool over = m->rules != NULL && m->rules->own_taken_over;
	struct field *mine = over ? first_own(m, name) : NULL;
	enum field_place where = m->rules != NULL ? m->rules->added : FIELD_LAST;

	if (mine != NULL)
		return take_over(m, mine, value);
	return message_insert_field(m, place(m, where, name), name, value);
}

/* The index-th field that filters may know; *ret_count: how many there are. */
static struct field *
numbered(struct message *m, size_t index, struct slice name, size_t *ret_count)
{
	bool gone_too = m->rules != NULL && m->rules->deleted_counts;

	*ret_count = 0;
	for (size_t i = 0; i < m->fields; i++) {
		struct field *f = &m->field[i];
		if (f->hidden || (f->deleted && !gone_too) || !named(f, name))
			continue;
		if (++*ret_count == index)
			return f;
	}
	return NULL;
}

enum message_status
message_change_field(
    struct message *m, size_t index, struct slice name, struct slice value)
{
	bool over = m->rules != NULL && m->rules->own_taken_over;
	bool renames = m->rules != NULL && m->rules->renames;
	enum field_place where = FIELD_LAST;
	size_t count;
	bool first = index == 0 || (below_zero(m, index) && index != LEAST_INDEX);
	struct field *f = numbered(m, first ? 1 : index, name, &count);

	if (f == NULL && over)
		f = last_own(m, name);
	if (f != NULL && value.len == 0) {
		f->deleted = true;
		return MESSAGE_OK;
	}
	/* The same letters, maybe in another case. */
	for (size_t i = 0; f != NULL && renames && i < name.len; i++)
		f->name.ptr[i] = name.ptr[i];
	if (f != NULL)
		return take_over(m, f, value);
	if (value.len == 0)
		return MESSAGE_OK;
	if (m->rules != NULL)
		where = count == 0 ? m->rules->missing : m->rules->beyond;
	return message_insert_field(m, place(m, where, name), name, value);
}

void
message_lose_empty(struct message *m, struct slice name)
{
	size_t stay = 0;

	for (size_t i = 0; i < m->fields; i++) {
		struct field *f = &m->field[i];
		if (shown(f) && named(f, name) &&
		    slice_trim(text_slice(&f->value)).len == 0)
			field_clear(f);
		else
			m->field[stay++] = *f;
	}
	m->fields = stay;
}

void
message_drop_field(struct message *m, struct slice name, bool but_spare)
{
	for (size_t i = 0; i < m->fields; i++) {
		struct field *f = &m->field[i];
		bool stays = but_spare && f->spare;
		f->deleted = f->deleted || (named(f, name) && !stays);
	}
}

/* A name with a blank or a colon in it is less of a name, or none. */
static void
name_again(const struct message *m, struct field *f)
{
	struct text whole = TEXT_INIT(FIELD_MAX);
	struct slice name, value;

	put(&whole, text_slice(&f->name));
	put(&whole, SLICE(":"));
	put(&whole, text_slice(&f->value));
	bool good = message_split_field(text_slice(&whole), &name, &value) &&
		    !message_ends_header(m, name);
	f->deleted = f->deleted || !good;
	if (good && name.len != f->name.len) {
		struct text fresh = TEXT_INIT(value.len);
		put(&fresh, value);
		f->name.len = name.len;
		text_clear(&f->value);
		f->value = fresh;
	}
	text_clear(&whole);
}

void
message_read_again(struct message *m)
{
	for (size_t i = 0; i < m->fields; i++) {
		struct field *f = &m->field[i];
		struct slice value = text_slice(&f->value);
		bool nothing = value.len == 0 || slice_equal(value, SLICE(" "));
		f->deleted = f->deleted || (f->spare && f->taken && nothing);
		if (m->rules->name_max == 0 || f->deleted)
			continue;
		m->unreadable =
		    m->unreadable || slice_find(text_slice(&f->name), '\n') < f->name.len;
		name_again(m, f);
	}
}
