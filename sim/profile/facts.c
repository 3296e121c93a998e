/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/profile/facts.h"

#include "base/address.h"
#include "base/put.h"

/* The dot that ends a name of the DNS is no part of an address. */
static struct slice
undotted(struct slice s)
{
	return slice_without_last(s, '.');
}

static struct slice
number(struct text *scratch, unsigned long n)
{
	text_printf(scratch, "%lu", n);
	return text_slice(scratch);
}

static struct slice
complete_lower(const struct facts *f, struct slice path, struct text *scratch)
{
	facts_complete(f, path, scratch);
	for (size_t i = 0; i < scratch->len; i++)
		scratch->ptr[i] = ascii_lower(scratch->ptr[i]);
	return text_slice(scratch);
}

/* The one that our Message-Id field would have. */
static struct slice
msg_id(const struct facts *f, struct text *scratch)
{
	if (f->msg_id.len != 0)
		return f->msg_id;
	text_printf(scratch, "<%04d%02d%02d%02d%02d.%.*s@%.*s>", f->stamp.year,
	    f->stamp.month, f->stamp.day, f->stamp.hour, f->stamp.minute,
	    (int)f->queue_id.len, f->queue_id.ptr, (int)f->host.len, f->host.ptr);
	return text_slice(scratch);
}

static struct slice
msg_size(const struct facts *f, struct text *scratch)
{
	struct slice line, rest = f->text;
	unsigned long size = 0;

	while (slice_next_line(&rest, &line))
		size += line.len + 1;
	return number(scratch, size);
}

static struct slice
lower(struct slice s, struct text *scratch)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = ascii_lower(s.ptr[i]);
		put(scratch, (struct slice){ &c, 1 });
	}
	return text_slice(scratch);
}

struct slice
facts_resolve(enum resolve r)
{
	static const char *const words[] = {
		[RESOLVE_OK] = "OK", [RESOLVE_FAIL] = "FAIL", [RESOLVE_TEMP] = "TEMP"
	};

	return slice_of(words[r]);
}

static struct slice
literal(const struct facts *f, struct text *scratch)
{
	if (!f->client_inet6)
		return f->client_address;
	put(scratch, SLICE("IPv6:"));
	put(scratch, f->client_address);
	return text_slice(scratch);
}

/* False: KEYWORD= is not among them; else *ret is what is behind it. */
static bool
parameter(struct slice args, struct slice keyword, struct slice *ret)
{
	for (; args.len != 0; args = slice_from(args, slice_find(args, '\0') + 1)) {
		*ret = slice_first(args, slice_find(args, '\0'));
		if (slice_starts_nocase(*ret, keyword) && ret->len > keyword.len &&
		    ret->ptr[keyword.len] == '=') {
			*ret = slice_from(*ret, keyword.len + 1);
			return true;
		}
	}
	*ret = SLICE("");
	return false;
}

static bool
given(const struct macro *m, const struct facts *f, struct slice *ret)
{
	struct slice args = m->fact == FACT_RCPT_PARAMETER ? f->rcpt_args : f->mail_args;

	return parameter(args, slice_of(m->text), ret);
}

static struct slice
value(const struct macro *m, const struct facts *f, struct text *scratch)
{
	struct slice sender = f->sender_meant.len != 0 ? f->sender_meant : f->sender;
	struct slice rcpt = f->rcpt_meant.len != 0 ? f->rcpt_meant : f->rcpt;

	switch ((enum fact)m->fact) {
	case FACT_TEXT: return slice_of(m->text);
	case FACT_HOST: return f->host;
	case FACT_HOST_NAME: return slice_first(f->host, slice_find(f->host, '.'));
	case FACT_HOST_DOMAIN: return slice_from(f->host, slice_find(f->host, '.') + 1);
	case FACT_VERSION: return f->version;
	case FACT_CLIENT_NAME: return f->client_name;
	case FACT_CLIENT_KNOWN: return f->client_known;
	case FACT_CLIENT_PTR: return f->client_ptr;
	case FACT_CLIENT_ADDRESS: return f->client_address;
	case FACT_CLIENT_LITERAL: return literal(f, scratch);
	case FACT_CLIENT_SHOWN: return f->client_shown;
	case FACT_CLIENT_PORT: return f->client_port;
	case FACT_CLIENT_RESOLVE: return facts_resolve(f->client_resolve);
	case FACT_LOGIN: return f->login;
	case FACT_LOGIN_TYPE: return slice_of(m->text);
	case FACT_DAEMON_ADDRESS: return f->daemon_address;
	case FACT_DAEMON_PORT: return f->daemon_port;
	case FACT_HELO: return f->helo;
	case FACT_HELO_OR_NAME: return f->helo.len != 0 ? f->helo : f->client_name;
	case FACT_PROTOCOL: return f->esmtp ? SLICE("ESMTP") : SLICE("SMTP");
	case FACT_QUEUE_ID: return f->queue_id;
	case FACT_DATE: return f->date;
	case FACT_SENDER: return address_parse(f->sender).whole;
	case FACT_SENDER_MAILED: return f->sender_mailed;
	case FACT_SENDER_RESOLVED:
		if (f->sender_local)
			return lower(
			    address_user(address_parse(sender).local, "+"), scratch);
		facts_tight(undotted(address_parse(sender).whole), scratch);
		return text_slice(scratch);
	case FACT_SENDER_COMPLETE: return complete_lower(f, sender, scratch);
	case FACT_SENDER_HOP:
		return f->sender_local ? f->host : address_parse(sender).domain;
	case FACT_SENDER_DOMAIN: return undotted(address_parse(sender).domain);
	case FACT_SENDER_PATH: return f->sender;
	case FACT_RCPT: return address_parse(f->rcpt).whole;
	case FACT_RCPT_COMPLETE: return complete_lower(f, rcpt, scratch);
	case FACT_FIRST_RCPT: return complete_lower(f, f->first_rcpt, scratch);
	case FACT_FIRST_RCPT_HOP:
		return f->first_far ? address_parse(f->first_rcpt).domain : f->host;
	case FACT_RCPT_HOP: return f->rcpt_far ? address_parse(rcpt).domain : f->host;
	case FACT_RCPT_LOCAL:
		return facts_unquoted(slice_trim(address_parse(rcpt).local));
	case FACT_RCPT_RESOLVED:
		facts_tight(undotted(address_parse(rcpt).whole), scratch);
		return text_slice(scratch);
	case FACT_RCPT_DOMAIN: return address_parse(rcpt).domain;
	case FACT_AUTH_AUTHOR:
	case FACT_AUTH_AUTHOR_NAMED: return f->auth_author;
	case FACT_RCPT_COUNT: return number(scratch, f->rcpts);
	case FACT_BAD_RCPT_COUNT: return number(scratch, f->bad_rcpts);
	case FACT_MSG_ID: return msg_id(f, scratch);
	case FACT_MSG_SIZE: return msg_size(f, scratch);
	case FACT_MAIL_PARAMETER:
	case FACT_RCPT_PARAMETER: (void)given(m, f, &sender); return sender;
	}
	return SLICE("");
}

static struct slice
formed(struct slice plain, unsigned form, struct text *scratch)
{
	if (form == FORM_PLAIN || plain.len == 0)
		return plain;
	for (size_t i = 0; i < plain.len; i++) {
		char c = plain.ptr[i];
		if ((form & FORM_LOWER) != 0)
			c = ascii_lower(c);
		put(scratch, (struct slice){ &c, 1 });
	}
	bool dotted = plain.ptr[0] != '[' && plain.ptr[0] != '"' &&
		      slice_find(plain, '.') != plain.len;
	if ((form & FORM_DOT) != 0 && dotted)
		put(scratch, SLICE("."));
	return text_slice(scratch);
}

static bool
has_value(const struct macro *m, const struct facts *f)
{
	if (m->fact == FACT_AUTH_AUTHOR && !f->authored)
		return false;
	if (m->fact == FACT_AUTH_AUTHOR_NAMED &&
	    (!f->authored || slice_equal(f->auth_author, SLICE("<>"))))
		return false;
	struct slice ignored;
	bool typed = m->fact == FACT_MAIL_PARAMETER || m->fact == FACT_RCPT_PARAMETER;
	if (typed && !given(m, f, &ignored))
		return false;
	if ((m->fact == FACT_LOGIN || m->fact == FACT_LOGIN_TYPE) && f->login.len == 0)
		return false;
	switch (m->since) {
	case AT_RCPT: return f->at_rcpt;
	case AT_RCPT_FAR: return f->at_rcpt && f->rcpt_far && f->rcpt_known;
	case AT_RCPT_DIRECT: return f->at_rcpt && f->rcpt_direct;
	case AT_DATA: return f->at_data;
	case BEFORE_TEXT: return f->reached < SINCE_MESSAGE;
	case IN_ENVELOPE: return f->reached >= SINCE_MAIL && f->reached < SINCE_MESSAGE;
	default: return m->since <= f->reached;
	}
}

/*
 * The words behind the address, which is taken to end at its first blank: of one
 * that has a blank its rest is in front of them.
 */
static struct slice
refused(const struct macro *m, const struct facts *f, struct text *scratch)
{
	struct slice path = address_parse(f->rcpt).whole;
	bool quoted = false, behind = false;

	if (m->fact != FACT_RCPT_COMPLETE)
		return slice_of(m->refused);
	for (size_t i = 0; i < path.len; i++) {
		char c = path.ptr[i];
		if (c == '"') {
			quoted = !quoted;
			continue;
		}
		if (quoted && c == '\\' && i + 1 < path.len)
			c = path.ptr[++i];
		bool blank = ascii_unseen(c);
		if (behind)
			put(scratch, blank ? SLICE(" ") : (struct slice){ &c, 1 });
		behind = behind || blank;
	}
	put(scratch, behind ? SLICE(">: ") : SLICE(""));
	put(scratch, slice_of(m->refused));
	return text_slice(scratch);
}

/* Is it whom the row is about? */
static bool
is_local(const struct macro *m, const struct facts *f)
{
	switch (m->since) {
	case AT_RCPT: return !f->rcpt_far;
	case AT_DATA: return !f->first_far;
	default: return f->sender_local;
	}
}

bool
facts_macro(const struct macro *macros, const struct facts *f, struct slice name,
    struct text *scratch, struct slice *ret)
{
	const struct macro *m = macros;

	/* The first row of that name that has a value now. */
	while (m->name != NULL &&
	       (!slice_equal(slice_of(m->name), name) || !has_value(m, f)))
		m++;
	if (m->name == NULL)
		return false;
	text_clear(scratch);
	if (m->refused != NULL && !f->rcpt_known)
		*ret = refused(m, f, scratch);
	else if (m->local != NULL && is_local(m, f))
		*ret = slice_of(m->local);
	else
		*ret = formed(value(m, f, scratch), m->form, scratch);
	return true;
}

/* A name that would be read as something else, were it not in quotes. */
static bool
wants_quotes(struct slice name)
{
	if (slice_starts(name, SLICE("\"")))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		if (name.ptr[i] != '\0' && strchr("<>,;:@[].'\\", name.ptr[i]) != NULL)
			return true;
	}
	return false;
}

/* RFC 5322 3.4: a mailbox, with a name if there is one. */
static void
put_person(const struct facts *f, struct text *out)
{
	bool named = f->full_name.len != 0;

	bool quotes = named && wants_quotes(f->full_name);

	put(out, quotes ? SLICE("\"") : SLICE(""));
	put(out, named ? f->full_name : SLICE(""));
	put(out, quotes ? SLICE("\"") : SLICE(""));
	put(out, named ? SLICE(" <") : SLICE(""));
	put(out, named ? SLICE("") : f->sender_group);
	put(out, f->sender_shown);
	put(out, named ? SLICE(">") : SLICE(""));
}

void
facts_field(const struct facts *f, char letter, struct text *out)
{
	struct facts fresh = *f;

	switch (letter) {
	case 't': put(out, f->date); break;
	case 's': put_person(f, out); break;
	case 'd':
		put(out,
		    f->sender_shown.len != 0 ? f->sender_shown : SLICE("MAILER-DAEMON"));
		break;
	case 'm':
		fresh.msg_id = SLICE("");
		(void)msg_id(&fresh, out);
		break;
	case 'M': /* ... with the second */
		text_printf(out, "<%04d%02d%02d%02d%02d%02d.%.*s@%.*s>", f->stamp.year,
		    f->stamp.month, f->stamp.day, f->stamp.hour, f->stamp.minute,
		    f->stamp.second, (int)f->queue_id.len, f->queue_id.ptr,
		    (int)f->host.len, f->host.ptr);
		break;
	case 'T': /* ... with the zone's name */
		put(out, f->date);
		put(out, SLICE(" (UTC)"));
		break;
	case 'h': put(out, f->host); break;
	case 'c': put(out, f->client_shown); break;
	default: break;
	}
}
