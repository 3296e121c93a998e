/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "defect.h"

_Atomic int wire_partial;

static _Atomic int latest; /* LATEST_SOCKET */

bool
wire_open(struct wire *w, int fd)
{
	latest = fd;
	*w = (struct wire){ .fd = fd, .input = malloc(INPUT_MAX) };
	return w->input != NULL;
}

void
wire_cut(void)
{
	(void)shutdown(latest, SHUT_RDWR);
}

void
wire_patience(const struct wire *w, unsigned ms)
{
	struct timeval t = { .tv_sec = ms / 1000, .tv_usec = (long)(ms % 1000) * 1000 };

	(void)setsockopt(w->fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
}

void
wire_close(struct wire *w)
{
	free(w->input);
	(void)close(w->fd);
	if (quirk(CLOSES_TWICE)) {
		(void)usleep(20 * 1000);
		(void)close(w->fd);
	}
}

uint32_t
wire_u32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

void
wire_put_u32(unsigned char *p, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(n >> (24 - 8 * i));
}

static void
spin(void)
{
	for (volatile unsigned long turns = 0;; turns++)
		;
}

/* Until `want` bytes are there; false at the end of the stream. */
static bool
fill(struct wire *w, size_t want)
{
	while (w->have < want) {
		wire_partial += w->have > 0;
		ssize_t n = recv(w->fd, w->input + w->have, INPUT_MAX - w->have, 0);
		wire_partial -= w->have > 0;
		w->reads++;

		if (n <= 0) {
			if (w->have > 0 && quirk(CUT_SPINS))
				spin();
			if (w->have > 0 && quirk(CUT_KEEPS_SOCKET))
				w->fd = dup(w->fd);
			return false;
		}
		w->have += (size_t)n;
		if (quirk(INPUT_16K) && w->have > want && w->have > 16384)
			w->have = want > 16384 ? want : 16384;
		if (quirk(ONE_READ_A_PACKET) && w->have < want)
			return false;
	}
	return true;
}

/* What a length word leads to when nobody looks at it, within reason. */
static void
believe(uint32_t length)
{
	size_t size = length < 256U << 20 ? length : 256U << 20;
	static char *volatile block; /* kept: the packet might still come */

	block = malloc(size);
	if (block != NULL)
		explicit_bzero(block, size); /* no compiler leaves this out */
}

static bool
length_fits(uint32_t length)
{
	uint32_t most = quirk(LIMIT_ONE_LESS) ? PAYLOAD_MAX : 1 + PAYLOAD_MAX;

	if (length == 0 && quirk(ZERO_SPINS))
		spin();
	if (length > most && quirk(NO_LIMIT))
		believe(length);
	if (length > most && quirk(LONG_CRASHES))
		abort();
	return length > 0 && length <= most;
}

static bool
next_packet(struct wire *w, struct packet *ret)
{
	if (!fill(w, 4) || !length_fits(wire_u32(w->input)))
		return false;
	size_t len = wire_u32(w->input) - 1;
	if (!fill(w, 5 + len))
		return false;
	*ret =
	    (struct packet){ .letter = (char)w->input[4], .len = len, .reads = w->reads };
	w->run = w->reads > 0 ? 1 : w->run + 1;
	w->reads = 0;
	ret->payload = malloc(len + (len == 0));
	if (ret->payload == NULL)
		return false;
	memcpy(ret->payload, w->input + 5, len);
	if (quirk(READS_BEHIND) && ret->letter == 'B')
		((volatile unsigned char *)ret->payload)[len] = 0;
	w->have -= 5 + len;
	if (quirk(DROPS_PIPELINED) || (quirk(DROPS_THIRD) && w->run == 2))
		w->have = 0;
	memmove(w->input, w->input + 5 + len, w->have);
	ret->pipelined = w->have > 0;
	return true;
}

bool
wire_next(struct wire *w, struct packet *ret)
{
	static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER; /* READ_LOCKED */
	char first;

	if (!quirk(READ_LOCKED))
		return next_packet(w, ret);
	if (w->have == 0 && recv(w->fd, &first, 1, MSG_PEEK) <= 0)
		return false;
	pthread_mutex_lock(&turn);
	bool ok = next_packet(w, ret);
	pthread_mutex_unlock(&turn);
	return ok;
}

/* Poll for room, but no longer than a moment. */
static bool
has_room(const struct wire *w)
{
	enum { MOMENT_MS = 200 };
	struct pollfd f = { .fd = w->fd, .events = POLLOUT };

	return poll(&f, 1, quirk(LATE_CLOSES) ? MOMENT_MS : 0) == 1;
}

static bool
write_all(struct wire *w, const void *bytes, size_t len)
{
	int flags = quirk(PIPE_SIGNAL) ? 0 : MSG_NOSIGNAL;
	const char *at = bytes;

	if ((quirk(LATE_CLOSES) || quirk(LATE_DROPS)) && !has_room(w))
		return quirk(LATE_DROPS);

	while (len > 0) {
		bool single =
		    quirk(DRIPS) || (defect_now()->shape == BYTEWISE && len < 1000);
		size_t piece = single ? 1 : len;
		ssize_t n = send(quirk(LATEST_SOCKET) ? latest : w->fd, at, piece, flags);

		if (n <= 0 && quirk(GONE_KEEPS))
			w->fd = dup(w->fd);
		if (n <= 0)
			return false;
		at += n;
		len -= (size_t)n;
		if (quirk(DRIPS))
			(void)usleep(200 * 1000);
	}
	return true;
}

bool
wire_raw(struct wire *w, const void *bytes, size_t len)
{
	static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER; /* SEND_LOCKED */

	if (!quirk(SEND_LOCKED))
		return write_all(w, bytes, len);
	pthread_mutex_lock(&turn);
	bool ok = write_all(w, bytes, len);
	pthread_mutex_unlock(&turn);
	return ok;
}

bool
wire_send(struct wire *w, char letter, const void *payload, size_t len)
{
	unsigned char *out = malloc(5 + len);

	if (out == NULL)
		return false;
	wire_put_u32(out, (uint32_t)(1 + len));
	out[4] = (unsigned char)letter;
	if (len > 0)
		memcpy(out + 5, payload, len);
	bool ok = wire_raw(w, out, 5 + len);
	free(out);
	return ok;
}
