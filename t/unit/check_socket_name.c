/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/socket_name.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "t/unit/runner.h"

#define FIFTY "0123456789012345678901234567890123456789012345678/"

/* clang-format off */
static const struct {
	struct slice spec;
	int family;
	const char *path, *host;
	unsigned port;
} good[] = {
	{ SLICE("unix:/run/v.sock"), AF_UNIX, "/run/v.sock", "", 0 },
	{ SLICE("local:/run/v.sock"), AF_UNIX, "/run/v.sock", "", 0 },
	{ SLICE("/run/v.sock"), AF_UNIX, "/run/v.sock", "", 0 },
	{ SLICE("UNIX:/x"), AF_UNIX, "/x", "", 0 },
	{ SLICE("unix:relative"), AF_UNIX, "relative", "", 0 },
	{ SLICE("unix:/with:colon@and"), AF_UNIX, "/with:colon@and", "", 0 },
	{ SLICE("unix:" FIFTY FIFTY "1234567"), AF_UNIX, FIFTY FIFTY "1234567", "", 0 },
	{ SLICE("inet:25@127.0.0.1"), AF_INET, "", "127.0.0.1", 25 },
	{ SLICE("inet:8891@"), AF_INET, "", "", 8891 },
	{ SLICE("inet:8891"), AF_INET, "", "", 8891 },
	{ SLICE("inet:0@a.example"), AF_INET, "", "a.example", 0 },
	{ SLICE("inet:65535@h"), AF_INET, "", "h", 65535 },
	{ SLICE("INET6:25@::1"), AF_INET6, "", "::1", 25 },
	{ SLICE("inet6:25@[::1]"), AF_INET6, "", "::1", 25 },
	{ SLICE("127.0.0.1:25"), AF_UNSPEC, "", "127.0.0.1", 25 },
	{ SLICE("[::1]:25"), AF_INET6, "", "::1", 25 },
	{ SLICE(":25"), AF_UNSPEC, "", "", 25 },
	{ SLICE("a@b:25"), AF_UNSPEC, "", "a@b", 25 },
};

static const struct {
	struct slice spec;
	const char *says;
} bad[] = {
	{ SLICE(""), "is no socket" },
	{ SLICE("nowhere"), "is no socket" },
	{ SLICE("unix:"), "1 to 107 bytes" },
	{ SLICE("unix:" FIFTY FIFTY "12345678"), "1 to 107 bytes" },
	{ SLICE("unix:/a\0b"), "1 to 107 bytes" },
	{ SLICE("inet:smtp@127.0.0.1"), "'smtp' is no port" },
	{ SLICE("inet:65536@127.0.0.1"), "'65536' is no port" },
	{ SLICE("inet:-1@127.0.0.1"), "'-1' is no port" },
	{ SLICE("inet:18446744073709551641@h"), "is no port" }, /* 2^64 + 25 */
	{ SLICE("inet:@127.0.0.1"), "'' is no port" },
	{ SLICE("inet:25 @h"), "'25 ' is no port" },
	{ SLICE("127.0.0.1:"), "'' is no port" },
	{ SLICE("inet:25@" FIFTY FIFTY FIFTY FIFTY FIFTY "123456"), "at most 255 bytes" },
	{ SLICE(FIFTY FIFTY FIFTY FIFTY FIFTY "123456:25"), "at most 255 bytes" },
};

static const struct {
	const char *spec;
	int family;
	const char *address;
	unsigned port;
	const char *fault;
} resolved[] = {
	{ "inet:25@127.0.0.1", AF_INET, "127.0.0.1", 25, NULL },
	{ "inet:8891", AF_INET, "127.0.0.1", 8891, NULL },
	{ "inet6:8891", AF_INET6, "::1", 8891, NULL },
	{ "[::1]:25", AF_INET6, "::1", 25, NULL },
	{ "127.0.0.1:0", AF_INET, "127.0.0.1", 0, NULL },
	{ "inet:25@::1", 0, NULL, 0, "host '::1'" },
	{ "inet:25@256.256.256.256", 0, NULL, 0, "host '256.256.256.256'" },
};
/* clang-format on */

static struct text why = TEXT_INIT(500);

START_TEST(reads_what_the_field_writes)
{
	struct socket_name n;

	ck_assert_msg(socket_name_parse(good[_i].spec, &n, &why), "%s", text_cstr(&why));
	ck_assert_int_eq(n.family, good[_i].family);
	ck_assert(slice_equal(n.path, slice_of(good[_i].path)));
	ck_assert(slice_equal(n.host, slice_of(good[_i].host)));
	ck_assert_uint_eq(n.port, good[_i].port);
}
END_TEST

START_TEST(names_what_is_wrong)
{
	struct socket_name n;

	ck_assert(!socket_name_parse(bad[_i].spec, &n, &why));
	ck_assert_ptr_nonnull(strstr(text_cstr(&why), bad[_i].says));
}
END_TEST

START_TEST(a_name_has_an_address)
{
	struct sockaddr_storage at;
	struct socket_name n;
	socklen_t len = 0;
	char shown[INET6_ADDRSTRLEN];

	ck_assert(socket_name_parse(slice_of(resolved[_i].spec), &n, &why));
	bool ok = socket_name_address(&n, &at, &len, &why);
	ck_assert_msg(ok == (resolved[_i].fault == NULL), "%s", text_cstr(&why));
	if (!ok) {
		ck_assert_ptr_nonnull(strstr(text_cstr(&why), resolved[_i].fault));
		return;
	}
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)&at;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&at;
	bool six = at.ss_family == AF_INET6;
	ck_assert_int_eq(at.ss_family, resolved[_i].family);
	ck_assert_uint_eq(len, six ? sizeof *v6 : sizeof *v4);
	ck_assert_uint_eq(ntohs(six ? v6->sin6_port : v4->sin_port), resolved[_i].port);
	const void *bytes = six ? (const void *)&v6->sin6_addr : &v4->sin_addr;
	ck_assert_str_eq(
	    inet_ntop(at.ss_family, bytes, shown, sizeof shown), resolved[_i].address);
}
END_TEST

START_TEST(a_path_is_its_own_address)
{
	struct sockaddr_storage at;
	struct socket_name n;
	socklen_t len = 0;

	ck_assert(socket_name_parse(SLICE("unix:/run/v.sock"), &n, &why));
	ck_assert(socket_name_address(&n, &at, &len, &why));
	ck_assert_int_eq(at.ss_family, AF_UNIX);
	ck_assert_str_eq(((const struct sockaddr_un *)&at)->sun_path, "/run/v.sock");
	ck_assert_uint_eq(len, offsetof(struct sockaddr_un, sun_path) + 12);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("socket_name");
	TCase *t = tcase_create("socket_name");

	tcase_add_loop_test(t, reads_what_the_field_writes, 0, COUNT(good));
	tcase_add_loop_test(t, names_what_is_wrong, 0, COUNT(bad));
	tcase_add_loop_test(t, a_name_has_an_address, 0, COUNT(resolved));
	tcase_add_test(t, a_path_is_its_own_address);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
