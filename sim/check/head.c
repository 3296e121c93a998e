/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/head.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/number.h"

enum { HEAD_LINE_MAX = 1000, AGAIN_MAX = 10000 };

static char *
copy(struct slice s)
{
	return strndup(s.len > 0 ? s.ptr : "", s.len);
}

static bool
take(char **member, struct slice value, struct text *why)
{
	if (*member != NULL) {
		text_printf(why, "stands twice");
		return false;
	}
	*member = copy(value);
	return *member != NULL;
}

static bool
take_id(struct check_head *h, struct slice value, struct text *why)
{
	size_t slash = slice_find_last(value, '/');

	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.ptr[i];
		if (!isalnum(c) && strchr("/.-", c) == NULL) {
			text_printf(why, "has letters, digits, / . and - only");
			return false;
		}
	}
	if (slash == 0 || slash + 1 >= value.len) {
		text_printf(why, "is FAMILY/NUMBER, as in rep/3.2");
		return false;
	}
	if (!take(&h->id, value, why))
		return false;
	h->family = copy(slice_first(value, slash));
	return h->family != NULL;
}

static bool
take_breaks(struct check_head *h, struct slice value, struct text *why)
{
	struct text all = TEXT_INIT(8 * HEAD_LINE_MAX);

	if (h->breaks != NULL)
		text_printf(&all, "%s\n", h->breaks);
	text_printf(&all, "%.*s", (int)value.len, value.ptr);
	free(h->breaks);
	h->breaks = copy(text_slice(&all));
	text_clear(&all);
	(void)why;
	return h->breaks != NULL;
}

static bool
take_level(struct check_head *h, struct slice value, struct text *why)
{
	h->level = check_level_named(value);
	if (h->level == N_CHECK_LEVELS)
		text_printf(why, "is must, interop, should or info");
	return h->level < N_CHECK_LEVELS;
}

static bool
take_needs(struct check_head *h, struct slice value, struct text *why)
{
	if (slice_equal(value, SLICE("process")))
		h->needs = CHECK_NEEDS_PROCESS;
	else if (slice_equal(value, SLICE("hostile")))
		h->needs = CHECK_NEEDS_HOSTILE;
	else
		text_printf(why, "is process or hostile");
	return h->needs != CHECK_NEEDS_NOTHING;
}

static bool
take_again(struct check_head *h, struct slice value, struct text *why)
{
	uint64_t times;

	if (!number_parse(value, &times) || times < 1 || times > AGAIN_MAX) {
		text_printf(why, "is a number from 1 to %d", AGAIN_MAX);
		return false;
	}
	h->again = (unsigned)times;
	return true;
}

static bool
take_line(struct check_head *h, struct slice key, struct slice value, struct text *why)
{
	/* Lines of the session are longer, and not for this reader. */
	value = slice_first(value, HEAD_LINE_MAX);
	if (slice_equal(key, SLICE("id")))
		return take_id(h, value, why);
	if (slice_equal(key, SLICE("level")))
		return take_level(h, value, why);
	if (slice_equal(key, SLICE("breaks")))
		return take_breaks(h, value, why);
	if (slice_equal(key, SLICE("needs")))
		return take_needs(h, value, why);
	if (slice_equal(key, SLICE("same"))) {
		h->same = slice_equal(value, SLICE("yes"));
		if (!h->same)
			text_printf(why, "is yes");
		return h->same;
	}
	if (slice_equal(key, SLICE("again")))
		return take_again(h, value, why);
	if (slice_equal(key, SLICE("says")))
		return take(&h->says, value, why);
	if (slice_equal(key, SLICE("source")))
		return take(&h->source, value, why);
	if (slice_equal(key, SLICE("rule")))
		return take(&h->rule, value, why);
	if (slice_equal(key, SLICE("known")))
		return take(&h->known, value, why);
	if (slice_equal(key, SLICE("process")))
		return take(&h->process, value, why);
	return true; /* another reader's */
}

static bool
complete(struct check_head *h, struct text *why)
{
	const char *missing = h->id == NULL                ? "id"
			      : h->level == N_CHECK_LEVELS ? "level"
			      : h->says == NULL            ? "says"
			      : h->source == NULL          ? "source"
							   : NULL;

	if (missing != NULL) {
		text_printf(why, "the head has no `%s:`", missing);
		return false;
	}
	if (h->process != NULL && h->again > 0) {
		text_printf(why, "`process:` and `again:` are two kinds of cases");
		return false;
	}
	if (check_head_of_process(h) && h->needs == CHECK_NEEDS_NOTHING)
		h->needs = CHECK_NEEDS_PROCESS;
	if (h->rule == NULL)
		h->rule = strdup(h->id);
	if (h->breaks == NULL)
		h->breaks = strdup("");
	return h->rule != NULL && h->breaks != NULL;
}

/* Keys that are this reader's alone: another would call them wrong. */
static bool
is_ours(struct slice key)
{
	return slice_equal(key, SLICE("rule")) || slice_equal(key, SLICE("breaks")) ||
	       slice_equal(key, SLICE("process")) || slice_equal(key, SLICE("same")) ||
	       slice_equal(key, SLICE("again"));
}

void
check_head_hide(char *source, size_t len)
{
	struct slice rest = { source, len }, line;

	while (slice_next_line(&rest, &line)) {
		if (is_ours(slice_trim(slice_first(line, slice_find(line, ':')))))
			source[line.ptr - source] = '#';
	}
}

bool
check_head_read(struct check_head *h, struct slice lines, struct text *why)
{
	struct text fault = TEXT_INIT(200);
	struct slice line;

	*h = (struct check_head){ .level = N_CHECK_LEVELS };
	while (slice_next_line(&lines, &line)) {
		size_t colon = slice_find(line, ':');
		struct slice key = slice_trim(slice_first(line, colon));

		if (!take_line(h, key, slice_trim(slice_from(line, colon + 1)), &fault)) {
			text_printf(why, "`%.*s:` %s", (int)key.len, key.ptr,
			    fault.len > 0 ? text_cstr(&fault) : "does not fit in memory");
			text_clear(&fault);
			return false;
		}
	}
	text_clear(&fault);
	return complete(h, why);
}

bool
check_head_copy(struct check_head *to, const struct check_head *from)
{
	*to = (struct check_head){
		.id = strdup(from->id),
		.family = strdup(from->family),
		.level = from->level,
		.says = strdup(from->says),
		.source = strdup(from->source),
		.rule = strdup(from->rule),
		.breaks = strdup(from->breaks),
		.known = from->known != NULL ? strdup(from->known) : NULL,
		.needs = from->needs,
	};
	return to->id != NULL && to->family != NULL && to->says != NULL &&
	       to->source != NULL && to->rule != NULL && to->breaks != NULL;
}

void
check_head_clear(struct check_head *h)
{
	free(h->id);
	free(h->family);
	free(h->says);
	free(h->source);
	free(h->rule);
	free(h->breaks);
	free(h->known);
	free(h->process);
	*h = (struct check_head){ .level = N_CHECK_LEVELS };
}

int
check_id_order(const char *a, const char *b)
{
	while (*a != '\0' && *b != '\0') {
		if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
			char *after_a, *after_b;
			unsigned long m = strtoul(a, &after_a, 10);
			unsigned long n = strtoul(b, &after_b, 10);
			if (m != n)
				return m < n ? -1 : 1;
			a = after_a;
			b = after_b;
			continue;
		}
		if (*a != *b)
			break;
		a++;
		b++;
	}
	return (unsigned char)*a - (unsigned char)*b;
}

enum check_level
check_level_under(const struct check_head *h, const char *profile)
{
	struct slice lines = slice_of(h->breaks), line;

	if (h->level != CHECK_INTEROP || h->breaks[0] == '\0' ||
	    strcmp(profile, "strict") == 0)
		return h->level;
	while (slice_next_line(&lines, &line)) {
		if (slice_starts(line, slice_of(profile)))
			return h->level;
	}
	return CHECK_SHOULD;
}
