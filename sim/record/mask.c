/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/record/mask.h"

#include <regex.h>
#include <stdlib.h>

#include "base/put.h"
#include "wire/codec.h"

static const char *const names[N_MASKS] = { "queue-id", "port", "date", "mask" };

static const struct {
	enum mask_name name;
	size_t group; /* what is hidden of the match */
	const char *expression;
} built_in[] = {
	{ MASK_PORT, 1, "^M[0-9]*> CONNECT .* inet6? ([0-9]+) " },
	{ MASK_PORT, 2, "\\{(client|daemon)_port\\}=([0-9]+)" },
	{ MASK_DATE, 0,
	    "(Mon|Tue|Wed|Thu|Fri|Sat|Sun), +[0-9]{1,2} [A-Z][a-z]{2} [12][0-9]{3} "
	    "[0-9]{2}:[0-9]{2}(:[0-9]{2})?( (GMT|[+-][0-9]{4}( \\([A-Z]+\\))?))?" },
};

enum { BUILT_IN = sizeof built_in / sizeof built_in[0], GROUPS = 3 };

struct masks {
	size_t rules;
	struct rule {
		enum mask_name name;
		size_t group;
		regex_t expression;
	} rule[BUILT_IN + MASKS_OWN];
	bool exact;
};

/* --- what there is to hide --- */

static int
add(struct masks *m, enum mask_name name, size_t group, const char *expression)
{
	struct rule *r = &m->rule[m->rules];
	int status = regcomp(&r->expression, expression, REG_EXTENDED);

	r->name = name;
	r->group = group;
	m->rules += status == 0;
	return status;
}

struct masks *
masks_new(void)
{
	struct masks *m = calloc(1, sizeof *m);
	int status = 0;

	for (size_t i = 0; m != NULL && status == 0 && i < BUILT_IN; i++)
		status =
		    add(m, built_in[i].name, built_in[i].group, built_in[i].expression);
	if (status == 0)
		return m;
	masks_free(m);
	return NULL;
}

void
masks_free(struct masks *m)
{
	for (size_t i = 0; m != NULL && i < m->rules; i++)
		regfree(&m->rule[i].expression);
	free(m);
}

void
masks_exact(struct masks *m)
{
	m->exact = true;
}

bool
masks_add(struct masks *m, const char *expression, struct text *why)
{
	char words[200];

	if (m->rules == BUILT_IN + MASKS_OWN) {
		text_printf(why, "there are %d masks already", MASKS_OWN);
		return false;
	}
	int status = add(m, MASK_OWN, 0, expression);
	if (status == 0)
		return true;
	(void)regerror(status, &m->rule[m->rules].expression, words, sizeof words);
	text_printf(why, "%s", words);
	return false;
}

/* --- queue ids --- */

static bool
is_id(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = ascii_lower(s.ptr[i]);
		if ((c < '0' || c > '9') && (c < 'a' || c > 'z'))
			return false;
	}
	return s.len >= MASK_ID_MIN && s.len <= MASK_ID_MAX;
}

static void
keep_id(struct mask_state *s, struct slice id)
{
	if (!is_id(id))
		return;
	for (size_t i = 0; i < MASK_IDS; i++) {
		if (slice_equal(slice_of(s->id[i]), id))
			return;
	}
	memcpy(s->id[s->next], id.ptr, id.len);
	s->id[s->next][id.len] = '\0';
	s->next = (s->next + 1) % MASK_IDS;
}

void
mask_learn(struct mask_state *s, const struct event *e)
{
	struct slice name, value;
	struct packet p;

	if (e->what != EVENT_PACKET || e->to != TO_MILTER ||
	    packet_decode(TO_MILTER, e->letter, e->bytes, &p) != CODEC_OK ||
	    p.kind != CMD_MACRO)
		return;
	while (macro_next(&p.macro.pairs, &name, &value)) {
		if (slice_equal(name, SLICE("i")) || slice_equal(name, SLICE("{i}")))
			keep_id(s, value);
	}
}

/* Which id stands at the start of the line; "" for none. */
static struct slice
id_at(const struct mask_state *s, struct slice line)
{
	for (size_t i = 0; i < MASK_IDS; i++) {
		struct slice id = slice_of(s->id[i]);
		if (id.len > 0 && slice_starts(line, id))
			return id;
	}
	return SLICE("");
}

/* --- hiding --- */

static void
put_name(struct mask_state *s, enum mask_name name, struct text *out)
{
	text_printf(out, "${%s}", names[name]);
	s->hidden[name]++;
}

static void
hide_ids(struct mask_state *s, struct slice line, struct text *out)
{
	size_t from = 0;

	for (size_t at = 0; at < line.len;) {
		struct slice id = id_at(s, slice_from(line, at));
		if (id.len == 0) {
			at++;
			continue;
		}
		put(out, slice_first(slice_from(line, from), at - from));
		put_name(s, MASK_QUEUE_ID, out);
		from = at += id.len;
	}
	put(out, slice_from(line, from));
}

static void
hide_rule(const struct rule *r, struct mask_state *s, const char *line, struct text *out)
{
	regmatch_t found[GROUPS];
	int flags = 0;

	while (
	    *line != '\0' && regexec(&r->expression, line, GROUPS, found, flags) == 0) {
		const regmatch_t *part = &found[r->group];
		put(out, (struct slice){ line, (size_t)part->rm_so });
		if (part->rm_eo > part->rm_so)
			put_name(s, r->name, out);
		line += part->rm_eo;
		if (part->rm_eo == part->rm_so && *line != '\0')
			put(out, (struct slice){ line++, 1 }); /* it matches nothing */
		flags = REG_NOTBOL;
	}
	put(out, slice_of(line));
}

void
mask_line(
    const struct masks *m, struct mask_state *s, struct slice line, struct text *out)
{
	struct text now = TEXT_INIT(out->limit), next = TEXT_INIT(out->limit);

	if (m->exact)
		put(&now, line);
	else
		hide_ids(s, line, &now);
	for (size_t i = m->exact ? BUILT_IN : 0; i < m->rules; i++) {
		struct text before = now;
		hide_rule(&m->rule[i], s, text_cstr(&before), &next);
		now = next;
		next = before;
		text_clear(&next);
	}
	put(out, text_slice(&now));
	text_clear(&now);
	text_clear(&next);
}

void
mask_describe(const struct mask_state *s, struct text *out)
{
	for (size_t i = 0; i < N_MASKS; i++) {
		if (s->hidden[i] > 0)
			text_printf(out, "%s%s %lu", out->len > 0 ? ", " : "", names[i],
			    s->hidden[i]);
	}
}
