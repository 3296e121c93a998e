/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/server/addresses.h"

#include <string.h>

#include "base/put.h"

/* What was seen of the address that is being read. */
struct reading {
	struct slice host;
	struct text *out;
	size_t end;     /* in *out, behind its last word; 0: none yet */
	size_t words;   /* a display name has many */
	bool domain;    /* an @ was there */
	bool bracketed; /* in < >, or behind it */
	bool completed; /* one of them was */
};

/* Length of what begins with an opening letter, to its closing one or the end. */
static size_t
enclosed(struct slice s, char close)
{
	size_t n = 1, deep = 1;

	for (; n < s.len && deep > 0; n++) {
		if (s.ptr[n] == '\\' && n + 1 < s.len)
			n++;
		else if (s.ptr[n] == close)
			deep--;
		else if (close == ')' && s.ptr[n] == '(')
			deep++;
	}
	return n;
}

static size_t
word_length(struct slice s)
{
	size_t n = 0;

	while (n < s.len && strchr(" \t\r\n,:;<>()\"@", s.ptr[n]) == NULL)
		n++;
	return n;
}

/* The address ends here: one word, and no domain. */
static void
complete(struct reading *r)
{
	if (r->words == 1 && !r->domain && r->end != 0) {
		struct text tail = TEXT_INIT(r->out->limit);
		put(&tail, slice_from(text_slice(r->out), r->end));
		r->out->len = r->end;
		put(r->out, SLICE("@"));
		put(r->out, r->host);
		put(r->out, text_slice(&tail));
		text_clear(&tail);
		r->completed = true;
	}
	r->words = r->end = 0;
	r->domain = false;
}

/* One letter that parts addresses, or an @. */
static void
part(struct reading *r, char c)
{
	if (c == '<') { /* what came before was a name */
		r->words = r->end = 0;
		r->domain = false;
		r->bracketed = true;
	} else if (c == '>' || ((c == ',' || c == ';') && !r->bracketed)) {
		complete(r);
	} else if (c == '@') {
		r->domain = true;
	} else if (c == ',' || c == ':') {
		r->words = r->end = 0;
	}
	if (c == ',')
		r->bracketed = false;
	put(r->out, (struct slice){ &c, 1 });
}

bool
addresses_complete(struct slice value, struct slice host, struct text *out)
{
	struct reading r = { .host = host, .out = out };

	while (value.len != 0) {
		char c = value.ptr[0];
		size_t n = c == '('   ? enclosed(value, ')')
			   : c == '"' ? enclosed(value, '"')
				      : word_length(value);
		put(out, slice_first(value, n));
		if (n != 0 && c != '(') {
			r.words++;
			r.end = out->len;
		}
		if (n == 0) {
			part(&r, c);
			n = 1;
		}
		value = slice_from(value, n);
	}
	if (!r.bracketed)
		complete(&r);
	return r.completed;
}
