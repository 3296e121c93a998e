/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/array.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 8 };

bool
array_room(void *at, size_t used, size_t *room, size_t size)
{
	void *now;

	if (used < *room)
		return true;
	size_t more = *room > 0 ? *room * 2 : FIRST_ROOM;
	if (more < *room || more > SIZE_MAX / size)
		return false;
	memcpy(&now, at, sizeof now); /* the owner's pointer is of some other type */
	void *grown = realloc(now, more * size);
	if (grown == NULL)
		return false;
	memcpy(at, &grown, sizeof grown);
	*room = more;
	return true;
}
