/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/io/port_file.h"

#include <errno.h>
#include <stdio.h>

bool
port_file_write(const char *path, struct text *bound)
{
	char beside[4096];
	FILE *f = NULL;

	errno = ENAMETOOLONG;
	if ((size_t)snprintf(beside, sizeof beside, "%s.new", path) < sizeof beside)
		f = fopen(beside, "we");
	bool good = f != NULL && fputs(text_cstr(bound), f) >= 0;
	if (f != NULL)
		good = fclose(f) == 0 && good;
	good = good && rename(beside, path) == 0;
	if (!good)
		(void)fprintf(
		    stderr, "milter-sim: --port-file %s: %s\n", path, strerror(errno));
	return good;
}
