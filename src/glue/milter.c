/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/milter.h"

#include "base/clock.h"
#include "glue/answer.h"
#include "glue/steps.h"
#include "policy/address/address_names.h"

enum { ARGS_MAX = 64 }; /* ESMTP parameters that a policy is shown */

/* Whose event has just come. */
static struct session *
session_of(SMFICTX *ctx)
{
	struct session *s = smfi_getpriv(ctx);

	if (s != NULL)
		s->asked_us = monotonic_us();
	return s;
}

static const struct policy *
policy_now(void)
{
	return service_now()->policy;
}

/* A list of ours replaces the MTA's default list, so it repeats that. */
static bool
ask_macros(SMFICTX *ctx, int stage, const char *usual, const char *wish)
{
	struct text list = TEXT_INIT(500);

	text_printf(
	    &list, "%s%s%s", usual, wish != NULL ? " " : "", wish != NULL ? wish : "");
	bool ok =
	    smfi_setsymlist(ctx, stage, (char *)(size_t)text_cstr(&list)) == MI_SUCCESS;
	text_clear(&list);
	return ok;
}

static bool
ask_all_macros(SMFICTX *ctx, const struct policy *f)
{
	/*
	 * sendmail 8.17 looks for the end-of-message list under the number of
	 * the end-of-header stage, so both get the same.
	 */
	static const char eom[] = "{msg_id} {nrcpts} i";
	bool ok = ask_macros(ctx, SMFIM_EOM, eom, f->eom_macros) &&
		  ask_macros(ctx, SMFIM_EOH, eom, f->eom_macros);

	if (f->mail_macros != NULL)
		ok = ok && ask_macros(ctx, SMFIM_ENVFROM,
			       "i {auth_type} {auth_authen} {auth_ssf} {auth_author} "
			       "{mail_mailer} {mail_host} {mail_addr}",
			       f->mail_macros);
	if (f->rcpt_macros != NULL)
		ok = ok && ask_macros(ctx, SMFIM_ENVRCPT,
			       "{rcpt_mailer} {rcpt_host} {rcpt_addr}", f->rcpt_macros);
	return ok;
}

/* A session that asks for what the rules of this moment need. */
static struct session *
new_session(unsigned long offered)
{
	struct service *service = service_now();
	const struct policy *f = service->policy;
	struct snapshot *rules = f->spared != NULL ? snapshot_pin(service->rules) : NULL;
	unsigned spared = rules != NULL ? f->spared(snapshot_rules(rules)) : 0;

	snapshot_unpin(service->rules, rules);
	return session_new(steps_wanted(f, spared, offered), steps_events(f, spared));
}

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long steps,
    unsigned long unused2, unsigned long unused3, unsigned long *ret_actions,
    unsigned long *ret_steps, unsigned long *ret2, unsigned long *ret3)
{
	(void)unused2;
	(void)unused3;
	session_free(session_of(ctx)); /* an MTA that negotiates twice */
	(void)smfi_setpriv(ctx, NULL);
	struct session *s = NULL;
	if (!atomic_load(&service_now()->draining))
		s = new_session(steps);
	if (s == NULL || smfi_setpriv(ctx, s) != MI_SUCCESS) {
		session_free(s);
		counters_add(service_now()->counters, COUNT_SESSIONS_REFUSED);
		return SMFIS_REJECT; /* the MTA then does as F= or default_action says */
	}
	counters_add(service_now()->counters, COUNT_SESSIONS);
	*ret_actions = 0;
	if ((actions & SMFIF_SETSYMLIST) && ask_all_macros(ctx, policy_now()))
		*ret_actions = SMFIF_SETSYMLIST;
	*ret_steps = s->steps;
	*ret2 = *ret3 = 0;
	return SMFIS_CONTINUE;
}

static sfsistat
on_helo(SMFICTX *ctx, char *name)
{
	struct session *s = session_of(ctx);

	session_set_helo(s, slice_of(name));
	return s != NULL && (s->steps & SMFIP_NR_HELO) ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

/* The argument and its ESMTP parameters; more than ARGS_MAX are not shown. */
static struct envelope_event
envelope(SMFICTX *ctx, char **argv, struct slice args[ARGS_MAX])
{
	struct envelope_event ev = {
		.path = slice_of(argv[0]), .args = args, .macros = session_macros(ctx)
	};

	while (argv[0] != NULL && argv[ev.nargs + 1] != NULL && ev.nargs < ARGS_MAX) {
		args[ev.nargs] = slice_of(argv[ev.nargs + 1]);
		ev.nargs++;
	}
	return ev;
}

static sfsistat
on_mail(SMFICTX *ctx, char **argv)
{
	struct session *s = session_of(ctx);
	struct slice args[ARGS_MAX];

	if (!session_begin(s, ctx))
		return answer_failure(ctx, s, ON_MAIL);
	counters_add(service_now()->counters, COUNT_MESSAGES);
	if (policy_now()->mail == NULL)
		return answer_event(ctx, s, ON_MAIL, CARRY_ON);
	struct envelope_event ev = envelope(ctx, argv, args);
	return answer_event(ctx, s, ON_MAIL, policy_now()->mail(s->msg, &ev));
}

/* An event of a message that never began, or was ended: we cannot judge it. */
static bool
has_message(const struct session *s)
{
	return s != NULL && s->msg != NULL;
}

static sfsistat
on_rcpt(SMFICTX *ctx, char **argv)
{
	struct session *s = session_of(ctx);
	struct slice args[ARGS_MAX];

	if (!has_message(s))
		return answer_failure(ctx, s, ON_RCPT);
	struct envelope_event ev = envelope(ctx, argv, args);
	struct verdict v = policy_now()->rcpt(s->msg, &ev);
	s->accepted += v.kind < VERDICT_REJECT && !address_rcpt_refused(&ev);
	return answer_event(ctx, s, ON_RCPT, v);
}

static sfsistat
on_data(SMFICTX *ctx)
{
	struct session *s = session_of(ctx);

	if (!has_message(s))
		return answer_failure(ctx, s, ON_DATA);
	return answer_event(ctx, s, ON_DATA, policy_now()->data(s->msg));
}

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	struct session *s = session_of(ctx);

	if (!has_message(s))
		return answer_failure(ctx, s, ON_HEADER);
	session_flow(s);
	return answer_event(ctx, s, ON_HEADER,
	    policy_now()->header(s->msg, slice_of(name), slice_of(value)));
}

static sfsistat
on_eoh(SMFICTX *ctx)
{
	struct session *s = session_of(ctx);

	if (!has_message(s))
		return answer_failure(ctx, s, ON_EOH);
	session_flow(s);
	return answer_event(ctx, s, ON_EOH, policy_now()->eoh(s->msg));
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *chunk, size_t len)
{
	struct session *s = session_of(ctx);

	if (!has_message(s))
		return answer_failure(ctx, s, ON_BODY);
	session_flow(s);
	return answer_event(ctx, s, ON_BODY,
	    policy_now()->body(s->msg, (struct slice){ (const char *)chunk, len }));
}

static sfsistat
on_eom(SMFICTX *ctx)
{
	struct session *s = session_of(ctx);
	struct eom_event ev = { session_macros(ctx), session_progress(ctx) };

	if (!has_message(s))
		return answer_failure(ctx, s, 0);
	session_flow(s);
	struct verdict v = CARRY_ON;
	if (policy_now()->eom != NULL)
		v = policy_now()->eom(s->msg, &ev);
	return answer_event(ctx, s, 0, v);
}

static sfsistat
on_abort(SMFICTX *ctx)
{
	session_end(session_of(ctx));
	return SMFIS_CONTINUE;
}

static sfsistat
on_close(SMFICTX *ctx)
{
	session_free(session_of(ctx));
	(void)smfi_setpriv(ctx, NULL);
	return SMFIS_CONTINUE;
}

struct smfiDesc
milter_callbacks(const struct policy *f)
{
	return (struct smfiDesc){
		.xxfi_name = (char *)(size_t)f->name,
		.xxfi_version = SMFI_VERSION,
		.xxfi_flags = SMFIF_SETSYMLIST,
		.xxfi_helo = f->wants_helo ? on_helo : NULL,
		.xxfi_envfrom = on_mail,
		.xxfi_envrcpt = f->rcpt != NULL ? on_rcpt : NULL,
		.xxfi_data = f->data != NULL ? on_data : NULL,
		.xxfi_header = f->header != NULL ? on_header : NULL,
		.xxfi_eoh = f->eoh != NULL ? on_eoh : NULL,
		.xxfi_body = f->body != NULL ? on_body : NULL,
		.xxfi_eom = on_eom,
		.xxfi_abort = on_abort,
		.xxfi_close = on_close,
		.xxfi_negotiate = on_negotiate,
	};
}
