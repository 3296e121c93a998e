/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/server/macro_given.h"

#include "base/put.h"
#include "sim/smtp/command.h"

static bool
name_valid(struct slice name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = ascii_lower(name.ptr[i]);
		bool fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
		if (!fine)
			return false;
	}
	return name.len != 0 && name.len <= MACRO_NAME_MAX;
}

static struct slice
unbraced(struct slice name)
{
	bool braced = name.len > 2 && name.ptr[0] == '{' && name.ptr[name.len - 1] == '}';

	return braced ? slice_first(slice_from(name, 1), name.len - 2) : name;
}

bool
macro_given_parse(struct slice words, struct text *name, struct macro_given *ret)
{
	size_t equals = slice_find(words, '=');
	struct slice bare = unbraced(slice_first(words, equals));
	bool braces = bare.len > 1;

	if (equals == words.len || !name_valid(bare))
		return false;
	*name = (struct text)TEXT_INIT(MACRO_NAME_MAX + 3);
	put(name, braces ? SLICE("{") : SLICE(""));
	put(name, bare);
	put(name, braces ? SLICE("}") : SLICE(""));
	*ret = (struct macro_given){ text_slice(name), slice_from(words, equals + 1) };
	return true;
}

bool
macro_given_find(
    const struct macro_given *m, size_t n, struct slice name, struct slice *ret)
{
	while (n-- != 0) {
		if (!slice_equal(m[n].name, name))
			continue;
		*ret = m[n].value;
		return true;
	}
	return false;
}

static bool
listed(const struct profile *p, struct slice name)
{
	for (int i = 0; i < N_COMMANDS; i++) {
		const char *names = p->habits.macros[i].names;
		if (names != NULL && word_in_list(name, slice_of(names)))
			return true;
	}
	return false;
}

void
macro_given_unlisted(
    const struct macro_given *m, size_t n, const struct profile *p, struct text *names)
{
	for (size_t i = 0; i < n; i++) {
		bool told =
		    listed(p, m[i].name) || word_in_list(m[i].name, text_slice(names));
		if (told)
			continue;
		put(names, SLICE(" "));
		put(names, m[i].name);
	}
}
