/* SPDX-License-Identifier: BSD-2-Clause */
/* The one place where our numbers meet libmilter's. */
#include "wire/protocol.h"

#include <libmilter/mfapi.h>
#include <libmilter/mfdef.h>

#include "t/unit/runner.h"
#include "wire/frame.h"

#define SAME(ours, theirs)                                                               \
	{                                                                                \
#theirs, (unsigned long)(ours), (unsigned long)(theirs)                  \
	}

static const struct {
	const char *name;
	unsigned long ours, theirs;
} number[] = {
	SAME(PROTOCOL_VERSION, SMFI_PROT_VERSION),
	SAME(FRAME_PAYLOAD_64K, MILTER_MAX_DATA_SIZE),
	SAME(ACTIONS_V1, SMFI_V1_ACTS),
	SAME(ACTIONS_ALL, SMFI_CURR_ACTS),
	SAME(PROTO_V1, SMFI_V1_PROT),
	SAME(PROTO_ALL, SMFI_CURR_PROT),
	SAME(FAMILY_UNKNOWN, SMFIA_UNKNOWN),
	SAME(FAMILY_UNIX, SMFIA_UNIX),
	SAME(FAMILY_INET, SMFIA_INET),
	SAME(FAMILY_INET6, SMFIA_INET6),
	SAME(ACTION_ADDHDRS, SMFIF_ADDHDRS),
	SAME(ACTION_CHGBODY, SMFIF_CHGBODY),
	SAME(ACTION_ADDRCPT, SMFIF_ADDRCPT),
	SAME(ACTION_DELRCPT, SMFIF_DELRCPT),
	SAME(ACTION_CHGHDRS, SMFIF_CHGHDRS),
	SAME(ACTION_QUARANTINE, SMFIF_QUARANTINE),
	SAME(ACTION_CHGFROM, SMFIF_CHGFROM),
	SAME(ACTION_ADDRCPT_PAR, SMFIF_ADDRCPT_PAR),
	SAME(ACTION_SETSYMLIST, SMFIF_SETSYMLIST),
	SAME(PROTO_NOCONNECT, SMFIP_NOCONNECT),
	SAME(PROTO_NOHELO, SMFIP_NOHELO),
	SAME(PROTO_NOMAIL, SMFIP_NOMAIL),
	SAME(PROTO_NORCPT, SMFIP_NORCPT),
	SAME(PROTO_NOBODY, SMFIP_NOBODY),
	SAME(PROTO_NOHDRS, SMFIP_NOHDRS),
	SAME(PROTO_NOEOH, SMFIP_NOEOH),
	SAME(PROTO_NR_HDR, SMFIP_NR_HDR),
	SAME(PROTO_NOUNKNOWN, SMFIP_NOUNKNOWN),
	SAME(PROTO_NODATA, SMFIP_NODATA),
	SAME(PROTO_SKIP, SMFIP_SKIP),
	SAME(PROTO_RCPT_REJ, SMFIP_RCPT_REJ),
	SAME(PROTO_NR_CONN, SMFIP_NR_CONN),
	SAME(PROTO_NR_HELO, SMFIP_NR_HELO),
	SAME(PROTO_NR_MAIL, SMFIP_NR_MAIL),
	SAME(PROTO_NR_RCPT, SMFIP_NR_RCPT),
	SAME(PROTO_NR_DATA, SMFIP_NR_DATA),
	SAME(PROTO_NR_UNKN, SMFIP_NR_UNKN),
	SAME(PROTO_NR_EOH, SMFIP_NR_EOH),
	SAME(PROTO_NR_BODY, SMFIP_NR_BODY),
	SAME(PROTO_HDR_LEADSPC, SMFIP_HDR_LEADSPC),
	SAME(PROTO_MDS_256K, SMFIP_MDS_256K),
	SAME(PROTO_MDS_1M, SMFIP_MDS_1M),
	SAME(SYMLIST_CONNECT, SMFIM_CONNECT),
	SAME(SYMLIST_HELO, SMFIM_HELO),
	SAME(SYMLIST_MAIL, SMFIM_ENVFROM),
	SAME(SYMLIST_RCPT, SMFIM_ENVRCPT),
	SAME(SYMLIST_DATA, SMFIM_DATA),
	SAME(SYMLIST_EOM, SMFIM_EOM),
	SAME(SYMLIST_EOH, SMFIM_EOH),
	SAME(N_SYMLISTS, SMFIM_LAST + 1),
};

START_TEST(numbers_are_libmilters)
{
	ck_assert_msg(number[_i].ours == number[_i].theirs, "%s: 0x%lx, header 0x%lx",
	    number[_i].name, number[_i].ours, number[_i].theirs);
}
END_TEST

#define COMMAND(name) [CMD_##name] = SMFIC_##name
#define REPLY(name)   [RPL_##name] = SMFIR_##name

static const char letter[N_PACKETS] = {
	COMMAND(OPTNEG),
	COMMAND(MACRO),
	COMMAND(CONNECT),
	COMMAND(HELO),
	COMMAND(MAIL),
	COMMAND(RCPT),
	COMMAND(DATA),
	COMMAND(HEADER),
	COMMAND(EOH),
	COMMAND(BODY),
	COMMAND(BODYEOB),
	COMMAND(UNKNOWN),
	COMMAND(ABORT),
	COMMAND(QUIT),
	COMMAND(QUIT_NC),
	[RPL_OPTNEG] = SMFIC_OPTNEG,
	REPLY(CONTINUE),
	REPLY(ACCEPT),
	REPLY(REJECT),
	REPLY(TEMPFAIL),
	REPLY(DISCARD),
	REPLY(REPLYCODE),
	REPLY(SKIP),
	REPLY(PROGRESS),
	REPLY(CONN_FAIL),
	REPLY(SHUTDOWN),
	REPLY(ADDHEADER),
	REPLY(INSHEADER),
	REPLY(CHGHEADER),
	REPLY(ADDRCPT),
	REPLY(ADDRCPT_PAR),
	REPLY(DELRCPT),
	REPLY(CHGFROM),
	REPLY(REPLBODY),
	REPLY(QUARANTINE),
};

START_TEST(letters_are_libmilters)
{
	const struct packet_rule *r = &packet_rules[_i];

	ck_assert_msg(r->letter == letter[_i], "%s is '%c'", r->name, r->letter);
	ck_assert_int_eq(packet_kind(r->to, r->letter), _i);
	ck_assert_int_eq(packet_kind_named(r->to, slice_of(r->name)), _i);
}
END_TEST

/* A row that forgot a column would be silently zero. */
START_TEST(rows_are_whole)
{
	const struct packet_rule *r = &packet_rules[_i];
	bool command = _i <= CMD_QUIT_NC;

	ck_assert_int_eq(r->to, command ? TO_MILTER : TO_MTA);
	ck_assert_msg(command == (r->from != 0), "%s: from", r->name);
	ck_assert_msg(command == (r->since > 0), "%s: since", r->name);
	ck_assert_msg((r->from & r->tolerated) == 0, "%s: both", r->name);
	ck_assert_msg(r->nr_bit == 0 || r->answers != 0, "%s: nr", r->name);
	ck_assert_msg(r->no_bit == 0 || r->nr_bit != 0, "%s: no without nr", r->name);
	ck_assert_msg(
	    r->symlist >= SYMLIST_NONE && r->symlist < N_SYMLISTS, "%s", r->name);
	ck_assert_msg(
	    r->action == 0 || !r->final, "%s: a modification is no end", r->name);
}
END_TEST

START_TEST(each_masking_bit_masks_one_command)
{
	uint32_t no = 0, nr = 0;

	for (int k = 0; k < N_PACKETS; k++) {
		ck_assert_uint_eq(no & packet_rules[k].no_bit, 0);
		ck_assert_uint_eq(nr & packet_rules[k].nr_bit, 0);
		no |= packet_rules[k].no_bit;
		nr |= packet_rules[k].nr_bit;
	}
	ck_assert_uint_eq(
	    no | nr | PROTO_SKIP | PROTO_RCPT_REJ | PROTO_HDR_LEADSPC, PROTO_ALL);
}
END_TEST

START_TEST(every_bit_has_a_name)
{
	uint32_t actions = 0, protocol = 0;

	for (const struct bit_name *b = action_names; b->bit != 0; b++)
		actions |= b->bit;
	for (const struct bit_name *b = protocol_names; b->bit != 0; b++)
		protocol |= b->bit;
	ck_assert_uint_eq(actions, ACTIONS_ALL);
	ck_assert_uint_eq(protocol, PROTO_ALL | PROTO_MDS_256K | PROTO_MDS_1M);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("protocol");
	TCase *t = tcase_create("protocol");

	tcase_add_loop_test(t, numbers_are_libmilters, 0, COUNT(number));
	tcase_add_loop_test(t, letters_are_libmilters, 0, N_PACKETS);
	tcase_add_loop_test(t, rows_are_whole, 0, N_PACKETS);
	tcase_add_test(t, each_masking_bit_masks_one_command);
	tcase_add_test(t, every_bit_has_a_name);
	suite_add_tcase(s, t);
	return s;
}

RUN_SUITE(suite)
