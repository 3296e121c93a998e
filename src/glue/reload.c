/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/reload.h"

#include "base/log.h"
#include "glue/gate.h"
#include "glue/process.h"

enum { MESSAGE_MAX = 1000 };

/* Fresh rules from these settings, which they hold from then on. */
static struct snapshot *
load(const struct reload *r, struct settings *s, struct text *why)
{
	const struct rulebook *book = r->program->rulebook;
	void *rules = NULL;

	if (!book->load(s->common, gate_report(), &rules, why))
		return NULL;
	struct snapshot *fresh =
	    snapshot_new(rules, book->drop, settings_hold(s), settings_free);
	if (fresh == NULL) {
		book->drop(rules);
		settings_free(s);
		text_printf(why, "out of memory");
	} else if (book->start != NULL) {
		book->start(rules);
	}
	return fresh;
}

/*
 * "ready: 23 signatures; configuration FILE", to the log and to systemctl status.  Its
 * first word is waited for, and needs no memory.
 */
static void
announce(const struct reload *r, const char *what, const char *more)
{
	const struct rulebook *book = r->program->rulebook;
	struct text line = TEXT_INIT(MESSAGE_MAX), status = TEXT_INIT(MESSAGE_MAX + 50);
	struct snapshot *s = snapshot_pin(r->holder);

	text_printf(&line, ": ");
	size_t before = line.len;
	if (book->announce != NULL)
		book->announce(snapshot_rules(s), &line);
	if (line.len == before)
		text_clear(&line);
	snapshot_unpin(r->holder, s);
	if (r->last->file != NULL)
		text_printf(&line, "; configuration %s", r->last->file);
	else
		text_printf(&line, "; no configuration file");
	text_printf(&line, "%s", more);
	log_notice("%s%s", what, text_cstr(&line));
	text_printf(&status, "READY=1\nSTATUS=%s%s", what, text_cstr(&line));
	process_notify(status.torn ? "READY=1" : text_cstr(&status));
	text_clear(&line);
	text_clear(&status);
}

bool
reload_first(struct reload *r, struct settings *s, struct text *why)
{
	r->started = s;
	r->last = settings_hold(s);
	struct snapshot *first = load(r, s, why);
	if (first != NULL)
		snapshot_swap(r->holder, first);
	r->loaded = time(NULL);
	return first != NULL;
}

void
reload_announce_first(const struct reload *r, const char *where)
{
	struct text more = TEXT_INIT(300);

	text_printf(&more, "; listening on %s", where);
	announce(r, "ready", text_cstr(&more));
	text_clear(&more);
}

/* A file that was named and is gone takes no signature out of force. */
static struct settings *
read_settings(const struct reload *r, struct text *why)
{
	if (!settings_file_is_gone(r->args))
		return settings_read(r->program, r->args, why);
	log_warning("reload: %s is gone, its last values stay in force", r->args->config);
	return settings_hold(r->last);
}

static void
succeed(struct reload *r, struct settings *s, struct snapshot *fresh)
{
	struct text changes = TEXT_INIT(300), more = TEXT_INIT(400);

	snapshot_swap(r->holder, fresh);
	r->loaded = time(NULL);
	settings_free(r->last);
	r->last = s;
	counters_add(r->counters, COUNT_RELOADS);
	settings_append_changes(r->started, s, &changes);
	if (changes.len > 0)
		text_printf(&more, "; from the next start on: %s", text_cstr(&changes));
	announce(r, "reloaded", text_cstr(&more));
	text_clear(&changes);
	text_clear(&more);
}

static void
fail(struct reload *r, struct settings *s, struct text *why)
{
	struct text status = TEXT_INIT(MESSAGE_MAX + 50);

	settings_free(s);
	counters_add(r->counters, COUNT_RELOADS_FAILED);
	log_error("reload: %s; keeping the old rules", text_reason(why));
	text_printf(&status, "READY=1\nSTATUS=reload failed: %s", text_reason(why));
	process_notify(text_cstr(&status));
	text_clear(&status);
}

void
reload_again(struct reload *r)
{
	struct text why = TEXT_INIT(MESSAGE_MAX);

	process_notify("RELOADING=1");
	struct settings *s = read_settings(r, &why);
	struct snapshot *fresh = s != NULL ? load(r, s, &why) : NULL;
	if (fresh != NULL)
		succeed(r, s, fresh);
	else
		fail(r, s, &why);
	text_clear(&why);
}
