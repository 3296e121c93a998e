/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_CORPUS_H
#define STORE_CORPUS_H

/*
 * corpus - messages named on a command line: files, and folders of files.
 *
 * In a folder every regular file is a message, in its subfolders too; of a
 * Maildir only new/ and cur/.  Names that begin with a dot and symbolic links
 * inside a folder are left out.  Nothing is kept in memory, so a folder may
 * hold millions.  The order is the same from walk to walk while nobody changes
 * the folders.
 */

#include <stdbool.h>

#include "base/report.h"

struct corpus {
	char *const *path;
	size_t count;
	const struct report *report; /* of what cannot be read */
};

struct corpus_visitor {
	/* An open file at its beginning, closed by the walk; false ends the walk. */
	bool (*message)(void *self, const char *path, int fd);
	void *self;
};

/* False when the visitor ended it. */
bool corpus_walk(const struct corpus *c, const struct corpus_visitor *v);

/* How many messages a walk would show, without opening them. */
unsigned long corpus_count(const struct corpus *c);

#endif
