/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How: libconfuse sees every key as a string (or list of strings), and hands
 * each back through its validation hook while it still knows the line.  The
 * conversion by type is ours, so that every message has one form and range
 * checks are in the table.
 *
 * libconfuse 3.3 counts lines wrongly after a comment and ends the process when
 * it is given a directory; so the file is read here, comments are blanked, and
 * it parses from memory.
 */
#include <confuse.h>
#include <stdlib.h>

#include "base/config_set.h"
#include "base/file.h"

enum { FILE_MAX_BYTES = 1 << 20 }; /* a configuration, not a data base */

struct reading {
	const struct config_table *tables;
	size_t ntables;
	void *options;
	const char *path; /* for messages */
	struct text *why;
};

/* libconfuse's hooks carry no user pointer; config_read() is documented so. */
static struct reading *now;

__attribute__((format(printf, 2, 0))) static void
on_error(cfg_t *cfg, const char *format, va_list ap)
{
	char message[300];

	if (now->why->len > 0 || vsnprintf(message, sizeof message, format, ap) < 0)
		return;
	config_say_place(now->path, cfg != NULL ? cfg->line : 0, now->why);
	text_append_escaped(now->why, slice_of(message), sizeof message);
	if (strstr(message, "no such option") != NULL)
		text_printf(now->why,
		    "; -t prints the keys that exist, blanks in a value want \"quotes\"");
}

static int
on_value(cfg_t *cfg, cfg_opt_t *opt)
{
	const struct config_row *row =
	    config_find(now->tables, now->ntables, slice_of(cfg_opt_name(opt)));
	unsigned n = cfg_opt_size(opt);
	bool ok = true;

	if (row->type == CONFIG_LIST)
		config_list_clear(config_member(now->options, row));
	unsigned from = row->type == CONFIG_LIST || n == 0 ? 0 : n - 1;
	for (unsigned i = from; i < n && ok; i++)
		ok = config_take(row, slice_of(cfg_opt_getnstr(opt, i)), now->path,
		    cfg->line, now->options, now->why);
	return ok ? 0 : -1;
}

/* libconfuse calls no hook for `{}`; CFGF_RESET says that it was the last word. */
static void
take_empty_lists(const struct reading *r, cfg_t *cfg, const cfg_opt_t *opts)
{
	for (size_t i = 0; opts[i].name != NULL; i++) {
		const cfg_opt_t *o = cfg_getopt(cfg, opts[i].name);

		if ((o->flags & CFGF_LIST) != 0 && (o->flags & CFGF_RESET) != 0)
			config_list_clear(config_member(r->options,
			    config_find(r->tables, r->ntables, slice_of(o->name))));
	}
}

static void
blank_comments(char *p, size_t len)
{
	char quote = 0;

	for (size_t i = 0; i < len; i++) {
		if (quote != 0 && p[i] == '\\' && i + 1 < len)
			i++;
		else if (quote != 0 && p[i] == quote)
			quote = 0;
		else if (quote == 0 && (p[i] == '"' || p[i] == '\''))
			quote = p[i];
		else if (quote == 0 && p[i] == '#')
			while (i < len && p[i] != '\n')
				p[i++] = ' ';
	}
}

static bool
read_file(const char *path, struct text *ret, struct text *why)
{
	const char *fault = NULL;

	if (!file_read(path, FILE_MAX_BYTES, ret, why))
		return false;
	ret->limit++; /* libconfuse loses a last line that has no end */
	if (slice_find(text_slice(ret), '\0') < ret->len)
		fault = "has a NUL byte, not a text file";
	else if (text_append(ret, SLICE("\n")) != TEXT_OK)
		fault = "no memory";
	if (fault != NULL)
		text_printf(why, "%s: %s", path, fault);
	return fault == NULL;
}

/* Rows as libconfuse wants them; *ret_cfg and the array for the caller to free. */
static cfg_opt_t *
make_parser(const struct config_table *tables, size_t ntables, cfg_t **ret_cfg)
{
	size_t n = 0, at = 0;

	for (size_t t = 0; t < ntables; t++)
		n += tables[t].count;
	cfg_opt_t *opts = calloc(n + 1, sizeof *opts);
	if (opts == NULL)
		return NULL;
	for (size_t t = 0; t < ntables; t++) {
		for (size_t i = 0; i < tables[t].count; i++) {
			const char *key = tables[t].row[i].key;
			cfg_opt_t one = CFG_STR(key, NULL, CFGF_NODEFAULT);
			cfg_opt_t list = CFG_STR_LIST(key, NULL, CFGF_NODEFAULT);
			opts[at++] = tables[t].row[i].type == CONFIG_LIST ? list : one;
		}
	}
	cfg_opt_t end = CFG_END();
	opts[at] = end;
	*ret_cfg = cfg_init(opts, CFGF_NONE);
	for (size_t i = 0; *ret_cfg != NULL && i < at; i++)
		cfg_set_validate_func(*ret_cfg, opts[i].name, on_value);
	return opts;
}

static bool
parse(struct reading *r, char *content, size_t len)
{
	cfg_t *cfg = NULL;
	cfg_opt_t *opts = make_parser(r->tables, r->ntables, &cfg);
	FILE *in = fmemopen(content, len, "r");
	int status = CFG_PARSE_ERROR;

	if (cfg != NULL && in != NULL) {
		now = r;
		cfg_set_error_function(cfg, on_error);
		status = cfg_parse_fp(cfg, in);
		now = NULL;
		take_empty_lists(r, cfg, opts);
	}
	if (status != CFG_SUCCESS && r->why->len == 0)
		text_printf(r->why, "%s: cannot be parsed", r->path);
	if (in != NULL)
		(void)fclose(in);
	if (cfg != NULL)
		cfg_free(cfg);
	free(opts);
	return status == CFG_SUCCESS;
}

bool
config_read_file(const struct config_table *tables, size_t ntables, const char *path,
    void *options, struct text *why)
{
	struct reading r = { tables, ntables, options, path, why };
	struct text content;
	bool ok = read_file(path, &content, why);

	if (ok)
		blank_comments(content.ptr, content.len);
	ok = ok && config_keys_once(tables, ntables, path, text_slice(&content), why) &&
	     parse(&r, content.ptr, content.len);
	text_clear(&content);
	return ok;
}
