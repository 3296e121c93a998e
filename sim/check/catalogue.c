/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/check/catalogue.h"

#include <errno.h>
#include <fnmatch.h>
#include <fts.h>
#include <stdlib.h>

#include "sim/transcript/file.h"

static const char small_message[] = "M> HEADER From: Smith <${from_addr}>\n"
				    "M< answer\n"
				    "M> HEADER To: Jones <${to_addr}>\n"
				    "M< answer\n"
				    "M> HEADER Subject: conformance\n"
				    "M< answer\n"
				    "M> HEADER Message-Id: <1@bar.com>\n"
				    "M< answer\n"
				    "M> HEADER Date: Fri, 30 May 2003 12:00:00 -0700\n"
				    "M< answer\n"
				    "M> EOH\n"
				    "M< answer\n"
				    "M> BODY Blah blah blah...\\r\\n\n"
				    "M< answer\n";

/* @message is made, everything else is read. */
static bool
load(void *self, const char *name, struct text *ret, struct text *why)
{
	const struct catalogue *c = self;
	const char *slash = strrchr(name, '/');

	if (strcmp(slash != NULL ? slash + 1 : name, "@message") != 0)
		return file_read(name, ret, why);
	return text_append(ret,
		   slice_of(c->message != NULL ? c->message : small_message)) == TEXT_OK;
}

static bool
read_case(struct catalogue *c, struct check_case *k, struct text *why)
{
	struct transcript_loader loader = { .load = load, .self = c };
	struct text source = TEXT_INIT(TRANSCRIPT_BYTES), fault = TEXT_INIT(1000),
		    head = TEXT_INIT(400);
	bool ok = file_read(k->file, &source, &fault);

	if (ok && !check_head_read(&k->head, text_slice(&source), &head)) {
		text_printf(&fault, "%s:1: %s", k->file, text_cstr(&head));
		ok = false;
	}
	if (ok && k->head.process == NULL) {
		check_head_hide(source.ptr, source.len);
		ok = transcript_read(
		    &k->transcript, k->file, text_slice(&source), &loader, &fault);
	}
	text_append_cut(why, text_slice(&fault)); /* each file has a line of its own */
	text_clear(&head);
	text_clear(&source);
	text_clear(&fault);
	return ok;
}

static void
free_case(struct check_case *k)
{
	check_head_clear(&k->head);
	transcript_clear(&k->transcript);
	free(k->file);
	free(k);
}

static bool
make_room(struct catalogue *c)
{
	size_t room = c->room > 0 ? 2 * c->room : 64;
	struct check_case **more;

	if (c->cases < c->room)
		return true;
	if (c->cases == CATALOGUE_MAX ||
	    (more = realloc(c->item, room * sizeof(struct check_case *))) == NULL)
		return false;
	c->item = more;
	c->room = room;
	return true;
}

static bool
add(struct catalogue *c, const char *file, struct text *why)
{
	struct check_case *k = calloc(1, sizeof *k);

	if (k == NULL || !make_room(c) || (k->file = strdup(file)) == NULL) {
		text_printf(why, "%s: too many cases, or no memory", file);
		free(k);
		return false;
	}
	if (!read_case(c, k, why)) {
		free_case(k);
		return false;
	}
	c->item[c->cases++] = k;
	return true;
}

static bool
is_case(const FTSENT *e)
{
	return e->fts_info == FTS_F && e->fts_namelen > 4 &&
	       strcmp(e->fts_name + e->fts_namelen - 4, ".mta") == 0;
}

static int
by_id(const void *a, const void *b)
{
	const struct check_case *const *x = a, *const *y = b;

	return check_id_order((*x)->head.id, (*y)->head.id);
}

/* An id names one case. */
static bool
ids_differ(const struct catalogue *c, struct text *why)
{
	bool ok = true;

	for (size_t i = 1; i < c->cases; i++) {
		if (by_id(&c->item[i - 1], &c->item[i]) != 0)
			continue;
		text_printf(why, "%s: the id %s is that of %s too\n", c->item[i]->file,
		    c->item[i]->head.id, c->item[i - 1]->file);
		ok = false;
	}
	return ok;
}

bool
catalogue_read(
    struct catalogue *c, const char *dir, const char *message, struct text *why)
{
	char *own = strdup(dir);
	char *const list[] = { own, NULL };
	FTS *tree;
	FTSENT *e;
	bool ok = true;

	*c = (struct catalogue){ .cases = 0 };
	c->message = message != NULL ? strdup(message) : NULL;
	tree = own != NULL ? fts_open(list, FTS_LOGICAL | FTS_NOCHDIR, NULL) : NULL;
	while (tree != NULL && (e = fts_read(tree)) != NULL) {
		if (e->fts_level == 0 && e->fts_errno != 0)
			text_printf(why, "%s: %s\n", dir, strerror(e->fts_errno));
		else if (is_case(e) && !add(c, e->fts_path, why))
			text_printf(why, "\n");
	}
	if (tree != NULL)
		(void)fts_close(tree);
	free(own);
	if (c->cases > 0)
		qsort(c->item, c->cases, sizeof(struct check_case *), by_id);
	ok = why->len == 0 && ids_differ(c, why);
	if (ok && c->cases == 0) {
		text_printf(why, "%s: holds no case, a file with a name in .mta\n", dir);
		ok = false;
	}
	return ok;
}

void
catalogue_clear(struct catalogue *c)
{
	for (size_t i = 0; i < c->cases; i++)
		free_case(c->item[i]);
	free(c->item);
	free(c->message);
	*c = (struct catalogue){ .cases = 0 };
}

const struct check_case *
catalogue_find(const struct catalogue *c, const char *id)
{
	for (size_t i = 0; i < c->cases; i++) {
		if (strcmp(c->item[i]->head.id, id) == 0)
			return c->item[i];
	}
	return NULL;
}

static bool
matches(const char *const *glob, size_t n, const struct check_head *h)
{
	for (size_t i = 0; i < n; i++) {
		if (fnmatch(glob[i], h->id, 0) == 0 ||
		    fnmatch(glob[i], h->family, 0) == 0)
			return true;
	}
	return false;
}

bool
selection_has(
    const struct selection *s, const struct check_head *h, enum check_level level)
{
	/* What a virus milter has to do is asked of virus milters alone. */
	bool asked = s->onlys > 0 ? matches(s->only, s->onlys, h)
				  : strncmp(h->family, "policy/", 7) != 0;

	return level <= s->level && asked && !matches(s->skip, s->skips, h);
}
