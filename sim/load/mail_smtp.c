/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages as an SMTP client gives them to a server. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/load/mail.h"

enum { BYTES_MAX = 1024 * 1024 * 1024 };

static bool
line(struct load_mail *m, struct load_script *s, enum load_stage stage, const char *words)
{
	size_t from = m->bytes.len;

	return text_append(&m->bytes, slice_of(words)) == TEXT_OK &&
	       load_unit_add(m, s, stage, N_PACKETS, from);
}

/* RFC 5321 4.5.2: a dot in front of a line is doubled. */
static bool
stuffed(struct text *out, struct slice text)
{
	struct slice l;
	enum text_status s = TEXT_OK;

	while (s == TEXT_OK && text.len > 0) {
		size_t lf = slice_find(text, '\n');
		l = slice_first(text, lf < text.len ? lf + 1 : lf);
		if (l.ptr[0] == '.')
			s = text_append(out, SLICE("."));
		if (s == TEXT_OK)
			s = text_append(out, l);
		text = slice_from(text, l.len);
	}
	return s == TEXT_OK;
}

static bool
content(
    struct load_mail *m, struct load_script *s, struct slice header, struct slice body)
{
	size_t from;

	if (!line(m, s, LOAD_DATA, "DATA\r\n"))
		return false;
	from = m->bytes.len;
	return stuffed(&m->bytes, header) && stuffed(&m->bytes, body) &&
	       text_append(&m->bytes, SLICE(".\r\n")) == TEXT_OK &&
	       load_unit_add(m, s, LOAD_EOM, N_PACKETS, from);
}

static bool
envelope(struct load_mail *m, const struct load_wish *w)
{
	const struct load_parties *p = &w->parties;
	char words[1200], made[LOAD_MADE_UP];
	bool ok;

	(void)snprintf(words, sizeof words, "EHLO %.1000s\r\n", w->helo);
	ok =
	    line(m, &m->opening, LOAD_OPEN, "") && line(m, &m->opening, LOAD_HELO, words);
	for (size_t i = 0; ok && i < p->froms; i++) {
		(void)snprintf(
		    words, sizeof words, "MAIL FROM:<%.1000s>\r\n", p->from[i].address);
		ok = line(m, &m->mail[i], LOAD_MAIL, words);
	}
	for (size_t i = 0; ok && i < load_rcpts_all(p); i++) {
		(void)snprintf(words, sizeof words, "RCPT TO:<%.1000s>\r\n",
		    load_rcpt_name(p, i, made));
		ok = line(m, &m->rcpt[i], LOAD_RCPT, words);
	}
	return ok;
}

bool
load_mail_smtp(struct load_mail *m, const struct load_wish *w, struct text *why)
{
	*m = (struct load_mail){ .bytes = TEXT_INIT(BYTES_MAX), .wish = w };
	m->rcpt = calloc(load_rcpts_all(&w->parties), sizeof *m->rcpt);
	if (m->rcpt != NULL && envelope(m, w) &&
	    line(m, &m->rset, LOAD_UNTIMED, "RSET\r\n") &&
	    line(m, &m->quit, LOAD_UNTIMED, "QUIT\r\n"))
		return load_contents_make(m, content, why);
	text_printf(why, "out of memory");
	return false;
}
