/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_UNIT_MAILBOXES_FIXTURE_H
#define T_UNIT_MAILBOXES_FIXTURE_H

/*
 * Mailboxes in a scratch directory with one user, anna, in a user database of
 * the test's own (link with --wrap=getpwnam_r), and what they report.
 */

#include "store/mailboxes.h"

#include <errno.h>
#include <pwd.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "t/unit/scratch.h"

static struct scratch dir;
static struct mailboxes *m;
static struct mailboxes_config config;

/* What was reported: every cause, parted by blanks, and the last text. */
static struct {
	pthread_mutex_t lock;
	char causes[1000], text[600];
} heard = { .lock = PTHREAD_MUTEX_INITIALIZER };

static inline void
on_report(void *self, const char *cause, const char *text)
{
	(void)self;
	pthread_mutex_lock(&heard.lock);
	size_t n = strlen(heard.causes);
	snprintf(heard.causes + n, sizeof heard.causes - n, "%s ", cause);
	snprintf(heard.text, sizeof heard.text, "%s", text);
	pthread_mutex_unlock(&heard.lock);
}

static const struct report report = { on_report, NULL };

/* The user database: everybody's home is in the scratch directory. */
static atomic_uint passwd_asked;
static int passwd_error;
static int passwd_hang[2]; /* "slow" is looked up when a byte comes */

int __wrap_getpwnam_r(
    const char *name, struct passwd *pw, char *buffer, size_t size, struct passwd **ret);

int
__wrap_getpwnam_r(
    const char *name, struct passwd *pw, char *buffer, size_t size, struct passwd **ret)
{
	char byte;

	passwd_asked++;
	*ret = NULL;
	if (strcmp(name, "slow") == 0)
		(void)!read(passwd_hang[0], &byte, 1);
	if (passwd_error != 0)
		return passwd_error;
	if (strcmp(name, "ghost") == 0)
		return 0;
	if (size < 8192) /* as for a large entry: asked again with more room */
		return ERANGE;
	snprintf(buffer, size, "%s/home/%s", dir.path, name);
	*pw = (struct passwd){ .pw_dir = buffer, .pw_uid = getuid() };
	*ret = pw;
	return 0;
}

static inline void
setup(void)
{
	static char detail[] = ".forward+", forward[] = ".forward";
	static char sieve[] = ".dovecot.sieve";
	static char *forward_files[] = { detail, forward }, *exempt_files[] = { sieve };

	scratch_setup(&dir);
	scratch_mkdir(&dir, "home");
	scratch_mkdir(&dir, "home/anna");
	scratch_mkdir(&dir, "home/anna/Maildir");
	scratch_mkdir(&dir, "home/anna/Maildir/new");
	scratch_write(&dir, "home/anna/Maildir/maildirsize", SLICE("1000S\n900 1\n"));
	ck_assert_int_eq(pipe(passwd_hang), 0);
	config = (struct mailboxes_config){
		.source = SOURCE_MAILDIR,
		.maildir = "Maildir",
		.spool = "/nonexistent/mail",
		.limits_path = "",
		.server = "",
		.map = "quota",
		.homes = "",
		.forward_files = { forward_files, 2 },
		.exempt_files = { exempt_files, 1 },
		.delimiters = "+",
		.time_limit_ms = 30000,
		.user_lifetime_ms = 300000,
		.answer_lifetime_ms = 60000,
		.threads = 16,
		.cache_entries = 100,
	};
}

static inline void
teardown(void)
{
	mailboxes_close(m);
	/* passwd_hang stays open: a look-up may still read from it. */
	scratch_teardown(&dir);
}

static inline void
open_mailboxes(void)
{
	struct text why = TEXT_INIT(500);

	m = mailboxes_new(&config, &report, &why);
	ck_assert_msg(m != NULL, "%s", text_cstr(&why));
}

static inline enum knowledge
user(const char *name)
{
	struct quota_world w = mailboxes_port(m);

	return w.user(w.self, slice_of(name));
}

static inline enum knowledge
usage(const char *name, uint64_t room, bool certain, struct usage *ret)
{
	struct quota_world w = mailboxes_port(m);
	struct usage_question q = { slice_of(name), room, certain };

	*ret = (struct usage){ 0 };
	return w.usage(w.self, &q, ret);
}

static inline enum knowledge
forward(const char *name, unsigned *ret)
{
	struct quota_world w = mailboxes_port(m);
	struct slice whole = slice_of(name);
	struct slice user = slice_first(whole, slice_find(whole, '+'));

	*ret = 0;
	return w.forward(w.self, user, whole, ret);
}

static inline void
expect_report(const char *causes, const char *in_text)
{
	pthread_mutex_lock(&heard.lock);
	ck_assert_str_eq(heard.causes, causes);
	ck_assert_msg(strstr(heard.text, in_text) != NULL, "'%s'", heard.text);
	pthread_mutex_unlock(&heard.lock);
}

#endif
