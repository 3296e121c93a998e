/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench_quota - what a RCPT costs the quota milter, as ratios.
 *
 * Medians of interleaved rounds; prints Markdown.  The milter itself is
 * measured by the processor time of its process, see drive.h.
 */
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/mailboxes.h"
#include "store/maildir_usage.h"
#include "t/bench/drive.h"
#include "t/bench/quota_files.h"

enum { ROUNDS = 7, MESSAGES = 10000, USERS = 10000, HANGING = 200, RCPTS = 20000 };

static double
us_of(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double
now_us(void)
{
	return us_of(CLOCK_MONOTONIC);
}

static int
by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double
median(double *value, size_t n)
{
	qsort(value, n, sizeof *value, by_value);
	return value[n / 2];
}

static double
usage_us(const char *home, bool certain, uint64_t limit)
{
	struct maildir_place p = { .maildir = "Maildir",
		.owner = getuid(),
		.limit = limit,
		.deadline_ms = monotonic_ms() + 60000 };
	struct text why = TEXT_INIT(200);
	struct usage u;
	int times = limit != 0 ? 1 : 200;

	p.home = strdup(path_of(home));
	double began = us_of(CLOCK_THREAD_CPUTIME_ID);
	for (int i = 0; i < times; i++) {
		if (maildir_usage(&p, certain, &u, &why) != KNOWN_YES)
			die(text_cstr(&why));
	}
	double took = (us_of(CLOCK_THREAD_CPUTIME_ID) - began) / times;
	free((void *)p.home);
	return took;
}

static void
bench_maildir(void)
{
	double file[ROUNDS], names[ROUNDS], stats[ROUNDS], ratio[ROUNDS];

	make_maildir("names", MESSAGES, true);
	make_maildir("stats", MESSAGES, false);
	make_folder("file");
	make_folder("file/Maildir");
	make_maildirsize("file");
	for (int i = 0; i < ROUNDS; i++) {
		file[i] = usage_us("file", false, 0);
		names[i] = usage_us("names", false, 1 << 30);
		stats[i] = usage_us("stats", false, 1 << 30);
		ratio[i] = stats[i] / file[i];
	}
	printf("\n## One Maildir, nothing remembered, processor time\n\n| | us | times "
	       "maildirsize |\n"
	       "|:--|--:|--:|\n");
	printf("| maildirsize, 150 lines | %.1f | 1 |\n", median(file, ROUNDS));
	printf("| walk of %d messages, sizes in names | %.0f | %.0f |\n", MESSAGES,
	    median(names, ROUNDS), median(names, ROUNDS) / median(file, ROUNDS));
	printf("| walk of %d messages, stat(2) each | %.0f | %.0f |\n", MESSAGES,
	    median(stats, ROUNDS), median(ratio, ROUNDS));
}

/* A flat passwd file of the bench's own, read line by line as the C library does. */
static unsigned passwd_asked;

int __wrap_getpwnam_r(
    const char *name, struct passwd *pw, char *buffer, size_t size, struct passwd **ret);

int
__wrap_getpwnam_r(
    const char *name, struct passwd *pw, char *buffer, size_t size, struct passwd **ret)
{
	FILE *f = fopen(path_of("passwd"), "re");
	int error;

	passwd_asked++;
	if (f == NULL)
		die("passwd");
	while ((error = fgetpwent_r(f, pw, buffer, size, ret)) == 0 &&
	       strcmp(pw->pw_name, name) != 0)
		continue;
	if (error != 0)
		*ret = NULL;
	(void)fclose(f);
	return 0;
}

static void
make_passwd(void)
{
	FILE *f = fopen(path_of("passwd"), "w");

	if (f == NULL)
		die("passwd");
	for (int i = 0; i < USERS; i++)
		(void)fprintf(
		    f, "user%d:x:%u:100:A User:%s/file:/bin/sh\n", i, getuid(), place);
	(void)fclose(f);
}

static struct mailboxes *
open_mailboxes(enum usage_source source, const char *server, unsigned limit_ms)
{
	static char forward[] = ".forward";
	static char *files[] = { forward };
	struct mailboxes_config c = {
		.source = source,
		.maildir = "Maildir",
		.spool = "",
		.limits_path = "",
		.server = server,
		.map = "",
		.homes = "",
		.forward_files = { files, 1 },
		.delimiters = "+",
		.time_limit_ms = limit_ms,
		.user_lifetime_ms = 3600000,
		.answer_lifetime_ms = 3600000,
		.threads = 512,
		.cache_entries = 16384,
	};
	struct text why = TEXT_INIT(200);
	struct mailboxes *m = mailboxes_new(&c, NULL, &why);

	if (m == NULL)
		die(text_cstr(&why));
	return m;
}

static enum knowledge
ask(struct mailboxes *m, const char *name)
{
	struct quota_world w = mailboxes_port(m);
	struct usage_question q = { .mailbox = slice_of(name), .room = 1 };
	struct usage u;
	enum knowledge k = w.user(w.self, q.mailbox);

	return k == KNOWN_YES ? w.usage(w.self, &q, &u) : k;
}

static void
bench_users(void)
{
	struct mailboxes *m = open_mailboxes(SOURCE_MAILDIR, "", 10000);
	double first[ROUNDS], again[ROUNDS];
	unsigned asked = passwd_asked;
	char name[32];

	for (int i = 0; i < ROUNDS; i++) {
		(void)snprintf(name, sizeof name, "user%d", USERS - 1 - i);
		double began = now_us();
		if (ask(m, name) != KNOWN_YES)
			die("first look-up");
		first[i] = now_us() - began;
		began = now_us();
		for (int n = 0; n < 10000; n++)
			(void)ask(m, name);
		again[i] = (now_us() - began) / 10000;
	}
	printf("\n## A passwd file of %d users\n\n| | us |\n|:--|--:|\n", USERS);
	printf("| first RCPT for a user: passwd, maildirsize, two hand-overs | %.0f |\n",
	    median(first, ROUNDS));
	printf(
	    "| each further one within the lifetimes | %.2f |\n", median(again, ROUNDS));
	printf("\n%u look-ups in the passwd file for %d RCPTs of %d users.\n",
	    passwd_asked - asked, ROUNDS * 10001, ROUNDS);
	mailboxes_close(m);
}

/* A quota server: hangs for hang*, answers the others. */
static void *
serve_one(void *self)
{
	int fd = (int)(intptr_t)self;
	char got[4096];
	ssize_t n;

	while ((n = recv(fd, got, sizeof got - 1, 0)) > 0) {
		got[n] = '\0';
		if (strstr(got, "recipient=user1") == NULL)
			(void)send(fd, "action=OK\n\n", 11, MSG_NOSIGNAL);
	}
	(void)close(fd);
	return NULL;
}

static void *
serve(void *self)
{
	int fd, listener = (int)(intptr_t)self;

	while ((fd = accept(listener, NULL, NULL)) != -1) {
		pthread_t t;
		if (pthread_create(&t, NULL, serve_one, (void *)(intptr_t)fd) != 0)
			die("thread");
		(void)pthread_detach(t);
	}
	return NULL;
}

struct hanging {
	struct mailboxes *m;
	char name[32];
};

static void *
hang(void *self)
{
	struct hanging *h = self;

	(void)ask(h->m, h->name);
	return NULL;
}

/* user1xxx hang; user2xxx are asked for, alone and beside them. */
static void
time_healthy(struct mailboxes *m, int from, double *ret)
{
	char name[32];

	for (int i = 0; i < 100; i++) {
		(void)snprintf(name, sizeof name, "user%d", from + i);
		double began = now_us();
		if (ask(m, name) != KNOWN_YES)
			die("healthy");
		ret[i] = (now_us() - began) / 1000;
	}
	(void)median(ret, 100);
}

static void
bench_hanging(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	static struct hanging h[HANGING];
	pthread_t server, thread[HANGING];
	double alone[100], beside[100];
	char where[200];

	(void)snprintf(a.sun_path, sizeof a.sun_path, "%.64s/quota", place);
	(void)snprintf(where, sizeof where, "unix:%s", a.sun_path);
	if (bind(listener, (struct sockaddr *)&a, sizeof a) == -1 ||
	    listen(listener, 512) == -1 ||
	    pthread_create(&server, NULL, serve, (void *)(intptr_t)listener) != 0)
		die("server");
	struct mailboxes *m = open_mailboxes(SOURCE_POLICY, where, 5000);
	time_healthy(m, 2000, alone);
	for (int i = 0; i < HANGING; i++) {
		h[i].m = m;
		(void)snprintf(h[i].name, sizeof h[i].name, "user%d", 1000 + i);
		if (pthread_create(&thread[i], NULL, hang, &h[i]) != 0)
			die("thread");
	}
	(void)usleep(1000000); /* all of them hang by now */
	time_healthy(m, 2200, beside);
	for (int i = 0; i < HANGING; i++)
		(void)pthread_join(thread[i], NULL);
	printf("\n## A source that answers, beside %d recipients whose source hangs\n\n"
	       "| | ms, median | ms, worst of 100 |\n|:--|--:|--:|\n",
	    HANGING);
	printf("| nothing hangs | %.2f | %.2f |\n", alone[50], alone[99]);
	printf("| %d hang | %.2f | %.2f |\n", HANGING, beside[50], beside[99]);
	mailboxes_close(m);
}

static void
bench_milter(const char *milter)
{
	double cached[ROUNDS], exempt[ROUNDS], ratio[ROUNDS];
	char words[3][400];
	const char *options[] = { words[0], words[1], "maildir=Maildir",
		"aliases=", "exempt=vip", words[2], NULL };

	(void)snprintf(words[0], sizeof words[0], "homes=%s", place);
	(void)snprintf(words[1], sizeof words[1], "answer-lifetime=1h");
	(void)snprintf(words[2], sizeof words[2], "user-lifetime=1h");
	struct driven *d = drive_start(milter, path_of("m.sock"), options);
	(void)drive_rcpt(d, "file", RCPTS);
	for (int i = 0; i < ROUNDS; i++) {
		exempt[i] = drive_rcpt(d, "vip", RCPTS);
		cached[i] = drive_rcpt(d, "file", RCPTS);
		ratio[i] = cached[i] / exempt[i];
	}
	drive_stop(d);
	printf("\n## The milter, %d RCPTs a round, processor time of its process\n\n"
	       "| | us a RCPT |\n|:--|--:|\n",
	    RCPTS);
	printf("| the same shape, nothing looked up (an exempt recipient) | %.2f |\n",
	    median(exempt, ROUNDS));
	printf("| a remembered answer | %.2f |\n", median(cached, ROUNDS));
	printf("\nRatio: %.3f.\n", median(ratio, ROUNDS));
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int
main(int argc, char **argv)
{
	const char *tmp = getenv("TMPDIR");

	if (argc != 2) {
		fprintf(stderr, "usage: bench_quota PATH-OF-QUOTA-MILTER\n");
		return 2;
	}
	(void)snprintf(place, sizeof place, "%s/rmb.XXXXXX", tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(place) == NULL)
		die("mkdtemp");
	printf(
	    "# The quota milter\n\nMade by `make bench-quota`: medians of %d interleaved "
	    "rounds.\nMeasured on Debian 12, 2 cores that others used too: "
	    "look at ratios.\n",
	    ROUNDS);
	bench_maildir();
	make_passwd();
	bench_users();
	bench_hanging();
	bench_milter(argv[1]);
	return nftw(place, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0 ? 0 : 1;
}
