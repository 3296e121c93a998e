/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_UNIT_SPAM_WORLD_H
#define T_UNIT_SPAM_WORLD_H

/*
 * Lists, recipients and senders of spam-milter's tests, and live(): the life of one
 * message, each verdict a letter.
 */

#include <stdio.h>

#include "policy/spam/spam.h"
#include "t/unit/runner.h"

static const struct slice senders =
    SLICE("# senders\nbad@x.example\nspam.example\n.spam.example\nworm@\n");
static const struct slice recipients = SLICE("jones@foo.example\nall.example\nlocal@\n");

#define ASKED "<jones@foo.example>"
#define PLAIN "<brown@foo.example>"
#define POST  "<postmaster@foo.example>"
#define BAD   "<bad@x.example>"
#define GOOD  "<good@x.example>"

struct world {
	struct spam_rules rules;
	struct address_list *senders, *recipients;
	unsigned refusals;
	char last_client[64];
};

static inline struct address_list *
list(struct slice content, const char *name)
{
	struct text why = TEXT_INIT(500);
	struct address_list *l = NULL;

	ck_assert_msg(
	    address_list_parse(content, name, true, &l, &why), "%s", text_cstr(&why));
	text_clear(&why);
	return l;
}

static inline unsigned
refused(void *self, const struct tarpit_limits *limits, struct slice client)
{
	struct world *w = self;

	(void)snprintf(
	    w->last_client, sizeof w->last_client, "%.*s", (int)client.len, client.ptr);
	return ++w->refusals > limits->refusals ? limits->delay_ms : 0;
}

static inline void
world_set(struct world *w, struct slice from, struct slice to)
{
	struct text why = TEXT_INIT(500);

	*w = (struct world){ .senders = list(from, "senders"),
		.recipients = list(to, "recipients") };
	w->rules = (struct spam_rules){ .senders = w->senders,
		.recipients = w->recipients,
		.delimiters = "+",
		.limits = { .refusals = 1, .window_ms = 1000, .delay_ms = 300 },
		.tarpit = { refused, w } };
	ck_assert(reply_parse("reply", SLICE("550 5.7.1 No mail from %f"), '5', "f",
	    &w->rules.reply, &why));
	ck_assert(reply_parse_plain("no-from-reply", SLICE("550 5.7.1 No From"), '5',
	    &w->rules.no_from_reply, &why));
}

static inline void
world_clear(struct world *w)
{
	address_list_free(w->senders);
	address_list_free(w->recipients);
}

static const struct client client = { .name = SLICE("mail.example"),
	.address = SLICE("192.0.2.1"),
	.helo = SLICE("helo.example") };

/* The life of a message; what was said goes to `said`, the last verdict is kept. */
struct life {
	const struct policy *f;
	void *msg;
	char said[40];
	size_t n;
	struct verdict last;
	bool over;
};

static inline void
say(struct life *l, struct verdict v, bool rcpt)
{
	ck_assert_uint_lt(l->n + 1, sizeof l->said);
	l->said[l->n++] = "cart"[v.kind];
	l->said[l->n] = '\0';
	l->last = v;
	l->over = v.kind == VERDICT_ACCEPT || (v.kind != VERDICT_CONTINUE && !rcpt);
}

static inline struct life
life_begin(const struct spam_rules *rules)
{
	struct life l = { .f = &spam_policy, .msg = spam_policy.begin(rules, &client) };

	ck_assert_ptr_nonnull(l.msg);
	return l;
}

static inline bool
next_part(const char **rest, struct slice *ret)
{
	if (**rest == '\0')
		return false;
	size_t len = strcspn(*rest, "|");
	*ret = (struct slice){ *rest, len };
	*rest += len + ((*rest)[len] == '|');
	return true;
}

static inline void
live(struct life *l, const char *mail, const char *rcpts, const char *froms)
{
	struct envelope_event ev = { .path = slice_of(mail) };
	struct slice part;

	say(l, l->f->mail(l->msg, &ev), false);
	while (!l->over && next_part(&rcpts, &part)) {
		ev.path = part;
		say(l, l->f->rcpt(l->msg, &ev), true);
	}
	if (!l->over)
		say(l, l->f->data(l->msg), false);
	while (!l->over && next_part(&froms, &part))
		say(l, l->f->header(l->msg, SLICE("From"), part), false);
	if (!l->over)
		say(l, l->f->eoh(l->msg), false);
}

#endif
