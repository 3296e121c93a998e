/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/variant.h"

bool
variant_variables(const struct variant *v, struct variables *vars)
{
	struct text bytes = TEXT_INIT(VARIABLE_MAX), length = TEXT_INIT(24);
	bool ok = true;

	if (!v->has_length)
		return true;
	for (size_t i = 0; ok && i < v->length; i++)
		ok = text_append(&bytes, SLICE("x")) == TEXT_OK;
	text_printf(&length, "%zu", v->length);
	ok = ok && variables_set(vars, SLICE("length"), text_slice(&length)) &&
	     variables_set(vars, SLICE("bytes"), text_slice(&bytes));
	text_clear(&bytes);
	text_clear(&length);
	return ok;
}
