/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_MILTER_H
#define GLUE_MILTER_H

/*
 * milter - the callbacks that libmilter is given.
 */

#include <libmilter/mfapi.h>

#include "policy/policy.h"

/* The table for smfi_register(). */
struct smfiDesc milter_callbacks(const struct policy *f);

#endif
