/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

/*
 * array - room for one more element.
 *
 * An array is three members of its owner: a pointer, how many are in use, and
 * how many there is room for; all zero to begin with, and free() is its end.
 * For bytes there is struct text.
 */

#include <stdbool.h>
#include <stddef.h>

/*
 * `at` is the address of the pointer.  True: there is room for element number
 * `used`, which holds whatever memory held; the array may have moved.  False:
 * memory is out, or size would overflow; nothing has changed.
 */
bool array_room(void *at, size_t used, size_t *room, size_t size)
    __attribute__((warn_unused_result));

#endif
