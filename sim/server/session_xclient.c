/* SPDX-License-Identifier: BSD-2-Clause */
/* XCLIENT: from here on the client is somebody else, and the filters meet him anew. */
#include "base/put.h"
#include "sim/server/session.h"

/* What the attributes said that is not the client's own. */
struct told {
	struct text helo;
	bool helo_given, login_given, esmtp;
};

static void
learn(struct session *s, const struct xclient_attribute *a, struct told *t)
{
	client_told(&s->who, s->server->config->profile, a);
	switch (a->name) {
	case XCLIENT_HELO:
		t->helo_given = true;
		text_clear(&t->helo);
		if (a->known == XCLIENT_GIVEN)
			put(&t->helo, a->value);
		break;
	case XCLIENT_LOGIN: t->login_given = true; break;
	case XCLIENT_PROTO: t->esmtp = ascii_lower(a->value.ptr[0]) == 'e'; break;
	default: break;
	}
}

/*
 * The filters hear that a greeting is over, unless its name is only changed; then
 * that the session is.
 */
static void
begin_anew(struct session *s, struct told *t)
{
	const struct smtp_newcomer newcomer = { text_slice(&t->helo), t->esmtp };

	if (!t->login_given)
		text_clear(&s->who.login);
	s->chain.greeted = s->chain.greeted && !t->helo_given;
	chain_end(&s->chain, ENDING_QUIT);
	smtp_renew(&s->smtp, &newcomer);
	s->discard_message = false;
	message_clear(&s->message);
	witness_renew(&s->witness, s->chain.count);
	session_move_on(s);
}

void
session_xclient(struct session *s)
{
	struct text scratch = TEXT_INIT(XCLIENT_VALUE_MAX);
	struct told t = { .helo = TEXT_INIT(XCLIENT_VALUE_MAX) };
	struct slice rest = s->smtp.name;
	struct xclient_attribute a;
	enum xclient_status status;

	while ((status = xclient_next(&rest, &scratch, &a)) == XCLIENT_OK)
		learn(s, &a, &t);
	/* What came before an attribute that is wrong is said and stays so. */
	if (status == XCLIENT_END)
		begin_anew(s, &t);
	else
		smtp_bad_xclient(&s->smtp, status, &a);
	client_introduce(&s->who, s->server->config->profile);
	session_introduce(s);
	text_clear(&scratch);
	text_clear(&t.helo);
}
