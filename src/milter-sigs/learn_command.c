/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * learn - lines that infected messages share and clean ones lack, as entries
 * for a signature file with the evidence as comments.
 */
#include <limits.h>
#include <stdio.h>
#include <time.h>

#include "base/text.h"
#include "milter-sigs/body_lines.h"
#include "milter-sigs/cluster.h"
#include "milter-sigs/learn.h"
#include "milter-sigs/learn_options.h"
#include "milter-sigs/pass.h"
#include "milter-sigs/strike.h"
#include "milter-sigs/worth.h"
#include "policy/virus/signatures.h"

enum { FAMILIES_MOST = 100 }; /* a pass over the corpus for each */

struct lesson {
	const struct learn_options *options;
	struct learn *learn;
	struct body_lines lines;
	struct families *families; /* NULL: all are one */
	size_t family;
	unsigned long left; /* messages to read in this pass */
	bool said_head;
};

static bool
wants(void *self, unsigned long place)
{
	struct lesson *l = self;

	return l->families == NULL || families_of(l->families, place) == l->family;
}

static bool
begin(void *self, const char *path)
{
	struct lesson *l = self;

	(void)path;
	if (l->left == 0)
		return false;
	l->left--;
	learn_message(l->learn);
	body_lines_begin(&l->lines);
	return true;
}

static enum pass_step
piece(void *self, struct slice bytes)
{
	body_lines_feed(&((struct lesson *)self)->lines, bytes);
	return PASS_ON;
}

static void
end(void *self)
{
	body_lines_end(&((struct lesson *)self)->lines);
}

static void
line(void *self, struct slice bytes, unsigned long number)
{
	learn_line(((struct lesson *)self)->learn, bytes, number);
}

/* Above the first entry: what learned nothing prints nothing. */
static void
say_head(struct lesson *l)
{
	if (l->said_head)
		return;
	l->said_head = true;
	time_t now = time(NULL);
	struct tm utc;
	char day[20] = "";

	if (gmtime_r(&now, &utc) != NULL)
		(void)strftime(day, sizeof day, "%Y-%m-%d", &utc);
	(void)printf("# learned by milter-sigs on %s\n\n", day);
}

static void
say_entry(const struct lesson *l, const char *name, const struct learned *e,
    unsigned long clean)
{
	const struct learn_options *o = l->options;
	unsigned entropy = worth_entropy(e->line);

	(void)printf(
	    "# in %lu of %lu infected messages", e->messages, learn_messages(l->learn));
	if (o->clean.count > 0)
		(void)printf(", in 0 of %lu clean ones", clean);
	else
		(void)printf(", not tried on clean mail");
	(void)printf("; line %lu of one, %u.%02u bits per character\n", e->number,
	    entropy / 1000, entropy % 1000 / 10);
	(void)printf("%s =\n%.*s\n\n", name, (int)e->line.len, e->line.ptr);
}

static void
say_nothing(const struct lesson *l, size_t common, size_t struck)
{
	(void)fprintf(stderr,
	    "milter-sigs: no signature: %zu good lines stand in %lu or more of %lu "
	    "messages%s",
	    common, learn_wanted(l->learn), learn_messages(l->learn),
	    struck > 0 ? ", but all of them in clean mail too" : "");
	(void)fprintf(stderr, "%s\n",
	    common == 0 ? "; try --cluster, or --share with less than 100" : "");
}

static size_t
count_struck(const struct learned *found, size_t n)
{
	size_t struck = 0;

	for (size_t i = 0; i < n; i++)
		struck += found[i].struck;
	return struck;
}

/* Prints the entries of what was learned; SIGS_*. */
static int
conclude(struct lesson *l, const char *name)
{
	const struct learned *pick[PER_NAME_MAX];
	struct learned *found;
	unsigned long clean = 0;
	size_t common = learn_finish(l->learn, &found);
	bool ok =
	    strike_clean(found, common, &l->options->clean, l->options->quiet, &clean);

	if (!ok || learn_no_memory(l->learn))
		return sigs_misuse("no memory", NULL);
	size_t n = learn_pick(found, common, pick, (size_t)l->options->per_name);
	if (n == 0) {
		say_nothing(l, common, count_struck(found, common));
		return SIGS_FAULTS;
	}
	say_head(l);
	if (l->families != NULL)
		(void)printf("# family %zu: %zu messages\n", l->family + 1,
		    families_size(l->families, l->family));
	for (size_t i = 0; i < n; i++)
		say_entry(l, name, pick[i], clean);
	return SIGS_GOOD;
}

/*
 * The two passes over one family, or over all.  A line that stands in every
 * message stands in the first: then one message is enough for the first pass.
 */
static int
study(struct lesson *l, const char *name)
{
	struct pass p = { wants, begin, piece, end, l, "counting", l->options->quiet };
	bool stopped;

	l->learn = learn_new((unsigned)l->options->share);
	if (l->learn == NULL)
		return sigs_misuse("no memory", NULL);
	l->lines.line = line;
	l->lines.self = l;
	l->left = l->options->share == 100 ? 1 : ULONG_MAX;
	unsigned long read = pass_run(&l->options->infected, &p, &stopped);
	l->left = ULONG_MAX;
	learn_second_pass(l->learn);
	p.what = "choosing";
	(void)pass_run(&l->options->infected, &p, &stopped);
	int code = read > 0 ? conclude(l, name)
			    : sigs_misuse("there are no infected messages to read", NULL);
	learn_free(l->learn);
	return code;
}

/* Two messages make a family; one alone has everything in common with itself. */
static int
study_families(struct lesson *l, size_t count)
{
	int code = SIGS_FAULTS;

	for (size_t i = 0; i < count && i < FAMILIES_MOST; i++) {
		struct text name = TEXT_INIT(SIGNATURE_NAME_MAX);
		size_t size = families_size(l->families, i);
		if (size < 2)
			break;
		text_printf(&name, "%s.%zu", l->options->name, i + 1);
		l->family = i;
		int got = study(l, text_cstr(&name));
		text_clear(&name);
		if (got == SIGS_TROUBLE)
			return got;
		code = got == SIGS_GOOD ? SIGS_GOOD : code;
	}
	return code;
}

int
learn_command(int argc, char **argv)
{
	unsigned long troubles = 0;
	struct report report = sigs_report(&troubles);
	struct learn_options o;
	int code = learn_options_read(argc, argv, &report, &o);
	struct lesson l = { .options = &o };
	size_t families = 0;

	if (code != SIGS_GOOD)
		return code;
	if (o.cluster) {
		l.families = cluster(&o.infected, &o.clean, o.quiet, &families);
		if (l.families == NULL)
			return sigs_misuse("no memory", NULL);
	}
	code = o.cluster ? study_families(&l, families) : study(&l, o.name);
	families_free(l.families);
	if (fflush(stdout) != 0)
		return sigs_misuse("cannot write to the standard output", NULL);
	return troubles > 0 ? SIGS_TROUBLE : code;
}
