/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * replay - a fuzz target as a test: its seeds, and variations of each that are
 * the same in every run.  One TAP line per seed.  A failure aborts, and the
 * input that did it is written to stderr as hex before the target sees it
 * crash, by the handler of SIGABRT; a sanitizer says the rest.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "t/fuzz/fuzz.h"

enum {
	SEED_MAX = 1 << 20,       /* bytes of one seed */
	SEEDS_MAX = 1000,         /* files in a folder */
	VARIATIONS = 500,         /* of each seed */
	SHOWN_MAX = 4096,         /* bytes of a failing input that are printed */
	CHANGES_PER_INPUT = 1 + 4 /* at most */
};

struct bytes {
	uint8_t *ptr;
	size_t len;
};

/* The input at work, for the handler. */
static struct bytes current;

static void
show_input(int signal_number)
{
	static const char hex[] = "0123456789abcdef";
	static char line[2 * SHOWN_MAX + 32] = "failing input (hex): ";
	size_t at = 21;

	for (size_t i = 0; i < current.len && i < SHOWN_MAX; i++) {
		line[at++] = hex[current.ptr[i] >> 4];
		line[at++] = hex[current.ptr[i] & 15];
	}
	line[at++] = '\n';
	if (write(STDERR_FILENO, line, at) < 0)
		_exit(1);
	(void)signal(signal_number, SIG_DFL);
	(void)raise(signal_number);
}

/* A block of exactly the right size, so that a sanitizer sees one byte too far. */
static void
run(const uint8_t *data, size_t size)
{
	current.ptr = malloc(size != 0 ? size : 1);
	current.len = size;
	if (current.ptr == NULL)
		abort();
	memcpy(current.ptr, data, size);
	(void)LLVMFuzzerTestOneInput(current.ptr, size);
	free(current.ptr);
	current = (struct bytes){ 0 };
}

static uint32_t
next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33);
}

/* One change: another byte, a byte gone, a byte doubled, or the end cut off. */
static void
change(struct bytes *b, uint64_t *state)
{
	static const uint8_t telling[] = { 0, '\n', '\r', ' ', '=', '#', '<', '>', '"',
		'%', '@', 'A', '0', 0x7f, 0x80, 0xff };
	size_t at = b->len != 0 ? next_random(state) % b->len : 0;
	uint8_t byte = telling[next_random(state) % sizeof telling];

	switch (b->len != 0 ? next_random(state) % 5 : 3) {
	case 0: b->ptr[at] = byte; break;
	case 1: b->ptr[at] ^= (uint8_t)(1u << (next_random(state) % 8)); break;
	case 2:
		memmove(b->ptr + at, b->ptr + at + 1, b->len - at - 1);
		b->len--;
		break;
	case 3:
		memmove(b->ptr + at + 1, b->ptr + at, b->len - at);
		b->ptr[at] = byte;
		b->len++;
		break;
	case 4: b->len = at; break;
	}
}

static void
run_variations(const struct bytes *seed, uint64_t state)
{
	struct bytes b = { malloc(seed->len + CHANGES_PER_INPUT), 0 };

	if (b.ptr == NULL)
		abort();
	for (int i = 0; i < VARIATIONS; i++) {
		memcpy(b.ptr, seed->ptr, seed->len);
		b.len = seed->len;
		for (uint32_t n = 1 + next_random(&state) % 4; n > 0; n--)
			change(&b, &state);
		run(b.ptr, b.len);
	}
	free(b.ptr);
}

static bool
read_seed(const char *folder, const char *name, struct bytes *ret)
{
	char path[4096];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	if ((f = fopen(path, "rb")) == NULL)
		return false;
	ret->ptr = malloc(SEED_MAX);
	ret->len = ret->ptr != NULL ? fread(ret->ptr, 1, SEED_MAX, f) : 0;
	(void)fclose(f);
	return ret->ptr != NULL;
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
is_seed(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static const char *
target_name(const char *program)
{
	const char *slash = strrchr(program, '/');
	const char *name = slash != NULL ? slash + 1 : program;

	return strncmp(name, "fuzz_", 5) == 0 ? name + 5 : name;
}

int
main(int argc, char **argv)
{
	const char *fixtures = getenv("FIXTURES");
	struct dirent **list = NULL;
	char folder[2048];
	int bad = 0;

	(void)argc;
	(void)signal(SIGABRT, show_input);
	(void)snprintf(folder, sizeof folder, "%s/fuzz/%s",
	    fixtures != NULL ? fixtures : "fixtures", target_name(argv[0]));
	int n = scandir(folder, &list, is_seed, by_name);
	if (n <= 0 || n > SEEDS_MAX) {
		printf("Bail out! %s: no seeds (%s)\n", folder, strerror(errno));
		return 1;
	}
	printf("1..%d\n", n + 1);
	run((const uint8_t *)"", 0);
	printf("ok 1 - the empty input\n");
	for (int i = 0; i < n; i++) {
		struct bytes seed = { 0 };
		bool ok = read_seed(folder, list[i]->d_name, &seed);

		if (ok) {
			run(seed.ptr, seed.len);
			run_variations(&seed, (uint64_t)i + 1);
		}
		bad += !ok;
		printf("%s %d - %s and %d variations\n", ok ? "ok" : "not ok", i + 2,
		    list[i]->d_name, VARIATIONS);
		(void)fflush(stdout);
		free(seed.ptr);
		free(list[i]);
	}
	free(list);
	return bad != 0;
}
