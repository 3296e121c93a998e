/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef POLICY_VIRUS_SIGNATURES_H
#define POLICY_VIRUS_SIGNATURES_H

/*
 * signatures - the text of a signature file, read into names and patterns.
 *
 *	# what the postmaster took from captured mail
 *	WORM_EXAMPLE.A =
 *	uqZpmpiQhHhwL2RpmqZpYFxyVFCmaZqmTEhEQDyapmma
 *	ODQsIBgQs2y6QQgDAPhI7E3TNE3k2MzI
 *
 * A name line is letters, digits, '.', '_' and '-', blanks if you like, '=' and
 * nothing more.  The lines below it are the pattern: joined, without the blanks
 * at either end of a line, up to a blank line, the next name or the end.  A
 * line that begins with '#' is a comment.  Several entries may bear one name.
 * LF and CRLF both end a line; a UTF-8 mark at the beginning is skipped.
 *
 * Anything else is an error, because a file that is half understood is a
 * scanner that lets half the viruses pass.  Pure; not more memory than a few
 * times the text.
 */

#include "base/text.h"
#include "policy/virus/scanner.h"

enum {
	SIGNATURE_NAME_MAX = 200, /* bytes: a name goes into a reply and a log line */
	SIGNATURE_WARNINGS_MAX = 16 * 1024, /* bytes of warnings; then "..." */
};

struct signature {
	struct slice name, pattern; /* borrow from struct signatures */
	size_t line;                /* where its pattern begins, from 1 */
	size_t parts;               /* lines that were joined */
	size_t width;               /* characters of the first of them */
	bool uneven; /* another is longer, or one before the last is shorter */
};

struct signatures {
	struct signature *entry;
	size_t count;
	char *bytes;          /* names and patterns */
	struct text warnings; /* lines "12: what, what to do", LF after each */
};

/* Patterns shorter than min_pattern are refused; SIGNATURE_SHORTEST or more. */
struct signature_rules {
	size_t min_pattern;
};

/*
 * False: *why says "12: what, what to do", and *ret is untouched.  On true
 * there is at least one signature, and the caller ends with signatures_clear().
 */
bool signatures_parse(struct slice text, const struct signature_rules *rules,
    struct signatures *ret, struct text *why);

void signatures_clear(struct signatures *s); /* safe to call twice */

#endif
