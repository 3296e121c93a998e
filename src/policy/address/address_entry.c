/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/address/address_entry.h"

#include "base/address.h"

enum { DNS_NAME_MAX = 253, DNS_LABEL_MAX = 63 }; /* RFC 1035 2.3.4, without final dot */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct slice
address_entry_word(struct slice *line)
{
	struct slice s = slice_trim(*line);
	bool quoted = false;
	size_t n;

	if (s.len > 0 && s.ptr[0] == '#')
		s.len = 0;
	for (n = 0; n < s.len && (quoted || !is_blank(s.ptr[n])); n++) {
		if (s.ptr[n] == '\\' && n + 1 < s.len)
			n++;
		else if (s.ptr[n] == '"')
			quoted = !quoted;
	}
	*line = slice_from(s, n);
	return slice_first(s, n);
}

static bool
is_label_byte(char c)
{
	c = ascii_lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static bool
is_literal(struct slice s)
{
	if (s.len < 3 || s.ptr[0] != '[' || s.ptr[s.len - 1] != ']')
		return false;
	for (size_t i = 1; i + 1 < s.len; i++) {
		if (!is_label_byte(s.ptr[i]) && s.ptr[i] != '.' && s.ptr[i] != ':')
			return false;
	}
	return true;
}

static const char *
label_fault(struct slice label)
{
	if (label.len == 0)
		return "two dots side by side, or a dot too many: a label is empty";
	if (label.len > DNS_LABEL_MAX)
		return "a label of the domain is longer than 63 bytes";
	for (size_t i = 0; i < label.len; i++) {
		if (label.ptr[i] == '*')
			return "* is no wildcard here: write domain for a domain, "
			       ".domain for all below it";
		if (!is_label_byte(label.ptr[i]))
			return "a character that no domain name has: remove it";
	}
	return NULL;
}

static const char *
domain_fault(struct slice domain)
{
	if (is_literal(domain))
		return NULL;
	if (domain.len > DNS_NAME_MAX)
		return "the domain is longer than 253 bytes";
	for (;;) {
		size_t dot = slice_find(domain, '.');
		const char *fault = label_fault(slice_first(domain, dot));

		if (fault != NULL || dot == domain.len)
			return fault;
		domain = slice_from(domain, dot + 1);
	}
}

static const char *
quoted_fault(struct slice local)
{
	size_t i;

	for (i = 1; i < local.len && local.ptr[i] != '"'; i++) {
		if (local.ptr[i] == '\\')
			i++;
	}
	return i + 1 == local.len
		   ? NULL
		   : "quotes that do not enclose all before @: write \"a b\"@domain";
}

static const char *
local_fault(struct slice local)
{
	if (local.len > ADDRESS_KEY_LOCAL_MAX)
		return "the part before @ is longer than 255 bytes";
	if (slice_equal(local, SLICE("*")))
		return "* is no wildcard here: write all for everybody, @domain for a "
		       "whole domain";
	if (local.len > 0 && local.ptr[0] == '"')
		return quoted_fault(local);
	for (size_t i = 0; i < local.len; i++) {
		if (strchr("<>()[]:;,\\\"@", local.ptr[i]) != NULL)
			return "a character that must stand in quotes: write "
			       "\"a:b\"@domain";
	}
	return NULL;
}

/* Domain forms are given to address_key_set() without their leading dot. */
static const char *
convert_domain(struct slice domain, struct address_entry *e)
{
	size_t len;

	domain = slice_without_last(domain, '.'); /* as the DNS writes it */
	if (domain.len == 0)
		return "a dot and nothing else: write a domain";
	if (!idna_to_ascii(domain, e->bytes + e->len, &len))
		return idna_supported()
			   ? "not a valid internationalised domain name: write its "
			     "A-label, xn--..."
			   : "letters beyond ASCII, and this build lacks libidn2: "
			     "write the A-label, xn--...";
	const char *fault = domain_fault((struct slice){ e->bytes + e->len, len });
	e->len += len;
	return fault;
}

static const char *
read_domain(struct slice word, struct address_entry *e)
{
	bool below = word.len > 0 && word.ptr[0] == '.';

	e->form = below ? ADDRESS_FORM_BELOW : ADDRESS_FORM_DOMAIN;
	if (below)
		e->bytes[e->len++] = '.';
	return convert_domain(below ? slice_from(word, 1) : word, e);
}

/* The part before an @, or a mailbox of this host, which has none. */
static const char *
read_local(struct slice local, struct address_entry *e)
{
	struct address_key key;
	const char *fault = local_fault(local);

	if (fault != NULL)
		return fault;
	(void)address_key_set_path(&key, local);
	if (key.local_len == 0)
		return "nothing between the quotes: write @domain for a whole domain";
	e->form = ADDRESS_FORM_MAILBOX;
	e->len = key.local_len;
	memcpy(e->bytes, key.bytes, e->len);
	return NULL;
}

static const char *
read_address(struct address a, struct address_entry *e)
{
	const char *fault = read_local(a.local, e);

	if (fault != NULL)
		return fault;
	e->bytes[e->len++] = '@';
	e->form = a.domain.len > 0 ? ADDRESS_FORM_ADDRESS : ADDRESS_FORM_USER;
	return a.domain.len > 0 ? convert_domain(a.domain, e) : NULL;
}

static bool
is_word(
    struct slice word, struct slice name, enum address_form form, struct address_entry *e)
{
	if (!slice_equal_nocase(word, name))
		return false;
	memcpy(e->bytes, name.ptr, name.len);
	e->len = name.len;
	e->form = form;
	return true;
}

const char *
address_entry_read(struct slice word, struct address_entry *ret)
{
	ret->len = 0;
	if (word.len == 0 || is_word(word, SLICE("all"), ADDRESS_FORM_ALL, ret) ||
	    is_word(word, SLICE("<>"), ADDRESS_FORM_NULL, ret))
		return NULL;
	if (word.ptr[0] == '<')
		return "an address in angle brackets: leave out < and >";
	if (slice_equal(word, SLICE("@")))
		return "an @ and nothing else: write user@domain, @domain or user@";
	if (word.ptr[0] == '@')
		return read_domain(slice_from(word, 1), ret);
	struct address a = address_parse(word);
	if (a.whole.len > a.local.len)
		return read_address(a, ret);
	if (word.ptr[0] == '"' ||
	    (word.ptr[0] != '[' && slice_find(word, '.') == word.len))
		return read_local(word, ret);
	return read_domain(word, ret);
}

const char *
address_entry_line_fault(struct slice line)
{
	if (line.len > ADDRESS_ENTRY_LINE_MAX)
		return "longer than 1000 bytes: is this a list of addresses?";
	for (size_t i = 0; i < line.len; i++) {
		unsigned char c = (unsigned char)line.ptr[i];
		if ((c < ' ' && c != '\t') || c == 127)
			return "a control character: is this a text file?";
	}
	return NULL;
}
