/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_PORT_FILE_H
#define SIM_PORT_FILE_H

#include "base/text.h"

/*
 * port_file - tells a waiting script which sockets are in use.
 *
 * Written beside it and renamed: who waits for the file finds all of it.
 * False: stderr has said why.
 */
bool port_file_write(const char *path, struct text *bound);

#endif
