/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/log.h"
#include "glue/gate.h"
#include "glue/options.h"

enum { MESSAGE_MAX = 1000, PROCESS_NAME_MAX = 32 };

int
check_complain(const struct program *p, int code, struct text *why)
{
	(void)fprintf(stderr, "%s: %s\n", p->name, text_reason(why));
	text_clear(why);
	return code;
}

/*
 * The unit files run each service as the user of the program's name; a test in
 * a source tree has no such user, and root told to stay root stays it.
 */
static bool
become_judge(const struct program *p, const struct common_options *o,
    const struct identity *who, struct text *note, struct text *why)
{
	struct identity service;
	struct text unknown = TEXT_INIT(MESSAGE_MAX);
	bool named = o->user[0] != '\0';

	if (geteuid() != 0 || (!named && o->allow_root))
		return true;
	if (!named && !process_identity(p->name, &service, &unknown)) {
		text_printf(
		    note, "# judged with root's rights: there is no user %s\n", p->name);
		text_clear(&unknown);
		return true;
	}
	if (named)
		service = *who;
	text_printf(note, "# judged with the rights of user %s\n", service.name);
	return process_become(&service, why);
}

static bool
check_rules(const struct program *p, const struct settings *s, struct text *ret_line,
    struct text *why)
{
	const struct rulebook *book = p->rulebook;
	void *rules = NULL;

	if (book->check != NULL)
		return book->check(s->common, why);
	if (!book->load(s->common, gate_report(), &rules, why))
		return false;
	if (book->announce != NULL)
		book->announce(rules, ret_line);
	book->drop(rules);
	return true;
}

/* What ps shows of a process; empty where /proc does not show it. */
static struct slice
name_of_process(const char *pid, char ret[PROCESS_NAME_MAX])
{
	struct text path = TEXT_INIT(PROCESS_NAME_MAX + 20);

	text_printf(&path, "/proc/%s/comm", pid);
	int fd = open(text_cstr(&path), O_RDONLY | O_CLOEXEC);
	ssize_t n = fd != -1 ? read(fd, ret, PROCESS_NAME_MAX) : 0;
	if (fd != -1)
		(void)close(fd);
	text_clear(&path);
	return slice_trim((struct slice){ ret, n > 0 ? (size_t)n : 0 });
}

/*
 * HUP ends most programs, and the number may be from a file that outlived its
 * process.  Where that one cannot be seen, as in our units, systemd knows the number.
 */
static bool
is_stranger(const struct program *p, long pid, struct text *why)
{
	char theirs[PROCESS_NAME_MAX], ours[PROCESS_NAME_MAX], number[PROCESS_NAME_MAX];

	(void)snprintf(number, sizeof number, "%ld", pid);
	struct slice name = name_of_process(number, theirs);
	if (name.len == 0 || slice_equal(name, slice_of(p->name)) ||
	    slice_equal(name, name_of_process("self", ours)))
		return false;
	text_printf(why, "--reload %ld: that process is ", pid);
	text_append_quoted(why, name, PROCESS_NAME_MAX);
	text_printf(why, ", not %s; is the number an old one?", p->name);
	return true;
}

static int
signal_daemon(const struct program *p, long pid, struct text *why)
{
	if (is_stranger(p, pid, why))
		return check_complain(p, EX_UNAVAILABLE, why);
	if (kill((pid_t)pid, SIGHUP) == 0)
		return EX_OK;
	text_printf(why, "--reload %ld: %s", pid, strerror(errno));
	return check_complain(p, errno == EPERM ? EX_NOPERM : EX_UNAVAILABLE, why);
}

static int
check_all(const struct program *p, const struct args *a, const struct settings *s,
    struct text *note)
{
	struct text why = TEXT_INIT(MESSAGE_MAX), line = TEXT_INIT(MESSAGE_MAX);

	if (!check_rules(p, s, &line, &why))
		return check_complain(p, EX_CONFIG, &why);
	if (a->reload == 0) {
		settings_print(s);
		if (line.len > 0)
			text_printf(note, "# %s\n", text_cstr(&line));
		(void)fputs(text_cstr(note), stdout);
	}
	text_clear(&line);
	return a->reload != 0 ? signal_daemon(p, a->reload, &why) : EX_OK;
}

/* With the rights that the judge has now. */
static bool
read_again(
    const struct program *p, const struct args *a, struct settings **s, struct text *why)
{
	settings_free(*s);
	*s = settings_read(p, a, why);
	return *s != NULL;
}

int
check_main(const struct program *p, const struct args *a, const struct identity *who)
{
	struct text why = TEXT_INIT(MESSAGE_MAX), note = TEXT_INIT(MESSAGE_MAX);
	int code;

	log_open(p->name, LOG_TO_STDERR, 0);
	struct settings *s = settings_read(p, a, &why);
	if (s != NULL && !become_judge(p, s->common, who, &note, &why))
		code = check_complain(p, EX_NOPERM, &why);
	else if (s == NULL || !read_again(p, a, &s, &why))
		code = check_complain(p, EX_CONFIG, &why);
	else
		code = check_all(p, a, s, &note);
	settings_free(s);
	text_clear(&note);
	return code;
}
