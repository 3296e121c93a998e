/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/commands/load_party.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { ADDRESS_MAX = 900 };

bool
load_verdict_read(struct slice word, enum load_verdict *ret, struct text *why)
{
	if (slice_equal(word, SLICE("exact")))
		word = slice_of(load_verdict_names[LOAD_ACCEPTED]);
	for (int i = 0; i <= N_LOAD_VERDICTS; i++) {
		if (!slice_equal(word, slice_of(load_verdict_names[i])))
			continue;
		*ret = (enum load_verdict)i;
		return true;
	}
	text_printf(why, "one of accepted, refused, deferred, discarded, any");
	return false;
}

bool
load_share_read(struct slice word, double *ret, struct text *why)
{
	char number[40], *end = number;

	if (word.len > 0 && word.ptr[word.len - 1] == '%')
		word.len--;
	(void)snprintf(number, sizeof number, "%.*s", (int)word.len, word.ptr);
	*ret = strtod(number, &end) / 100;
	if (word.len > 0 && word.len < sizeof number && *end == '\0' && isfinite(*ret) &&
	    *ret >= 0 && *ret <= 1)
		return true;
	text_printf(why, "a share of the messages, 0 to 100%%, as in 0.6%%");
	return false;
}

static bool
is_address(struct slice a)
{
	bool ok = a.len <= ADDRESS_MAX;

	for (size_t i = 0; ok && i < a.len; i++)
		ok = (unsigned char)a.ptr[i] > ' ' && a.ptr[i] != '<' &&
		     a.ptr[i] != '>' && a.ptr[i] != 0x7f;
	return ok;
}

/* An equals sign and a comma may stand in a local part: only those behind it count. */
bool
load_party_read(
    const char *word, struct load_party *ret, char **ret_copy, struct text *why)
{
	const char *at = strrchr(word, '@'), *domain = at != NULL ? at : word;
	struct slice tail = slice_of(domain + strcspn(domain, "=,"));
	struct slice address = { word, (size_t)(tail.ptr - word) };
	size_t comma = slice_find(tail, ',');

	*ret = (struct load_party){ .must = LOAD_UNSAID };
	if (!is_address(address)) {
		text_printf(why, "an address without brackets, as in a@example.org");
		return false;
	}
	if (comma < tail.len &&
	    !load_share_read(slice_from(tail, comma + 1), &ret->share, why))
		return false;
	if (comma > 0 &&
	    !load_verdict_read(slice_from(slice_first(tail, comma), 1), &ret->must, why))
		return false;
	if ((*ret_copy = strndup(word, address.len)) == NULL) {
		text_printf(why, "out of memory");
		return false;
	}
	ret->address = *ret_copy;
	return true;
}
