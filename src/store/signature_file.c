/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/signature_file.h"

#include "base/file.h"

static void
put_path_before(const char *path, struct text *lines)
{
	struct text with_path = TEXT_INIT(2 * SIGNATURE_WARNINGS_MAX);
	struct slice rest = text_slice(lines), line;

	while (slice_next_line(&rest, &line))
		text_printf(&with_path, "%s:%.*s\n", path, (int)line.len, line.ptr);
	text_clear(lines);
	*lines = with_path;
}

bool
signature_file_read(const char *path, const struct signature_rules *rules,
    struct signatures *ret, struct text *why)
{
	struct text content, fault_in_text = TEXT_INIT(1024);
	bool ok = file_read(path, SIGNATURE_FILE_MAX, &content, why);

	if (ok && !signatures_parse(text_slice(&content), rules, ret, &fault_in_text)) {
		text_printf(why, "%s:%s", path, text_cstr(&fault_in_text));
		ok = false;
	}
	if (ok)
		put_path_before(path, &ret->warnings);
	text_clear(&fault_in_text);
	text_clear(&content);
	return ok;
}
