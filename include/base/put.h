/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_PUT_H
#define BASE_PUT_H

/*
 * put - append where a lack of room has been provided for.
 *
 * For texts whose limit is far above what one call adds (a reply, a header
 * block): what does not fit is left out whole.
 */

#include "base/text.h"

static inline void
put(struct text *t, struct slice bytes)
{
	if (text_append(t, bytes) != TEXT_OK)
		return;
}

#endif
