/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_NAP_H
#define SIM_CHECK_NAP_H

#include <errno.h>
#include <time.h>

/* nap - a pause between two looks at something that tells no event. */

static inline void
nap_ms(unsigned ms)
{
	struct timespec t = { .tv_sec = ms / 1000,
		.tv_nsec = (long)(ms % 1000) * 1000000 };

	while (nanosleep(&t, &t) == -1 && errno == EINTR)
		continue;
}

#endif
