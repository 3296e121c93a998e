/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses that somebody else than the client gave, as an MTA reads them that mends what
 * it reads. */
#include "base/put.h"
#include "sim/smtp/mailbox_scan.h"
#include "sim/smtp/path.h"
#include "sim/smtp/smtp_envelope.h"
#include "sim/smtp/smtp_say.h"

static void
object(const struct smtp *s, enum say what, struct slice word, struct text *said)
{
	text_clear(said);
	smtp_would_say(s, what, word, said);
}

/* What is read goes on behind a word that is too long. */
static bool
too_long(struct smtp *s, struct slice list, size_t end, struct text *said,
    struct smtp_given *g)
{
	size_t at = path_long_end(slice_first(list, end));

	if (at == 0)
		return false;
	s->envelope.path = list;
	object(s, SAY_LONG_WORD, list, said);
	g->size = at;
	g->faults = 1;
	return true;
}

void
smtp_read_given(struct smtp *s, bool mail, struct slice list, char delimiter,
    struct text *said, struct smtp_given *g)
{
	const struct envelope kept = s->envelope;
	size_t end = delimiter != '\0' ? path_end(list, delimiter) : list.len;
	struct slice path = slice_first(list, end), word;
	enum say last;

	*g = (struct smtp_given){ .size = end, .path = TEXT_INIT(list.len + 100) };
	if (!too_long(s, list, end, said, g)) {
		g->faults = mailbox_mend(path, &g->path, &last);
		s->envelope.path = path;
		if (last != N_SAY)
			object(s, last, list, said);
		enum say fault = smtp_loose_fault(s, mail, text_slice(&g->path), &word);
		g->good = fault == N_SAY && !mailbox_empty(text_slice(&g->path));
		if (fault != SAY_LONG_ADDRESS)
			s->envelope.path = path;
		if (fault != N_SAY)
			object(s, fault, word, said);
		g->faults += fault != N_SAY;
	}
	s->envelope = kept;
}
