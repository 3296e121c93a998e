/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/html.h"

void
html_text(FILE *to, const char *s)
{
	for (; s != NULL && *s != '\0'; s++) {
		const char *entity = report_entity(*s);
		if (entity != NULL)
			(void)fputs(entity, to);
		else
			(void)fputc(*s, to);
	}
}

static const char style[] =
    ":root{color-scheme:light dark;--bg:#fff;--fg:#1a1d21;--soft:#f2f4f7;--line:#d5dae1;"
    "--dim:#596270;--good:#0a6b36;--bad:#b3141f;--warn:#8a5300;--link:#0b57b8}\n"
    "@media(prefers-color-scheme:dark){:root{--bg:#14171b;--fg:#e4e8ee;--soft:#1e2329;"
    "--line:#363e48;--dim:#9aa5b4;--good:#5fd08f;--bad:#ff8087;--warn:#f0b35a;"
    "--link:#82b6ff}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;max-width:80rem;padding:1rem;background:var(--bg);"
    "color:var(--fg);font:16px/1.45 system-ui,sans-serif;overflow-wrap:anywhere}\n"
    "h1{font-size:1.4rem;margin:.2rem 0 .6rem}h2{font-size:1.05rem;margin:0;"
    "display:inline}section>h2{display:block;margin:1.5rem 0 .5rem}\n"
    "a{color:var(--link)}:focus-visible{outline:3px solid "
    "var(--link);outline-offset:2px}\n"
    "ul.milters{padding:0;list-style:none}ul.milters li{margin:.3rem 0}\n"
    "i{font-style:normal}.pass,.pass a{color:var(--good)}"
    ".fail,.fail a,.error,.error a{color:var(--bad)}.known,.known a{color:var(--warn)}"
    ".reach,.skip{color:var(--dim)}\n"
    "fieldset{border:1px solid var(--line);border-radius:.4rem;display:flex;"
    "flex-wrap:wrap;gap:.3rem 1.1rem;margin:0 0 1rem;padding:.5rem .8rem}\n"
    "fieldset label{white-space:nowrap;padding:.2rem 0}\n"
    "details{border:1px solid var(--line);border-radius:.4rem;margin:.5rem 0}\n"
    "summary{cursor:pointer;padding:.55rem .8rem;background:var(--soft);"
    "border-radius:.4rem}\n"
    ".sum{display:inline-block;margin:0 .9rem 0 0;font-size:.9rem}\n"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}\n"
    "th,td{border-top:1px solid var(--line);padding:.35rem .6rem;text-align:left;"
    "vertical-align:top}thead th{font-size:.85rem;color:var(--dim)}\n"
    "tbody th{font-weight:400;min-width:14rem}td{text-align:center;min-width:2.5rem;"
    "font-weight:700}td a{display:block;text-decoration:underline}\n"
    "thead th+th{min-width:4.5rem;max-width:11rem;text-align:center}"
    "small{color:var(--dim)}\n"
    ".story{padding:0 .8rem .8rem}dl{display:grid;grid-template-columns:7rem 1fr;"
    "gap:.25rem .8rem;margin:.6rem "
    "0}dt{color:var(--dim)}dd{margin:0;white-space:pre-wrap}\n"
    "code,pre,.wire{font-family:ui-monospace,monospace;font-size:.85rem}"
    "pre{overflow-x:auto;background:var(--soft);padding:.6rem;margin:.4rem 0;"
    "white-space:pre}\n"
    ".wire{display:grid;grid-template-columns:1fr 1fr;gap:.3rem .8rem}"
    ".wire>h3{font:600 .85rem system-ui,sans-serif;color:var(--dim);margin:0}"
    ".wire>div{min-width:0}.wire .out{grid-column:1}.wire .in{grid-column:2}"
    ".wire .note{grid-column:1/3;color:var(--dim)}.wire .breach{grid-column:1/3;"
    "color:var(--bad);font-weight:700}.wire pre{font-size:.75rem;margin:.1rem 0}\n"
    ".wire details{margin:0;border:0}.wire summary{padding:.15rem .4rem}\n"
    ".vh{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}\n"
    "body:has(#f-must:checked) tbody tr:not(.l-must),"
    "body:has(#f-interop:checked) tbody tr:not(.l-must,.l-interop),"
    "body:has(#f-should:checked) tbody tr.l-info,"
    "body:has(#f-must:checked) .story-box:not(.l-must),"
    "body:has(#f-interop:checked) .story-box:not(.l-must,.l-interop),"
    "body:has(#f-should:checked) .story-box.l-info{display:none}\n"
    "@media(max-width:40rem){body{padding:.6rem}dl{grid-template-columns:1fr;gap:0}"
    "dt{margin-top:.4rem}.wire{grid-template-columns:1fr}.wire>*,.wire .in,.wire .note,"
    ".wire .breach{grid-column:1}.wire .in{padding-left:1rem;"
    "border-left:3px solid var(--line)}tbody th{min-width:10rem}}\n"
    "@media print{details{break-inside:avoid}}\n";

void
html_begin(FILE *to, const char *title)
{
	(void)fputs(
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	    "<title>Milter conformance: ",
	    to);
	html_text(to, title);
	(void)fprintf(to, "</title>\n<style>\n%s</style>\n</head>\n<body>\n", style);
	(void)fputs("<h1>Milter conformance</h1>\n", to);
}

void
html_end(FILE *to)
{
	(void)fputs("<footer><p><small>milter-sim " PACKAGE_VERSION
		    ", milter-sim check. ✓ pass, ✗ fail, ◐ known fault of a library, "
		    "· not reached, – not run, ! error of the check "
		    "itself</small></p></footer>\n</body>\n</html>\n",
	    to);
}

void
html_filter(FILE *to)
{
	static const struct {
		const char *id, *label;
	} row[] = {
		{ "f-must", "must" },
		{ "f-interop", "must and interop" },
		{ "f-should", "and should" },
		{ "f-all", "all" },
	};

	(void)fputs("<fieldset><legend>Levels shown</legend>\n", to);
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
		(void)fprintf(to,
		    "<label><input type=\"radio\" name=\"level\" id=\"%s\"%s> "
		    "%s</label>\n",
		    row[i].id, i == 3 ? " checked" : "", row[i].label);
	(void)fputs("</fieldset>\n", to);
}

static void
term(FILE *to, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	(void)fprintf(to, "<dt>%s</dt><dd>", name);
	html_text(to, value);
	(void)fputs("</dd>\n", to);
}

static const char *
entry_class(char side)
{
	switch (side) {
	case '>': return "out";
	case '<': return "in";
	case '!': return "breach";
	}
	return "note";
}

static void
entry(FILE *to, const struct wire_entry *e)
{
	struct text hex = TEXT_INIT((size_t)8 * WIRE_BYTES);
	const char *line = e->line.len > 0 ? e->line.ptr : "";
	struct text plain = TEXT_INIT(500);

	text_printf(&plain, "%.*s", (int)e->line.len, line);
	(void)fprintf(to, "<div class=\"%s\">", entry_class(e->side));
	if (e->bytes.len == 0) {
		html_text(to, text_cstr(&plain));
	} else {
		(void)fputs("<details><summary>", to);
		html_text(to, text_cstr(&plain));
		(void)fputs("</summary><pre tabindex=\"0\">", to);
		wire_log_hex(&hex, text_slice(&e->bytes), "");
		html_text(to, text_cstr(&hex));
		if (e->size > e->bytes.len)
			(void)fprintf(to, "... %zu bytes in all", e->size);
		(void)fputs("</pre></details>", to);
	}
	(void)fputs("</div>\n", to);
	text_clear(&hex);
	text_clear(&plain);
}

static void
wires(FILE *to, const struct wire_log *w)
{
	(void)fputs("<div class=\"wire\"><h3 class=\"out\">MTA says</h3>"
		    "<h3 class=\"in\">milter says</h3>\n",
	    to);
	for (size_t i = 0; i < w->entries; i++) {
		if (i == wire_log_gap(w) && w->dropped > 0)
			(void)fprintf(to, "<div class=\"note\">... %zu more ...</div>\n",
			    w->dropped);
		entry(to, &w->entry[i]);
	}
	(void)fputs("</div>\n", to);
}

void
html_story(FILE *to, const struct check_result *r, const char *milter, size_t column)
{
	struct text anchor = TEXT_INIT(200);

	report_anchor(&r->head, column, &anchor);
	(void)fprintf(to, "<details class=\"story-box l-%s\"><summary><b>%s</b> ",
	    check_level_names[r->level], r->head.id);
	html_text(to, milter);
	/* The name stands inside: a link to it then opens what is around it. */
	(void)fprintf(to,
	    " <small>%s, %s</small></summary><div class=\"story\" id=\"%s\"><dl>\n",
	    check_outcome_names[r->outcome], check_level_names[r->level],
	    text_cstr(&anchor));
	term(to, "rule", r->head.says);
	term(to, "source", r->head.source);
	term(to, "case", r->where);
	term(to, "variant", r->variant);
	term(to, "who", r->why);
	term(to, "broken", r->broken);
	term(to, "expected", r->expected);
	term(to, "got", r->got);
	term(to, "what breaks", r->head.breaks);
	term(to, "known", r->head.known);
	term(to, "milter wrote", r->words);
	term(to, "again", r->repeat);
	(void)fputs("</dl>\n", to);
	if (r->diff != NULL && r->diff[0] != '\0') {
		(void)fputs("<pre tabindex=\"0\">", to);
		html_text(to, r->diff);
		(void)fputs("</pre>\n", to);
	}
	if (r->wire != NULL && r->wire->entries > 0)
		wires(to, r->wire);
	(void)fputs("</div></details>\n", to);
	text_clear(&anchor);
}
