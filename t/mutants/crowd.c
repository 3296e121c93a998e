/* SPDX-License-Identifier: BSD-2-Clause */
#include "crowd.h"

#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "defect.h"
#include "session.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t quiet = PTHREAD_COND_INITIALIZER;
static unsigned sessions, messages, served;
static _Atomic unsigned standing[256];
static volatile unsigned unlocked; /* COUNTS_UNLOCKED; else it is left out */
static char *volatile kept; /* LEAKS_MEMORY; else a compiler leaves out the block */
static volatile int lost;   /* LEAKS_SOCKET */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER; /* ONE_MESSAGE_AT_A_TIME */

void
crowd_message(bool begins)
{
	if (quirk(ONE_MESSAGE_AT_A_TIME) && begins)
		pthread_mutex_lock(&turn);
	if (quirk(ONE_MESSAGE_AT_A_TIME) && !begins)
		pthread_mutex_unlock(&turn);
	pthread_mutex_lock(&lock);
	messages += begins ? 1 : UINT_MAX;
	if (messages == 0)
		pthread_cond_broadcast(&quiet);
	pthread_mutex_unlock(&lock);
	if (quirk(COUNTS_UNLOCKED))
		unlocked++;
}

bool
crowd_busy(bool mine)
{
	pthread_mutex_lock(&lock);
	bool busy = messages > mine;
	pthread_mutex_unlock(&lock);
	return busy;
}

void
crowd_stands(char now, char before)
{
	standing[(unsigned char)now]++;
	standing[(unsigned char)before]--;
}

unsigned
crowd_standing(char letter)
{
	return standing[(unsigned char)letter];
}

void
crowd_wait(unsigned seconds)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&lock);
	while ((messages > 0 || (quirk(TERM_WAITS_SESSION) && sessions > 0)) &&
	       pthread_cond_timedwait(&quiet, &lock, &until) == 0)
		;
	pthread_mutex_unlock(&lock);
}

unsigned
crowd_number(void)
{
	pthread_mutex_lock(&lock);
	unsigned number = ++served;
	pthread_mutex_unlock(&lock);
	return number;
}

static bool
enter(void)
{
	pthread_mutex_lock(&lock);
	while (quirk(NINETY_SESSIONS) && sessions >= 90)
		pthread_cond_wait(&quiet, &lock);
	bool room = (!quirk(TEN_SESSIONS) || sessions < 10) &&
		    (!quirk(FIVE_SESSIONS) || sessions < 5) &&
		    (!quirk(FIFTY_MESSAGES) || messages < 50);
	sessions += room;
	pthread_mutex_unlock(&lock);
	return room;
}

static void
leave(void)
{
	if (quirk(LEAKS_MEMORY)) {
		kept = malloc(256 * 1024);
		if (kept != NULL)
			explicit_bzero(kept, 256 * 1024);
	}
	if (quirk(LEAKS_LITTLE) && (kept = malloc(16 * 1024)) != NULL)
		explicit_bzero(kept, 16 * 1024);
	pthread_mutex_lock(&lock);
	sessions--;
	pthread_cond_broadcast(&quiet);
	pthread_mutex_unlock(&lock);
}

static void *
serve(void *socket)
{
	int fd = (int)(intptr_t)socket;

	if (quirk(LEAKS_SOCKET))
		lost = dup(fd);
	session_serve(fd);
	leave();
	while (quirk(LEAKS_THREAD))
		(void)pause();
	return NULL;
}

bool
crowd_serve(int fd)
{
	pthread_attr_t attr;
	pthread_t thread;

	if (!enter())
		return false;
	if (quirk(ONE_SESSION_AT_A_TIME)) {
		(void)serve((void *)(intptr_t)fd);
		return true;
	}
	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	bool ok = pthread_create(&thread, &attr, serve, (void *)(intptr_t)fd) == 0;
	(void)pthread_attr_destroy(&attr);
	if (!ok)
		leave();
	return ok;
}
