/* SPDX-License-Identifier: BSD-2-Clause */

/* One byte, or one packet, before, at and behind the borders that programs like. */

#include "rows.h"

/* The first string of a payload is at least so long. */
static size_t
first_string(const struct seen *x)
{
	const unsigned char *nul = memchr(x->payload, 0, x->len);

	return nul == NULL ? 0 : (size_t)(nul - x->payload);
}

static bool
host_of_64(const struct seen *x)
{
	return first_string(x) >= 64;
}

static bool
host_of_255(const struct seen *x)
{
	return first_string(x) >= 255;
}

static bool
name_of_128(const struct seen *x)
{
	return first_string(x) >= 128;
}

static bool
many_macros(const struct seen *x)
{
	unsigned nuls = 0;

	for (size_t i = 1; i < x->len; i++)
		nuls += x->payload[i] == '\0';
	return nuls > 32;
}

/* A name or a value of a macro has 256 bytes or more. */
static bool
macro_of_256(const struct seen *x)
{
	size_t n = 0;

	for (size_t i = 1; i < x->len; i++) {
		n = x->payload[i] == '\0' ? 0 : n + 1;
		if (n >= 256)
			return true;
	}
	return false;
}

static bool
fields_of_16_kib(const struct seen *x)
{
	return x->sum > 16384;
}

static bool
fields_of_64_kib(const struct seen *x)
{
	return x->sum > 65536;
}

static bool
paths_of_4_kib(const struct seen *x)
{
	return x->sum > 4096;
}

static bool
sum_of_64_kib(const struct seen *x)
{
	return x->sum == 65536;
}

static bool
sum_of_1_mib(const struct seen *x)
{
	return x->sum >= 1024UL * 1024;
}

static bool
skipped_before(const struct seen *x)
{
	return x->skips > 0 && !x->skipped && x->message > 1;
}

#define BODY_OF ROB, "rob/length-body"

const struct defect defects_border[] = {
	{ "packet-4096-deaf", BODY_OF,
	    "does not answer a piece whose packet fills 4,096 bytes",
	    AT('B', .bytes = 4091), SILENT },
	{ "packet-8192-crash", BODY_OF,
	    "a piece whose packet fills 8,192 bytes ends the process",
	    AT('B', .bytes = 8187), CRASH },
	{ "packet-65536-deaf", BODY_OF,
	    "does not answer a piece whose packet fills 65,536 bytes",
	    AT('B', .bytes = 65531), SILENT },
	{ "body-1460-deaf", BODY_OF, "does not answer a piece of 1,460 bytes",
	    AT('B', .bytes = 1460), SILENT },
	{ "body-32-kib-crash", BODY_OF, "a piece of 32,768 bytes ends the process",
	    AT('B', .bytes = 32768), CRASH },
	{ "header-packet-4096-deaf", ROB, "rob/length-header-value",
	    "does not answer a field whose packet fills 4,096 bytes",
	    AT('L', .bytes = 4091), SILENT },
	{ "header-1024-crash", ROB, "rob/length-header-value",
	    "a field of 1,024 bytes ends the process", AT('L', .bytes = 1024), CRASH },
	{ "fields-16-kib-crash", ORD, "ord/header-much",
	    "fields of more than 16 KiB in all end the process",
	    AT('L', .when = fields_of_16_kib), CRASH },
	{ "fields-64-kib-deaf", ORD, "ord/header-much",
	    "does not answer fields behind 64 KiB of them",
	    AT('L', .when = fields_of_64_kib), SILENT },
	{ "paths-4-kib-crash", ORD, "ord/rcpt-many",
	    "recipients of more than 4 KiB in all end the process",
	    AT('R', .when = paths_of_4_kib), CRASH },
	{ "rcpt-256-crash", ORD, "ord/rcpt-many", "the 256th recipient ends the process",
	    AT('R', .nth = 256), CRASH },
	{ "header-257-closes", ORD, "ord/header-many", "hangs up on the 257th field",
	    AT('L', .nth = 257), CLOSE },
	{ "body-256-deaf", BODY, "body/many", "does not answer the 256th piece",
	    AT('B', .nth = 256), SILENT },
	{ "body-sum-64-kib-deaf", BODY, "body/lengths",
	    "does not answer a body of just 65,536 bytes", AT('B', .when = sum_of_64_kib),
	    SILENT },
	{ "body-sum-1-mib-crash", BODY, "body/memory",
	    "a body of a mebibyte ends the process", AT('B', .when = sum_of_1_mib), CRASH,
	    .shape = PASSIVE },
	{ "message-33-closes", ORD, "ord/many-messages",
	    "hangs up at the 33rd message of a session", AT('M', .message = 33), CLOSE },
	{ "host-64-crash", ROB, "rob/length-host",
	    "a host name of 64 bytes ends the process", AT('C', .when = host_of_64),
	    CRASH },
	{ "host-255-crash", ROB, "rob/connect-host",
	    "a host name of 255 bytes ends the process", AT('C', .when = host_of_255),
	    CRASH },
	{ "name-128-crash", ROB, "rob/length-header-name",
	    "a field's name of 128 bytes ends the process", AT('L', .when = name_of_128),
	    CRASH },
	{ "rcpt-256-bytes-crash", ORD, "ord/any-rcpt",
	    "a path of 256 bytes ends the process", AT('R', .bytes = 257), CRASH },
	{ "mail-256-bytes-deaf", ORD, "ord/any-mail",
	    "does not answer a path of 256 bytes", AT('M', .bytes = 257), SILENT },
	{ "helo-256-crash", ROB, "rob/length-helo",
	    "a HELO of 256 bytes ends the process", AT('H', .bytes = 257), CRASH },
	{ "unknown-512-crash", ROB, "rob/length-unknown",
	    "an UNKNOWN of 513 bytes ends the process", AT('U', .bytes = 513), CRASH },
	{ "helo-128-crash", ORD, "ord/any-helo", "a HELO of 128 bytes ends the process",
	    AT('H', .bytes = 129), CRASH },
	{ "unknown-256-deaf", ORD, "ord/any-unknown",
	    "does not answer an UNKNOWN of 256 bytes", AT('U', .bytes = 257), SILENT },
	{ "field-512-closes", ORD, "ord/any-field", "hangs up on a field of 512 bytes",
	    AT('L', .bytes = 512), CLOSE },
	{ "macro-17-crash", ROB, "rob/macro-many",
	    "more than 16 macros in a packet end the process",
	    AT('D', .when = many_macros), CRASH },
	{ "macro-256-crash", ROB, "rob/length-macro",
	    "a macro's value of 256 bytes ends the process",
	    AT('D', .when = macro_of_256), CRASH },
	{ "eom-4091-deaf", BODY, "body/end-lengths",
	    "does not answer an end of message that brings 4,091 bytes",
	    AT('E', .bytes = 4091), SILENT },
	{ "skip-sticks", BODY, "body/skip-again",
	    "a body that it skipped leaves that of the next message without answer",
	    AT('B', .when = skipped_before), SILENT },
	{ "pipelined-third-lost", ORD, "ord/same-one-write",
	    "of three commands in one write the third is lost", .quirk = DROPS_THIRD },
	LAST
};
