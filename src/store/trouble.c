/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/trouble.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"

enum { REPORT_MAX = 1000 };

static const struct {
	int error;
	const char *cause;
} known[] = {
	{ ENOSPC, "disk-full" },
	{ EDQUOT, "quota" },
	{ EIO, "io-error" },
	{ EMFILE, "too-many-files" },
	{ ENFILE, "too-many-files" },
	{ EFBIG, "file-size-limit" },
	{ EXDEV, "cross-device" },
	{ ENOENT, "directory-gone" },
	{ ENOTDIR, "directory-gone" },
	{ ESTALE, "directory-gone" },
	{ EROFS, "read-only" },
	{ EACCES, "permission" },
	{ EPERM, "permission" },
	{ ELOOP, "planted-link" },
	{ EEXIST, "name-taken" },
	{ ENOMEM, "no-memory" },
};

const char *
trouble_cause(int error)
{
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (known[i].error == error)
			return known[i].cause;
	}
	return "system-error";
}

void
trouble_report(const struct report *report, int error, const char *dir, const char *what,
    const char *consequence)
{
	struct text line = TEXT_INIT(REPORT_MAX);
	char reason[128];

	const char *said = strerror_r(error, reason, sizeof reason);
	text_printf(&line, "%s: cannot %s: %s; %s", dir, what, said, consequence);
	report_say(report, trouble_cause(error), text_cstr(&line));
	text_clear(&line);
}
