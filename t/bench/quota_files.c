/* SPDX-License-Identifier: BSD-2-Clause */
#include "t/bench/quota_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

char place[64];

void
die(const char *what)
{
	perror(what);
	exit(1);
}

const char *
path_of(const char *name)
{
	static char path[512];

	(void)snprintf(path, sizeof path, "%s/%s", place, name);
	return path;
}

void
write_file(const char *name, const char *content)
{
	FILE *f = fopen(path_of(name), "w");

	if (f == NULL || fputs(content, f) == EOF || fclose(f) == EOF)
		die(name);
}

void
make_folder(const char *name)
{
	if (mkdir(path_of(name), 0700) == -1)
		die(name);
}

/* A home with a Maildir of so many messages, named with their size or not. */
void
make_maildir(const char *home, int messages, bool sizes)
{
	char name[200];

	make_folder(home);
	(void)snprintf(name, sizeof name, "%s/Maildir", home);
	make_folder(name);
	(void)snprintf(name, sizeof name, "%s/Maildir/cur", home);
	make_folder(name);
	for (int i = 0; i < messages; i++) {
		(void)snprintf(name, sizeof name,
		    "%s/Maildir/cur/17%08d.M%dP1.host%s:2,S", home, i, i,
		    sizes ? ",S=4711" : "");
		write_file(name, "x");
	}
}

/* maildirsize as it looks after a day: 150 lines. */
void
make_maildirsize(const char *home)
{
	char name[200], content[8192] = "262144000S\n";

	for (int i = 0; i < 150; i++)
		strcat(content, "         4711           1\n");
	(void)snprintf(name, sizeof name, "%s/Maildir/maildirsize", home);
	write_file(name, content);
}
