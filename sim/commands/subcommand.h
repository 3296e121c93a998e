/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_SUBCOMMAND_H
#define SIM_SUBCOMMAND_H

/*
 * subcommand - the words that may follow `milter-sim`, one row each in main.c.
 *
 * A subcommand is a main() of its own: argv[0] is its word, and what it returns
 * is the exit code.  Usage goes to stdout when asked for, else to stderr.
 */

/* Exit codes of all subcommands. */
enum {
	SIM_OK = 0,
	SIM_DIFFERENT = 1,   /* the answer is no: differs, does not decode */
	SIM_USAGE = 2,       /* options or files that cannot be used */
	SIM_UNREACHABLE = 3, /* could not connect or listen */
};

/*
 * What one exit code says of two files: the gravest of usage, no milter, a difference,
 * and of try's refused, put off, gone; at last that all is well.
 */
int graver(int a, int b);

int check_main(int argc, char **argv);
int compare_main(int argc, char **argv);
int decode_main(int argc, char **argv);
int load_main(int argc, char **argv);
int milter_main(int argc, char **argv);
int record_main(int argc, char **argv);
int replay_main(int argc, char **argv);
int report_main(int argc, char **argv);
int run_main(int argc, char **argv);
int serve_main(int argc, char **argv);
int survey_main(int argc, char **argv);
int try_main(int argc, char **argv);

#endif
