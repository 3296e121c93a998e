/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/clamd_link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CHUNK = 64 << 10 };

static bool
fail(struct clamd_link *l, enum clamd_trouble trouble, int error)
{
	l->trouble = error == ECANCELED ? CLAMD_GONE_TROUBLE : trouble;
	l->error = error;
	return false;
}

/* From here on that long, but no longer than the sum allows. */
static void
allow(struct clamd_link *l, unsigned limit_ms)
{
	struct patience fresh = patience_begin(limit_ms, l->sum->progress);

	fresh.tell_at_ms = l->patience.tell_at_ms;
	if (fresh.until_ms > l->sum->until_ms)
		fresh.until_ms = l->sum->until_ms;
	l->patience = fresh;
}

static bool
dial(struct clamd_link *l)
{
	const struct clamd_address *a = l->address;

	l->patience = *l->sum;
	allow(l, l->limits->connect);
	l->ngot = 0;
	l->words = (struct slice){ NULL, 0 };
	l->fd = -1;
	if (a->len == 0)
		return fail(l, CLAMD_CONNECT_TROUBLE, EADDRNOTAVAIL);
	l->fd = stream_connect(
	    a->at.ss_family, (const struct sockaddr *)&a->at, a->len, &l->patience);
	return l->fd != -1 || fail(l, CLAMD_CONNECT_TROUBLE, errno);
}

static void
skip(struct msghdr *m, size_t n)
{
	while (m->msg_iovlen > 0 && n >= m->msg_iov->iov_len) {
		n -= m->msg_iov->iov_len;
		m->msg_iov++;
		m->msg_iovlen--;
	}
	if (m->msg_iovlen > 0) {
		m->msg_iov->iov_base = (char *)m->msg_iov->iov_base + n;
		m->msg_iov->iov_len -= n;
	}
}

/*
 * False: clamd takes no more.  That may be because it has said why, so an
 * answer is looked for either way.
 */
static bool
send_all(struct clamd_link *l, struct msghdr *m)
{
	while (m->msg_iovlen > 0) {
		allow(l, l->limits->send);
		short ready = stream_wait(l->fd, POLLIN | POLLOUT, &l->patience);
		if (ready == 0)
			return fail(l, CLAMD_SEND_TROUBLE, errno);
		if ((ready & POLLIN) != 0)
			return fail(l, CLAMD_SEND_TROUBLE, EPIPE);
		ssize_t n = sendmsg(l->fd, m, MSG_NOSIGNAL);
		if (n == -1 && errno != EINTR && errno != EAGAIN)
			return fail(l, CLAMD_SEND_TROUBLE, errno);
		if (n > 0)
			skip(m, (size_t)n);
	}
	return true;
}

static bool
send_bytes(struct clamd_link *l, struct slice head, struct slice bytes)
{
	struct iovec part[] = {
		{ (void *)(size_t)head.ptr, head.len },
		{ (void *)(size_t)bytes.ptr, bytes.len },
	};
	struct msghdr m = { .msg_iov = part, .msg_iovlen = bytes.len > 0 ? 2 : 1 };

	return send_all(l, &m);
}

static bool
send_chunk(struct clamd_link *l, struct slice bytes)
{
	uint32_t length = htonl((uint32_t)bytes.len);

	return send_bytes(
	    l, (struct slice){ (const char *)&length, sizeof length }, bytes);
}

static bool
send_message(struct clamd_link *l, const struct spool *message, char *buffer)
{
	unsigned long long at = 0, size = spool_size(message);

	if (!send_bytes(l, SLICE("zINSTREAM\0"), SLICE("")))
		return false;
	while (at < size) {
		struct slice piece = spool_read(message, at, buffer, CHUNK);
		if (piece.ptr == NULL)
			return fail(l, CLAMD_SPOOL_TROUBLE, errno);
		if (!send_chunk(l, piece))
			return false;
		at += piece.len;
	}
	return send_chunk(l, SLICE(""));
}

static bool
send_stream(struct clamd_link *l, const struct spool *message)
{
	char *buffer = malloc(CHUNK);

	if (buffer == NULL)
		return fail(l, CLAMD_SPOOL_TROUBLE, ENOMEM);
	bool sent = send_message(l, message, buffer);
	free(buffer);
	return sent;
}

/* The command, then one byte with the descriptor beside it. */
static bool
send_descriptor(struct clamd_link *l, struct spool *message)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .room = { 0 } };
	char byte = 0;
	struct iovec part = { &byte, 1 };
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.room,
		.msg_controllen = sizeof control.room };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	int fd = spool_descriptor(message);

	if (fd == -1)
		return fail(l, CLAMD_SPOOL_TROUBLE, errno);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	bool sent = send_bytes(l, SLICE("zFILDES\0"), SLICE("")) && send_all(l, &m);
	(void)close(fd);
	return sent;
}

/* What there is to read, up to a whole answer or an end. */
static enum clamd_answer
read_answer(struct clamd_link *l, unsigned limit_ms)
{
	enum clamd_answer a = CLAMD_INCOMPLETE;

	allow(l, limit_ms);
	while (a == CLAMD_INCOMPLETE) {
		if (stream_wait(l->fd, POLLIN, &l->patience) == 0) {
			(void)fail(l, CLAMD_LATE_TROUBLE, errno);
			return CLAMD_INCOMPLETE;
		}
		ssize_t n = recv(l->fd, l->got + l->ngot, sizeof l->got - l->ngot, 0);
		if (n == -1 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0) {
			(void)fail(l, CLAMD_CLOSED_TROUBLE, n == 0 ? 0 : errno);
			return CLAMD_INCOMPLETE;
		}
		l->ngot += (size_t)n;
		a = clamd_answer_read((struct slice){ l->got, l->ngot }, &l->words);
	}
	if (a == CLAMD_NONSENSE)
		(void)fail(l, CLAMD_NONSENSE_TROUBLE, 0);
	return a;
}

/* clamd stopped taking bytes: did it say why?  A verdict it has none to give yet. */
static enum clamd_answer
read_complaint(struct clamd_link *l)
{
	enum clamd_trouble trouble = l->trouble;
	int error = l->error;
	enum clamd_answer a = CLAMD_INCOMPLETE;

	if (trouble == CLAMD_SEND_TROUBLE && (error == EPIPE || error == ECONNRESET))
		a = read_answer(l, l->limits->connect);
	if (a == CLAMD_CLEAN || a == CLAMD_FOUND) {
		(void)fail(l, CLAMD_NONSENSE_TROUBLE, 0);
		return CLAMD_NONSENSE;
	}
	if (a == CLAMD_INCOMPLETE)
		(void)fail(l, trouble, error);
	return a;
}

static enum clamd_answer
scan(struct clamd_link *l, struct spool *message, bool by_descriptor)
{
	if (!dial(l))
		return CLAMD_INCOMPLETE;
	bool sent = by_descriptor ? send_descriptor(l, message) : send_stream(l, message);
	enum clamd_answer a =
	    sent ? read_answer(l, l->limits->answer) : read_complaint(l);
	if (a == CLAMD_OTHER)
		(void)fail(l, CLAMD_ERROR_TROUBLE, 0);
	return a;
}

static void
hang_up(struct clamd_link *l)
{
	if (l->fd != -1)
		(void)close(l->fd);
	l->fd = -1;
}

enum clamd_answer
clamd_link_scan(struct clamd_link *l, struct spool *message, bool by_descriptor)
{
	enum clamd_answer a = scan(l, message, by_descriptor);

	hang_up(l);
	return a;
}

bool
clamd_link_ask(struct clamd_link *l, const char *command)
{
	struct text line = TEXT_INIT(64);
	enum clamd_answer a = CLAMD_INCOMPLETE;

	text_printf(&line, "z%s", command);
	if (dial(l)) {
		/* With the NUL behind it, which ends the command. */
		struct slice z = { text_cstr(&line), line.len + 1 };
		a = send_bytes(l, z, SLICE("")) ? read_answer(l, l->limits->connect)
						: read_complaint(l);
	}
	hang_up(l);
	text_clear(&line);
	if (a == CLAMD_CLEAN || a == CLAMD_FOUND)
		(void)fail(l, CLAMD_NONSENSE_TROUBLE, 0);
	return a == CLAMD_OTHER;
}

const char *
clamd_trouble_name(enum clamd_trouble t)
{
#define NAME(id, name) [CLAMD_##id##_TROUBLE] = (name),
	static const char *const names[] = { CLAMD_TROUBLES(NAME) };
#undef NAME
	return names[t];
}

void
clamd_link_explain(const struct clamd_link *l, struct text *line)
{
	char buffer[128];

	text_printf(line, "%s", clamd_trouble_name(l->trouble));
	if (l->error != 0) {
		const char *said = strerror_r(l->error, buffer, sizeof buffer);
		text_printf(line, ": %s", said);
	} else if (l->ngot > 0) {
		text_printf(line, ": '");
		text_append_quotable(line, (struct slice){ l->got, l->ngot }, 80);
		text_printf(line, "'");
	}
}
