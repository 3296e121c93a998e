/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/transcript/pattern.h"

#include "wire/words.h"

enum part_kind { PART_TEXT, PART_ANY, PART_NAME, PART_END, PART_WRONG };

struct part {
	enum part_kind kind;
	struct slice text; /* itself, or the name */
};

void
variables_init(struct variables *v)
{
	*v = (struct variables){ .count = 0 };
	for (size_t i = 0; i < VARIABLES; i++) {
		v->name[i] = (struct text)TEXT_INIT(64);
		v->value[i] = (struct text)TEXT_INIT(VARIABLE_MAX);
	}
}

void
variables_clear(struct variables *v)
{
	for (size_t i = 0; i < VARIABLES; i++) {
		text_clear(&v->name[i]);
		text_clear(&v->value[i]);
	}
	v->count = 0;
}

static size_t
find(const struct variables *v, struct slice name)
{
	for (size_t i = 0; i < v->count; i++) {
		if (slice_equal(text_slice(&v->name[i]), name))
			return i;
	}
	return VARIABLES;
}

bool
variables_get(const struct variables *v, struct slice name, struct slice *ret)
{
	size_t i = find(v, name);

	if (i == VARIABLES)
		return false;
	*ret = text_slice(&v->value[i]);
	return true;
}

bool
variables_set(struct variables *v, struct slice name, struct slice value)
{
	size_t i = find(v, name);

	if (value.len > VARIABLE_MAX)
		return false;
	if (i == VARIABLES) {
		if (v->count == VARIABLES ||
		    text_append(&v->name[v->count], name) != TEXT_OK)
			return false;
		i = v->count++;
	}
	text_clear(&v->value[i]);
	v->varies[i] = false;
	return text_append(&v->value[i], value) == TEXT_OK;
}

bool
pattern_name_good(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = ascii_lower(s.ptr[i]);
		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_')
			return false;
	}
	return s.len > 0 && s.len <= 64;
}

/* What stands before the next "${", all of it when there is none. */
static struct slice
text_before_brace(struct slice s)
{
	for (size_t i = 0; i + 1 < s.len; i++) {
		if (s.ptr[i] == '$' && s.ptr[i + 1] == '{')
			return slice_first(s, i);
	}
	return s;
}

static struct part
variable_part(struct slice *rest)
{
	size_t close = slice_find(*rest, '}');
	struct slice name = slice_from(slice_first(*rest, close), 2);

	if (close == rest->len)
		return (struct part){ .kind = PART_WRONG };
	*rest = slice_from(*rest, close + 1);
	if (slice_equal(name, SLICE("*")))
		return (struct part){ .kind = PART_ANY };
	return (struct part){ pattern_name_good(name) ? PART_NAME : PART_WRONG, name };
}

static struct part
next_part(struct slice *rest)
{
	if (rest->len == 0)
		return (struct part){ .kind = PART_END };
	if (slice_starts(*rest, SLICE("${")))
		return variable_part(rest);
	struct slice text = text_before_brace(*rest);
	if (text.len < rest->len && text.ptr[text.len - 1] == '$') {
		/* "$${": the text with one $, then the brace as text. */
		if (text.len > 1) {
			text.len--;
			*rest = slice_from(*rest, text.len);
			return (struct part){ PART_TEXT, text };
		}
		*rest = slice_from(*rest, 3);
		return (struct part){ PART_TEXT, SLICE("${") };
	}
	*rest = slice_from(*rest, text.len);
	return (struct part){ PART_TEXT, text };
}

bool
pattern_varies(struct slice pattern)
{
	for (;;) {
		struct part p = next_part(&pattern);
		if (p.kind != PART_TEXT)
			return p.kind != PART_END;
	}
}

/* Nothing varies but ${*}, which takes no name, so no value can hold itself. */
static bool
varies_namelessly(struct slice pattern)
{
	bool varies = false;

	for (;;) {
		struct part p = next_part(&pattern);
		if (p.kind == PART_END)
			return varies;
		if (p.kind == PART_NAME || p.kind == PART_WRONG)
			return false;
		varies |= p.kind == PART_ANY;
	}
}

bool
variables_set_pattern(struct variables *v, struct slice name, struct slice pattern)
{
	if (!variables_set(v, name, pattern))
		return false;
	v->varies[find(v, name)] = varies_namelessly(pattern);
	return true;
}

bool
pattern_check(struct slice pattern, struct text *why)
{
	unsigned varying = 0;

	for (;;) {
		struct part p = next_part(&pattern);
		if (p.kind == PART_END)
			return true;
		if (p.kind == PART_WRONG) {
			text_printf(why, "${ wants a name or * and a } behind it; $${ "
					 "stands for itself");
			return false;
		}
		if (p.kind != PART_TEXT && ++varying > PATTERN_PARTS) {
			text_printf(
			    why, "more than %d ${...} in one line", PATTERN_PARTS);
			return false;
		}
	}
}

void
pattern_escape(struct text *out, struct slice line)
{
	while (line.len > 0) {
		struct slice text = text_before_brace(line);
		text_append_cut(out, text);
		line = slice_from(line, text.len);
		if (line.len == 0)
			return;
		text_append_cut(out, SLICE("$${"));
		line = slice_from(line, 2);
	}
}

struct match {
	struct variables *v;
	struct slice name[PATTERN_PARTS], value[PATTERN_PARTS]; /* bound on this try */
	size_t bound;
	unsigned work;
};

static bool
known(const struct match *m, struct slice name, struct slice *ret)
{
	for (size_t i = 0; i < m->bound; i++) {
		if (slice_equal(m->name[i], name)) {
			*ret = m->value[i];
			return true;
		}
	}
	return variables_get(m->v, name, ret);
}

static bool match_rest(struct match *m, struct slice pattern, struct slice line);

/* Each length from the shortest on, until the rest matches too. */
static bool
match_varying(struct match *m, struct part p, struct slice pattern, struct slice line)
{
	size_t slot = m->bound;

	for (size_t n = p.kind == PART_NAME ? 1 : 0; n <= line.len; n++) {
		if (p.kind == PART_NAME) {
			m->name[slot] = p.text;
			m->value[slot] = slice_first(line, n);
			m->bound = slot + 1;
		}
		if (match_rest(m, pattern, slice_from(line, n)))
			return true;
		m->bound = slot;
		if (m->work == 0)
			return false;
	}
	return false;
}

/* A name whose value is a pattern: each length that it may take. */
static bool
match_value(struct match *m, struct slice value, struct slice pattern, struct slice line)
{
	for (size_t n = 0; n <= line.len && m->work > 0; n++) {
		size_t bound = m->bound;
		if (match_rest(m, value, slice_first(line, n)) &&
		    match_rest(m, pattern, slice_from(line, n)))
			return true;
		m->bound = bound;
	}
	return false;
}

static bool
is_pattern(const struct match *m, struct slice name)
{
	size_t i = find(m->v, name);

	return i < VARIABLES && m->v->varies[i];
}

static bool
match_rest(struct match *m, struct slice pattern, struct slice line)
{
	struct part p = next_part(&pattern);
	struct slice value;

	if (m->work == 0)
		return false;
	m->work--;
	if (p.kind == PART_END)
		return line.len == 0;
	if (p.kind == PART_TEXT)
		value = p.text;
	else if (p.kind != PART_NAME || !known(m, p.text, &value))
		return p.kind != PART_WRONG && match_varying(m, p, pattern, line);
	else if (is_pattern(m, p.text))
		return match_value(m, value, pattern, line);
	return slice_starts(line, value) &&
	       match_rest(m, pattern, slice_from(line, value.len));
}

bool
pattern_match(struct slice pattern, struct slice line, struct variables *v)
{
	struct match m = { .v = v, .work = PATTERN_WORK };
	struct text unused = TEXT_INIT(0);

	if (!pattern_check(pattern, &unused) || !match_rest(&m, pattern, line))
		return false;
	for (size_t i = 0; i < m.bound; i++) {
		if (!variables_set(v, m.name[i], m.value[i]))
			return false;
	}
	return true;
}

bool
pattern_fill(
    struct slice pattern, const struct variables *v, struct text *out, struct text *why)
{
	for (;;) {
		struct part p = next_part(&pattern);
		struct slice bytes = p.text;
		if (p.kind == PART_END)
			return true;
		if (p.kind == PART_ANY || p.kind == PART_WRONG) {
			text_printf(why, "${*} cannot be sent");
			return false;
		}
		if (p.kind == PART_NAME && !variables_get(v, p.text, &bytes)) {
			text_printf(
			    why, "${%.*s} has no value yet", (int)p.text.len, p.text.ptr);
			return false;
		}
		if (!words_append(out, bytes, why))
			return false;
	}
}
