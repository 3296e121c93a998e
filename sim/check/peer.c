/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/peer.h"

#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "sim/check/nap.h"
#include "sim/io/interrupt.h"
#include "wire/notation.h"

enum { LOOK_MS = 5 };

static const char *const stages[N_PEER_STAGES] = {
	[PEER_CONNECTED] = "connected",
	[PEER_IDLE] = "idle",
	[PEER_CUT] = "cut",
	[PEER_MESSAGE] = "message",
	[PEER_END] = "end",
};

enum peer_stage
peer_stage_named(struct slice name)
{
	int i = 0;

	while (i < N_PEER_STAGES && !slice_equal(name, slice_of(stages[i])))
		i++;
	return (enum peer_stage)i;
}

void
peer_close(struct peer *p)
{
	if (p->fd != -1)
		(void)close(p->fd);
	p->fd = -1;
	text_clear(&p->in);
}

static bool
wait_for(const struct peer *p, short events, long long end)
{
	struct pollfd f = { .fd = p->fd, .events = events };
	long long left;
	int n;

	do {
		left = end - monotonic_ms();
		left = left < 0 ? 0 : left < INTERRUPT_LOOK_MS ? left : INTERRUPT_LOOK_MS;
		n = poll(&f, 1, (int)left);
	} while (n != 1 && left > 0 && interrupt_count() == 0);
	return n == 1;
}

bool
peer_send(struct peer *p, struct slice bytes)
{
	long long end = monotonic_ms() + p->answer_ms;

	while (bytes.len > 0) {
		ssize_t n = send(p->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
		if (n > 0)
			bytes = slice_from(bytes, (size_t)n);
		else if ((errno != EAGAIN && errno != EINTR) ||
			 !wait_for(p, POLLOUT, end))
			return false;
	}
	return true;
}

/* TIOCOUTQ: what a unix socket's other end has not read, or a network has not. */
void
peer_taken(const struct peer *p)
{
	long long end = monotonic_ms() + p->answer_ms;
	int left = 0;

	while (ioctl(p->fd, TIOCOUTQ, &left) == 0 && left > 0 && monotonic_ms() < end)
		nap_ms(LOOK_MS);
}

enum peer_heard
peer_packet(struct peer *p, struct frame *f)
{
	long long end = monotonic_ms() + p->answer_ms;
	char some[4096];

	for (;;) {
		enum frame_status s =
		    frame_decode(text_slice(&p->in), FRAME_PAYLOAD_64K, f);
		if (s == FRAME_OK)
			return PEER_PACKET;
		if (s != FRAME_SHORT)
			return PEER_CLOSED;
		if (!wait_for(p, POLLIN, end))
			return PEER_SILENCE;
		ssize_t n = recv(p->fd, some, sizeof some, 0);
		if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR))
			return PEER_CLOSED;
		if (n > 0 &&
		    text_append(&p->in, (struct slice){ some, (size_t)n }) != TEXT_OK)
			return PEER_CLOSED;
	}
}

void
peer_took(struct peer *p, const struct frame *f)
{
	memmove(p->in.ptr, p->in.ptr + f->size, p->in.len - f->size);
	p->in.len -= f->size;
}

enum peer_heard
peer_hear(struct peer *p, char *ret_letter)
{
	struct frame f;
	enum peer_heard h = peer_packet(p, &f);

	if (h == PEER_PACKET) {
		*ret_letter = f.letter;
		peer_took(p, &f);
	}
	return h;
}

static bool
fault(struct text *why, const char *line, enum peer_heard h)
{
	text_printf(why,
	    h == PEER_SILENCE ? "no answer in time to %s"
			      : "the milter closed the connection at %s",
	    line);
	return false;
}

/*
 * The answer that ends the wait; edits and PROGRESS before it are passed over.  Behind
 * one that is not CONTINUE the milter has done with the message, or the session.
 */
static bool
final_answer(struct peer *p, const char *line, struct text *why)
{
	enum packet_kind k;
	struct frame f;

	do {
		enum peer_heard h = peer_packet(p, &f);
		if (h != PEER_PACKET)
			return fault(why, line, h);
		k = packet_kind(TO_MTA, f.letter);
		p->over |= k == RPL_REPLYCODE && slice_starts(f.payload, SLICE("421"));
		peer_took(p, &f);
	} while (k < N_PACKETS && !packet_rules[k].final);
	p->settled = k != RPL_CONTINUE && k != RPL_SKIP;
	return true;
}

bool
peer_say(struct peer *p, const char *line, struct text *why)
{
	struct slice word = slice_first(slice_of(line), strcspn(line, " "));
	enum packet_kind k = packet_kind_named(TO_MILTER, word);
	struct text bytes = TEXT_INIT(70000);
	bool ok = true;

	if (p->settled || (k < N_PACKETS && !terms_send(&p->terms, k)))
		return true;
	ok = packet_read(&bytes, TO_MILTER, slice_of(line), why);
	if (ok && !peer_send(p, text_slice(&bytes))) {
		text_printf(why, "the milter does not take %s", line);
		ok = false;
	}
	text_clear(&bytes);
	if (ok && terms_answer(&p->terms, k))
		ok = final_answer(p, line, why);
	return ok;
}

static bool
negotiate(struct peer *p, struct text *why)
{
	static const char line[] = "OPTNEG version 6 actions all protocol all";
	struct optneg offer = {
		.version = PROTOCOL_VERSION, .actions = ACTIONS_ALL, .protocol = PROTO_ALL
	};
	struct text bytes = TEXT_INIT(200);
	struct packet answer;
	struct frame f;
	bool ok = packet_read(&bytes, TO_MILTER, slice_of(line), why) &&
		  peer_send(p, text_slice(&bytes));

	text_clear(&bytes);
	if (!ok)
		return fault(why, "OPTNEG", PEER_CLOSED);
	enum peer_heard h = peer_packet(p, &f);
	if (h != PEER_PACKET)
		return fault(why, "OPTNEG", h);
	if (packet_decode(TO_MTA, f.letter, f.payload, &answer) != CODEC_OK ||
	    answer.kind != RPL_OPTNEG) {
		text_printf(why, "the answer to OPTNEG is none");
		return false;
	}
	(void)terms_settle(&offer, &answer.optneg, &p->terms);
	peer_took(p, &f);
	return true;
}

static bool
lines(struct peer *p, const char *const *line, size_t n, struct text *why)
{
	for (size_t i = 0; i < n; i++) {
		if (!peer_say(p, line[i], why))
			return false;
	}
	return true;
}

static const char *const message[] = { "MAIL <Smith@bar.com>", "RCPT <Jones@foo.com>",
	"DATA", "HEADER From: Smith@bar.com", "HEADER Subject: conformance" };
static const char *const body[] = { "EOH", "BODY Blah blah blah...\\r\\n" };

bool
peer_again(struct peer *p, enum peer_stage to, struct text *why)
{
	bool ok = lines(p, message, 5, why);

	if (ok && to == PEER_END)
		ok = lines(p, body, 2, why) && peer_say(p, "BODYEOB", why);
	else if (ok && !p->settled)
		ok = peer_say(p, "ABORT", why);
	p->settled = false;
	return ok;
}

bool
peer_quit(struct peer *p, struct text *why)
{
	enum peer_heard h;
	char letter;

	p->settled = false;
	if (!peer_say(p, "QUIT", why))
		return false;
	do
		h = peer_hear(p, &letter); /* an answer to QUIT is another case's */
	while (h == PEER_PACKET);
	if (h == PEER_SILENCE)
		text_printf(why, "the milter keeps the connection behind QUIT");
	return h == PEER_CLOSED;
}

static bool
go_to(struct peer *p, enum peer_stage to, struct text *why)
{
	static const char *const idle[] = { "CONNECT localhost inet 40000 127.0.0.1",
		"HELO bar.com" };

	if (to >= PEER_IDLE && !(negotiate(p, why) && lines(p, idle, 2, why)))
		return false;
	if (to == PEER_CUT)
		return peer_send(p, SLICE("\0\0\0\21M<Smi"));
	if (to >= PEER_MESSAGE && !lines(p, message, 5, why))
		return false;
	return to < PEER_END || (lines(p, body, 2, why) &&
				    (p->settled || peer_send(p, SLICE("\0\0\0\1E"))));
}

bool
peer_open(struct peer *p, const struct socket_address *a, enum peer_stage to,
    unsigned answer_ms, struct text *why)
{
	*p = (struct peer){ .in = TEXT_INIT(70000), .answer_ms = answer_ms };
	long long end = monotonic_ms() + answer_ms;

	p->fd = socket_connect_within(a, answer_ms);
	if (p->fd == -1 || !wait_for(p, POLLOUT, end) || socket_error(p->fd) != 0) {
		text_printf(why, "the milter takes no connection");
		peer_close(p);
		return false;
	}
	if (go_to(p, to, why))
		return true;
	peer_close(p);
	return false;
}
