/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/sidecar.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base64.h"

enum { PATHS_MAX = 1 << 20, VALUE_MAX = LOGGER_FACTS_MAX };

static bool
read_value(const json_t *value, struct text *ret)
{
	*ret = (struct text)TEXT_INIT(VALUE_MAX);
	if (json_is_string(value)) {
		struct slice s = { json_string_value(value), json_string_length(value) };
		return text_append(ret, s) == TEXT_OK;
	}
	const json_t *encoded = json_object_get(value, "base64");
	if (!json_is_string(encoded))
		return false;
	return base64_decode(
	    (struct slice){ json_string_value(encoded), json_string_length(encoded) },
	    ret);
}

static bool
read_path(const json_t *object, struct sidecar_path *ret)
{
	const json_t *args = json_object_get(object, "args");
	const char *answer = json_string_value(json_object_get(object, "answer"));
	size_t n = json_array_size(args);

	ret->rejected = answer != NULL && strcmp(answer, "rejected") == 0;
	if (!read_value(json_object_get(object, "path"), &ret->path) || n > PATHS_MAX)
		return false;
	ret->arg = calloc(n + 1, sizeof *ret->arg);
	if (ret->arg == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		ret->nargs = i + 1;
		if (!read_value(json_array_get(args, i), &ret->arg[i]))
			return false;
	}
	return true;
}

/* "2026-11-23T15:00:00Z" in days and seconds, by the rule of 400-year cycles. */
static long long
read_time(const json_t *value)
{
	const char *iso = json_string_value(value);
	int year, month, day, hour, minute, second;

	if (iso == NULL || /* widths keep each number in range:
			      NOLINTNEXTLINE(cert-err34-c) */
	    sscanf(iso, "%4d-%2d-%2dT%2d:%2d:%2dZ", &year, &month, &day, &hour, &minute,
		&second) != 6 ||
	    month < 1 || month > 12)
		return 0;
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304,
		334 };
	int leaps = month > 2 ? year : year - 1;
	long long days = 365LL * (year - 1970) + before[month - 1] + day - 1 +
			 (leaps / 4 - leaps / 100 + leaps / 400) - 477;
	return ((days * 24 + hour) * 60 + minute) * 60 + second;
}

static const char *
read_all(const json_t *top, struct sidecar *ret)
{
	const json_t *recipients = json_object_get(top, "recipients");
	size_t n = json_array_size(recipients);

	if (!json_is_object(top) || n > PATHS_MAX)
		return "is no sidecar of a message";
	ret->complete = json_is_true(json_object_get(top, "complete"));
	ret->received = read_time(json_object_get(top, "received"));
	if (!read_path(json_object_get(top, "sender"), &ret->sender))
		return "names no sender";
	ret->recipient = calloc(n + 1, sizeof *ret->recipient);
	if (ret->recipient == NULL)
		return "does not fit into memory";
	for (size_t i = 0; i < n; i++) {
		ret->nrecipients = i + 1;
		if (!read_path(json_array_get(recipients, i), &ret->recipient[i]))
			return "holds a recipient without a path";
	}
	return NULL;
}

bool
sidecar_read(struct slice json, struct sidecar *ret, struct text *why)
{
	json_error_t error;
	json_t *top = json_loadb(json.len > 0 ? json.ptr : "", json.len,
	    JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);

	*ret = (struct sidecar){ 0 };
	if (top == NULL) {
		text_printf(why, "line %d is not JSON", error.line);
		return false;
	}
	const char *fault = read_all(top, ret);
	json_decref(top);
	if (fault != NULL)
		text_printf(why, "%s", fault);
	return fault == NULL;
}

static void
clear_path(struct sidecar_path *p)
{
	text_clear(&p->path);
	for (size_t i = 0; i < p->nargs; i++)
		text_clear(&p->arg[i]);
	free(p->arg);
}

void
sidecar_clear(struct sidecar *s)
{
	clear_path(&s->sender);
	for (size_t i = 0; i < s->nrecipients; i++)
		clear_path(&s->recipient[i]);
	free(s->recipient);
	*s = (struct sidecar){ 0 };
}
