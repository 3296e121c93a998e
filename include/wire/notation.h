/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef WIRE_NOTATION_H
#define WIRE_NOTATION_H

/*
 * notation - one packet as one line that a person reads and writes.
 *
 *	OPTNEG version 6 actions ADDHDRS|CHGHDRS protocol NOCONNECT|SKIP
 *	OPTNEG version 6 actions none protocol none RCPT="i {rcpt_addr}"
 *	MACRO MAIL i=h4F1 {mail_addr}=Smith@bar.com _="localhost [127.0.0.1]"
 *	CONNECT localhost inet 57882 127.0.0.1
 *	HELO bar.com
 *	MAIL <Smith@bar.com> SIZE=100
 *	HEADER Subject: test one
 *	BODY Blah blah blah...\r\n
 *	REPLYCODE 550 5.7.0 VIRUS FOUND
 *	INSHEADER 0 X-Seen: yes
 *
 * The first word is the name in the protocol table, any case.  Escapes are
 * \\ \" \n \r \t and \xHH.  Where a payload is one string or bytes, it is the
 * rest of the line, blanks kept; where it has several parts, these are words,
 * and "..." makes one word of what holds a blank or nothing.  In a header line
 * one blank behind the colon belongs to the notation, all others to the value.
 *
 * What packet_describe() writes, packet_read() turns into the same bytes.
 * A number that has no name is written in hexadecimal: ADDHDRS|0x80000000.
 * packet_read() also takes "all" for every bit of version 6.
 *
 * Pure and thread-safe.
 */

#include "wire/codec.h"

/* Appends the line, without end of line; what does not fit ends in "...". */
void packet_describe(struct text *out, const struct packet *p);

/*
 * The same for a payload of any kind.  One that cannot be decoded is shown as
 * NAME, the fault in brackets, and its bytes escaped, at most 80 of them.
 */
void payload_describe(
    struct text *out, enum direction to, char letter, struct slice payload);

/*
 * Appends the framed packet that `line` says.  False: *why tells what is wrong
 * and *out is as it was.
 */
bool packet_read(
    struct text *out, enum direction to, struct slice line, struct text *why);

#endif
