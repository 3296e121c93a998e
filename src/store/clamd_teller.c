/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/clamd_teller.h"

#include "base/clock.h"
#include "base/text.h"

enum { LINE_MAX_BYTES = 600 };

/* The words of the cause come first, as everywhere where a layer reports. */
static void
say(void *self, const char *cause, const char *text)
{
	struct text line = TEXT_INIT(LINE_MAX_BYTES);

	text_printf(&line, "%s: %s", cause, text);
	clamd_teller_trouble(self, cause, text_cstr(&line));
	text_clear(&line);
}

bool
clamd_teller_init(struct clamd_teller *t, const struct report *news)
{
	if (!told_init(&t->told))
		return false;
	t->news = news;
	t->report = (struct report){ say, t };
	return true;
}

void
clamd_teller_clear(struct clamd_teller *t)
{
	if (t->news != NULL)
		told_clear(&t->told);
	t->news = NULL;
}

void
clamd_teller_trouble(struct clamd_teller *t, const char *cause, const char *text)
{
	if (told_begin(&t->told, cause, monotonic_ms()))
		report_say(t->news, "trouble", text);
}

void
clamd_teller_over(struct clamd_teller *t, const char *what)
{
	struct text line = TEXT_INIT(LINE_MAX_BYTES);
	unsigned long long since = told_over(&t->told);

	if (since > 0) {
		text_printf(&line, "%s: verdicts again, after %llu %s without", what,
		    since, since == 1 ? "message" : "messages");
		report_say(t->news, "up", text_cstr(&line));
	}
	text_clear(&line);
}

bool
clamd_tellers_init(struct clamd_tellers *t, const struct report *news)
{
	bool ok = clamd_teller_init(&t->of_copies, news) &&
		  clamd_teller_init(&t->of_queue, news) &&
		  clamd_teller_init(&t->of_rules, news);

	for (size_t i = 0; i < CLAMD_SERVERS_MAX && ok; i++)
		ok = clamd_teller_init(&t->of_server[i], news);
	return ok;
}

void
clamd_tellers_clear(struct clamd_tellers *t)
{
	for (size_t i = 0; i < CLAMD_SERVERS_MAX; i++)
		clamd_teller_clear(&t->of_server[i]);
	clamd_teller_clear(&t->of_copies);
	clamd_teller_clear(&t->of_queue);
	clamd_teller_clear(&t->of_rules);
}
