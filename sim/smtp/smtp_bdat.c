/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/smtp/smtp_bdat.h"

#include <inttypes.h>

#include "base/number.h"
#include "base/put.h"
#include "sim/smtp/quoted.h"
#include "sim/smtp/smtp_line.h"
#include "sim/smtp/smtp_say.h"
#include "sim/smtp/smtp_verbs.h"

/* `%x` is how many bytes it has. */
static void
say_size(struct smtp *s, enum say what, bool fault)
{
	struct text size = TEXT_INIT(24);

	text_printf(&size, "%" PRIu64, s->chunk.size);
	if (fault)
		smtp_fault(s, what, text_slice(&size));
	else
		smtp_say(s, what, text_slice(&size));
	text_clear(&size);
}

/* As it is stored: a line in pieces, with 2 bytes more for each. */
static uint64_t
stored(const struct smtp *s)
{
	size_t piece = s->config->profile->line_piece;
	struct slice line, rest = text_slice(&s->message);
	uint64_t size = rest.len;

	while (piece != 0 && slice_next_line(&rest, &line))
		size += line.len / piece * 2;
	return size;
}

void
smtp_say_chunks(struct smtp *s)
{
	s->chunk.size = stored(s);
	say_size(s, SAY_CHUNKS_OK, false);
}

/* What a chunk that is not taken hears, once all of it is there. */
static void
put_off(struct smtp *s, size_t said)
{
	if (s->chunk.left == 0 || s->closing)
		return;
	text_clear(&s->chunk_reply);
	put(&s->chunk_reply, slice_from(text_slice(&s->out), said));
	s->out.len = said;
}

/* The pieces that follow a lost one are lost too, up to the last one. */
static void
end_skipped(struct smtp *s)
{
	bool open = s->transaction;
	size_t rcpts = s->rcpts;

	put(&s->out, text_slice(&s->chunk_reply));
	text_clear(&s->chunk_reply);
	s->chunk.skip = false;
	s->chunk.before = s->chunk.last ? CHUNKS_NONE : CHUNKS_LOST;
	if (s->chunk.last && open)
		(void)smtp_forget_message(s);
	s->rcpts = rcpts; /* they are counted on, into the next transaction */
}

static void
end_chunk(struct smtp *s)
{
	s->in_data = false;
	if (s->chunk.skip) {
		end_skipped(s);
	} else if (s->chunk.last) {
		s->chunk.before = CHUNKS_NONE;
		data_finish(&s->data, &s->message);
		(void)smtp_end_of_data(s);
	} else {
		say_size(s, SAY_CHUNK_OK, false);
	}
}

static void
read_chunk(struct smtp *s, bool skip)
{
	s->chunk.asked = false;
	s->chunk.skip = skip;
	s->data.chunked = s->in_data = true;
	if (s->chunk.left == 0)
		end_chunk(s);
}

void
smtp_skip_chunk(struct smtp *s, size_t said)
{
	put_off(s, said);
	read_chunk(s, true);
}

static enum smtp_ask
refuse(struct smtp *s, enum say what)
{
	size_t said = s->out.len;

	say_size(s, what, true);
	smtp_skip_chunk(s, said);
	return s->ask;
}

void
smtp_begin_chunk(struct smtp *s)
{
	uint64_t limit = s->config->size_limit;

	if (s->message.len > limit || s->chunk.size > limit - s->message.len) {
		(void)refuse(s, SAY_CHUNK_TOO_BIG);
		return;
	}
	s->chunk.before = CHUNKS_TAKEN;
	read_chunk(s, false);
}

void
smtp_next_chunk(struct smtp *s)
{
	size_t most = s->chunk.left < SIZE_MAX ? (size_t)s->chunk.left : SIZE_MAX;
	struct slice piece = slice_first(text_slice(&s->in), most);
	size_t size = piece.len;

	while (piece.len != 0 && !s->chunk.skip)
		(void)smtp_feed_data(s, &piece);
	smtp_eat(s, size);
	s->chunk.left -= size;
	if (s->chunk.left == 0)
		end_chunk(s);
}

static bool
chunk_of(struct slice argument, struct chunk *ret)
{
	struct quoted size, last, more;

	if (!quoted_next(&argument, &size) || !number_parse(size.text, &ret->size) ||
	    ret->size > INT64_MAX)
		return false;
	ret->left = ret->size;
	ret->last = quoted_next(&argument, &last);
	return !ret->last || (slice_equal_nocase(last.text, SLICE("LAST")) &&
				 !quoted_next(&argument, &more));
}

enum smtp_ask
smtp_on_bdat(struct smtp *s, struct slice argument)
{
	struct chunk chunk = { .before = s->chunk.before };

	if (!chunk_of(argument, &chunk)) {
		smtp_fault(s, SAY_CHUNK_SYNTAX, argument);
		return SMTP_INPUT;
	}
	s->chunk = chunk;
	if (chunk.size == 0 && !chunk.last)
		return refuse(s, SAY_CHUNK_EMPTY);
	if (chunk.before == CHUNKS_LOST)
		return refuse(s, SAY_CHUNK_LOST);
	if (chunk.before == CHUNKS_TAKEN) {
		smtp_begin_chunk(s);
		return s->ask;
	}
	if (s->rcpts == 0)
		return refuse(
		    s, s->transaction ? SAY_DATA_BEFORE_RCPT : SAY_DATA_BEFORE_MAIL);
	s->chunk.asked = true;
	return smtp_ask_owner(s, SMTP_DATA);
}

bool
smtp_after_chunk(struct smtp *s, struct slice word)
{
	if (s->chunk.before == CHUNKS_NONE)
		return false;
	smtp_fault(s, SAY_AFTER_CHUNK, word);
	return true;
}
