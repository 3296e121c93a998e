/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef WIRE_PROTOCOL_H
#define WIRE_PROTOCOL_H

/*
 * protocol - everything that can be said of the milter protocol in a table.
 *
 * One row per packet: letter, name, shape of the payload, when it may be sent,
 * what may answer it, which bits of the negotiation mask it.  Codec, checker,
 * fuzzer and docs/PROTOCOL.md are made from these rows.
 *
 * Names are those of sendmail's <libmilter/mfdef.h> without their prefix.  The
 * numbers stand here once more, because the simulator is a second opinion and
 * builds without libmilter; one unit test compares the two.
 *
 * Version 6, and what is missing in 2 to 5.  All data is const; all functions
 * are pure and thread-safe.
 */

#include <stdint.h>

#include "base/slice.h"

enum {
	PROTOCOL_VERSION = 6,
	PROTOCOL_VERSION_MIN = 2, /* libmilter closes on less */
};

/* Where a session stands, seen from the MTA: named after what was last sent. */
enum stage {
	STAGE_START, /* nothing sent yet */
	STAGE_NEGOTIATED,
	STAGE_CONNECT,
	STAGE_HELO,
	STAGE_MAIL,
	STAGE_RCPT,
	STAGE_DATA,
	STAGE_HEADER,
	STAGE_EOH,
	STAGE_BODY,
	STAGE_EOM,    /* BODYEOB sent: the only stage for modifications */
	STAGE_DONE,   /* the message had its last answer, or was aborted */
	STAGE_CLOSED, /* QUIT sent */
	N_STAGES
};

enum packet_kind {
	/* MTA to milter */
	CMD_OPTNEG,
	CMD_MACRO,
	CMD_CONNECT,
	CMD_HELO,
	CMD_MAIL,
	CMD_RCPT,
	CMD_DATA,
	CMD_HEADER,
	CMD_EOH,
	CMD_BODY,
	CMD_BODYEOB,
	CMD_UNKNOWN,
	CMD_ABORT,
	CMD_QUIT,
	CMD_QUIT_NC,
	/* milter to MTA */
	RPL_OPTNEG,
	RPL_CONTINUE,
	RPL_ACCEPT,
	RPL_REJECT,
	RPL_TEMPFAIL,
	RPL_DISCARD,
	RPL_REPLYCODE,
	RPL_SKIP,
	RPL_PROGRESS,
	RPL_CONN_FAIL,
	RPL_SHUTDOWN,
	RPL_ADDHEADER,
	RPL_INSHEADER,
	RPL_CHGHEADER,
	RPL_ADDRCPT,
	RPL_ADDRCPT_PAR,
	RPL_DELRCPT,
	RPL_CHGFROM,
	RPL_REPLBODY,
	RPL_QUARANTINE,
	N_PACKETS
};

enum direction { TO_MILTER, TO_MTA };

enum payload_shape {
	SHAPE_NONE,    /* no payload */
	SHAPE_OPTNEG,  /* u32 version, u32 actions, u32 protocol, symbol lists */
	SHAPE_MACRO,   /* letter of a command, then name NUL value NUL ... */
	SHAPE_CONNECT, /* host NUL, family, [u16 port, address NUL] */
	SHAPE_STRING,  /* text NUL */
	SHAPE_STRINGS, /* first NUL, then any number of argument NUL */
	SHAPE_PAIR,    /* first NUL, [arguments NUL] */
	SHAPE_HEADER,  /* name NUL value NUL */
	SHAPE_INDEXED, /* u32 index, name NUL value NUL */
	SHAPE_BYTES,   /* anything, NUL bytes too; may be empty */
	N_SHAPES
};

/* SMFIF_*: what a milter may ask for at the end of a message. */
enum {
	ACTION_ADDHDRS = 0x001,
	ACTION_CHGBODY = 0x002,
	ACTION_ADDRCPT = 0x004,
	ACTION_DELRCPT = 0x008,
	ACTION_CHGHDRS = 0x010,
	ACTION_QUARANTINE = 0x020,
	ACTION_CHGFROM = 0x040,
	ACTION_ADDRCPT_PAR = 0x080,
	ACTION_SETSYMLIST = 0x100,
	ACTIONS_ALL = 0x1ff,
	ACTIONS_V1 = 0x0f, /* what an offer of 0 means to libmilter */
};

/* SMFIP_*: steps that need not be sent (NO), not be answered (NR), and habits. */
enum {
	PROTO_NOCONNECT = 0x00000001,
	PROTO_NOHELO = 0x00000002,
	PROTO_NOMAIL = 0x00000004,
	PROTO_NORCPT = 0x00000008,
	PROTO_NOBODY = 0x00000010,
	PROTO_NOHDRS = 0x00000020,
	PROTO_NOEOH = 0x00000040,
	PROTO_NR_HDR = 0x00000080,
	PROTO_NOUNKNOWN = 0x00000100,
	PROTO_NODATA = 0x00000200,
	PROTO_SKIP = 0x00000400,     /* SKIP is understood */
	PROTO_RCPT_REJ = 0x00000800, /* recipients that the MTA refused are shown too */
	PROTO_NR_CONN = 0x00001000,
	PROTO_NR_HELO = 0x00002000,
	PROTO_NR_MAIL = 0x00004000,
	PROTO_NR_RCPT = 0x00008000,
	PROTO_NR_DATA = 0x00010000,
	PROTO_NR_UNKN = 0x00020000,
	PROTO_NR_EOH = 0x00040000,
	PROTO_NR_BODY = 0x00080000,
	PROTO_HDR_LEADSPC = 0x00100000, /* header values keep their leading space */
	PROTO_MDS_256K = 0x10000000,    /* payloads up to 256 KiB; not in CURR_PROT */
	PROTO_MDS_1M = 0x20000000,
	PROTO_ALL = 0x001fffff,
	PROTO_V1 = 0x3f, /* what an offer of 0 means to libmilter */
};

/* Numbers of SETSYMLIST, SMFIM_*.  Beware: EOM stands before EOH. */
enum symlist {
	SYMLIST_CONNECT,
	SYMLIST_HELO,
	SYMLIST_MAIL,
	SYMLIST_RCPT,
	SYMLIST_DATA,
	SYMLIST_EOM,
	SYMLIST_EOH,
	N_SYMLISTS,
	SYMLIST_NONE = -1
};

/* Address families in CONNECT. */
enum {
	FAMILY_UNKNOWN = 'U',
	FAMILY_UNIX = 'L',
	FAMILY_INET = '4',
	FAMILY_INET6 = '6',
};

#define IN_STAGE(s) (UINT32_C(1) << (s))
#define KIND_BIT(k) (UINT64_C(1) << (k))

struct packet_rule {
	const char *name;
	char letter;
	enum direction to;
	enum payload_shape shape;

	/* Commands. */
	uint32_t from;      /* stages in which libmilter takes it, IN_STAGE bits */
	uint32_t tolerated; /* further ones in which sendmail or Postfix send it */
	enum stage next;    /* where it leads; N_STAGES: stays */
	uint64_t answers;   /* kinds that may answer it, KIND_BIT bits; 0: never any */
	uint32_t no_bit;    /* PROTO_NO*: the milter does not want it */
	uint32_t nr_bit;    /* PROTO_NR_*: the milter will not answer it */
	int since;          /* the first version that has it */
	enum symlist symlist;

	/* Replies. */
	uint32_t action;   /* ACTION_* a modification needs */
	uint32_t protocol; /* PROTO_* that must be negotiated */
	bool final;        /* ends the wait for an answer */
};

/* Indexed by enum packet_kind. */
extern const struct packet_rule packet_rules[N_PACKETS];

/* The kind of a letter in one direction, or N_PACKETS. */
enum packet_kind packet_kind(enum direction to, char letter);

/* By name, any case; "EOM" is taken for BODYEOB.  N_PACKETS when there is none. */
enum packet_kind packet_kind_named(enum direction to, struct slice name);

struct bit_name {
	uint32_t bit;
	const char *name; /* "ADDHDRS", "NOCONNECT": without SMFIF_, SMFIP_ */
};

/* Both end in a row whose bit is 0. */
extern const struct bit_name action_names[];
extern const struct bit_name protocol_names[];

extern const char *const stage_names[N_STAGES];
extern const char *const shape_names[N_SHAPES]; /* as in docs/PROTOCOL.md */
extern const char *const symlist_names[N_SYMLISTS];

#endif
