/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_TABLE_H
#define SIM_TABLE_H

#include <stdbool.h>
#include <stdio.h>

/*
 * table - the protocol table as Markdown: the tabular part of docs/PROTOCOL.md,
 * which a test holds against this output.
 */
bool table_print(FILE *to);

#endif
