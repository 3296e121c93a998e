/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages as an MTA gives them to a milter. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/load/mail.h"
#include "wire/codec.h"
#include "wire/notation.h"

enum { CHUNK = 65535, BYTES_MAX = 1024 * 1024 * 1024 };

static bool
command(struct load_mail *m, struct load_script *s, enum load_stage stage,
    const char *macros, const char *words, struct text *why)
{
	enum packet_kind kind = packet_kind_named(
	    TO_MILTER, slice_first(slice_of(words), slice_find(slice_of(words), ' ')));
	size_t from = m->bytes.len;

	if (macros[0] != '\0' &&
	    !packet_read(&m->bytes, TO_MILTER, slice_of(macros), why))
		return false;
	return packet_read(&m->bytes, TO_MILTER, slice_of(words), why) &&
	       load_unit_add(m, s, stage, kind, from);
}

static bool
opening(struct load_mail *m, const struct load_wish *w, struct text *why)
{
	struct load_script *s = &m->opening;
	struct text line = TEXT_INIT(4000);
	bool ok = command(
	    m, s, LOAD_OPEN, "", "OPTNEG version 6 actions all protocol all", why);

	text_printf(&line, "CONNECT client.example.net %s 40000 %s",
	    strchr(w->client, ':') != NULL ? "inet6" : "inet", w->client);
	ok = ok && command(m, s, LOAD_CONNECT,
		       "MACRO CONNECT j=mx.example.org {daemon_name}=MTA",
		       text_cstr(&line), why);
	text_clear(&line);
	text_printf(&line, "HELO %s", w->helo);
	ok = ok && command(m, s, LOAD_HELO, "", text_cstr(&line), why);
	text_clear(&line);
	return ok;
}

static bool
senders(struct load_mail *m, const struct load_parties *p, struct text *why)
{
	struct text macros = TEXT_INIT(4000), line = TEXT_INIT(4000);
	bool ok = true;

	for (size_t i = 0; ok && i < p->froms; i++) {
		text_clear(&macros);
		text_clear(&line);
		text_printf(&macros,
		    "MACRO MAIL i=LOAD0001 {mail_mailer}=esmtp {mail_host}=example.net. "
		    "{mail_addr}=%s",
		    p->from[i].address);
		text_printf(&line, "MAIL <%s>", p->from[i].address);
		ok = command(
		    m, &m->mail[i], LOAD_MAIL, text_cstr(&macros), text_cstr(&line), why);
	}
	text_clear(&macros);
	text_clear(&line);
	return ok;
}

static bool
recipients(struct load_mail *m, const struct load_parties *p, struct text *why)
{
	struct text macros = TEXT_INIT(4000), line = TEXT_INIT(4000);
	char made[LOAD_MADE_UP];
	bool ok = true;

	for (size_t i = 0; ok && i < load_rcpts_all(p); i++) {
		const char *to = load_rcpt_name(p, i, made);
		text_clear(&macros);
		text_clear(&line);
		text_printf(&macros,
		    "MACRO RCPT {rcpt_mailer}=local {rcpt_host}= {rcpt_addr}=%s", to);
		text_printf(&line, "RCPT <%s>", to);
		ok = command(
		    m, &m->rcpt[i], LOAD_RCPT, text_cstr(&macros), text_cstr(&line), why);
	}
	text_clear(&macros);
	text_clear(&line);
	return ok;
}

/* One field, its folds in it, without the last CRLF. */
static struct slice
next_field(struct slice *rest)
{
	struct slice whole = *rest, line;

	do {
		if (!slice_next_line(rest, &line))
			break;
	} while (rest->len > 0 && (rest->ptr[0] == ' ' || rest->ptr[0] == '\t'));
	return slice_first(
	    whole, whole.len - rest->len - (rest->len < whole.len ? 2 : 0));
}

/* Lines inside a value end in LF; the blank behind the colon stays. */
static bool
add_field(struct load_mail *m, struct load_script *s, struct slice field)
{
	size_t colon = slice_find(field, ':'), from = m->bytes.len;
	struct text value = TEXT_INIT(CHUNK);
	struct slice rest = slice_from(field, colon + 1);
	bool ok = colon > 0 && colon < field.len;

	while (ok && rest.len > 0) {
		size_t cr = slice_find(rest, '\r');
		ok = text_append(&value, slice_first(rest, cr)) == TEXT_OK;
		rest = slice_from(rest, cr + 1);
	}
	const struct packet p = { .kind = CMD_HEADER,
		.header = { 0, slice_first(field, colon), text_slice(&value) } };
	ok = ok && packet_encode(&m->bytes, &p) == CODEC_OK &&
	     load_unit_add(m, s, LOAD_HEADER, CMD_HEADER, from);
	text_clear(&value);
	return ok;
}

static bool
content(
    struct load_mail *m, struct load_script *s, struct slice header, struct slice body)
{
	struct text why = TEXT_INIT(200);
	bool ok = command(m, s, LOAD_DATA, "", "DATA", &why);

	header = slice_first(header, header.len - (header.len >= 2 ? 2 : 0));
	while (ok && header.len > 0)
		ok = add_field(m, s, next_field(&header));
	ok = ok && command(m, s, LOAD_HEADER, "", "EOH", &why);
	while (ok && body.len > 0) {
		size_t from = m->bytes.len;
		struct slice part = slice_first(body, CHUNK);
		const struct packet p = { .kind = CMD_BODY, .bytes = part };
		ok = packet_encode(&m->bytes, &p) == CODEC_OK &&
		     load_unit_add(m, s, LOAD_BODY, CMD_BODY, from);
		body = slice_from(body, part.len);
	}
	ok = ok && command(m, s, LOAD_EOM, "", "BODYEOB", &why);
	text_clear(&why);
	return ok;
}

bool
load_mail_milter(struct load_mail *m, const struct load_wish *w, struct text *why)
{
	*m = (struct load_mail){ .bytes = TEXT_INIT(BYTES_MAX), .wish = w };
	m->rcpt = calloc(load_rcpts_all(&w->parties), sizeof *m->rcpt);
	return m->rcpt != NULL && opening(m, w, why) && senders(m, &w->parties, why) &&
	       recipients(m, &w->parties, why) && load_contents_make(m, content, why) &&
	       command(m, &m->rset, LOAD_UNTIMED, "", "ABORT", why) &&
	       command(m, &m->quit, LOAD_UNTIMED, "", "QUIT", why);
}
