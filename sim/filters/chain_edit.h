/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHAIN_EDIT_H
#define SIM_CHAIN_EDIT_H

/* chain_edit - a filter changes the message.  Private to chain.c. */

#include "sim/filters/chain_take.h"

/* One modification, as habits.edit says; more may follow. */
enum take chain_edit(
    struct chain *c, struct filter *f, enum packet_kind kind, const struct frame *frame);

#endif
