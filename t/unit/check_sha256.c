/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/sha256.h"

#include "t/unit/runner.h"

/* From NIST's example values for FIPS 180-4 and SHA256ShortMsg.rsp. */
static const struct {
	struct slice message;
	const char *digest;
} vector[] = {
	{ SLICE(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ SLICE("abc"),
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ SLICE("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	{ SLICE("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
		"hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"),
	    "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1" },
	{ SLICE("\xd3"),
	    "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1" },
};

START_TEST(gives_the_digests_that_nist_printed)
{
	char hex[SHA256_HEX + 1];
	struct sha256 h;

	sha256_init(&h);
	sha256_update(&h, vector[_i].message);
	sha256_hex(&h, hex);
	ck_assert_str_eq(hex, vector[_i].digest);
}
END_TEST

START_TEST(does_not_care_how_the_bytes_are_cut)
{
	static const char million[] =
	    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
	char a[200], hex[SHA256_HEX + 1];
	struct sha256 h;
	size_t left = 1000000;

	memset(a, 'a', sizeof a);
	sha256_init(&h);
	for (size_t n = 1; left > 0; n = n % 199 + 1) {
		n = n < left ? n : left;
		sha256_update(&h, (struct slice){ a, n });
		left -= n;
	}
	sha256_hex(&h, hex);
	ck_assert_str_eq(hex, million);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("sha256");
	TCase *t = tcase_create("digest");

	tcase_add_loop_test(t, gives_the_digests_that_nist_printed, 0, COUNT(vector));
	tcase_add_test(t, does_not_care_how_the_bytes_are_cut);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
