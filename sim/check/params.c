/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/params.h"

#include <stdlib.h>

enum { VALUE_MAX = 4000, BODY_PIECE = 4000 };

static const char *
keep(struct params *p, struct slice s)
{
	if (p->owneds == sizeof p->owned / sizeof p->owned[0])
		return NULL;
	p->owned[p->owneds] = strndup(s.ptr != NULL ? s.ptr : "", s.len);
	return p->owned[p->owneds] != NULL ? p->owned[p->owneds++] : NULL;
}

bool
params_set(struct params *p, const char *name, const char *value, struct text *why)
{
	size_t i = 0;

	if (strlen(value) > VALUE_MAX) {
		text_printf(why, "is longer than %d bytes", VALUE_MAX);
		return false;
	}
	while (i < p->count && strcmp(p->param[i].name, name) != 0)
		i++;
	const char *own_name = i < PARAMS_MAX ? keep(p, slice_of(name)) : NULL;
	const char *own_value = own_name != NULL ? keep(p, slice_of(value)) : NULL;
	if (own_value == NULL) {
		text_printf(why, "there are too many of them");
		return false;
	}
	p->param[i] = (struct milter_param){ own_name, own_value };
	if (i == p->count)
		p->count++;
	return true;
}

bool
params_assign(struct params *p, const char *assignment, struct text *why)
{
	size_t equals = strcspn(assignment, "=");
	char *name = strndup(assignment, equals);
	bool ok = assignment[equals] == '=' && equals > 0 && name != NULL;

	if (!ok)
		text_printf(why, "is NAME=VALUE");
	ok = ok && params_set(p, name, assignment + equals + 1, why);
	free(name);
	return ok;
}

/* "NAME_what" = value; what is empty stays as it was. */
static bool
set_part(struct params *p, const char *name, const char *what, struct slice value,
    struct text *why)
{
	struct text key = TEXT_INIT(100), copy = TEXT_INIT(VALUE_MAX + 1);

	text_printf(&key, "%s_%s", name, what);
	text_append_cut(&copy, value);
	bool ok = value.len == 0 || params_set(p, text_cstr(&key), text_cstr(&copy), why);
	text_clear(&key);
	text_clear(&copy);
	return ok;
}

bool
params_path(struct params *p, const char *name, const char *path, struct text *why)
{
	struct text angled = TEXT_INIT(VALUE_MAX + 1);
	struct slice s = slice_of(path);

	if (s.len >= 2 && s.ptr[0] == '<' && s.ptr[s.len - 1] == '>')
		s = slice_first(slice_from(s, 1), s.len - 2);
	text_printf(&angled, "<%.*s>", (int)s.len, s.ptr);
	bool ok =
	    params_set(p, name, text_cstr(&angled), why) &&
	    set_part(p, name, "addr", s, why) &&
	    set_part(p, name, "host", slice_from(s, slice_find_last(s, '@') + 1), why);
	text_clear(&angled);
	return ok;
}

bool
params_client(struct params *p, const char *address, struct text *why)
{
	bool six = strchr(address, ':') != NULL;

	return params_set(p, "client", address, why) &&
	       params_set(p, "family", six ? "inet6" : "inet", why);
}

bool
params_macro(struct params *p, const char *assignment, struct text *why)
{
	size_t equals = strcspn(assignment, "=");
	bool braces = equals > 1 && assignment[0] != '{';

	if (equals == 0 || assignment[equals] != '=') {
		text_printf(why, "is NAME=VALUE");
		return false;
	}
	text_printf(&p->macros, "%s%s%.*s%s=\"", p->macros.len > 0 ? " " : "",
	    braces ? "{" : "", (int)equals, assignment, braces ? "}" : "");
	for (const char *c = assignment + equals + 1; *c != '\0'; c++)
		text_printf(&p->macros, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
	text_printf(&p->macros, "\"");
	return params_set(p, "macros", text_cstr(&p->macros), why);
}

void
params_clear(struct params *p)
{
	for (size_t i = 0; i < p->owneds; i++)
		free(p->owned[i]);
	p->count = p->owneds = 0;
	text_clear(&p->macros);
}

/* --- a message --- */

/* Escaped, and nothing in it is a variable. */
static void
plain(struct text *out, struct slice bytes)
{
	for (size_t i = 0; i < bytes.len; i++) {
		if (bytes.ptr[i] == '$' && i + 1 < bytes.len && bytes.ptr[i + 1] == '{')
			text_printf(out, "$");
		text_append_escaped(out, (struct slice){ bytes.ptr + i, 1 }, 1);
	}
}

/* A field and the lines that continue it; *line is the first of them. */
static void
field(struct slice line, struct slice *rest, struct text *out)
{
	size_t colon = slice_find(line, ':');
	struct slice value = slice_from(line, colon + 1), more, after = *rest;

	if (value.len > 0 && value.ptr[0] == ' ')
		value = slice_from(value, 1);
	text_printf(out, "M> HEADER %.*s: ", (int)colon, line.ptr);
	plain(out, value);
	while (slice_next_line(&after, &more) && more.len > 0 &&
	       (more.ptr[0] == ' ' || more.ptr[0] == '\t')) {
		text_printf(out, "\\n");
		plain(out, more);
		*rest = after;
	}
	text_printf(out, "\nM< answer\n");
}

static void
body(struct slice rest, struct text *out)
{
	struct slice line;
	size_t n = 0;

	while (slice_next_line(&rest, &line)) {
		if (n == 0)
			text_printf(out, "M> BODY ");
		plain(out, line);
		text_printf(out, "\\r\\n");
		n += line.len + 2;
		if (n >= BODY_PIECE) {
			text_printf(out, "\nM< answer\n");
			n = 0;
		}
	}
	if (n > 0)
		text_printf(out, "\nM< answer\n");
}

bool
params_message(struct slice eml, struct text *out, struct text *why)
{
	struct slice line, rest = eml, before = eml;

	while (slice_next_line(&rest, &line) && line.len > 0) {
		size_t colon = slice_find(line, ':');
		if (colon == 0 || colon == line.len || slice_find(line, ' ') < colon) {
			rest = before; /* no field: the body begins here */
			break;
		}
		field(line, &rest, out);
		before = rest;
	}
	text_printf(out, "M> EOH\nM< answer\n");
	body(rest, out);
	if (out->len + 10 >= out->limit) {
		text_printf(why, "the message is too large for a case");
		return false;
	}
	return true;
}
