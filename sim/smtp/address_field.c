/* SPDX-License-Identifier: BSD-2-Clause */
/* address_field - a field of addresses, put together anew for the mail. */
#include <string.h>

#include "base/put.h"
#include "sim/smtp/addresses.h"
#include "sim/smtp/blank.h"
#include "sim/smtp/command.h"

/* As long as a line with two addresses may be, and what further ones begin with. */
enum { LINE_MAX_BYTES = 78 };
#define INDENT "        "

static size_t
blanks(struct slice s)
{
	size_t n = 0;

	while (n < s.len && blank(s.ptr[n]))
		n++;
	return n;
}

static struct slice
trimmed(struct slice s)
{
	s = slice_from(s, blanks(s));
	while (s.len != 0 && (blank(s.ptr[s.len - 1]) || s.ptr[s.len - 1] == ','))
		s.len--;
	return s;
}

/* The first byte of `any` in no quotes, comment or literal; s.len: none. */
static size_t
find(struct slice s, const char *any)
{
	bool quoted = false;
	int comments = 0, literals = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		bool plain = !quoted && comments == 0 && literals <= 0;
		if (plain && c != '\0' && strchr(any, c) != NULL)
			return i;
		if (c == '\\')
			i++;
		else if (c == '"' && comments == 0)
			quoted = !quoted;
		else if (!quoted) {
			comments += (c == '(') - (c == ')' && comments > 0);
			literals += (c == '[') - (c == ']');
		}
	}
	return s.len;
}

/* --- one address --- */

struct writer {
	const struct address_mailer *mailer;
	struct text *out;
};

static void
put_mailed(const struct writer *w, struct slice path)
{
	struct text whole = TEXT_INIT(path.len + 1), one = TEXT_INIT(path.len + 300);
	bool quoted = false;

	for (size_t i = 0; i < path.len; i++)
		quoted = quoted != (path.ptr[i] == '"');
	put(&whole, path);
	put(&whole, quoted ? SLICE("\"") : SLICE(""));
	w->mailer->mailed(w->mailer->self, text_slice(&whole), &one);
	put(w->out, text_slice(&one));
	text_clear(&whole);
	text_clear(&one);
}

/* A name with one of these is in quotes, all of it; so is what seemed an address. */
static bool
wants_quotes(struct slice phrase)
{
	return find(phrase, "@,;:\\[].'<") < phrase.len;
}

static void
put_phrase(const struct writer *w, struct slice phrase)
{
	size_t end = phrase.len;

	while (end > 0 && blank(phrase.ptr[end - 1]))
		end--;
	bool quote = end != 0 && wants_quotes(slice_first(phrase, end));
	put(w->out, quote ? SLICE("\"") : SLICE(""));
	for (size_t i = 0; i < end; i++) {
		if (quote && phrase.ptr[i] == '"')
			put(w->out, SLICE("\\"));
		put(w->out, slice_first(slice_from(phrase, i), 1));
	}
	put(w->out, quote ? SLICE("\"") : SLICE(""));
	put(w->out, slice_from(phrase, end));
}

/* To the end of the comment at byte 0. */
static size_t
comment(struct slice s)
{
	int deep = 0;

	for (size_t i = 0; i < s.len; i++) {
		deep += (s.ptr[i] == '(') - (s.ptr[i] == ')');
		if (s.ptr[i] == '\\')
			i++;
		else if (deep == 0)
			return i + 1;
	}
	return s.len;
}

/* Comments keep their place before or behind the address, one blank between.  It is read
 * with the group's name, which is no part of it: a second one is. */
static void
put_plain(const struct writer *w, struct slice whole, struct slice s)
{
	bool told = false, any = false;

	for (size_t i = 0; i < s.len;) {
		struct slice rest = slice_from(s, i);
		bool beside = rest.ptr[0] == '(';
		size_t size = beside ? comment(rest) : 1;
		bool address = !beside && !told && !blank(rest.ptr[0]);
		if ((beside || address) && any)
			put(w->out, SLICE(" "));
		if (beside)
			put(w->out, slice_first(rest, size));
		else if (address)
			put_mailed(w, whole);
		else if (rest.ptr[0] == ';')
			put(w->out, SLICE(";"));
		told = told || address;
		any = any || beside || address;
		i += size;
	}
}

static void
put_bracketed(const struct writer *w, struct slice s, size_t open)
{
	struct slice inside = slice_from(s, open + 1);
	size_t close = find(inside, ">");
	struct text path = TEXT_INIT(close + 3);

	text_printf(&path, "<%.*s>", (int)close, inside.ptr);
	put_phrase(w, slice_first(s, open));
	put(w->out, SLICE("<"));
	put_mailed(w, text_slice(&path));
	put(w->out, SLICE(">"));
	put(w->out, slice_from(inside, close + 1));
	text_clear(&path);
}

size_t
address_group(struct slice s)
{
	size_t colon = find(s, ":<");
	bool none = colon >= s.len || s.ptr[colon] == '<' ||
		    (colon + 1 < s.len && strchr(":.", s.ptr[colon + 1]) != NULL);

	return none ? s.len : colon;
}

/* s.len: there is none. */
static size_t
last_open(struct slice s)
{
	size_t at = find(s, "<"), open = at;

	for (; at < s.len; at += 1 + find(slice_from(s, at + 1), "<"))
		open = at;
	return open;
}

static void
put_entry(const struct writer *w, struct slice s)
{
	struct slice whole = s;
	size_t colon = address_group(s);

	if (colon < s.len) {
		size_t begin = colon + 1 + blanks(slice_from(s, colon + 1));
		put_phrase(w, slice_first(s, colon));
		put(w->out, slice_first(slice_from(s, colon), begin - colon));
		s = slice_from(s, begin);
	}
	size_t open = last_open(s);
	if (open < s.len)
		put_bracketed(w, s, open);
	else if (slice_equal(s, SLICE(";")))
		put(w->out, s);
	else
		put_plain(w, whole, s);
}

/* --- the list --- */

/* The next address of *rest; where blanks part them, not beside an @. */
static struct slice
next_entry(struct slice *rest, bool words)
{
	size_t end = 0;

	for (;;) {
		end += path_end(slice_from(*rest, end), words ? ' ' : ',');
		size_t gap = blanks(slice_from(*rest, end));
		if (!words || end + gap >= rest->len || rest->ptr[end + gap] != '@')
			break;
		end += gap + 1;
		end += blanks(slice_from(*rest, end));
	}
	struct slice entry = trimmed(slice_first(*rest, end));
	*rest = slice_from(*rest, end);
	return entry;
}

static void
unfold(struct text *t, size_t from)
{
	for (size_t i = from; i < t->len; i++) {
		if (t->ptr[i] == '\n')
			t->ptr[i] = ' ';
	}
}

bool
addresses_mailed(struct slice name, struct slice value, bool words,
    const struct address_mailer *mailer, struct text *out)
{
	size_t begin = blanks(value), column = name.len + 1 + begin;
	struct slice rest = slice_from(value, begin);
	struct text one = TEXT_INIT(out->limit);
	struct writer w = { mailer, &one };
	bool first = true;

	if (slice_find(value, '\0') < value.len)
		return false;
	for (size_t i = 0; i < begin; i++)
		put(out, SLICE(" "));
	while (rest.len != 0) {
		while (rest.len != 0 && (blank(rest.ptr[0]) || rest.ptr[0] == ','))
			rest = slice_from(rest, 1);
		struct slice entry = next_entry(&rest, words);
		text_clear(&one);
		if (entry.len != 0)
			put_entry(&w, entry);
		if (one.len == 0)
			continue;
		unfold(&one, 0);
		column += one.len + (first ? 0 : 2);
		if (!first && column > LINE_MAX_BYTES) {
			put(out, SLICE(",\n" INDENT));
			column = sizeof INDENT - 1 + one.len;
		} else if (!first)
			put(out, SLICE(", "));
		put(out, text_slice(&one));
		first = false;
	}
	text_clear(&one);
	return true;
}
