/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/array.h"

#include <stdint.h>
#include <stdlib.h>

enum { FIRST_ROOM = 8 };

bool
array_room(void *at, size_t used, size_t *room, size_t size)
{
	void **slot = at;

	if (used < *room)
		return true;
	size_t more = *room > 0 ? *room * 2 : FIRST_ROOM;
	if (more < *room || more > SIZE_MAX / size)
		return false;
	void *grown = realloc(*slot, more * size);
	if (grown == NULL)
		return false;
	*slot = grown;
	*room = more;
	return true;
}
