/* SPDX-License-Identifier: BSD-2-Clause */
#include "policy/address/address_domains.h"

#include <stdlib.h>

#include "base/array.h"

bool
address_domains_add(struct address_domains *d, struct slice domain)
{
	if (d->count > 0 && slice_equal(slice_of(d->item[d->count - 1]), domain))
		return true;
	char *copy = strndup(domain.ptr, domain.len);
	if (copy == NULL || !array_room(&d->item, d->count, &d->room, sizeof *d->item)) {
		free(copy);
		return false;
	}
	d->item[d->count++] = copy;
	return true;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct name_list
address_domains_finish(struct address_domains *d)
{
	size_t kept = 0;

	if (d->count > 1)
		qsort(d->item, d->count, sizeof *d->item, by_name);
	for (size_t i = 0; i < d->count; i++) {
		if (kept > 0 && strcmp(d->item[kept - 1], d->item[i]) == 0)
			free(d->item[i]);
		else
			d->item[kept++] = d->item[i];
	}
	d->count = kept;
	return (struct name_list){ d->item, d->count };
}

void
address_domains_clear(struct address_domains *d)
{
	for (size_t i = 0; i < d->count; i++)
		free(d->item[i]);
	free(d->item);
	*d = (struct address_domains){ 0 };
}
