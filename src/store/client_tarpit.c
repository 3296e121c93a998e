/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/client_tarpit.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"

struct client_tarpit {
	pthread_mutex_t lock;
	struct tarpit *table;
};

struct client_tarpit *
client_tarpit_new(void)
{
	struct client_tarpit *t = calloc(1, sizeof *t);

	if (t == NULL)
		return NULL;
	t->table = tarpit_new();
	if (t->table == NULL || pthread_mutex_init(&t->lock, NULL) != 0) {
		tarpit_free(t->table);
		free(t);
		return NULL;
	}
	return t;
}

void
client_tarpit_free(struct client_tarpit *t)
{
	if (t == NULL)
		return;
	(void)pthread_mutex_destroy(&t->lock);
	tarpit_free(t->table);
	free(t);
}

/* An IPv4 address stands behind four zeros: ::/64 is nobody's network. */
static bool
key_of(struct slice address, struct tarpit_key *ret)
{
	char name[INET6_ADDRSTRLEN];
	struct in_addr v4;
	struct in6_addr v6;

	if (address.len == 0 || address.len >= sizeof name)
		return false;
	memcpy(name, address.ptr, address.len);
	name[address.len] = '\0';
	*ret = (struct tarpit_key){ { 0 } };
	if (inet_pton(AF_INET, name, &v4) == 1) {
		memcpy(ret->bytes + sizeof ret->bytes - sizeof v4, &v4, sizeof v4);
		return true;
	}
	if (inet_pton(AF_INET6, name, &v6) != 1)
		return false;
	if (IN6_IS_ADDR_V4MAPPED(&v6))
		memcpy(ret->bytes + 4, v6.s6_addr + 12, 4);
	else
		memcpy(ret->bytes, v6.s6_addr, sizeof ret->bytes);
	return true;
}

static unsigned
refused(void *self, const struct tarpit_limits *limits, struct slice client_address)
{
	struct client_tarpit *t = self;
	struct tarpit_key client;

	if (!key_of(client_address, &client))
		return 0;
	pthread_mutex_lock(&t->lock);
	/* Behind the lock: of two threads the later one's time is not the earlier. */
	uint64_t now = (uint64_t)monotonic_ms();
	unsigned delay = tarpit_refused(t->table, limits, client, now);
	pthread_mutex_unlock(&t->lock);
	return delay;
}

struct spam_tarpit
client_tarpit_port(struct client_tarpit *t)
{
	return (struct spam_tarpit){ refused, t };
}
