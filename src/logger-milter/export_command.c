/* SPDX-License-Identifier: BSD-2-Clause */
#include "logger-milter/export_command.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "store/export.h"

static int
usage(void)
{
	(void)fprintf(stderr,
	    "logger-milter: usage: logger-milter --export bsmtp|mbox [--cut] FILE...\n");
	return EX_USAGE;
}

static bool
format_of(const char *word, enum export_format *ret)
{
	if (strcmp(word, "bsmtp") == 0)
		*ret = EXPORT_BSMTP;
	else if (strcmp(word, "mbox") == 0)
		*ret = EXPORT_MBOX;
	else
		return false;
	return true;
}

static int
export_all(enum export_format format, bool also_cut, char *const *file)
{
	bool good = true, ok = export_begin(format, stdout);

	for (; ok && *file != NULL; file++) {
		struct text why = TEXT_INIT(4096 + 200);
		if (!export_message(format, *file, also_cut, stdout, &why)) {
			(void)fprintf(stderr, "logger-milter: %s\n", text_cstr(&why));
			good = false;
			ok = !ferror(stdout);
		}
		text_clear(&why);
	}
	ok = ok && export_end(format, stdout);
	if (!ok) {
		perror("logger-milter: standard output");
		return EX_IOERR;
	}
	return good ? EX_OK : EX_DATAERR;
}

int
export_command(int argc, char **argv)
{
	enum export_format format;

	if (argc < 2 || strcmp(argv[1], "--export") != 0)
		return -1;
	if (argc < 4 || !format_of(argv[2], &format))
		return usage();
	bool also_cut = strcmp(argv[3], "--cut") == 0;
	if (also_cut && argc < 5)
		return usage();
	return export_all(format, also_cut, argv + (also_cut ? 4 : 3));
}
