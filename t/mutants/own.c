/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * A count of all messages, which no two have alike, and beside it what was first seen
 * with something that two of them share: a defect that comparing cannot find.
 */

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "defect.h"
#include "session.h"

enum { KEY_MAX = 2 * FACT_MAX + 20, SEEN_MAX = 256 };

static bool
key_of(const struct session *s, char key[KEY_MAX])
{
	const struct message *m = s->message;

	key[0] = '\0';
	if (quirk(OWN_MESSAGE))
		(void)snprintf(key, KEY_MAX, "%u", s->number);
	else if (quirk(BY_CLIENT))
		(void)snprintf(key, KEY_MAX, "%s", s->client);
	else if (quirk(BY_QUEUE_ID))
		(void)snprintf(key, KEY_MAX, "%s", m->qid);
	else if (quirk(BY_ENVELOPE))
		(void)snprintf(key, KEY_MAX, "%s %s", m->from, m->rcpt);
	else if (quirk(BY_SOCKET))
		(void)snprintf(key, KEY_MAX, "%d", s->wire.fd);
	else
		return quirk(OWN_SESSION);
	return true;
}

void
own_tell(const struct session *s, char *line, size_t room)
{
	static struct {
		char key[KEY_MAX], first[KEY_MAX];
	} seen[SEEN_MAX];
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static unsigned count;
	char key[KEY_MAX];
	size_t i = 0, used = strlen(line);

	if (!key_of(s, key))
		return;
	pthread_mutex_lock(&lock);
	while (
	    i < SEEN_MAX - 1 && seen[i].first[0] != '\0' && strcmp(seen[i].key, key) != 0)
		i++;
	if (seen[i].first[0] == '\0') {
		memcpy(seen[i].key, key, sizeof key);
		(void)snprintf(
		    seen[i].first, KEY_MAX, "%s %s", s->message->from, s->helo);
	}
	(void)snprintf(
	    line + used, room - used, " count=%u first=%s", ++count, seen[i].first);
	pthread_mutex_unlock(&lock);
}
