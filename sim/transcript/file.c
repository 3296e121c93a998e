/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/transcript/file.h"

#include <errno.h>
#include <stdio.h>

bool
file_read(const char *name, struct text *ret, struct text *why)
{
	FILE *from = fopen(name, "rbe");
	char chunk[16 * 1024];
	bool ok = from != NULL;
	size_t n;

	while (ok && (n = fread(chunk, 1, sizeof chunk, from)) > 0) {
		ok = text_append(ret, (struct slice){ chunk, n }) == TEXT_OK;
		errno = EFBIG;
	}
	if (ok && ferror(from))
		ok = false;
	if (!ok)
		text_printf(why, "%s: %s", name, strerror(errno));
	if (from != NULL)
		(void)fclose(from);
	return ok;
}

static bool
load(void *self, const char *name, struct text *ret, struct text *why)
{
	(void)self;
	return file_read(name, ret, why);
}

bool
file_transcript(const char *name, struct transcript *t, struct text *why)
{
	static const struct transcript_loader loader = { load, NULL };
	struct text source = TEXT_INIT(TRANSCRIPT_BYTES);
	bool ok = file_read(name, &source, why);

	*t = (struct transcript){ .steps = 0 };
	if (ok)
		ok = transcript_read(t, name, text_slice(&source), &loader, why);
	text_clear(&source);
	return ok;
}
