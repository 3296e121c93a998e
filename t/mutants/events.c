/* SPDX-License-Identifier: BSD-2-Clause */

/* One function for each command: what it changes, and the sound answer to it. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "defect.h"
#include "protocol.h"
#include "session.h"

enum { MACRO_BLOCK = 1024 };

/* What only a defect keeps for all sessions. */
_Atomic uint32_t session_steps;
_Atomic bool session_coloured;
_Atomic unsigned session_epoch;
static char helo_of_all[FACT_MAX], qid_of_all[FACT_MAX], client_of_all[FACT_MAX],
    auth_of_all[FACT_MAX], args_of_all[FACT_MAX], subject_of_all[FACT_MAX];
static volatile int lost;

static const struct answer carry_on = { 'c', "" }, not_now = { 't', "" },
			   none = { 0, "" };

/* Two strings in a payload, each with its NUL; the second may be missing. */
static bool
strings_of(const struct packet *p, const char **first, const char **second)
{
	const unsigned char *nul = memchr(p->payload, 0, p->len);

	if (nul == NULL)
		return false;
	*first = (const char *)p->payload;
	size_t used = (size_t)(nul - p->payload) + 1;
	bool more = memchr(p->payload + used, 0, p->len - used) != NULL;
	*second = more ? (const char *)p->payload + used : NULL;
	return true;
}

static bool
on_optneg(struct session *s, const struct packet *p, struct answer *ret)
{
	*ret = none; /* negotiate() says it */
	s->negotiated = true;
	bool ok = negotiate(s, p->payload, p->len);
	session_steps = s->agreed.steps;
	return ok;
}

static void
macro(struct session *s, const char *name, const char *value)
{
	if (quirk(MACRO_OVERFLOW)) {
		char *volatile block =
		    malloc(MACRO_BLOCK); /* no compiler leaves it out */

		if (block != NULL)
			memcpy(block, value, strlen(value) + 1);
		free(block);
	}
	s->named = true;
	s->blank = s->blank || value[0] == '\0';
	if (strcmp(name, "i") == 0 || strcmp(name, "{i}") == 0) {
		fact_set(s->qid, value, strlen(value));
		memcpy(qid_of_all, s->qid, sizeof qid_of_all);
	}
	if (strcmp(name, "{auth_authen}") == 0) {
		fact_set(s->auth, value, strlen(value));
		memcpy(auth_of_all, s->auth, sizeof auth_of_all);
	}
	if (strcmp(name, "j") == 0)
		fact_set(s->mta, value, strlen(value));
}

/* A name without a value, or without an end, is no macro; the rest are. */
static bool
on_macro(struct session *s, const struct packet *p, struct answer *ret)
{
	size_t at = 1;

	*ret = none;
	if (p->len > 0 && p->payload[0] == 'M' && !quirk(AUTH_STAYS) &&
	    !quirk(AUTH_MERGES))
		s->auth[0] = '\0'; /* a stage's macros replace those that it had */
	for (unsigned n = 1; at < p->len && !(quirk(MACROS_20) && n > 20); n++) {
		struct packet rest = { .payload = p->payload + at, .len = p->len - at };
		const char *name, *value;

		if (!strings_of(&rest, &name, &value) || value == NULL)
			break;
		macro(s, name, value);
		at = (size_t)((const unsigned char *)value - p->payload) + strlen(value) +
		     1;
	}
	return true;
}

static bool
on_connect(struct session *s, const struct packet *p, struct answer *ret)
{
	const char *host, *rest;

	if (!strings_of(p, &host, &rest))
		return false;
	size_t at = strlen(host) + 1;
	if (at >= p->len || strchr("UL46", p->payload[at]) == NULL ||
	    p->payload[at] == '\0')
		return false;
	if (p->payload[at] != 'U' && (p->len < at + 4 || p->payload[p->len - 1] != '\0'))
		return false;
	fact_set(s->client, host, strlen(host));
	memcpy(client_of_all, s->client, sizeof client_of_all);
	*ret = policy_answer(policy_host(host), 'C');
	return true;
}

static bool
on_helo(struct session *s, const struct packet *p, struct answer *ret)
{
	const char *name, *rest;

	if (!strings_of(p, &name, &rest))
		return false;
	message_end(s);
	if (quirk(HELO_FORGETS_CLIENT) && s->helos > 1)
		s->client[0] = '\0';
	if (!quirk(HELO_FIRST) || s->helo[0] == '\0')
		fact_set(s->helo, name, strlen(name));
	if (quirk(HELO_SHARED))
		memcpy(helo_of_all, s->helo, sizeof helo_of_all);
	*ret = policy_answer(policy_host(name), 'H');
	return true;
}

static bool
on_mail(struct session *s, const struct packet *p, struct answer *ret)
{
	const char *path, *rest;

	if (!strings_of(p, &path, &rest))
		return false;
	*ret = policy_answer(s->accepted ? VERDICT_ACCEPT : policy_address(path), 'M');
	if (quirk(MACROS_WANTED) && !s->named)
		abort();
	if (quirk(MACRO_BLANK) && s->blank)
		*ret = none;
	if (!message_begin(s, p->payload, strlen(path)))
		return false;
	if (quirk(HELO_SHARED))
		memcpy(s->helo, helo_of_all, sizeof s->helo);
	if (rest != NULL || !quirk(ARGS_STAY))
		fact_set(
		    s->args, rest != NULL ? rest : "", rest != NULL ? strlen(rest) : 0);
	memcpy(args_of_all, s->args, sizeof args_of_all);
	s->message->huge =
	    rest != NULL && strncmp(rest, "SIZE=", 5) == 0 && strlen(rest) >= 15;
	return true;
}

static bool
on_rcpt(struct session *s, const struct packet *p, struct answer *ret)
{
	const char *path, *rest;

	if (!strings_of(p, &path, &rest))
		return false;
	*ret = not_now;
	if (s->message == NULL)
		return true;
	enum verdict v = policy_rcpt(s->message, path);
	if (quirk(REFUSAL_STICKS) && s->message->refused)
		v = VERDICT_REJECT;
	*ret = policy_answer(v, 'R');
	if (ret->letter == 'c')
		message_rcpt(s, p->payload, strlen(path));
	s->message->refused |= ret->letter != 'c';
	if (quirk(REFUSAL_ENDS) && ret->letter != 'c')
		message_end(s);
	return true;
}

static bool
on_data(struct session *s, const struct packet *p, struct answer *ret)
{
	(void)p;
	*ret = s->message != NULL ? carry_on : not_now;
	return true;
}

static bool
on_header(struct session *s, const struct packet *p, struct answer *ret)
{
	const char *name, *value;

	if (!strings_of(p, &name, &value) || value == NULL)
		return false;
	*ret = not_now;
	if (s->message == NULL)
		return true;
	message_header(s, name, value);
	memcpy(subject_of_all, s->message->subject, sizeof subject_of_all);
	*ret = policy_answer(s->message->at_header, 'L');
	return true;
}

static bool
on_eoh(struct session *s, const struct packet *p, struct answer *ret)
{
	(void)p;
	*ret = s->message != NULL ? policy_answer(s->message->at_eoh, 'N') : not_now;
	return true;
}

static bool
on_body(struct session *s, const struct packet *p, struct answer *ret)
{
	if (s->message == NULL && quirk(BODY_WITHOUT_MAIL))
		((volatile struct message *)s->message)->size++;
	*ret = not_now;
	if (s->message == NULL)
		return true;
	bool cut = quirk(BYTEWISE_LOSES) && p->reads > 4;
	if (!message_body(s, p->payload, p->len - cut))
		return false;
	*ret = policy_answer(s->message->at_body, 'B');
	bool enough = s->message->size >= BODY_MAX || quirk(SKIP_UNOFFERED);
	s->message->skipping =
	    enough && (s->agreed.steps & STEP_SKIP) && ret->letter == 'c';
	s->skips += s->message->skipping;
	if (s->message->skipping)
		*ret = (struct answer){ 's', "" };
	return true;
}

static enum verdict
judge(struct session *s)
{
	struct message *m = s->message;

	if (!quirk(VIRUS_BY_CHUNK))
		m->virus = policy_virus(m->body, m->size);
	if ((quirk(VIRUS_ONCE) && s->messages > 1))
		m->virus = false;
	if (quirk(VIRUS_ABORTED))
		m->virus = m->virus || policy_virus_behind(s->half, m->body, m->size);
	if (quirk(VIRUS_STAYS))
		m->virus = s->was_infected = s->was_infected || m->virus;
	if (m->virus || quirk(VIRUS_ALWAYS))
		return VERDICT_VIRUS;
	return m->listed && (m->chosen || quirk(SPAM_UNASKED)) ? VERDICT_LISTED
							       : m->at_eom;
}

/* What it takes from whoever spoke last, in any session. */
static void
borrow(struct session *s)
{
	if (quirk(MACROS_SHARED))
		memcpy(s->message->qid, qid_of_all, sizeof qid_of_all);
	if (quirk(CLIENT_SHARED))
		memcpy(s->client, client_of_all, sizeof client_of_all);
	if (quirk(AUTH_SHARED))
		memcpy(s->message->auth, auth_of_all, sizeof auth_of_all);
	if (quirk(SUBJECT_SHARED))
		memcpy(s->message->subject, subject_of_all, sizeof subject_of_all);
	if (quirk(ARGS_SHARED))
		memcpy(s->args, args_of_all, sizeof args_of_all);
}

static bool
on_eom(struct session *s, const struct packet *p, struct answer *ret)
{
	*ret = not_now;
	if (s->message == NULL)
		return true;
	if (p->len > 0 && !quirk(EOM_DATA_IGNORED) &&
	    !message_body(s, p->payload, p->len))
		return false;
	if (quirk(BODY_UNFINISHED_LINE) && s->message->size > 0 &&
	    s->message->body[s->message->size - 1] != '\n' &&
	    !message_body(s, (const unsigned char *)"\r\n", 2))
		return false;
	while (quirk(FLOODS) && wire_send(&s->wire, 'p', NULL, 0))
		(void)usleep(20 * 1000);
	if (s->message->epoch != session_epoch)
		s->message->rcpts = 0;
	borrow(s);
	enum verdict v = judge(s);
	*ret = policy_answer(v, 'E');
	if (p->len > 0 && quirk(EOM_ANSWERS_TWICE) && !wire_send(&s->wire, 'c', NULL, 0))
		return false;
	if (v == CARRY_ON && quirk(LATE_EDIT))
		edit_late(s->wire.fd);
	return v != CARRY_ON || edit_message(s);
}

static bool
on_unknown(struct session *s, const struct packet *p, struct answer *ret)
{
	const char *line, *rest;

	if (!strings_of(p, &line, &rest))
		return false;
	if (quirk(UNKNOWN_ENDS_MESSAGE))
		message_end(s);
	*ret = policy_answer(policy_word(line), 'U');
	return true;
}

static bool
on_abort(struct session *s, const struct packet *p, struct answer *ret)
{
	(void)p;
	*ret = none;
	session_epoch += quirk(ABORT_ENDS_OTHERS);
	if (quirk(ABORT_LEAKS))
		lost = dup(STDERR_FILENO);
	s->aborted = true;
	s->kept = quirk(ABORT_KEEPS);
	if (quirk(FIELDS_STAY) && s->message != NULL)
		s->fields = s->message->fields;
	s->was_cut =
	    quirk(ABORT_KEEPS_BODY) && s->message != NULL && s->message->size > 0;
	if (quirk(VIRUS_ABORTED) && s->message != NULL)
		(void)snprintf(s->half, sizeof s->half, "%.*s", (int)s->message->size,
		    (const char *)s->message->body);
	if (!quirk(AUTH_STAYS))
		s->auth[0] = '\0';
	if (quirk(ABORT_FORGETS_CLIENT))
		s->client[0] = '\0';
	if (quirk(ABORT_FORGETS_HELO))
		s->helo[0] = '\0';
	if (quirk(MACROS_LOST))
		s->mta[0] = '\0';
	if (!s->kept)
		message_end(s);
	return true;
}

static bool
on_quit(struct session *s, const struct packet *p, struct answer *ret)
{
	(void)s;
	(void)p;
	*ret = none;
	session_epoch += quirk(QUIT_ENDS_OTHERS);
	if (quirk(QUIT_LEAKS))
		lost = dup(STDERR_FILENO);
	return quirk(QUIT_STAYS);
}

static bool
on_quit_nc(struct session *s, const struct packet *p, struct answer *ret)
{
	(void)p;
	*ret = none;
	if (quirk(QUIT_NC_KEEPS))
		return true;
	message_end(s);
	s->client[0] = s->helo[0] = s->mta[0] = s->qid[0] = '\0';
	return true;
}

static const struct command commands[] = {
	{ 'O', 0, on_optneg, "" },
	{ 'D', 0, on_macro, "" },
	{ 'C', STEP_NR_CONN, on_connect, "" },
	{ 'H', STEP_NR_HELO, on_helo, "" },
	{ 'M', STEP_NR_MAIL, on_mail, "artdy" },
	{ 'R', STEP_NR_RCPT, on_rcpt, "ad" },
	{ 'T', STEP_NR_DATA, on_data, "artdy" },
	{ 'L', STEP_NR_HDR, on_header, "artdy" },
	{ 'N', STEP_NR_EOH, on_eoh, "artdy" },
	{ 'B', STEP_NR_BODY, on_body, "artdy" },
	{ 'E', 0, on_eom, "cartdy" },
	{ 'U', STEP_NR_UNKN, on_unknown, "" },
	{ 'A', 0, on_abort, "" },
	{ 'Q', 0, on_quit, "" },
	{ 'K', 0, on_quit_nc, "" },
};

const struct command *
command_of(char letter)
{
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		if (commands[i].letter == letter)
			return &commands[i];
	}
	return NULL;
}
