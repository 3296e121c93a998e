/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/switch_file.h"

#include <errno.h>
#include <sys/stat.h>

#include "store/trouble.h"

static bool
is_on(void *self)
{
	const struct switch_file *s = self;
	struct stat st;

	if (stat(s->path, &st) == 0)
		return true;
	if (errno != ENOENT && errno != ENOTDIR)
		trouble_report(s->report, errno, s->path, "see the switch",
		    "taken for off, nothing is kept");
	return false;
}

struct logger_switch
switch_file_port(struct switch_file *s)
{
	return (struct logger_switch){ is_on, s };
}
