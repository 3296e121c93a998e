/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_DIALOG_H
#define STORE_DIALOG_H

/*
 * dialog - asks a quota server a question and reads its answer.
 *
 * Connections are kept open between questions, up to DIALOG_KEPT of them; each
 * carries one question at a time, so that a late answer is never taken for
 * another's.  A kept connection that the server has closed meanwhile is made
 * anew, once.  One time limit covers all of it: connecting, asking, reading.
 *
 * Thread-safe.
 */

#include "policy/quota/quota_answer.h"

enum { DIALOG_KEPT = 16 };

struct dialog;

/*
 * `where` is "unix:/path" or "inet:port@host".  Nothing is connected yet.
 * NULL: *why says what is wrong with `where`.
 */
struct dialog *dialog_new(const char *where, struct text *why);

/*
 * `judge` is quota_status_answer() or socketmap_answer().  FITS, FULL, TROUBLE are
 * the server's; INCOMPLETE: no answer within limit_ms, or no connection;
 * NONSENSE: as it says.  *why is set for all but FITS and FULL.
 */
enum quota_answer dialog_ask(struct dialog *d, struct slice request,
    enum quota_answer (*judge)(struct slice, size_t *), unsigned limit_ms,
    struct text *why);

void dialog_free(struct dialog *d); /* takes NULL */

#endif
