/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench_scan - how fast bodies are scanned, against peers and limits of the
 * same run, as Markdown.  `make bench-scan`; README.md beside this file.
 *
 * BENCH_MB=100 BENCH_ROUNDS=5 BENCH_SEED=20030530 are the defaults.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "policy/virus/virus.h"
#include "store/signature_file.h"
#include "t/bench/measure.h"
#include "t/bench/sets.h"

enum { MANY = 100000, INFECTED = 55 };

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const size_t counts[] = { 23, 1000, 10000, MANY };
static size_t bytes, rounds;
static uint64_t seed;

static size_t
setting(const char *name, size_t fallback, size_t most)
{
	const char *value = getenv(name);
	size_t n = value != NULL ? strtoul(value, NULL, 10) : fallback;

	return n < 1 ? 1 : n > most ? most : n;
}

/* Peak memory of this process so far, in KiB. */
static long
peak_kib(void)
{
	char line[200];
	long kib = 0;
	FILE *f = fopen("/proc/self/status", "r");

	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		(void)sscanf(line, "VmHWM: %ld", &kib);
	if (f != NULL)
		(void)fclose(f);
	return kib;
}

static void
load_file(const char *path, size_t count)
{
	struct signature_rules limits = { .min_pattern = 8 };
	struct signatures s = { 0 };
	struct text why = TEXT_INIT(1000);
	struct reply_template reply = { { "550", "5.7.0", "VIRUS FOUND" } };
	long before = peak_kib();
	double start = cpu_seconds();

	if (!signature_file_read(path, &limits, &s, &why)) {
		fprintf(stderr, "%s\n", text_cstr(&why));
		exit(1);
	}
	double read = cpu_seconds() - start;
	struct virus_rules *rules = virus_rules_new(&s, VIRUS_REJECT, &reply);
	if (rules == NULL)
		abort();
	double all = cpu_seconds() - start;
	text_clear(&why);
	virus_rules_describe(rules, &why);
	printf("| %zu | %.3f | %.3f | %.1f | %.1f | %zu | %s |\n", count, read, all,
	    (double)(peak_kib() - before) / 1024,
	    (double)scanner_bytes(rules->scanner) / 1048576, sizeof(struct scan),
	    text_cstr(&why));
	virus_rules_free(rules);
}

/* Each in a process of its own, so that its peak of memory is its own. */
static void
bench_load(void)
{
	printf("### From the signature file to a scanner\n\n"
	       "| signatures | s, reading | s, all | MiB, peak | MiB, tables | bytes a "
	       "scan | "
	       "it says |\n|--:|--:|--:|--:|--:|--:|:--|\n");
	for (size_t i = 0; i < COUNT(counts); i++) {
		struct set set = set_random(counts[i], seed);
		char path[] = "/tmp/bench_scanXXXXXX";
		int fd = mkstemp(path);
		FILE *f = fd != -1 ? fdopen(fd, "w") : NULL;

		if (f == NULL)
			abort();
		for (size_t n = 0; n < counts[i]; n++)
			fprintf(f, "WORM.%zu =\n%.*s\n\n", n, LINE, set.pattern[n].ptr);
		(void)fclose(f);
		set_clear(&set);
		(void)fflush(stdout);
		pid_t child = fork();
		if (child == 0) {
			load_file(path, counts[i]);
			(void)fflush(stdout);
			_exit(0);
		}
		(void)waitpid(child, NULL, 0);
		(void)unlink(path);
	}
	printf("\n");
}

enum { OURS, HYPERSCAN, STRSTR, READ, ENGINES };

static const struct engine *const engines[ENGINES] = { &engine_ours, &engine_hyperscan,
	&engine_strstr, &engine_read };

static void
begin_table(const char *title, const char *what)
{
	printf(
	    "### %s\n\n| %s | ours, GB/s | x Hyperscan, stream | x strstr loop of 2003 "
	    "| of the AVX2 read | Hyperscan, GB/s |\n|:--|--:|--:|--:|--:|--:|\n",
	    title, what);
}

static void
row(const char *what, const struct set *set, const struct corpus *c, double cap)
{
	struct run run = { engines, ENGINES, rounds, cap };
	struct result r[ENGINES];

	measure(&run, c, set->pattern, set->count, r);
	printf("| %s | %.2f | %s | %s | %s | %.2f |\n", what, rate_of(&r[OURS], rounds),
	    ratio_text(&r[OURS], &r[HYPERSCAN], rounds).text,
	    ratio_text(&r[OURS], &r[STRSTR], rounds).text,
	    ratio_text(&r[OURS], &r[READ], rounds).text, rate_of(&r[HYPERSCAN], rounds));
	(void)fflush(stdout);
}

static void
bench_clean(void)
{
	struct corpus c = corpus_new(bytes, seed);
	struct set set = set_random(MANY, seed + 1);
	char what[60];

	for (size_t i = 0; i < INFECTED; i++)
		corpus_plant(&c, i * c.count / INFECTED, set.pattern[i % counts[0]]);
	begin_table("Mail, signatures of a line", "signatures of 76 bytes");
	for (size_t i = 0; i < COUNT(counts); i++) {
		struct set some = { set.pattern, counts[i], NULL };

		(void)snprintf(what, sizeof what, "%zu", counts[i]);
		row(what, &some, &c, .3);
	}
	set_clear(&set);
	printf("\n");
	begin_table("Mail, short signatures among long ones", "signatures");
	for (size_t least = 8; least <= 32; least *= 2) {
		for (size_t i = 0; i < COUNT(counts); i++) {
			struct set mixed = set_mixed(counts[i], least, seed + 2);

			(void)snprintf(what, sizeof what, "%zu of %zu to 76 bytes",
			    counts[i], least);
			row(what, &mixed, &c, .3);
			set_clear(&mixed);
		}
	}
	printf("\n");
	corpus_free(&c);
}

/* A text of near misses of the set; which is used up. */
static void
hostile_row(const char *what, struct set set)
{
	struct corpus c = near_misses(&set, bytes / 5);

	row(what, &set, &c, .2);
	corpus_free(&c);
	set_clear(&set);
}

static void
bench_hostile(void)
{
	enum { HOSTILE_COUNTS = 3 };
	char what[80];

	begin_table("Hostile: each line is a signature with its last byte changed",
	    "signatures of 76 bytes");
	for (size_t i = 0; i < HOSTILE_COUNTS; i++) {
		(void)snprintf(what, sizeof what, "%zu, random", counts[i]);
		hostile_row(what, set_random(counts[i], seed + 3));
		(void)snprintf(what, sizeof what, "%zu, alike in front", counts[i]);
		hostile_row(what, set_sharing(counts[i], false, seed + 3));
		(void)snprintf(what, sizeof what, "%zu, alike at 28 places", counts[i]);
		hostile_row(what, set_sharing(counts[i], true, seed + 3));
	}
	printf("\n");
}

static void
bench_periodic(void)
{
	static const size_t period[] = { 0, 1, 3, 8, 48, 76, 1000 };
	char what[80];

	begin_table("Hostile: signatures of 64 KiB, the text is one with its last byte "
		    "changed, again and again",
	    "a signature");
	for (size_t i = 0; i < COUNT(period); i++) {
		(void)snprintf(what, sizeof what,
		    period[i] == 0 ? "random" : "period of %zu bytes", period[i]);
		hostile_row(what, set_blocks(1, period[i], seed + 4));
	}
	printf("\n");
}

int
main(void)
{
	bytes = setting("BENCH_MB", 100, 1000) * 1000000;
	rounds = setting("BENCH_ROUNDS", 5, ROUNDS_MOST);
	seed = setting("BENCH_SEED", 20030530, SIZE_MAX);
	printf("Bodies come from memory, %zu MB of them; rates are for a second of "
	       "processor time.\nA ratio is the median over %zu paired rounds, with the "
	       "least and the most. Compiler " __VERSION__
	       ", flags `%s`; Hyperscan %s.\n\n",
	    bytes / 1000000, rounds, BENCH_FLAGS, engine_hyperscan_version());
	bench_load();
	bench_clean();
	bench_hostile();
	bench_periodic();
	return 0;
}
