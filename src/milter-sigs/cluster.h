/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef MILTER_SIGS_CLUSTER_H
#define MILTER_SIGS_CLUSTER_H

/*
 * cluster - reads clean mail, then infected mail, and sorts the infected into
 * families.  NULL: no memory.  The caller ends with families_free().
 */

#include "milter-sigs/family.h"
#include "store/corpus.h"

struct families *cluster(const struct corpus *infected, const struct corpus *clean,
    bool quiet, size_t *ret_count);

#endif
