/* SPDX-License-Identifier: BSD-2-Clause */
/* report_json - the report as docs/check-report.schema.json describes it. */
#include <jansson.h>
#include <stdlib.h>

#include "sim/check/report.h"
#include "sim/transcript/recording.h"

enum { FORMAT_VERSION = 1, FILE_MAX_RESULTS = 100000 };

#define FORMAT_NAME "refmilter-check"

/* Members of a result that are plain text, and may be missing. */
static const struct {
	const char *key;
	size_t at;
	bool needed;
} members[] = {
#define MEMBER(key, member, needed)                                                      \
	{                                                                                \
		key, offsetof(struct check_result, member), needed                       \
	}
	MEMBER("id", head.id, true),
	MEMBER("family", head.family, true),
	MEMBER("says", head.says, true),
	MEMBER("source", head.source, true),
	MEMBER("rule", head.rule, true),
	MEMBER("breaks", head.breaks, true),
	MEMBER("known", head.known, false),
	MEMBER("why", why, false),
	MEMBER("where", where, false),
	MEMBER("broken", broken, false),
	MEMBER("expected", expected, false),
	MEMBER("got", got, false),
	MEMBER("diff", diff, false),
	MEMBER("variant", variant, false),
	MEMBER("output", words, false),
	MEMBER("repeat", repeat, false),
#undef MEMBER
};

enum { MEMBERS = sizeof members / sizeof members[0] };

static char **
member(struct check_result *r, size_t i)
{
	return (char **)(void *)((char *)r + members[i].at);
}

/* --- out --- */

/* Bytes that are no UTF-8 are escaped: JSON has no others. */
static json_t *
words(struct slice s)
{
	json_t *j = json_stringn(s.len > 0 ? s.ptr : "", s.len);

	if (j == NULL) {
		struct text plain = TEXT_INIT(4 * 65536);
		text_append_escaped(&plain, s, 65536);
		j = json_string(text_cstr(&plain));
		text_clear(&plain);
	}
	return j;
}

static json_t *
hex(struct slice bytes)
{
	struct text t = TEXT_INIT((size_t)3 * WIRE_BYTES);

	for (size_t i = 0; i < bytes.len; i++)
		text_printf(&t, "%02x", (unsigned char)bytes.ptr[i]);
	json_t *j = json_string(text_cstr(&t));
	text_clear(&t);
	return j;
}

static json_t *
wire(const struct wire_log *w)
{
	json_t *list = json_array();

	for (size_t i = 0; i < w->entries; i++) {
		const struct wire_entry *e = &w->entry[i];
		char side[2] = { e->side, '\0' };
		json_t *o =
		    json_pack("{s:i, s:s}", "connection", (int)e->conn, "side", side);
		json_object_set_new(o, "line", words(text_slice(&e->line)));
		if (e->size > 0) {
			json_object_set_new(o, "size", json_integer((json_int_t)e->size));
			json_object_set_new(o, "hex", hex(text_slice(&e->bytes)));
		}
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *
result(const struct check_result *r)
{
	json_t *o = json_object();

	for (size_t i = 0; i < MEMBERS; i++) {
		const char *value = *member((struct check_result *)(uintptr_t)r, i);
		if (value != NULL)
			json_object_set_new(o, members[i].key, words(slice_of(value)));
		if (i == 0) {
			json_object_set_new(
			    o, "level", json_string(check_level_names[r->level]));
			json_object_set_new(
			    o, "outcome", json_string(check_outcome_names[r->outcome]));
		}
	}
	if (r->wire != NULL && r->wire->entries > 0) {
		json_object_set_new(o, "wire", wire(r->wire));
		json_object_set_new(
		    o, "dropped", json_integer((json_int_t)r->wire->dropped));
	}
	return o;
}

static json_t *
counts(const struct check_report *t)
{
	json_t *o = json_object();

	for (int i = 0; i < N_OUTCOMES; i++)
		json_object_set_new(o, check_outcome_names[i],
		    json_integer(check_total(&t->tally, (enum check_outcome)i)));
	return o;
}

bool
report_json(const struct check_report *t, FILE *to)
{
	json_t *list = json_array();
	json_t *o = json_pack("{s:s, s:i, s:o, s:o, s:o, s:I, s:b, s:b}", "format",
	    FORMAT_NAME, "version", FORMAT_VERSION, "tool", words(slice_of(t->version)),
	    "milter", words(slice_of(t->milter)), "profile", words(slice_of(t->profile)),
	    "seed", (json_int_t)t->seed, "strict", (int)t->strict, "interrupted",
	    (int)t->interrupted);

	for (size_t i = 0; i < t->results; i++)
		json_array_append_new(list, result(&t->result[i]));
	json_object_set_new(o, "dead", json_boolean(t->tally.dead));
	json_object_set_new(o, "counts", counts(t));
	json_object_set_new(o, "rules", json_integer((json_int_t)check_report_rules(t)));
	json_object_set_new(o, "results", list);
	bool ok = o != NULL && json_dumpf(o, to, JSON_INDENT(1)) == 0 &&
		  fputc('\n', to) != EOF && fflush(to) == 0;
	json_decref(o);
	return ok;
}

/* --- in: a report may come from anywhere --- */

static bool
take_member(json_t *o, struct check_result *r, size_t i, struct text *why)
{
	const char *value = json_string_value(json_object_get(o, members[i].key));

	if (value == NULL) {
		if (members[i].needed)
			text_printf(why, "a result has no \"%s\"", members[i].key);
		return !members[i].needed;
	}
	*member(r, i) = strdup(value);
	return *member(r, i) != NULL;
}

static struct wire_log *
take_wire(json_t *list, size_t dropped)
{
	struct wire_log *w = json_is_array(list) ? wire_log_new() : NULL;
	size_t i;
	json_t *o;

	if (w == NULL)
		return NULL;
	json_array_foreach(list, i, o)
	{
		const char *side = json_string_value(json_object_get(o, "side"));
		const char *line = json_string_value(json_object_get(o, "line"));
		struct text bytes = TEXT_INIT(WIRE_BYTES);

		(void)hex_append(
		    &bytes, slice_of(json_string_value(json_object_get(o, "hex"))));
		wire_log_add(w, side != NULL && side[0] != '\0' ? side[0] : ' ',
		    (unsigned)json_integer_value(json_object_get(o, "connection")),
		    slice_of(line != NULL ? line : ""), text_slice(&bytes));
		text_clear(&bytes);
	}
	w->dropped = dropped;
	return w;
}

static bool
take_result(json_t *o, struct check_result *r, struct text *why)
{
	const char *level = json_string_value(json_object_get(o, "level"));
	const char *outcome = json_string_value(json_object_get(o, "outcome"));

	r->level = check_level_named(slice_of(level));
	r->outcome = check_outcome_named(slice_of(outcome));
	if (r->level == N_CHECK_LEVELS || r->outcome == N_OUTCOMES) {
		text_printf(
		    why, "a result has no \"level\" or \"outcome\" that there is");
		r->level = CHECK_INFO;
		return false;
	}
	r->head.level = r->level;
	for (size_t i = 0; i < MEMBERS; i++) {
		if (!take_member(o, r, i, why))
			return false;
	}
	json_int_t dropped = json_integer_value(json_object_get(o, "dropped"));
	r->wire =
	    take_wire(json_object_get(o, "wire"), dropped > 0 ? (size_t)dropped : 0);
	return true;
}

static bool
take_results(json_t *list, struct check_report *t, struct text *why)
{
	size_t i;
	json_t *o;

	if (!json_is_array(list) || json_array_size(list) > FILE_MAX_RESULTS) {
		text_printf(why, "\"results\" is no list, or one of too many");
		return false;
	}
	json_array_foreach(list, i, o)
	{
		struct check_result r = { .outcome = CHECK_NOT_RUN };
		if (!take_result(o, &r, why)) {
			check_result_clear(&r);
			return false;
		}
		if (!check_report_add(t, &r))
			return false;
	}
	check_report_sort(t);
	return true;
}

static char *
string_of(json_t *o, const char *key)
{
	const char *value = json_string_value(json_object_get(o, key));

	return strdup(value != NULL ? value : "?");
}

static bool
take_report(json_t *o, struct check_report *t, struct text *why)
{
	const char *format = json_string_value(json_object_get(o, "format"));
	json_int_t version = json_integer_value(json_object_get(o, "version"));

	if (format == NULL || strcmp(format, FORMAT_NAME) != 0) {
		text_printf(why, "is no report of milter-sim check --report json");
		return false;
	}
	if (version != FORMAT_VERSION) {
		text_printf(why, "has version %lld; this program reads version %d",
		    (long long)version, FORMAT_VERSION);
		return false;
	}
	t->milter = string_of(o, "milter");
	t->profile = string_of(o, "profile");
	t->version = string_of(o, "tool");
	t->seed = (unsigned long long)json_integer_value(json_object_get(o, "seed"));
	t->strict = json_is_true(json_object_get(o, "strict"));
	t->interrupted = json_is_true(json_object_get(o, "interrupted"));
	t->tally.dead = json_is_true(json_object_get(o, "dead"));
	return t->milter != NULL && t->profile != NULL && t->version != NULL &&
	       take_results(json_object_get(o, "results"), t, why);
}

bool
report_read(const char *file, struct check_report *t, struct text *why)
{
	struct text fault = TEXT_INIT(400);
	json_error_t error;
	json_t *o = json_load_file(file, JSON_REJECT_DUPLICATES, &error);
	bool ok = false;

	*t = (struct check_report){ .results = 0 };
	if (o == NULL)
		text_printf(why, "%s:%d: %s", file, error.line, error.text);
	else if (!(ok = take_report(o, t, &fault)))
		text_printf(why, "%s: %s", file,
		    fault.len > 0 ? text_cstr(&fault) : "memory is out");
	json_decref(o);
	text_clear(&fault);
	return ok;
}
