/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_CHECK_HTML_H
#define SIM_CHECK_HTML_H

#include "sim/check/report.h"

/* html - the parts of the page that are the same whatever it shows. */

/* Text that means nothing to a browser. */
void html_text(FILE *to, const char *s);

void html_begin(FILE *to, const char *title);
void html_end(FILE *to);

/* Radio buttons that hide the rows of other levels. */
void html_filter(FILE *to);

/* One failure: the rule, who broke it, and both wires side by side. */
void html_story(
    FILE *to, const struct check_result *r, const char *milter, size_t column);

#endif
