/* SPDX-License-Identifier: BSD-2-Clause */

/* What everyday mail is made of, and whom it ends: fields, parts, macros, parameters. */

#include "rows.h"

#define USUAL  ORD, "ord/usual-fields"
#define BROKEN ORD, "ord/broken-fields"
#define MACROS ORD, "ord/tls-macros"
#define WORDS  ORD, "ord/usual-parameters"
#define MIME   BODY, "body/mime"
#define TORN   BODY, "body/mime-broken"
#define FORMS  BODY, "body/other-forms"

static bool
thirtieth(const struct seen *x)
{
	return x->headers > 30;
}

const struct defect defects_mail[] = { { "field-content-type-crash", USUAL,
					   "a Content-Type ends the process",
					   AT('L', .has = P("Content-Type")), CRASH },
	{ "field-encoded-deaf", USUAL, "does not answer a field with an encoded word",
	    AT('L', .has = P("=?UTF-8?B?")), SILENT },
	{ "field-dkim-closes", USUAL, "hangs up on a DKIM-Signature",
	    AT('L', .has = P("DKIM-Signature")), CLOSE },
	{ "field-date-twice", USUAL, "answers a Date twice", AT('L', .has = P("Date\0")),
	    AFTER, SAY(P("c")) },
	{ "field-bcc-crash", USUAL, "a Bcc ends the process", AT('L', .has = P("Bcc")),
	    CRASH },
	{ "field-list-deaf", USUAL, "does not answer a List-Id",
	    AT('L', .has = P("List-Id")), SILENT },
	{ "field-received-deaf", BROKEN, "does not answer a thirtieth Received",
	    AT('L', .has = P("Received"), .when = thirtieth), SILENT },
	{ "field-open-bracket-crash", BROKEN,
	    "a From that is an open bracket ends the process", AT('L', .has = P(" <\0")),
	    CRASH },
	{ "field-charset-crash", BROKEN,
	    "an open quote in a Content-Type ends the process",
	    AT('L', .has = P("charset=\"\0")), CRASH },
	{ "macro-tls-crash", MACROS, "a {tls_version} ends the process",
	    AT('D', .has = P("{tls_version}")), CRASH },
	{ "macro-ssf-closes", MACROS, "hangs up on an {auth_ssf}",
	    AT('D', .has = P("{auth_ssf}")), CLOSE },
	{ "macro-comma-deaf", MACROS, "does not answer behind a macro with a comma in it",
	    AT('D', .has = P(", Ltd.")), STALL },
	{ "client-literal-deaf", WORDS, "does not answer HELO with an IPv6 literal",
	    AT('H', .has = P("[IPv6:")), SILENT },
	{ "parameter-requiretls-deaf", WORDS, "does not answer MAIL with REQUIRETLS",
	    AT('M', .has = P("REQUIRETLS")), SILENT },
	{ "parameter-orcpt-crash", WORDS,
	    "an ORCPT with a hexadecimal character ends the process",
	    AT('R', .has = P("ORCPT=rfc822;Jones+2B")), CRASH },
	{ "mime-crash", MIME, "a body of parts ends the process",
	    AT('B', .has = P("\r\n--=")), CRASH },
	{ "mime-base64-deaf", MIME, "does not answer a piece with base64 in it",
	    AT('B', .has = P("base64\r\n\r\nPGh0")), SILENT },
	{ "mime-boundary-crash", TORN, "a boundary of nothing ends the process",
	    AT('B', .has = P("boundary=\"\"")), CRASH },
	{ "mime-base64-spins", TORN, "base64 that is none keeps a processor busy",
	    AT('B', .has = P("=====*")), SPIN },
	{ "mbox-closes", FORMS, "hangs up on a body that begins like a mailbox",
	    AT('B', .has = P("From Smith")), CLOSE },
	{ "uuencoded-crash", FORMS, "a uuencoded file ends the process",
	    AT('B', .has = P("begin 644")), CRASH },
	LAST };
