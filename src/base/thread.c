/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/thread.h"

#include <time.h>

void
thread_default_stack(size_t bytes)
{
#ifdef HAVE_PTHREAD_SETATTR_DEFAULT_NP
	pthread_attr_t attr;

	if (pthread_attr_init(&attr) != 0)
		return;
	if (pthread_attr_setstacksize(&attr, bytes) == 0)
		(void)pthread_setattr_default_np(&attr);
	(void)pthread_attr_destroy(&attr);
#else
	(void)bytes;
#endif
}

bool
thread_cond_init(pthread_cond_t *c)
{
	pthread_condattr_t attr;

	if (pthread_condattr_init(&attr) != 0)
		return false;
	bool ok = pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 &&
		  pthread_cond_init(c, &attr) == 0;
	(void)pthread_condattr_destroy(&attr);
	return ok;
}
