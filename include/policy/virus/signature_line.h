/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_VIRUS_SIGNATURE_LINE_H
#define POLICY_VIRUS_SIGNATURE_LINE_H

/*
 * signature_line - what one line of a signature file is, whatever stands
 * around it.  Pure.
 *
 * Base64 ends in '=' and so does a name line; quoted-printable ends a line in
 * '=' too.  What could be either is read as a name if it has a name's
 * characters alone, and is refused if it looks like a name spelt wrong.
 */

#include "base/slice.h"

enum signature_line {
	LINE_BLANK,
	LINE_COMMENT,
	LINE_NAME,
	LINE_PATTERN,
	LINE_NAME_MISSPELT,    /* ends in " =", but what precedes it is no name */
	LINE_NAME_AND_PATTERN, /* NAME = something */
	LINE_BAD_BYTE,         /* *ret is the line from that byte on */
};

/*
 * `line` is without its line end.  *ret: the name, the pattern, or what is at
 * fault, without blanks around it; borrows from the line.
 */
enum signature_line signature_line(struct slice line, struct slice *ret);

#endif
