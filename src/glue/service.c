/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/service.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>

#include <libmilter/mfapi.h>

#include "base/log.h"
#include "glue/milter.h"
#include "glue/packet_guard.h"
#include "glue/signals.h"

static struct service *current;
static pthread_t thread, stopper;
static bool stopping;
static atomic_bool ended;

struct service *
service_now(void)
{
	return current;
}

static void *
run(void *unused)
{
	(void)unused;
	(void)smfi_main();
	atomic_store(&ended, true);
	return NULL;
}

bool
service_start(struct service *s, int fd)
{
	char spec[32];

	current = s;
	if (!packet_guard_ready())
		log_warning(
		    "this libmilter cannot be guarded: a MACRO packet with a name "
		    "and no value may end it; let only the MTA connect");
	(void)snprintf(spec, sizeof spec, "fd:%d", fd);
	return smfi_setconn(spec) == MI_SUCCESS &&
	       smfi_register(milter_callbacks(s->policy)) == MI_SUCCESS &&
	       smfi_opensocket(false) == MI_SUCCESS &&
	       pthread_create(&thread, NULL, run, NULL) == 0;
}

bool
service_ended(void)
{
	return atomic_load(&ended);
}

static void *
stop(void *unused)
{
	(void)unused;
	(void)smfi_stop();
	return NULL;
}

/* smfi_stop() waits for a lock that its accept loop holds while it polls. */
void
service_stop(void)
{
	stopping = pthread_create(&stopper, NULL, stop, NULL) == 0;
	if (!stopping)
		(void)smfi_stop();
}

/* Its poll(2) or accept(2) is interrupted, which it takes for no fault. */
void
service_wake(void)
{
	(void)pthread_kill(thread, SIGNALS_WAKE);
}

void
service_join(void)
{
	(void)pthread_join(thread, NULL);
	if (stopping)
		(void)pthread_join(stopper, NULL);
}
