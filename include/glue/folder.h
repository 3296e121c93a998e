/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_FOLDER_H
#define GLUE_FOLDER_H

/*
 * folder - the folder of a path in which nobody but root and we can do anything.
 *
 * On the way down from / no link is followed, and each folder is root's or ours
 * and writable for nobody else; one with the sticky bit may be written by all,
 * since nobody can touch there what is another's.
 */

#include "base/slice.h"

/*
 * Opens the folder of `path`, all before the last slash, with O_PATH.  -1 and
 * errno: EPERM for one that somebody else can write to, ENOTDIR or ELOOP for
 * a link on the way.
 */
int folder_open_own(struct slice path);

#endif
