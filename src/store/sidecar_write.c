/* SPDX-License-Identifier: BSD-2-Clause */
#include "store/sidecar.h"

#include <jansson.h>
#include <time.h>

#include "base/base64.h"

/*
 * Everything is set by set(): it takes over the value, and a NULL, jansson's
 * word for "no memory", spoils the whole.
 */
static bool
set(json_t *object, const char *key, json_t *value)
{
	return json_object_set_new(object, key, value) == 0;
}

static json_t *
in_base64(struct slice bytes)
{
	struct text encoded = TEXT_INIT(bytes.len / 3 * 4 + 4);
	json_t *object = NULL;

	if (base64_encode(bytes, &encoded) == TEXT_OK)
		object = json_pack("{s:s%}", "base64", encoded.ptr, encoded.len);
	text_clear(&encoded);
	return object;
}

/* json_stringn() refuses what is not UTF-8, and only the empty string has no pointer. */
static json_t *
from_outside(struct slice bytes)
{
	json_t *string = json_stringn(bytes.len > 0 ? bytes.ptr : "", bytes.len);

	return string != NULL ? string : in_base64(bytes);
}

static json_t *
time_of(long long seconds)
{
	time_t t = (time_t)seconds;
	struct tm utc;
	char iso[40];

	if (gmtime_r(&t, &utc) == NULL ||
	    strftime(iso, sizeof iso, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
		return json_null();
	return json_string(iso);
}

/* Which member of which object a fact becomes. */
enum place { AT_TOP, AT_CLIENT, AT_AUTH, AT_TLS, AT_PATH, N_PLACES };

/* clang-format off */
static const struct {
	enum place place;
	const char *key;
	bool list;
} member[] = {
	[FACT_CLIENT_NAME]    = { AT_CLIENT, "name", false },
	[FACT_CLIENT_ADDRESS] = { AT_CLIENT, "address", false },
	[FACT_HELO]           = { AT_CLIENT, "helo", false },
	[FACT_SENDER]         = { AT_PATH, "path", false },
	[FACT_SENDER_ARG]     = { AT_PATH, "args", true },
	[FACT_AUTH_USER]      = { AT_AUTH, "user", false },
	[FACT_AUTH_MECHANISM] = { AT_AUTH, "mechanism", false },
	[FACT_TLS_VERSION]    = { AT_TLS, "version", false },
	[FACT_TLS_CIPHER]     = { AT_TLS, "cipher", false },
	[FACT_TLS_SUBJECT]    = { AT_TLS, "subject", false },
	[FACT_RCPT]           = { AT_PATH, "path", false },
	[FACT_RCPT_REJECTED]  = { AT_PATH, "answer", false },
	[FACT_RCPT_ARG]       = { AT_PATH, "args", true },
	[FACT_RCPT_MAILER]    = { AT_PATH, "mailer", false },
	[FACT_RCPT_HOST]      = { AT_PATH, "host", false },
	[FACT_RCPT_ADDRESS]   = { AT_PATH, "address", false },
	[FACT_QUEUE_ID]       = { AT_TOP, "queue_id", false },
};
/* clang-format on */

struct tree {
	json_t
	    *object[N_PLACES]; /* borrowed from the tree; AT_PATH: the last one begun */
	json_t *recipients;
};

static json_t *
new_child(json_t *parent, const char *key)
{
	json_t *child = json_object();

	return set(parent, key, child) ? child : NULL;
}

static json_t *
new_path(struct tree *t, enum logger_fact_kind kind)
{
	json_t *path =
	    kind == FACT_SENDER ? new_child(t->object[AT_TOP], "sender") : json_object();

	if (kind == FACT_RCPT && json_array_append_new(t->recipients, path) != 0)
		return NULL;
	if (path == NULL || !set(path, "args", json_array()))
		return NULL;
	if (kind == FACT_RCPT && !set(path, "answer", json_string("accepted")))
		return NULL;
	return path;
}

static bool
add_fact(struct tree *t, const struct logger_fact *f)
{
	const char *key = member[f->kind].key;

	if (f->kind == FACT_SENDER || f->kind == FACT_RCPT)
		t->object[AT_PATH] = new_path(t, f->kind);
	json_t *object = t->object[member[f->kind].place];
	if (f->kind == FACT_RCPT_REJECTED)
		return set(object, key, json_string("rejected"));
	if (member[f->kind].list)
		return json_array_append_new(
			   json_object_get(object, key), from_outside(f->value)) == 0;
	return set(object, key, from_outside(f->value));
}

static bool
add_file(json_t *top, const struct logger_record *r, const struct sidecar_file *file)
{
	static const char *const status[] = { "taken", "aborted" };
	static const char *const cut[] = { NULL, "headers only",
		"first bytes of the body", "aborted" };

	return set(top, "format", json_integer(1)) &&
	       set(top, "message", json_string(file->name)) &&
	       set(top, "status", json_string(status[r->status])) &&
	       set(top, "complete", json_boolean(r->cut == LOGGER_COMPLETE)) &&
	       set(top, "cut", cut[r->cut] ? json_string(cut[r->cut]) : json_null()) &&
	       set(top, "received", time_of(r->received)) &&
	       set(top, "stored", time_of(file->stored)) &&
	       set(top, "size",
		   json_integer((json_int_t)(r->header_bytes + r->body_bytes))) &&
	       set(top, "header_bytes", json_integer((json_int_t)r->header_bytes)) &&
	       set(top, "body_bytes", json_integer((json_int_t)r->body_bytes)) &&
	       set(top, "body_seen", json_integer((json_int_t)r->body_seen)) &&
	       set(top, "sha256", json_string(file->sha256)) &&
	       set(top, "envelope_complete", json_boolean(!r->facts_cut));
}

static bool
build(json_t *top, const struct logger_record *r, const struct sidecar_file *file)
{
	struct tree t = { .object = { [AT_TOP] = top } };

	if (!add_file(top, r, file))
		return false;
	t.object[AT_CLIENT] = new_child(top, "client");
	t.object[AT_AUTH] = new_child(top, "authenticated");
	t.object[AT_TLS] = new_child(top, "tls");
	t.recipients = json_array();
	for (size_t i = 0; i < r->nfacts; i++) {
		if (!add_fact(&t, &r->fact[i])) {
			json_decref(t.recipients);
			return false;
		}
	}
	return set(top, "recipients", t.recipients);
}

struct sink {
	struct text *to;
	bool lost; /* jansson goes on where a key could not be written */
};

static int
append(const char *bytes, size_t n, void *self)
{
	struct sink *s = self;

	s->lost = s->lost || text_append(s->to, (struct slice){ bytes, n }) != TEXT_OK;
	return s->lost ? -1 : 0;
}

enum text_status
sidecar_write(
    const struct logger_record *record, const struct sidecar_file *file, struct text *to)
{
	struct sink sink = { .to = to };
	json_t *top = json_object();
	bool ok = build(top, record, file) &&
		  json_dump_callback(top, append, &sink, JSON_INDENT(1)) == 0 &&
		  !sink.lost && text_append(to, SLICE("\n")) == TEXT_OK;

	json_decref(top);
	return ok ? TEXT_OK : TEXT_NOMEM;
}

void
sidecar_init(void)
{
	json_object_seed(0);
}
