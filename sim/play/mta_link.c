/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/mta_link.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/io/socket.h"

static void
tell(struct mta_link *l, enum event_what what, enum direction to, char letter,
    struct slice bytes)
{
	struct event e = {
		.ms = loop_now(l->loop),
		.what = what,
		.conn = l->number,
		.filter = 0,
		.to = to,
		.letter = letter,
		.bytes = bytes,
	};

	event_tell(l->sink, &e);
}

static void
tell_breaches(struct mta_link *l, const struct breach *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct event e = {
			.ms = loop_now(l->loop),
			.what = EVENT_BREACH,
			.conn = l->number,
			.filter = 0,
			.to = b[i].by,
			.breach = &b[i],
		};
		event_tell(l->sink, &e);
		l->owner->broke(l->owner->self, l, &b[i]);
	}
}

/* --- what we sent --- */

/* Shows the judge what the milter can have taken by now. */
static void
judge_sent(struct mta_link *l)
{
	struct breach b[JUDGE_BREACHES];
	struct frame f;

	while (!l->unframed &&
	       frame_decode(text_slice(&l->sent), FRAME_PAYLOAD_1M, &f) == FRAME_OK) {
		if (!l->judge.lost && l->judge.dialogue.due != N_PACKETS)
			return;
		size_t n = judge_packet(&l->judge, TO_MILTER, f.letter, f.payload, b);
		l->owner->sent(l->owner->self, l, f.letter, f.payload);
		tell_breaches(l, b, n);
		text_drop(&l->sent, f.size);
		l->told -= l->told < f.size ? l->told : f.size;
	}
}

/* Bytes that are no packet: from here on nothing of ours can be judged. */
static void
give_up_frames(struct mta_link *l)
{
	struct slice rest = slice_from(text_slice(&l->sent), l->told);

	if (rest.len > 0)
		tell(l, EVENT_RAW, TO_MILTER, '\0', rest);
	l->unframed = true;
	l->judge.lost = l->judge.blind = true;
	text_clear(&l->sent);
	l->told = 0;
}

static void
note_sent(struct mta_link *l, struct slice bytes)
{
	struct frame f;

	if (l->unframed) {
		tell(l, EVENT_RAW, TO_MILTER, '\0', bytes);
		return;
	}
	if (text_append(&l->sent, bytes) != TEXT_OK) {
		give_up_frames(l);
		return;
	}
	for (;;) {
		struct slice rest = slice_from(text_slice(&l->sent), l->told);
		enum frame_status s = frame_decode(rest, FRAME_PAYLOAD_1M, &f);
		if (s == FRAME_SHORT)
			break;
		if (s != FRAME_OK) {
			give_up_frames(l);
			return;
		}
		tell(l, EVENT_PACKET, TO_MILTER, f.letter, f.payload);
		l->told += f.size;
	}
	judge_sent(l);
}

/* --- writing --- */

/* What may be kept: a packet and one read, twice; MDS_1M is asked for by few. */
static size_t
room_of(const struct mta_link *l)
{
	return FRAME_HEAD + judge_payload_max(&l->judge) + LINK_READ;
}

static bool
has_room(const struct mta_link *l)
{
	return l->in.len + LINK_READ <= room_of(l);
}

static void
listen_for(struct mta_link *l)
{
	bool writes = l->connecting || (l->out.len > 0 && l->pace.at == 0);
	short reads = has_room(l) && !l->ended ? POLLIN : 0;
	loop_want(l->loop, &l->watch, (short)(reads | (writes ? POLLOUT : 0)));
}

static void
broken(struct mta_link *l, int error)
{
	l->error = error;
	text_clear(&l->out);
}

static bool
write_some(struct mta_link *l)
{
	size_t most = l->piece != 0 && l->piece < l->out.len ? l->piece : l->out.len;
	ssize_t n = send(l->fd, l->out.ptr, most, MSG_NOSIGNAL);

	if (n == -1 && errno == EINTR)
		return true;
	if (n == -1) {
		if (errno != EAGAIN)
			broken(l, errno); /* reading tells what the milter did */
		return false;
	}
	note_sent(l, (struct slice){ l->out.ptr, (size_t)n });
	text_drop(&l->out, (size_t)n);
	return true;
}

static void
write_out(struct mta_link *l)
{
	while (l->out.len > 0 && !l->connecting && l->pace.at == 0 && l->fd != -1) {
		if (!write_some(l))
			break;
		if (l->piece != 0 && l->gaps++ < LINK_GAPS_MAX &&
		    !loop_set(l->loop, &l->pace, loop_now(l->loop) + LINK_GAP_MS))
			l->error = ENOMEM;
	}
	if (l->out.len == 0)
		l->piece = 0;
	listen_for(l);
}

static void
paced(void *self)
{
	struct mta_link *l = self;

	write_out(l);
	l->owner->changed(l->owner->self, l);
}

bool
mta_link_queue(struct mta_link *l, struct slice bytes)
{
	return text_append(&l->out, bytes) == TEXT_OK;
}

void
mta_link_flush(struct mta_link *l, size_t piece)
{
	if (l->out.len > 0) {
		l->piece = piece;
		l->gaps = 0;
	}
	write_out(l);
}

bool
mta_link_idle(const struct mta_link *l)
{
	return l->out.len == 0 && l->pace.at == 0 && !l->connecting;
}

/* --- reading --- */

static void
take_packet(struct mta_link *l, const struct frame *f)
{
	struct breach b[JUDGE_BREACHES];
	size_t n = judge_packet(&l->judge, TO_MTA, f->letter, f->payload, b);

	tell(l, EVENT_PACKET, TO_MTA, f->letter, f->payload);
	l->owner->replied(
	    l->owner->self, l, packet_kind(TO_MTA, f->letter), f->letter, f->payload);
	tell_breaches(l, b, n);
	judge_sent(l);
}

static void
bad_frame(struct mta_link *l, enum frame_status s)
{
	struct breach b = judge_frame(&l->judge, TO_MTA, s);

	tell(l, EVENT_RAW, TO_MTA, '\0', slice_first(text_slice(&l->in), 64));
	l->deaf = true;
	text_clear(&l->in);
	tell_breaches(l, &b, 1);
}

/* Whole packets go to the inbox, as far as it has room. */
static void
cut(struct mta_link *l)
{
	struct frame f;

	while (!l->deaf && l->in.len > 0) {
		enum frame_status s =
		    frame_decode(text_slice(&l->in), judge_payload_max(&l->judge), &f);
		if (s == FRAME_SHORT)
			return;
		if (s != FRAME_OK) {
			bad_frame(l, s);
			return;
		}
		struct slice packet = slice_first(text_slice(&l->in), f.size);
		if (l->inbox.len + f.size > room_of(l) ||
		    text_append(&l->inbox, packet) != TEXT_OK)
			return;
		take_packet(l, &f);
		text_drop(&l->in, f.size);
	}
}

static void
milter_ended(struct mta_link *l, const char *how)
{
	l->ended = true;
	text_clear(&l->out);
	if (l->in.len > 0 && !l->deaf)
		bad_frame(l, FRAME_SHORT);
	tell(l, EVENT_CLOSE, TO_MTA, '\0', slice_of(how));
	listen_for(l);
}

static void
receive(struct mta_link *l)
{
	char chunk[LINK_READ];
	ssize_t n = recv(l->fd, chunk, sizeof chunk, 0);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		milter_ended(l, n == 0 ? "milter closes" : "milter resets");
		return;
	}
	if (!l->deaf &&
	    text_append(&l->in, (struct slice){ chunk, (size_t)n }) == TEXT_OK)
		cut(l);
}

static void
connected(struct mta_link *l)
{
	l->error = socket_error(l->fd);
	l->connecting = false;
	if (l->error != 0)
		l->ended = true;
	listen_for(l);
}

static void
ready(void *self, short revents)
{
	struct mta_link *l = self;
	bool gone = (revents & (POLLHUP | POLLERR)) != 0;

	if (l->connecting)
		connected(l);
	if (!l->ended && (revents & POLLOUT) != 0)
		write_out(l);
	if (!l->ended && has_room(l) && ((revents & POLLIN) != 0 || gone))
		receive(l);
	else if (!l->ended && gone)
		milter_ended(l, "milter closes, unread");
	if (l->ended)
		loop_unwatch(l->loop, &l->watch); /* else it would wake us for ever */
	l->owner->changed(l->owner->self, l);
}

bool
mta_link_next(const struct mta_link *l, struct frame *ret)
{
	return frame_decode(text_slice(&l->inbox), FRAME_PAYLOAD_1M, ret) == FRAME_OK;
}

void
mta_link_take(struct mta_link *l, const struct frame *f)
{
	text_drop(&l->inbox, f->size);
	cut(l); /* it may have waited for room */
	listen_for(l);
}

/* --- beginning and end --- */

void
mta_link_init(struct mta_link *l, struct loop *loop, unsigned long number,
    const struct mta_link_owner *owner, const struct event_sink *sink)
{
	*l = (struct mta_link){
		.loop = loop,
		.owner = owner,
		.sink = sink,
		.number = number,
		.fd = -1,
		.watch = { .fd = -1, .ready = ready, .self = l },
		.pace = { .fire = paced, .self = l },
		.in = TEXT_INIT(LINK_IN_MAX),
		.inbox = TEXT_INIT(LINK_IN_MAX),
		.out = TEXT_INIT(LINK_OUT_MAX),
		.sent = TEXT_INIT(LINK_IN_MAX),
	};
	judge_init(&l->judge);
}

bool
mta_link_open(struct mta_link *l, int fd, bool connecting)
{
	int one = 1;

	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	l->opened = true;
	l->connecting = connecting;
	l->fd = l->watch.fd = fd;
	tell(l, EVENT_OPEN, TO_MILTER, '\0', SLICE(""));
	bool ok = loop_watch(l->loop, &l->watch);
	listen_for(l);
	return ok;
}

void
mta_link_end(struct mta_link *l, enum mta_link_close how)
{
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	static const char *const words[] = { [LINK_CLOSE] = "MTA closes",
		[LINK_RESET] = "MTA resets",
		[LINK_SHUTDOWN] = "MTA shuts its side down" };
	if (l->fd == -1)
		return;
	tell(l, how == LINK_SHUTDOWN ? EVENT_NOTE : EVENT_CLOSE, TO_MILTER, '\0',
	    slice_of(words[how]));
	if (how == LINK_SHUTDOWN) {
		(void)shutdown(l->fd, SHUT_WR);
		return;
	}
	if (how == LINK_RESET)
		(void)setsockopt(l->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	l->closed = true;
	(void)loop_set(l->loop, &l->pace, 0);
	loop_unwatch(l->loop, &l->watch);
	(void)close(l->fd);
	l->fd = -1;
}

void
mta_link_clear(struct mta_link *l)
{
	if (l->fd != -1) {
		static struct event_sink nobody;
		l->sink = &nobody; /* nobody hears of this end */
		mta_link_end(l, LINK_CLOSE);
	}
	text_clear(&l->in);
	text_clear(&l->inbox);
	text_clear(&l->out);
	text_clear(&l->sent);
}
