/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef GLUE_SNAPSHOT_H
#define GLUE_SNAPSHOT_H

/*
 * snapshot - the rules in force, pinned by each message for its lifetime.
 *
 * A snapshot never changes.  A reload makes a new one and swaps it in; the old
 * one lives until the last message that began with it has ended, so nobody
 * waits for anybody.  Count and pointer move under one lock: outside it, a
 * reload could free what a message is about to pin.  All calls thread-safe.
 */

struct snapshot;

/*
 * Wraps rules and what they were made from.  `free_rules` and `free_origin`
 * are called when the last pin is gone.  NULL when memory is out; the caller
 * keeps both then.
 */
struct snapshot *snapshot_new(
    void *rules, void (*free_rules)(void *), void *origin, void (*free_origin)(void *));

const void *snapshot_rules(const struct snapshot *s);

struct snapshot_holder;

/* The holder owns the snapshot that was last put into it. */
struct snapshot_holder *snapshot_holder_new(void);
/* For tests, which look for leaks: a daemon ends with its holder.  Takes NULL. */
void snapshot_holder_free(struct snapshot_holder *h);

void snapshot_swap(struct snapshot_holder *h, struct snapshot *fresh);

/* The one in force, pinned; NULL when none was put in yet. */
struct snapshot *snapshot_pin(struct snapshot_holder *h);
void snapshot_unpin(struct snapshot_holder *h, struct snapshot *s); /* takes NULL */

#endif
