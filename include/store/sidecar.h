/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef STORE_SIDECAR_H
#define STORE_SIDECAR_H

/*
 * sidecar - all that is known of a stored message beside its bytes, as JSON.
 *
 * The file is valid JSON (RFC 8259) whatever bytes a client sent.  A value
 * from outside that is UTF-8 is a string; any other is an object with one
 * member, { "base64": "..." }, the bytes in base64.  So every value can be
 * turned back into exactly the bytes that came, and no string needs a second
 * look.  Pure but for jansson's memory; thread-safe after sidecar_init().
 */

#include "policy/logger/logger.h"

enum { SIDECAR_MAX = 64 << 20 }; /* LOGGER_FACTS_MAX, each byte as \u0000, and names */

struct sidecar_file {
	const char *name;   /* of the message */
	const char *sha256; /* of its bytes, 64 digits */
	long long stored;   /* when it was finished, seconds since 1970 */
};

/* Once, before threads: jansson chooses its hash seed. */
void sidecar_init(void);

enum text_status sidecar_write(
    const struct logger_record *record, const struct sidecar_file *file, struct text *to);

/* What replaying a message takes. */
struct sidecar_path {
	struct text path;
	struct text *arg;
	size_t nargs;
	bool rejected;
};

struct sidecar {
	struct sidecar_path sender, *recipient;
	size_t nrecipients;
	long long received; /* seconds since 1970, 0 when the file does not say */
	bool complete;
};

/* False: *why says what is wrong; *ret must be cleared all the same. */
bool sidecar_read(struct slice json, struct sidecar *ret, struct text *why);
void sidecar_clear(struct sidecar *s);

#endif
