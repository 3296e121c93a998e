/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_TROUBLE_H
#define STORE_TROUBLE_H

/*
 * trouble - an errno as a cause: one fixed word per kind of trouble, so that
 * a log can fold a thousand equal failures into one line a minute.
 */

#include "base/report.h"

/* "disk-full", "quota", "io-error"...; "system-error" for any other. */
const char *trouble_cause(int error);

/*
 * Says "<dir>: cannot <what>: <strerror>; <consequence>".  All three texts are
 * our own words and names, none comes from mail.
 */
void trouble_report(const struct report *report, int error, const char *dir,
    const char *what, const char *consequence);

#endif
