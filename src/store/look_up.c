/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/look_up.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "policy/quota/forward.h"
#include "store/maildir_usage.h"
#include "store/user_file.h"

enum { WHY_MAX = 400, PASSWD_MAX = 1 << 20, PASSWD_FIRST = 4096, FILE_NAME_MAX = 4096 };

static void
report(const struct look_up *l, const char *cause, struct text *why)
{
	struct text line = TEXT_INIT(2 * WHY_MAX);

	text_printf(&line, "mailbox '");
	text_append_escaped(&line, slice_of(l->name), 64);
	text_printf(&line, "': ");
	text_printf(&line, "%s", text_cstr(why));
	report_say(l->sources->report, cause, text_cstr(&line));
	text_clear(&line);
}

/* getpwnam_r() with a buffer that is large enough; *ret_pw is NULL for nobody. */
static int
find_passwd(
    const char *name, struct passwd *pw, char **ret_buffer, struct passwd **ret_pw)
{
	int error = ERANGE;

	for (size_t size = PASSWD_FIRST; error == ERANGE && size <= PASSWD_MAX;
	     size *= 4) {
		free(*ret_buffer);
		if ((*ret_buffer = malloc(size)) == NULL)
			return ENOMEM;
		error = getpwnam_r(name, pw, *ret_buffer, size, ret_pw);
	}
	return error;
}

/* getpwnam(3) lists these as other ways to say that there is nobody. */
static bool
means_nobody(int error)
{
	return error == ENOENT || error == ESRCH || error == EBADF || error == EPERM;
}

static enum knowledge
find_account(struct look_up *l, struct text *why)
{
	struct passwd pw, *found = NULL;
	char *buffer = NULL;
	int error = find_passwd(l->name, &pw, &buffer, &found);
	enum knowledge known = KNOWN_NO;

	if (found == NULL && error != 0 && !means_nobody(error)) {
		text_printf(why, "user database: %s", strerror(error));
		known = NOT_KNOWN;
	} else if (found != NULL && strlen(pw.pw_dir) > HOME_MAX) {
		text_printf(why, "its home has a name of more than %d bytes", HOME_MAX);
		known = NOT_KNOWN;
	} else if (found != NULL) {
		l->found.account.uid = pw.pw_uid;
		memcpy(l->found.account.home, pw.pw_dir, strlen(pw.pw_dir) + 1);
		known = KNOWN_YES;
	}
	free(buffer);
	return known;
}

/*
 * A folder of that name in `homes`; who owns it owns the mailbox.  The name has
 * no slash and no leading dot: policy/quota/quota_recipient.h.
 */
static enum knowledge
find_home(struct look_up *l, struct text *why)
{
	struct account *a = &l->found.account;
	struct stat st;
	int n = snprintf(a->home, sizeof a->home, "%s/%s", l->sources->homes, l->name);

	if (n < 0 || (size_t)n >= sizeof a->home) {
		text_printf(why, "its home has a name of more than %d bytes", HOME_MAX);
		return NOT_KNOWN;
	}
	if (lstat(a->home, &st) == -1) {
		if (errno == ENOENT)
			return KNOWN_NO;
		text_printf(why, "%s: %s", a->home, strerror(errno));
		return NOT_KNOWN;
	}
	if (!S_ISDIR(st.st_mode))
		return KNOWN_NO;
	a->uid = st.st_uid;
	return KNOWN_YES;
}

static bool
run_account(struct look_up *l, struct text *why)
{
	l->found.is_user =
	    l->sources->homes[0] != '\0' ? find_home(l, why) : find_account(l, why);
	l->found.account_at = monotonic_ms();
	if (l->found.is_user == NOT_KNOWN)
		report(l, "users", why);
	return true;
}

static enum knowledge
usage_of_maildir(struct look_up *l, struct usage *ret, struct text *why)
{
	const struct look_up_sources *s = l->sources;
	struct maildir_place place = {
		.home = l->account.home,
		.maildir = s->maildir,
		.owner = l->account.uid,
		.limit = limits_find(&s->limits, slice_of(l->name)),
		.deadline_ms = monotonic_ms() + s->time_limit_ms,
	};

	return maildir_usage(&place, l->certain, ret, why);
}

static enum knowledge
usage_of_mbox(struct look_up *l, struct usage *ret, struct text *why)
{
	uint64_t limit = limits_find(&l->sources->limits, slice_of(l->name));
	struct usage u = { .bytes_limit = limit, .certain = true };
	struct stat st;

	if (limit == 0)
		return KNOWN_NO;
	int dir = home_open(l->sources->spool);
	int error = dir == -1 ? errno : 0;
	/* A name never holds a slash or begins with a dot:
	 * policy/quota/quota_recipient.h. */
	if (dir != -1 && fstatat(dir, l->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		u.bytes = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	else if (dir != -1 && errno != ENOENT)
		error = errno;
	if (dir != -1)
		(void)close(dir);
	if (error != 0) {
		text_printf(why, "%s: %s", l->sources->spool, strerror(error));
		return NOT_KNOWN;
	}
	*ret = u;
	return KNOWN_YES;
}

static enum knowledge
usage_of_server(struct look_up *l, struct usage *ret, struct text *why)
{
	const struct look_up_sources *s = l->sources;
	struct text request = TEXT_INIT(4096);
	bool is_policy = s->source == SOURCE_POLICY;
	enum quota_answer a = ANSWER_NONSENSE;
	struct usage u = { .kind = USAGE_FITS, .certain = true };
	bool ok = is_policy
		      ? quota_status_request(&request, slice_of(l->name), l->room)
		      : socketmap_request(&request, slice_of(s->map), slice_of(l->name));

	if (ok)
		a = dialog_ask(s->server, text_slice(&request),
		    is_policy ? quota_status_answer : socketmap_answer, s->time_limit_ms,
		    why);
	text_clear(&request);
	if (a == ANSWER_FULL)
		u.kind = USAGE_FULL;
	if (a == ANSWER_FULL || a == ANSWER_FITS)
		*ret = u;
	return a == ANSWER_FULL || a == ANSWER_FITS ? KNOWN_YES : NOT_KNOWN;
}

static bool
run_usage(struct look_up *l, struct text *why)
{
	static const struct {
		enum knowledge (*find)(struct look_up *, struct usage *, struct text *);
		const char *cause;
	} row[] = {
		[SOURCE_MAILDIR] = { usage_of_maildir, "maildir" },
		[SOURCE_MBOX] = { usage_of_mbox, "mbox" },
		[SOURCE_POLICY] = { usage_of_server, "server" },
		[SOURCE_SOCKETMAP] = { usage_of_server, "server" },
	};
	enum usage_source source = l->sources->source;
	long long began = monotonic_ms();

	l->found.has_usage = row[source].find(l, &l->found.usage, why);
	l->found.room = l->room;
	l->found.usage_at = monotonic_ms();
	if (l->found.has_usage == NOT_KNOWN)
		report(l, row[source].cause, why);
	return l->found.has_usage != NOT_KNOWN ||
	       l->found.usage_at - began < l->sources->time_limit_ms;
}

static bool
has_exempt_file(const struct look_up_sources *s, int home)
{
	struct stat st;

	for (size_t i = 0; i < s->exempt_files.count; i++) {
		if (fstatat(home, s->exempt_files.item[i], &st, AT_SYMLINK_NOFOLLOW) == 0)
			return true;
	}
	return false;
}

/*
 * A name that ends in a delimiter stands for the file of this detail, Postfix's
 * ".forward${recipient_delimiter}${extension}": empty where there is no detail.
 * That holds no slash either.
 */
static void
name_forward_file(const struct look_up *l, const char *file, struct text *ret)
{
	struct slice name = slice_of(file);
	const char *detail = l->whole + strlen(l->name);
	bool is_of_detail = name.len > 0 && strchr(l->sources->delimiters,
						name.ptr[name.len - 1]) != NULL;

	text_clear(ret);
	if (!is_of_detail)
		text_printf(ret, "%s", file);
	else if (detail[0] != '\0')
		text_printf(ret, "%.*s%s", (int)name.len - 1, file, detail);
}

/* False: there is no such file, or none that may be believed. */
static bool
read_forward(struct look_up *l, int home, const char *name, enum knowledge *ret_known,
    struct text *why)
{
	const struct look_up_sources *s = l->sources;
	struct forward_owner owner = { slice_of(l->name), s->domains, s->delimiters };
	struct text file = TEXT_INIT(USER_FILE_MAX);
	enum user_file status;
	struct stat st;

	status = user_file_read(home, l->account.home, name, l->account.uid,
	    s->honour_unsafe_forward, &file, &st, why);
	*ret_known = NOT_KNOWN;
	if (status == USER_FILE_OK) {
		l->found.forward = forward_kinds(text_slice(&file), &owner);
		*ret_known = l->found.forward != 0 ? KNOWN_YES : KNOWN_NO;
	}
	text_clear(&file);
	return status != USER_FILE_ABSENT && status != USER_FILE_UNSAFE;
}

/* As sendmail's ForwardPath: the first file that is there and may be believed. */
static enum knowledge
find_forward(struct look_up *l, int home, struct text *why)
{
	const struct name_list *files = &l->sources->forward_files;
	struct text name = TEXT_INIT(FILE_NAME_MAX);
	enum knowledge known = KNOWN_NO;
	bool found = false;

	if (has_exempt_file(l->sources, home)) {
		l->found.forward = FORWARD_PROGRAM;
		return KNOWN_YES;
	}
	for (size_t i = 0; i < files->count && !found; i++) {
		name_forward_file(l, files->item[i], &name);
		found =
		    name.len > 0 && read_forward(l, home, text_cstr(&name), &known, why);
	}
	text_clear(&name);
	return found ? known : KNOWN_NO;
}

static bool
run_forward(struct look_up *l, struct text *why)
{
	int home = home_open(l->account.home);
	int error = errno;

	l->found.has_forward = KNOWN_NO;
	if (home != -1) {
		l->found.has_forward = find_forward(l, home, why);
		(void)close(home);
	} else if (error != ENOENT && error != ENOTDIR) {
		text_printf(why, "%s: %s", l->account.home, strerror(error));
		l->found.has_forward = NOT_KNOWN;
	}
	l->found.forward_at = monotonic_ms();
	if (l->found.has_forward == NOT_KNOWN)
		report(l, "forward", why);
	return true;
}

static bool
run(struct job *job)
{
	static bool (*const row[])(struct look_up *, struct text *) = {
		[LOOK_UP_ACCOUNT] = run_account,
		[LOOK_UP_USAGE] = run_usage,
		[LOOK_UP_FORWARD] = run_forward,
	};
	struct look_up *l = (struct look_up *)job;
	struct text why = TEXT_INIT(WHY_MAX);

	bool in_time = row[l->kind](l, &why);
	text_clear(&why);
	known_put(l->sources->cache, slice_of(l->whole), &l->found);
	return in_time;
}

static void
drop(struct job *job)
{
	free(job);
}

/* What may die as a whole: the directory that a home is in, or the server. */
static void
set_group(struct look_up *l)
{
	enum usage_source source = l->sources->source;
	struct slice home = slice_of(l->account.home);
	struct slice group = slice_first(home, slice_find_last(home, '/'));

	if (l->kind == LOOK_UP_ACCOUNT)
		group = SLICE("users");
	else if (l->kind == LOOK_UP_USAGE && source == SOURCE_MBOX)
		group = SLICE("spool");
	else if (l->kind == LOOK_UP_USAGE && source != SOURCE_MAILDIR)
		group = SLICE("server");
	group = slice_first(group, GROUP_NAME_MAX);
	if (group.len > 0)
		memcpy(l->job.group, group.ptr, group.len);
}

void
look_up_ask_usage(struct look_up *l, uint64_t room, bool certain)
{
	bool server = l->sources->server != NULL;

	l->room = room;
	l->certain = certain;
	(void)snprintf(l->job.key, sizeof l->job.key, "%d %d %llu %s", l->kind,
	    certain && !server, server ? (unsigned long long)room : 0, l->whole);
}

static void
set_name(char to[MAILBOX_NAME_MAX + 1], struct slice name)
{
	size_t n = name.len <= MAILBOX_NAME_MAX ? name.len : 0;

	memcpy(to, name.ptr, n);
	to[n] = '\0';
}

void
look_up_ask_detail(struct look_up *l, struct slice whole)
{
	set_name(l->whole, whole);
	look_up_ask_usage(l, 0, false); /* the key */
}

struct look_up *
look_up_new(const struct look_up_sources *s, enum look_up_kind kind, struct slice name,
    const struct account *account)
{
	struct look_up *l = calloc(1, sizeof *l);

	if (l == NULL)
		return NULL;
	l->job.run = run;
	l->job.drop = drop;
	l->sources = s;
	l->kind = kind;
	set_name(l->name, name);
	set_name(l->whole, name);
	if (account != NULL)
		l->account = *account;
	set_group(l);
	look_up_ask_usage(l, 0, false);
	return l;
}
