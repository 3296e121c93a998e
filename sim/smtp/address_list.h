/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_ADDRESS_LIST_H
#define SIM_ADDRESS_LIST_H

/* address_list - the tokens and parts of an address list.  Private to addresses.c. */

#include <stdbool.h>

#include "base/slice.h"

enum token_kind { TOKEN_WORD, TOKEN_QUOTED, TOKEN_LITERAL, TOKEN_COMMENT, TOKEN_SPECIAL };

struct token {
	enum token_kind kind;
	struct slice text; /* a quoted one without its quotes; borrows from the list */
};

/* A part of the list: a token of it, or all of an address. */
struct part {
	bool address;
	size_t first, end; /* tokens; comments among them stand behind it */
	char special;      /* of no token: a comma that was missing */
};

struct reading {
	struct token *token;
	size_t tokens, tokens_room;
	struct part *part; /* from right to left */
	size_t parts;
};

/* Blank, tab, CR, LF. */
bool address_blank(char c);

/* RFC 822 3.3 specials, and what old addresses had in their place. */
bool address_special(char c);

/* False: no memory.  address_list_clear() in both cases. */
bool address_list_read(struct reading *r, struct slice text);
void address_list_clear(struct reading *r);

/* Is this token that special? */
bool address_list_is(const struct reading *r, size_t token, char c);

#endif
