/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/folder.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DIR_MAX = 60 }; /* leaves room for the milter's own names in 107 bytes */

bool
folder_make(char *ret, size_t room)
{
	const char *place = getenv("TMPDIR");

	if (place == NULL || place[0] != '/' || strlen(place) > DIR_MAX - 16)
		place = "/tmp";
	if (snprintf(ret, room, "%s/mcheck.XXXXXX", place) >= (int)room) {
		errno = ENAMETOOLONG;
		ret[0] = '\0';
		return false;
	}
	if (mkdtemp(ret) != NULL)
		return true;
	ret[0] = '\0';
	return false;
}

void
folder_remove(const char *name)
{
	char *own = strdup(name);
	char *const list[] = { own, NULL };
	FTS *tree = own != NULL ? fts_open(list, FTS_PHYSICAL | FTS_NOCHDIR, NULL) : NULL;
	FTSENT *e;

	while (tree != NULL && (e = fts_read(tree)) != NULL) {
		if (e->fts_info == FTS_DP)
			(void)rmdir(e->fts_accpath);
		else if (e->fts_info != FTS_D)
			(void)unlink(e->fts_accpath);
	}
	if (tree != NULL)
		(void)fts_close(tree);
	free(own);
}
