/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/idna.h"

#if HAVE_IDN2
#include <idn2.h>
#endif

static bool
copy_lower(struct slice from, char *to, size_t *ret_len)
{
	if (from.len > IDNA_MAX)
		return false;
	for (size_t i = 0; i < from.len; i++)
		to[i] = ascii_lower(from.ptr[i]);
	*ret_len = from.len;
	return true;
}

static bool
is_ascii(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.ptr[i] > 127)
			return false;
	}
	return true;
}

#if HAVE_IDN2

bool
idna_supported(void)
{
	return true;
}

static bool
convert(struct slice domain, char *ret, size_t *ret_len)
{
	char u8[IDNA_MAX + 1];
	char *ascii = NULL;

	if (domain.len > IDNA_MAX || slice_find(domain, '\0') < domain.len)
		return false;
	memcpy(u8, domain.ptr, domain.len);
	u8[domain.len] = '\0';
	if (idn2_to_ascii_8z(u8, &ascii, IDN2_NONTRANSITIONAL) != IDN2_OK)
		return false;
	bool ok = copy_lower(slice_of(ascii), ret, ret_len);
	idn2_free(ascii);
	return ok;
}

#else

bool
idna_supported(void)
{
	return false;
}

static bool
convert(struct slice domain, char *ret, size_t *ret_len)
{
	(void)domain, (void)ret, (void)ret_len;
	return false;
}

#endif

bool
idna_to_ascii(struct slice domain, char ret[IDNA_MAX], size_t *ret_len)
{
	return is_ascii(domain) ? copy_lower(domain, ret, ret_len)
				: convert(domain, ret, ret_len);
}
