/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/told.h"

#include <string.h>

bool
told_init(struct told *t)
{
	*t = (struct told){ .used = 0 };
	return pthread_mutex_init(&t->lock, NULL) == 0;
}

void
told_clear(struct told *t)
{
	(void)pthread_mutex_destroy(&t->lock);
}

static struct told_cause *
find(struct told *t, const char *cause)
{
	for (unsigned i = 0; i < t->used; i++) {
		if (strcmp(t->cause[i].cause, cause) == 0)
			return &t->cause[i];
	}
	if (t->used == TOLD_CAUSES_MAX)
		return &t->cause[TOLD_CAUSES_MAX - 1];
	t->cause[t->used] = (struct told_cause){ .cause = cause };
	return &t->cause[t->used++];
}

bool
told_begin(struct told *t, const char *cause, long long now_ms)
{
	pthread_mutex_lock(&t->lock);
	struct told_cause *c = find(t, cause);
	bool news = !c->told && now_ms >= c->quiet_until_ms;

	if (news) {
		c->told = true;
		c->quiet_until_ms = now_ms + TOLD_QUIET_MS;
	}
	if (news || t->since > 0)
		t->since++;
	pthread_mutex_unlock(&t->lock);
	return news;
}

unsigned long long
told_over(struct told *t)
{
	pthread_mutex_lock(&t->lock);
	unsigned long long since = t->since;

	t->since = 0;
	for (unsigned i = 0; i < t->used; i++)
		t->cause[i].told = false;
	pthread_mutex_unlock(&t->lock);
	return since;
}
