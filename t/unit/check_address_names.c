/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which entry means whom.  What the two MTAs say of each spelling is what they
 * were seen to say: sendmail 8.17.1.9 and Postfix 3.7.11 with the local domains
 * mx.test (their own name), foo.com and foo.org, where jones is a user, info of
 * foo.com is jones by virtusertable or virtual_alias_maps, and virtual.example
 * is in virtual_alias_domains.  t/integration/test_names.py asks them again.
 */
#include "policy/address/address_list.h"

#include "t/unit/runner.h"

struct said {
	const char *addr, *mailer, *host;
};

static struct slice
get(const void *self, const char *name)
{
	const struct said *s = self;

	if (strcmp(name, "j") == 0)
		return SLICE("mx.test");
	if (strcmp(name, "{rcpt_addr}") == 0 || strcmp(name, "{mail_addr}") == 0)
		return slice_of(s->addr);
	if (strcmp(name, "{rcpt_host}") == 0)
		return slice_of(s->host);
	return strcmp(name, "{rcpt_mailer}") == 0 || strcmp(name, "{mail_mailer}") == 0
		   ? slice_of(s->mailer)
		   : (struct slice){ NULL, 0 };
}

static bool
is_meant(const char *entry, struct slice path, const struct said *said, bool sender,
    struct name_list here)
{
	struct envelope_event ev = { .path = path, .macros = { get, said } };
	struct address_habits habits = { "+", &here };
	struct address_list *list;
	struct address_names names;
	struct address_hit hit;
	struct text why = TEXT_INIT(500);

	ck_assert_msg(address_list_parse(slice_of(entry), "list", true, &list, &why),
	    "%s", text_cstr(&why));
	if (sender)
		address_names_mail(&names, &ev, habits);
	else
		address_names_rcpt(&names, &ev, habits);
	bool got = address_list_find(list, &names, &hit);
	address_list_free(list);
	return got;
}

/* clang-format off */
#define SENDMAIL(addr) { addr, "local", "" }
#define RELAYED(addr)  { addr, "esmtp", "relay.example." }
#define POSTFIX(addr)  { addr, "local", "mx.test" }
#define OUTSIDE(addr)  { addr, "smtp", "relay.example" }
#define SILENT         { NULL, NULL, NULL }

/* Spellings that reach jones of foo.com: his entry means them, and nobody else's. */
static const struct {
	const char *path;
	struct said said;
} jones[] = {
	{ "<jones@foo.com>", SENDMAIL("jones") },
	{ "<JONES@FOO.COM>", SENDMAIL("jones") },
	{ "<\"jones\"@foo.com>", SENDMAIL("jones") },
	{ "<\"jo\\nes\"@foo.com>", SENDMAIL("jo\\nes") },
	{ "<jo\\nes@foo.com>", SENDMAIL("jo\\nes") },
	{ "<\\jones@foo.com>", SENDMAIL("\\jones") },
	{ "<\"jo\"nes@foo.com>", SENDMAIL("\"jo\"nes") },
	{ "<jones@foo.com.>", SENDMAIL("jones") },
	{ "<jones%foo.com>", SENDMAIL("jones") },
	{ "<jones%foo.com@mx.test>", SENDMAIL("jones") },
	{ "<jones%foo.com@foo.org>", SENDMAIL("jones") },
	{ "<foo.com!jones>", SENDMAIL("jones") },
	{ "<a.example!foo.com!jones@mx.test>", SENDMAIL("jones") },
	{ "<@mx.test:jones@foo.com>", SENDMAIL("jones") },
	{ "<@foo.com,@mx.test:jones@foo.com>", SENDMAIL("jones") },
	{ "<@[IPv6:::1]:jones@foo.com>", SENDMAIL("jones") },
	{ "<jones+x@foo.com>", SENDMAIL("jones+x") },
	{ "<\"jones\"+x@foo.com>", SENDMAIL("\"jones\"+x") },
	{ "<jones+x%foo.com>", SENDMAIL("jones+x") },
	{ "<jones(c)@foo.com>", SENDMAIL("jones") },
	{ "<jones@(c)foo.com>", SENDMAIL("jones") },
	{ "<jones@foo.com(x@bar.org)>", SENDMAIL("jones") },
	{ "<(c (d\\) e))jones@foo.com>", SENDMAIL("jones") },
	{ "<jones @ foo.com>", SENDMAIL("jones") },
	{ "<jones\t@\r\n foo.com >", SENDMAIL("jones") },
	{ "jones@foo.com", SENDMAIL("jones") },
	{ "<info@foo.com>", SENDMAIL("jones") },
	{ "<\"jones@foo.com\">", SENDMAIL("jones") },
	{ "<\"jones@foo.com\"@foo.org>", SENDMAIL("jones") },
	{ "<jones>", SENDMAIL("jones") },
	{ "<jones@[127.0.0.1]>", SENDMAIL("jones") },
	{ "<jones@foo.com>", POSTFIX("jones@foo.com") },
	{ "<\"jo\\nes\"@foo.com>", POSTFIX("jones@foo.com") },
	{ "<jones%foo.com@foo.org>", POSTFIX("jones@foo.com") },
	{ "<foo.com!jones@mx.test>", POSTFIX("jones@foo.com") },
	{ "<jones@foo.com@mx.test>", POSTFIX("jones@foo.com") },
	{ "<x:jones@foo.com;>", POSTFIX("jones@foo.com") },
	{ "<jones+x@foo.com>", POSTFIX("jones+x@foo.com") },
	{ "<jones>", POSTFIX("jones@mx.test") },
	{ "<jones@[127.0.0.1]>", POSTFIX("jones@[127.0.0.1]") },
	{ "<\"jones\"@foo.com>", SILENT },
	{ "<@hop.example:\"jo\\nes\" (c) @foo.com.>", SILENT },
};

static const struct row {
	const char *what, *entry, *path;
	struct said said;
	bool meant;
} row[] = {
	{ "another user", "jones@foo.com", "<brown@foo.com>", SENDMAIL("brown"), false },
	{ "another local domain", "jones@foo.com", "<jones@foo.org>", SENDMAIL("jones"), false },
	{ "another local domain, Postfix", "jones@foo.com", "<jones@foo.org>", POSTFIX("jones@foo.org"), false },
	{ "another domain by a route", "jones@foo.com", "<jones%foo.org@foo.com>", SENDMAIL("jones"), false },
	{ "another user by a route", "jones@foo.com", "<jones%foo.com>", SENDMAIL("jonas"), false },
	{ "a quoted blank is part of a name", "jones@foo.com", "<\"jo nes\"@foo.com>", SENDMAIL("jo nes"), false },
	{ "the same, Postfix", "jones@foo.com", "<\"jo nes\"@foo.com>", POSTFIX("jo nes@foo.com"), false },
	{ "quotes that are quoted are part of a name", "jones@foo.com", "<\"\\\"jones\\\"\"@foo.com>",
	  POSTFIX("\"jones\"@foo.com"), false },
	{ "a backslash that is quoted is, too", "jones@foo.com", "<\"jo\\\\nes\"@foo.com>",
	  POSTFIX("jo\\nes@foo.com"), false },
	{ "empty quotes are nobody's", "jones@foo.com", "<\"\"@foo.com>", POSTFIX("mailer-daemon@foo.com"), false },
	{ "an address that is a user's name elsewhere", "jones@foo.com", "<\"jones@foo.com\"@bar.org>",
	  RELAYED("\"jones@foo.com\"@bar.org"), false },
	{ "a comment hides no address", "x@bar.org", "<jones@foo.com(x@bar.org)>", SENDMAIL("jones"), false },
	{ "a route is no address", "@hop.example", "<@hop.example:jones@foo.com>", SENDMAIL("jones"), false },
	{ "to a relay's user of that name", "jones@foo.com", "<jones@mx>", RELAYED("jones@mx"), false },
	{ "a literal of another host", "jones@foo.com", "<jones@[IPv6:::1]>", RELAYED("jones@[IPv6:::1]"), false },

	{ "an entry with detail, hit", "jones+x@foo.com", "<jones+X@foo.com>", SENDMAIL("jones+x"), true },
	{ "an entry with detail, another", "jones+x@foo.com", "<jones+y@foo.com>", SENDMAIL("jones+y"), false },
	{ "an entry with detail, none", "jones+x@foo.com", "<jones@foo.com>", SENDMAIL("jones"), false },
	{ "a detail beyond a longer name", "jon@foo.com", "<jones@foo.com>", SENDMAIL("jones"), false },

	{ "user: his mailbox, whatever the domain", "jones", "<jones@foo.org>", SENDMAIL("jones"), true },
	{ "user: by an alias of the MTA", "jones", "<info@foo.com>", SENDMAIL("jones"), true },
	{ "user: Postfix", "jones", "<jones@foo.org>", POSTFIX("jones@foo.org"), true },
	{ "user: with detail", "jones", "<jones+x@foo.org>", POSTFIX("jones+x@foo.org"), true },
	{ "user: no domain", "jones", "<jones>", SENDMAIL("jones"), true },
	{ "user: not here", "jones", "<jones@bar.org>", RELAYED("jones@bar.org"), false },
	{ "user: not here, Postfix", "jones", "<jones@bar.org>", OUTSIDE("jones@bar.org"), false },
	{ "user: in a domain that is configured, from a silent MTA", "jones", "<jones@foo.com>", SILENT, true },
	{ "user: elsewhere, from a silent MTA", "jones", "<jones@bar.org>", SILENT, false },
	{ "user: in quotes, with a dot", "\"jo.nes\"", "<jo.nes@foo.com>", SENDMAIL("jo.nes"), true },
	{ "user@: anywhere", "jones@", "<jones@bar.org>", RELAYED("jones@bar.org"), true },
	{ "user@: here", "jones@", "<jones@foo.com>", SENDMAIL("jones"), true },
	{ "user@: as the MTA resolves it", "jones@", "<info@foo.com>", SENDMAIL("jones"), true },
	{ "user@: somebody else", "jones@", "<x@foo.com>", SENDMAIL("x"), false },
	{ "domain, as typed", "foo.com", "<jones@FOO.com.>", SENDMAIL("jones"), true },
	{ "domain, as routed", "@foo.com", "<jones%foo.com>", SENDMAIL("jones"), true },
	{ "domain, of one without a domain", "mx.test", "<jones>", SENDMAIL("jones"), true },
	{ ".domain", ".com", "<jones@foo.com>", POSTFIX("jones@foo.com"), true },
	{ "all", "all", "<jones@foo.com>", SENDMAIL("jones"), true },

	{ "what the virtusertable leads to", "bob@relay.example", "<bob@foo.com>", RELAYED("bob@relay.example"), true },
	{ "and what it is reached by", "bob@foo.com", "<bob@foo.com>", RELAYED("bob@relay.example"), true },
	{ "virtual_alias_domains are taken", "sales@virtual.example", "<sales@virtual.example>",
	  { "sales@virtual.example", "error", "5.1.1 User unknown in virtual alias table" }, true },
	{ "virtual_alias_maps are behind the filter", "jones@foo.com", "<info@foo.com>", POSTFIX("info@foo.com"), false },
	{ "a refused one's reply is no address", "unknown@", "<x@foo.com>",
	  { "550 5.1.1 unknown", "error", "5.1.1" }, false },

	{ "an A-label in the list", "jones@xn--bcher-kva.example", "<jones@b\303\274cher.example>",
	  OUTSIDE("jones@b\303\274cher.example"), true },
	{ "a U-label in the list", "jones@b\303\274cher.example", "<jones@xn--bcher-kva.example>",
	  RELAYED("jones@xn--bcher-kva.example"), true },
	{ "an ideographic full stop", "jones@foo.com", "<jones@foo\343\200\202com>",
	  OUTSIDE("jones@foo\343\200\202com"), true },
	{ "a local part beyond ASCII", "j\303\266rg@foo.com", "<J\303\226RG@foo.com>", POSTFIX("j\303\266rg@foo.com"), true },
	{ "the same in capitals", "J\303\226RG@foo.com", "<j\303\266rg@foo.com>", POSTFIX("j\303\266rg@foo.com"), true },
	{ "a letter is not its base", "jorg@foo.com", "<j\303\266rg@foo.com>", POSTFIX("j\303\266rg@foo.com"), false },
	{ "a wide letter is another", "jones@foo.com", "<\357\275\212ones@foo.com>",
	  POSTFIX("\357\275\212ones@foo.com"), false },
	{ "bytes that are no UTF-8", "jones@foo.com", "<jones\377@foo.com>", SENDMAIL("jones\377"), false },

	{ "the null sender", "<>", "<>", SENDMAIL(""), true },
	{ "the null sender is everybody's", "all", "<>", SENDMAIL(""), true },
	{ "but nobody", "mailer-daemon", "<>", SENDMAIL("mailer-daemon"), false },
	{ "empty quotes are not the null sender", "<>", "<\"\">", SENDMAIL(""), false },
};
/* clang-format on */

static char foo[] = "foo.com";
static char *const here[] = { foo };

START_TEST(every_spelling_of_one_mailbox)
{
	struct name_list domains = { here, 1 };
	struct slice path = slice_of(jones[_i].path);

	for (int sender = 0; sender < 2; sender++) {
		ck_assert_msg(
		    is_meant("jones@foo.com", path, &jones[_i].said, sender, domains),
		    "%s escapes", path.ptr);
		ck_assert(is_meant("jones@", path, &jones[_i].said, sender, domains));
		ck_assert(is_meant("jones", path, &jones[_i].said, sender, domains));
		ck_assert_msg(!is_meant("jones@bar.org\nbrown@foo.com\njones@foo.co\n"
					"nes@foo.com\n@bar.org\n.foo.com",
				  path, &jones[_i].said, sender, domains),
		    "%s is not another's", path.ptr);
	}
}
END_TEST

static bool
domain_beyond_ascii(const char *entry)
{
	const char *at = strchr(entry, '@');

	while (at != NULL && *at != '\0' && (unsigned char)*at < 128)
		at++;
	return at != NULL && *at != '\0';
}

START_TEST(who_is_meant)
{
	const struct row *r = &row[_i];
	bool idn = domain_beyond_ascii(r->entry) || strstr(r->entry, "xn--") != NULL ||
		   strstr(r->path, "\343\200\202") != NULL;

	if (idn && !idna_supported())
		return;
	ck_assert_msg(is_meant(r->entry, slice_of(r->path), &r->said, false,
			  (struct name_list){ here, 1 }) == r->meant,
	    "%s: '%s' for '%s'", r->what, r->entry, r->path);
}
END_TEST

/* Where no domain is known as this host's, one without a domain is in none. */
START_TEST(nothing_is_guessed)
{
	struct said bare = SENDMAIL("jones");
	struct name_list none = { NULL, 0 };

	ck_assert(!is_meant("jones@foo.com", SLICE("<jones>"), &bare, false, none));
	ck_assert(is_meant("jones@mx.test", SLICE("<jones>"), &bare, false, none));
	ck_assert(is_meant("jones", SLICE("<jones>"), &bare, false, none));
}
END_TEST

START_TEST(knows_who_was_refused)
{
	static const struct {
		struct said said;
		bool refused;
	} told[] = {
		{ { "550 5.1.1 User unknown", "error", "5.1.1" }, true },
		{ { "Recipient address rejected: User unknown", "error", "5.1.1" },
		    true },
		{ { "nes@foo.com>: Recipient address rejected", "error", "5.1.1" },
		    true },
		{ { "a@virtual.example", "error", "5.1.1 User unknown" }, false },
		{ SENDMAIL("jones"), false },
		{ POSTFIX("jones@foo.com"), false },
		{ SILENT, false },
	};

	for (size_t i = 0; i < COUNT(told); i++) {
		struct envelope_event ev = { .macros = { get, &told[i].said } };
		ck_assert_int_eq(address_rcpt_refused(&ev), told[i].refused);
	}
}
END_TEST

/* What no MTA would take is nobody's, and costs no memory that is not there. */
START_TEST(survives_any_length)
{
	static char long_path[70000];
	static const char fill[] = "a\"\\(@%!<[ ";
	struct said silent = SILENT;

	for (size_t f = 0; f < sizeof fill - 1; f++) {
		memset(long_path, fill[f], sizeof long_path);
		for (size_t len = 0; len < 1100; len++)
			ck_assert(
			    !is_meant("jones@foo.com", (struct slice){ long_path, len },
				&silent, false, (struct name_list){ here, 1 }));
		ck_assert(!is_meant("jones@foo.com",
		    (struct slice){ long_path, sizeof long_path }, &silent, false,
		    (struct name_list){ here, 1 }));
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("address_names");
	TCase *t = tcase_create("names");

	tcase_set_timeout(t, 20);
	tcase_add_loop_test(t, every_spelling_of_one_mailbox, 0, COUNT(jones));
	tcase_add_loop_test(t, who_is_meant, 0, COUNT(row));
	tcase_add_test(t, nothing_is_guessed);
	tcase_add_test(t, knows_who_was_refused);
	tcase_add_test(t, survives_any_length);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
