/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/config.h"

#include "base/value.h"

static const void *
member(const void *options, const struct config_row *row)
{
	return (const char *)options + row->offset;
}

/* In double quotes, with what libconfuse would take as its own escaped. */
static void
print_quoted(FILE *to, const char *s)
{
	(void)fputc('"', to);
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\' || *s == '$')
			(void)fputc('\\', to);
		(void)fputc(*s, to);
	}
	(void)fputc('"', to);
}

static void
print_list(FILE *to, const struct config_list *list)
{
	(void)fputs("{", to);
	for (size_t i = 0; i < list->count; i++) {
		(void)fputs(i > 0 ? ", " : " ", to);
		print_quoted(to, list->item[i]);
	}
	(void)fputs(" }", to);
}

static void
print_value(FILE *to, const struct config_row *row, const void *at)
{
	struct text t = TEXT_INIT(64);

	switch (row->type) {
	case CONFIG_TEXT:
	case CONFIG_PATH: print_quoted(to, *(char *const *)at); break;
	case CONFIG_LIST: print_list(to, at); break;
	case CONFIG_BOOL: (void)fputs(*(const bool *)at ? "yes" : "no", to); break;
	case CONFIG_CHOICE: (void)fputs(row->choices[*(const int *)at], to); break;
	case CONFIG_BYTES: value_print_bytes(&t, *(const long long *)at); break;
	case CONFIG_SECONDS: value_print_seconds(&t, *(const long *)at); break;
	case CONFIG_NUMBER: text_printf(&t, "%ld", *(const long *)at); break;
	case CONFIG_MODE:
		text_printf(&t, "%04lo", (unsigned long)*(const long *)at);
		break;
	}
	(void)fputs(text_cstr(&t), to);
	text_clear(&t);
}

void
config_print(
    FILE *to, const struct config_table *tables, size_t ntables, const void *options)
{
	for (size_t t = 0; t < ntables; t++) {
		for (size_t i = 0; i < tables[t].count; i++) {
			const struct config_row *row = &tables[t].row[i];
			(void)fprintf(to, "# %s\n%s = ", row->what, row->key);
			print_value(to, row, member(options, row));
			(void)fputc('\n', to);
		}
	}
}
