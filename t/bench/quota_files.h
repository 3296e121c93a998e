/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_BENCH_QUOTA_FILES_H
#define T_BENCH_QUOTA_FILES_H

/* quota_files - homes with Maildirs for bench_quota, all in the folder `place`. */

#include <stdbool.h>

extern char place[64];

void die(const char *what) __attribute__((noreturn)); /* with errno's words */

const char *path_of(const char *name); /* in `place`; until the next call */
void make_folder(const char *name);
void write_file(const char *name, const char *content);

/* A Maildir of so many messages, their names with their size or not. */
void make_maildir(const char *home, int messages, bool sizes);

/* A maildirsize as it looks after a day: 150 lines. */
void make_maildirsize(const char *home);

#endif
