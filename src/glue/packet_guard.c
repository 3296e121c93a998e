/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/packet_guard.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/time.h>

enum { MACRO = 'D' };

/* As in libmilter's comm.c: the payload, which the caller frees, or NULL. */
char *mi_rd_cmd(
    int fd, struct timeval *timeout, char *letter, size_t *len, const char *filter);

static char *(*libmilter_reads)(int, struct timeval *, char *, size_t *, const char *);

void
packet_mend_macros(char *list, size_t len)
{
	size_t strings = 0;
	char *end = list + len, *last = NULL;

	for (char *nul = list; (nul = memchr(nul, '\0', (size_t)(end - nul))) != NULL;
	     nul++) {
		strings++;
		last = nul;
	}
	if (strings % 2 == 1)
		*last = '?';
}

bool
packet_guard_ready(void)
{
	void *found = dlsym(RTLD_NEXT, "mi_rd_cmd");

	memcpy(&libmilter_reads, &found, sizeof found);
	return found != NULL;
}

/*
 * In place of libmilter's function of this name, which is not of its published
 * interface but visible in its shared library; libmilter is the only caller.
 * Weak: where libmilter is linked in, its own is taken.
 */
__attribute__((weak)) char *
mi_rd_cmd(int fd, struct timeval *timeout, char *letter, size_t *len, const char *filter)
{
	char *payload = libmilter_reads(fd, timeout, letter, len, filter);

	if (payload != NULL && *letter == MACRO && *len > 1)
		packet_mend_macros(payload + 1, *len - 1);
	return payload;
}
