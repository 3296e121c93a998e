/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/settings.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "glue/options.h"

static void
tables_of(const struct program *p, struct config_table ret[ARG_TABLES])
{
	ret[0] = common_options_table;
	ret[1] = p->rulebook->options;
}

/* "": the place that the unit file makes for this program. */
static bool
fill_socket(const struct program *p, struct common_options *o)
{
	struct text path = TEXT_INIT(200);

	if (o->socket[0] != '\0')
		return true;
	text_printf(&path, "unix:/run/%s/milter.sock", p->name);
	free(o->socket);
	o->socket = strdup(text_cstr(&path));
	text_clear(&path);
	return o->socket != NULL;
}

/* Anything but "it is not there" is for whoever opens it to tell. */
static bool
is_missing(const char *path)
{
	return access(path, F_OK) == -1 && (errno == ENOENT || errno == ENOTDIR);
}

bool
settings_file_is_gone(const struct args *a)
{
	return a->config != NULL && is_missing(a->config);
}

/* -c, which must be there, or the default, which need not. */
static const char *
file_of(const struct args *a)
{
	if (a->config != NULL)
		return a->config;
	return is_missing(a->default_config) ? NULL : a->default_config;
}

static bool
fill(struct settings *s, const struct args *a, struct text *why)
{
	struct config_table tables[ARG_TABLES];
	char *override[OVERRIDES_MAX + 1];
	bool (*complete)(void *) = s->program->rulebook->complete;
	size_t n = 0;

	tables_of(s->program, tables);
	for (size_t i = 0; i < a->overrides; i++)
		override[n++] = a->override[i];
	if (a->socket != NULL)
		override[n++] = a->socket;
	return config_read(tables, ARG_TABLES, s->file, override, n, s->common, why) &&
	       fill_socket(s->program, s->common) &&
	       (complete == NULL || complete(s->common));
}

struct settings *
settings_read(const struct program *p, const struct args *a, struct text *why)
{
	struct settings *s = calloc(1, sizeof *s);

	if (s != NULL && (s->common = calloc(1, p->rulebook->options_size)) != NULL) {
		s->program = p;
		s->file = file_of(a);
		atomic_init(&s->users, 1);
		if (fill(s, a, why))
			return s;
	}
	if (why->len == 0)
		text_printf(why, "out of memory");
	settings_free(s);
	return NULL;
}

struct settings *
settings_hold(struct settings *s)
{
	atomic_fetch_add(&s->users, 1);
	return s;
}

void
settings_free(void *settings)
{
	struct config_table tables[ARG_TABLES];
	struct settings *s = settings;

	if (s == NULL || (s->common != NULL && atomic_fetch_sub(&s->users, 1) > 1))
		return;
	if (s->common != NULL) {
		tables_of(s->program, tables);
		config_clear(tables, ARG_TABLES, s->common);
		free(s->common);
	}
	free(s);
}

void
settings_append_changes(
    const struct settings *a, const struct settings *b, struct text *line)
{
	const struct config_table *t = &common_options_table;
	size_t before = line->len;

	for (size_t i = 0; i < t->count; i++) {
		if (!config_row_equal(&t->row[i], a->common, b->common))
			text_printf(
			    line, "%s%s", line->len > before ? ", " : "", t->row[i].key);
	}
}

void
settings_print(const struct settings *s)
{
	struct config_table tables[ARG_TABLES];

	tables_of(s->program, tables);
	config_print(stdout, tables, ARG_TABLES, s->common);
}
