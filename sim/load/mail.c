/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/load/mail.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"

const char *const load_stage_names[N_LOAD_STAGES + 1] = {
	[LOAD_OPEN] = "open",
	[LOAD_CONNECT] = "connect",
	[LOAD_HELO] = "helo",
	[LOAD_MAIL] = "mail",
	[LOAD_RCPT] = "rcpt",
	[LOAD_DATA] = "data",
	[LOAD_HEADER] = "header",
	[LOAD_BODY] = "body",
	[LOAD_EOM] = "eom",
	[LOAD_MESSAGE] = "message",
	[LOAD_UNTIMED] = "the end",
};

/* Bodies of a mix, in hundredths of all messages; 45 KB on average. */
static const struct {
	size_t bytes;
	unsigned share;
} mix[] = {
	{ 2000, 30 },
	{ 5000, 25 },
	{ 10000, 15 },
	{ 20000, 10 },
	{ 50000, 10 },
	{ 100000, 5 },
	{ 500000, 4 },
	{ 1000000, 1 },
};

enum { MIX = sizeof mix / sizeof mix[0], LINE = 76 };

/* --- which message is what --- */

/* Steele, Lea, Flood: splitmix64's last steps; any number, well mixed. */
static uint64_t
mixed(uint64_t n)
{
	n = (n + 1) * UINT64_C(0x9e3779b97f4a7c15);
	n = (n ^ n >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	n = (n ^ n >> 27) * UINT64_C(0x94d049bb133111eb);
	return n ^ n >> 31;
}

static size_t
of_mix(uint64_t n)
{
	unsigned at = (unsigned)(mixed(n) % 100);
	size_t i = 0;

	while (at >= mix[i].share)
		at -= mix[i++].share;
	return i;
}

const struct load_content *
load_content_of(const struct load_mail *m, uint64_t n)
{
	const struct load_wish *w = m->wish;
	bool mixes = w->messages == 0 && w->size == 0;
	bool worm = w->worm.len != 0 && load_share_has(w->worms, 0, n);
	size_t i = mixes ? of_mix(n) : (size_t)(n % m->contents);

	return &m->content[(2 * load_sender_of(&w->parties, n) + worm) * m->contents + i];
}

const struct load_script *
load_mail_of(const struct load_mail *m, uint64_t n)
{
	return &m->mail[load_sender_of(&m->wish->parties, n)];
}

const struct load_script *
load_rcpt_script(const struct load_mail *m, uint64_t n, size_t i)
{
	return &m->rcpt[load_rcpt_index(&m->wish->parties, n, i)];
}

const char *
load_rcpt_name(const struct load_parties *p, size_t index, char made[LOAD_MADE_UP])
{
	if (index < p->tos)
		return p->to[index].address;
	(void)snprintf(made, LOAD_MADE_UP, "user%zu@example.org", index - p->tos + 1);
	return made;
}

/* --- making --- */

bool
load_unit_add(struct load_mail *m, struct load_script *s, enum load_stage stage,
    enum packet_kind kind, size_t from)
{
	if (!array_room(&s->unit, s->units, &s->room, sizeof *s->unit))
		return false;
	s->unit[s->units++] =
	    (struct load_unit){ stage, kind, from, m->bytes.len - from };
	return true;
}

/* Lines of base64's letters, the same in every run. */
static bool
invent_lines(struct text *out, size_t bytes, uint64_t seed)
{
	static const char letters[64] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char line[LINE + 2];

	line[LINE] = '\r';
	line[LINE + 1] = '\n';
	for (size_t done = 0; done < bytes; done += sizeof line) {
		for (size_t i = 0; i < LINE; i++)
			line[i] = letters[mixed(seed + done + i) % 64];
		if (text_append(out, (struct slice){ line, sizeof line }) != TEXT_OK)
			return false;
	}
	return true;
}

static bool
invent_header(const struct load_wish *w, const char *sender, struct text *out)
{
	text_printf(out,
	    "Received: from client.example.net (client.example.net [192.0.2.1])\r\n"
	    "\tby mx.example.org; Thu, 1 Jan 2026 12:00:00 +0000\r\n"
	    "Date: Thu, 1 Jan 2026 12:00:00 +0000\r\n"
	    "From: Sender <%s>\r\n"
	    "To: Receiver <user1@example.org>\r\n"
	    "Subject: load\r\n"
	    "Message-ID: <load@client.example.net>\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=us-ascii\r\n"
	    "Content-Transfer-Encoding: 7bit\r\n"
	    "X-Mailer: milter-sim load\r\n"
	    "X-Priority: 3\r\n",
	    sender[0] != '\0' ? sender : "postmaster@example.net");
	for (size_t i = 0; i < w->headers; i++)
		text_printf(out, "%s\r\n", w->header[i]);
	return text_append(out, SLICE("\r\n")) == TEXT_OK;
}

/* The same message with CRLF at each line's end. */
static bool
with_crlf(struct text *out, struct slice message)
{
	struct slice line;
	enum text_status s = TEXT_OK;

	while (s == TEXT_OK && slice_next_line(&message, &line)) {
		size_t n = line.len;
		if (n > 0 && line.ptr[n - 1] == '\r')
			n--;
		s = text_append(out, slice_first(line, n));
		if (s == TEXT_OK)
			s = text_append(out, SLICE("\r\n"));
	}
	return s == TEXT_OK;
}

/* Where the body begins: behind the first empty line, or nowhere. */
static size_t
header_end(struct slice message)
{
	struct slice rest = message, line;

	while (slice_next_line(&rest, &line)) {
		if (line.len == 0 || slice_equal(line, SLICE("\r")))
			return message.len - rest.len;
	}
	return message.len;
}

static bool
add_worm(struct text *body, struct slice worm)
{
	return text_append(body, worm) == TEXT_OK &&
	       text_append(body, SLICE("\r\n")) == TEXT_OK;
}

/* The ith, in halves around the worm if there is to be one. */
static bool
body_of(
    const struct load_wish *w, size_t i, struct slice given, bool worm, struct text *body)
{
	size_t size = w->size != 0 ? w->size : mix[i].bytes;

	if (w->messages != 0)
		return text_append(body, given) == TEXT_OK &&
		       (!worm || add_worm(body, w->worm));
	return invent_lines(body, size / 2, i) && (!worm || add_worm(body, w->worm)) &&
	       invent_lines(body, size - size / 2, i + 1000000007);
}

static bool
make_content(struct load_mail *m, load_make_fn *make, size_t sender, size_t i, bool worm)
{
	const struct load_wish *w = m->wish;
	struct load_content *c = &m->content[(2 * sender + worm) * m->contents + i];
	struct text header = TEXT_INIT(LOAD_MESSAGE_MAX),
		    body = TEXT_INIT(LOAD_MESSAGE_MAX);
	struct slice given = SLICE("");
	bool ok;

	if (w->messages != 0) {
		ok = with_crlf(&header, w->message[i]);
		size_t end = header_end(text_slice(&header));
		given = slice_from(text_slice(&header), end);
		ok = ok && body_of(w, i, given, worm, &body);
		header.len = end;
	} else {
		ok = invent_header(w, w->parties.from[sender].address, &header) &&
		     body_of(w, i, given, worm, &body);
	}
	c->worm = worm;
	c->bytes = header.len + body.len;
	ok = ok && make(m, &c->script, text_slice(&header), text_slice(&body));
	text_clear(&header);
	text_clear(&body);
	return ok;
}

bool
load_contents_make(struct load_mail *m, load_make_fn *make, struct text *why)
{
	const struct load_wish *w = m->wish;
	size_t senders = w->parties.froms;
	bool ok;

	m->contents = w->messages != 0 ? w->messages : w->size != 0 ? 1 : MIX;
	m->content = calloc(2 * senders * m->contents, sizeof *m->content);
	ok = m->content != NULL;
	for (size_t k = 0; ok && k < senders * m->contents; k++) {
		size_t sender = k / m->contents, i = k % m->contents;
		ok = make_content(m, make, sender, i, false) &&
		     (w->worm.len == 0 || make_content(m, make, sender, i, true));
	}
	if (!ok)
		text_printf(why, "the messages do not fit into memory, or a header field "
				 "cannot be one");
	return ok;
}

void
load_mail_clear(struct load_mail *m)
{
	const struct load_parties *p = m->wish != NULL ? &m->wish->parties : NULL;

	for (size_t i = 0; m->rcpt != NULL && i < load_rcpts_all(p); i++)
		free(m->rcpt[i].unit);
	for (size_t i = 0; m->content != NULL && i < 2 * p->froms * m->contents; i++)
		free(m->content[i].script.unit);
	for (size_t i = 0; i < LOAD_SENDERS_MAX; i++)
		free(m->mail[i].unit);
	free(m->rcpt);
	free(m->content);
	free(m->opening.unit);
	free(m->rset.unit);
	free(m->quit.unit);
	text_clear(&m->bytes);
}
