/* SPDX-License-Identifier: BSD-2-Clause */
#include "milter-sigs/learn_options.h"

#include "base/value.h"
#include "policy/virus/signatures.h"

static bool
read_number(const char *word, long max, long *ret)
{
	long long n;

	if (word == NULL || !value_number(slice_of(word), &n) || n < 1 || n > max)
		return false;
	*ret = (long)n;
	return true;
}

static bool
is_name(const char *word)
{
	static const char in[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				 "0123456789._-";

	return word != NULL && word[0] != '\0' && word[strspn(word, in)] == '\0' &&
	       strlen(word) < SIGNATURE_NAME_MAX - 20;
}

/* One option with what follows it; *at is moved behind them. */
static int
take(int argc, char **argv, int *at, const struct report *report, struct learn_options *o)
{
	const char *word = argv[(*at)++];
	const char *value = *at < argc ? argv[*at] : NULL;

	if (strcmp(word, "--infected") == 0) {
		o->infected = sigs_paths(argc, argv, at, report);
		return SIGS_GOOD;
	}
	if (strcmp(word, "--clean") == 0) {
		o->clean = sigs_paths(argc, argv, at, report);
		return SIGS_GOOD;
	}
	if (strcmp(word, "--cluster") == 0 || strcmp(word, "--quiet") == 0) {
		*(word[2] == 'c' ? &o->cluster : &o->quiet) = true;
		return SIGS_GOOD;
	}
	++*at;
	if (strcmp(word, "--name") == 0) {
		o->name = value;
		return is_name(value) ? SIGS_GOOD
				      : sigs_misuse("--name wants letters, digits, '.', "
						    "'_' and '-', not",
					    value);
	}
	if (strcmp(word, "--per-name") == 0)
		return read_number(value, PER_NAME_MAX, &o->per_name)
			   ? SIGS_GOOD
			   : sigs_misuse(
				 "--per-name wants a number from 1 to 100, not", value);
	if (strcmp(word, "--share") == 0)
		return read_number(value, 100, &o->share)
			   ? SIGS_GOOD
			   : sigs_misuse(
				 "--share wants a percentage, 1 to 100, not", value);
	return sigs_misuse("unknown option", word);
}

int
learn_options_read(
    int argc, char **argv, const struct report *report, struct learn_options *ret)
{
	int code = SIGS_GOOD;

	*ret = (struct learn_options){
		.clean.report = report, .name = "WORM_NEW", .per_name = 3, .share = 100
	};
	for (int at = 1; at < argc && code == SIGS_GOOD;)
		code = take(argc, argv, &at, report, ret);
	if (code == SIGS_GOOD && ret->infected.count == 0)
		code = sigs_misuse("learn wants --infected PATH...", NULL);
	return code;
}
