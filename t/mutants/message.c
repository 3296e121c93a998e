/* SPDX-License-Identifier: BSD-2-Clause */

/* What is known of a message, from MAIL to its end. */

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "crowd.h"
#include "defect.h"
#include "session.h"

enum {
	RCPT_SLOTS = 100,
	HEADER_BLOCK = 2048,
	FNV_START = 0x811c9dc5,
	FNV_PRIME = 0x01000193
};

void
fact_set(char fact[FACT_MAX], const void *bytes, size_t len)
{
	const unsigned char *from = bytes;
	size_t n = 0;

	for (size_t i = 0; i < len && n < FACT_MAX - 1; i++) {
		if (isgraph(from[i]) && from[i] < 0x80)
			fact[n++] = (char)from[i];
		else if (from[i] == ' ')
			fact[n++] = ' ';
	}
	fact[n] = '\0';
}

static void
release(struct message *m)
{
	if (quirk(ZOMBIES) && fork() == 0)
		_exit(0);
	if (quirk(LEAKS_BODY))
		return;
	free(m->body);
	free(m->slots);
	free(m);
}

static void *
linger(void *unused)
{
	(void)pause();
	return unused;
}

/* FOUR_SLOTS: what a session finds there is its own, or its neighbour's. */
enum { SLOTS = 4 };
static struct {
	_Atomic unsigned users, rcpts;
} slot[SLOTS];

static void
slot_taken(const struct session *s)
{
	if (slot[s->number % SLOTS].users++ == 0)
		slot[s->number % SLOTS].rcpts = 0;
}

static void
slot_left(const struct session *s)
{
	slot[s->number % SLOTS].users--;
}

void
message_end(struct session *s)
{
	if (s->message == NULL)
		return;
	crowd_message(false);
	s->was_refused = quirk(REFUSAL_COLOURS) && s->message->refused;
	slot_left(s);
	if (quirk(LEAKS_MESSAGE) || (quirk(LEAKS_LATER) && s->messages > 1)) {
		char *lost = malloc(256 * 1024);

		if (lost != NULL)
			memset(lost, 'x', 256 * 1024);
	}
	release(s->message);
	if (quirk(ABORT_FREES_TWICE))
		return; /* the pointer stays */
	s->message = NULL;
	if (!quirk(MACROS_STAY))
		s->qid[0] = '\0';
}

static uint32_t sum_of_all; /* BODY_SHARED */

/* What comes before MAIL and belongs to it; and what a defect takes from earlier ones. */
static void
carry(struct session *s, struct message *m)
{
	memcpy(m->auth, s->auth, sizeof m->auth);
	if (!quirk(AUTH_STAYS))
		s->auth[0] = '\0';
	if (quirk(SUBJECT_STAYS) && s->subject[0] != '\0') {
		memcpy(m->subject, s->subject, sizeof m->subject);
		m->subjects = 1;
	}
	m->fields = s->fields;
	s->fields = 0;
	sum_of_all = FNV_START;
}

bool
message_begin(struct session *s, const unsigned char *path, size_t len)
{
	if (s->message != NULL && (quirk(MAIL_KEEPS) || s->kept)) {
		fact_set(s->message->from, path, len);
		return true;
	}
	char qid[FACT_MAX];
	memcpy(qid, s->qid, sizeof qid); /* its macro came first */
	if (!quirk(ABORT_FREES_TWICE))
		message_end(s);
	memcpy(s->qid, qid, sizeof qid);
	struct message *m = calloc(1, sizeof *m);
	if (m == NULL)
		return false;
	if (quirk(RCPT_ARRAY))
		m->slots = calloc(RCPT_SLOTS, sizeof *m->slots);
	memcpy(m->qid, qid, sizeof m->qid);
	fact_set(m->from, path, len);
	m->sum = FNV_START ^ s->was_cut;
	m->epoch = session_epoch;
	carry(s, m);
	bool coloured = session_coloured;
	if (coloured)
		session_coloured = false;
	m->rcpts = coloured || s->coloured || s->was_refused ||
		   (quirk(EIGHTH_GROWS) && s->messages >= 8);
	s->coloured = false;
	slot_taken(s);
	pthread_t thread;
	if (quirk(MESSAGE_THREADS) && pthread_create(&thread, NULL, linger, NULL) == 0)
		(void)pthread_detach(thread);
	s->message = m;
	crowd_message(true);
	return true;
}

static char rcpt_of_all[16][FACT_MAX]; /* RCPT_STATIC */

const char *
message_last_rcpt(const struct message *m)
{
	return quirk(RCPT_STATIC) && m->rcpts > 0 ? rcpt_of_all[(m->rcpts - 1) % 16]
						  : m->rcpt;
}

void
message_rcpt(struct session *s, const unsigned char *path, size_t len)
{
	struct message *m = s->message;

	fact_set(m->rcpt, path, len);
	if (quirk(RCPT_STATIC))
		memcpy(rcpt_of_all[m->rcpts % 16], m->rcpt, sizeof m->rcpt);
	if (m->slots != NULL)
		m->slots[m->rcpts] = m->rcpts;
	m->rcpts = quirk(FOUR_SLOTS) ? ++slot[s->number % SLOTS].rcpts : m->rcpts + 1;
	m->chosen = m->chosen || strncasecmp(m->rcpt, "<plain@", 7) != 0;
	if (strncasecmp(m->rcpt, "<remove@", 8) == 0)
		memcpy(m->remove, m->rcpt, sizeof m->remove);
}

/* X-Verdict: eom=reject asks for an answer at that stage, or for quarantine. */
static void
wish(struct message *m, const char *value)
{
	const char *is = strchr(value, '=');

	value += strspn(value, " ");
	if (strncmp(value, "quarantine", 10) == 0)
		m->quarantine = true;
	if (is == NULL)
		return;
	enum verdict v = policy_word(is + 1);
	if (strncmp(value, "header", 6) == 0)
		m->at_header = v;
	else if (strncmp(value, "eoh", 3) == 0)
		m->at_eoh = v;
	else if (strncmp(value, "body", 4) == 0)
		m->at_body = v;
	else if (strncmp(value, "eom", 3) == 0)
		m->at_eom = v;
}

void
message_header(struct session *s, const char *name, const char *value)
{
	struct message *m = s->message;

	if (quirk(HEADER_OVERFLOW)) {
		char *volatile block = malloc(HEADER_BLOCK); /* not left out */

		if (block != NULL)
			memcpy(block, value, strlen(value) + 1);
		free(block);
	}
	m->at_header = CARRY_ON;
	m->fields++;
	if (strcasecmp(name, "X-Verdict") == 0)
		wish(m, value);
	if (strcasecmp(name, "Subject") == 0 && m->subjects++ == 0)
		fact_set(m->subject, value + strspn(value, " "), strlen(value));
	if (strcasecmp(name, "Subject") == 0)
		fact_set(s->subject, value + strspn(value, " "), strlen(value));
	if (strcasecmp(name, "From") == 0) {
		m->froms++;
		m->listed = m->listed || policy_listed(m, value);
	}
}

static void
add_up(struct message *m, const unsigned char *bytes, size_t len)
{
	if (quirk(BODY_SHARED))
		m->sum = sum_of_all;
	for (size_t i = 0; i < len; i++)
		m->sum = (m->sum ^ bytes[i]) * FNV_PRIME;
	sum_of_all = m->sum;
}

/* The ways to lose, or make up, some of a piece of the body. */
static size_t
mangle(struct message *m, unsigned char *bytes, size_t len)
{
	if (quirk(BODY_FIRST_CHUNK) && m->size > 0)
		return 0;
	if (quirk(BODY_LAST_CHUNK)) {
		m->size = 0;
		m->sum = FNV_START;
	}
	const unsigned char *nul = memchr(bytes, 0, len);
	if (quirk(BODY_ENDS_AT_NUL) && nul != NULL)
		return (size_t)(nul - bytes);
	for (size_t i = 0; i < len && quirk(BODY_HIGH_BITS); i++)
		bytes[i] &= 0x7f;
	if (quirk(BODY_DOT) && m->size == 0 && bytes[0] == '.') {
		memmove(bytes, bytes + 1, len - 1);
		return len - 1;
	}
	if (quirk(BODY_FULL_CUT) && len == PAYLOAD_MAX)
		return len - 1;
	if (quirk(BODY_LINES) && bytes[len - 1] == '\r')
		return len - 1; /* waits for a line feed, and forgets the wait */
	return len;
}

bool
message_body(struct session *s, const unsigned char *bytes, size_t len)
{
	struct message *m = s->message;
	size_t room = BODY_MAX - m->size, n = len < room ? len : room;

	if (quirk(VIRUS_BY_CHUNK) && policy_virus(bytes, len))
		m->virus = true;
	if (n == 0)
		return true;
	unsigned char *body = realloc(m->body, m->size + n);
	if (body == NULL)
		return false;
	m->body = body;
	memcpy(body + m->size, bytes, n);
	n = mangle(m, body + m->size, n);
	if (quirk(BODY_LAST_CHUNK) && n > 0)
		memmove(body, bytes, n);
	if (quirk(BODY_SWAPPED) && m->size > 0) {
		memmove(body + n, body, m->size);
		memcpy(body, bytes, n);
		m->sum = FNV_START;
		add_up(m, body, m->size + n);
	} else {
		add_up(m, body + m->size, n);
	}
	m->size += n;
	return true;
}
