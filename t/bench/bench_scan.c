/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench_scan - how fast bodies are scanned, against peers and limits of the
 * same run, as Markdown.  `make bench-scan`; README.md beside this file.
 *
 * BENCH_MB=100 BENCH_ROUNDS=9 BENCH_SEED=20030530 are the defaults.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "policy/virus/virus.h"
#include "store/signature_file.h"
#include "t/bench/measure.h"

enum { LINE = 76, SETS = 3, MANY = 100000, INFECTED = 55 };

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const size_t set_size[SETS] = { 23, 1000, 10000 };

static size_t
setting(const char *name, size_t fallback, size_t most)
{
	const char *value = getenv(name);
	size_t n = value != NULL ? strtoul(value, NULL, 10) : fallback;

	return n < 1 ? 1 : n > most ? most : n;
}

/* Random base64 lines; freed with free(patterns[0].ptr), free(patterns). */
static struct slice *
random_lines(size_t count, uint64_t seed)
{
	struct random r = { seed };
	char *store = malloc(count * LINE);
	struct slice *p = calloc(count, sizeof *p);

	if (store == NULL || p == NULL)
		abort();
	random_base64(&r, store, count * LINE);
	for (size_t i = 0; i < count; i++)
		p[i] = (struct slice){ store + i * LINE, LINE };
	return p;
}

static void
drop_lines(struct slice *p)
{
	free((char *)(size_t)p[0].ptr);
	free(p);
}

static void
print_machine(void)
{
	char line[200], model[200] = "unknown processor", date[20];
	FILE *f = fopen("/proc/cpuinfo", "r");
	time_t now = time(NULL);

	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		if (sscanf(line, "model name : %199[^\n]", model) == 1)
			break;
	}
	if (f != NULL)
		(void)fclose(f);
	(void)strftime(date, sizeof date, "%Y-%m-%d", gmtime(&now));
	printf("Measured %s: %s, %ld cores; %s, flags `%s`.\n\n", date, model,
	    sysconf(_SC_NPROCESSORS_ONLN), "compiler " __VERSION__, BENCH_FLAGS);
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
bench_load(uint64_t seed)
{
	static const size_t counts[] = { 23, 1000, 10000, MANY };

	printf("## From the signature file to a scanner\n\n"
	       "| signatures | s, reading | s, all | MiB, peak | MiB, tables | bytes a "
	       "scan | "
	       "it says |\n|--:|--:|--:|--:|--:|--:|:--|\n");
	for (size_t i = 0; i < COUNT(counts); i++) {
		struct slice *p = random_lines(counts[i], seed);
		char path[] = "/tmp/bench_scanXXXXXX";
		int fd = mkstemp(path);
		FILE *f = fd != -1 ? fdopen(fd, "w") : NULL;

		if (f == NULL)
			abort();
		for (size_t n = 0; n < counts[i]; n++)
			fprintf(f, "WORM.%zu =\n%.*s\n\n", n, LINE, p[n].ptr);
		(void)fclose(f);
		drop_lines(p);
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

static void
print_results(const struct run *run, const struct result *r)
{
	printf("| engine | GB/s | ours is × | of the AVX2 read | s, build | bytes a "
	       "message | "
	       "found in bodies |\n|:--|--:|--:|--:|--:|--:|--:|\n");
	for (size_t i = 0; i < run->engines; i++) {
		const struct result *limit = &r[run->engines - 1];

		if (rate_of(&r[i], run->rounds) == 0) {
			printf(
			    "| %s | not built here | | | | | |\n", run->engine[i]->name);
			continue;
		}
		printf("| %s | %.*f | %.2f | %.3f |", run->engine[i]->name,
		    rate_of(&r[i], run->rounds) < 1 ? 4 : 2, rate_of(&r[i], run->rounds),
		    ratio_of(&r[0], &r[i], run->rounds),
		    ratio_of(&r[i], limit, run->rounds));
		if (run->engine[i]->reads_only)
			printf(" | | |\n");
		else
			printf(" %.3f | %zu | %zu of %zu |\n", r[i].build_seconds,
			    r[i].state_bytes, r[i].hits, r[i].bodies);
	}
	printf("\n");
}

static void
run_and_print(const char *title, const struct run *run, const struct corpus *c,
    const struct slice *patterns, size_t count)
{
	struct result results[ENGINES_MOST];

	printf("### %s\n\n", title);
	measure(run, c, patterns, count, results);
	print_results(run, results);
	(void)fflush(stdout);
}

static const struct engine *const all_engines[] = { &engine_ours, &engine_strstr,
	&engine_memmem, &engine_hyperscan, &engine_memchr, &engine_read };
static const struct engine *const few_engines[] = { &engine_ours, &engine_hyperscan,
	&engine_read };

static void
bench_clean(size_t bytes, size_t rounds, uint64_t seed)
{
	struct corpus c = corpus_new(bytes, seed);
	struct slice *p = random_lines(MANY, seed + 1);
	struct run run = { all_engines, COUNT(all_engines), rounds, .6 };
	char title[100];

	for (size_t i = 0; i < INFECTED; i++)
		corpus_plant(&c, i * c.count / INFECTED, p[i % set_size[0]]);
	printf("## Mail: %zu bodies, %.1f MB, %d of them with a signature\n\n", c.count,
	    (double)c.size / 1e6, INFECTED);
	for (size_t i = 0; i < SETS; i++) {
		(void)snprintf(title, sizeof title, "%zu signatures", set_size[i]);
		run_and_print(title, &run, &c, p, set_size[i]);
	}
	run = (struct run){ few_engines, COUNT(few_engines), 3, 1 };
	run_and_print("100000 signatures (3 rounds)", &run, &c, p, MANY);
	for (size_t i = 0; i < MANY; i++)
		p[i].len = i % 2 == 0 ? LINE : 16 + i % 61;
	run = (struct run){ all_engines, COUNT(all_engines), rounds, .6 };
	run_and_print("23 signatures of 16 to 76 bytes", &run, &c, p, 23);
	drop_lines(p);
	corpus_free(&c);
}

/* Every line is a signature whose last byte is another. */
struct hostile {
	const struct slice *patterns;
	size_t count;
};

static size_t
nearly_a_signature(void *self, size_t n, char *to)
{
	const struct hostile *h = self;
	struct slice p = h->patterns[n % h->count];

	memcpy(to, p.ptr, p.len);
	to[p.len - 1] = to[p.len - 1] == '#' ? '%' : '#';
	return p.len;
}

static void
bench_hostile(size_t bytes, size_t rounds, uint64_t seed)
{
	struct run run = { all_engines, COUNT(all_engines), rounds, .3 };
	struct slice *p = random_lines(set_size[SETS - 1], seed + 2);
	char title[100];

	printf("## Hostile: every line is a signature with its last byte changed\n\n");
	for (size_t i = 0; i < SETS; i++) {
		struct hostile h = { p, set_size[i] };
		struct corpus c = corpus_of_lines(bytes, nearly_a_signature, &h);

		(void)snprintf(title, sizeof title, "%zu signatures", set_size[i]);
		run_and_print(title, &run, &c, p, set_size[i]);
		corpus_free(&c);
	}
	drop_lines(p);
}

static const char program_head[] = "TVqQAAMAAAAEAAAA//8AALgAAAAAAAAAQAAAAAAAAAAAAAAA";

/* All share 48 bytes: at their beginning, or somewhere, each at its own place. */
static struct slice *
sharing_lines(size_t count, uint64_t seed, bool moving)
{
	struct slice *p = random_lines(count, seed);
	enum { SHARED = sizeof program_head - 1 };

	for (size_t i = 0; i < count; i++)
		memcpy((char *)(size_t)p[i].ptr + (moving ? i % (LINE - SHARED) : 0),
		    program_head, SHARED);
	return p;
}

static void
bench_shared(size_t bytes, size_t rounds, uint64_t seed)
{
	struct run run = { all_engines, COUNT(all_engines), rounds, .3 };

	printf("## Hostile: 10000 signatures that share 48 of their 76 bytes\n\n");
	for (int moving = 0; moving < 2; moving++) {
		struct slice *p = sharing_lines(set_size[2], seed + 3, moving);
		struct hostile h = { p, set_size[2] };
		struct corpus c = corpus_of_lines(bytes, nearly_a_signature, &h);

		run_and_print(moving ? "the same bytes at 28 different places"
				     : "all begin with the same bytes",
		    &run, &c, p, set_size[2]);
		corpus_free(&c);
		drop_lines(p);
	}
}

int
main(void)
{
	size_t bytes = setting("BENCH_MB", 100, 1000) * 1000000;
	size_t rounds = setting("BENCH_ROUNDS", 9, ROUNDS_MOST);
	uint64_t seed = setting("BENCH_SEED", 20030530, SIZE_MAX);

	printf(
	    "# Scanning\n\n"
	    "Made by `make bench-scan-figures`. Rates are medians of interleaved rounds, "
	    "ratios are\nmedians of the ratios of each round; absolute figures move from "
	    "run to run, ratios less.\n\n");
	print_machine();
	bench_load(seed);
	bench_clean(bytes, rounds, seed);
	bench_hostile(bytes / 5, rounds, seed);
	bench_shared(bytes / 5, rounds, seed);
	return 0;
}
