/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef T_BENCH_DRIVE_H
#define T_BENCH_DRIVE_H

/*
 * drive - runs a milter as a child and sends it RCPTs, for a bench.
 *
 * Faults end the program with a line: there is nobody to hand them to.
 */

struct driven;

/* `options` are "key=value", ended by NULL. */
struct driven *drive_start(
    const char *program, const char *socket_path, const char *const *options);

/*
 * One message from a@b with `count` recipients named `user`.  The processor
 * time of the milter's threads for each, in microseconds.
 */
double drive_rcpt(struct driven *d, const char *user, int count);

void drive_stop(struct driven *d);

#endif
