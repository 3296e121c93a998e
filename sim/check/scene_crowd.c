/* SPDX-License-Identifier: BSD-2-Clause */
/* scene_crowd - many clients at once: who is held up by them, and what they leave. */
#include <stdlib.h>

#include "sim/check/scene.h"

enum { BESIDE_MS = 2000 }; /* who is served beside others is answered by then */

/* Places for the clients of "N STAGE", to be freed; NULL: no memory. */
static struct peer *
read_clients(const struct scene *s, unsigned *ret_n, enum peer_stage *ret_stage)
{
	struct slice rest = s->argument;

	*ret_n = scene_number(&rest);
	enum peer_stage stage = peer_stage_named(rest);
	*ret_stage = stage < N_PEER_STAGES ? stage : PEER_CONNECTED;
	return calloc(*ret_n, sizeof(struct peer));
}

static void
close_clients(struct peer *peer, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		peer_close(&peer[i]);
}

/* N connections at once, each left at the stage; then an ordinary session. */
static bool
crowd(struct scene *s, struct peer *peer, unsigned n, enum peer_stage stage)
{
	unsigned open = 0;

	while (open < n && scene_open(s, &peer[open], stage))
		open++;
	bool ok = open == n && scene_serves(s);
	s->beside = !ok;
	close_clients(peer, open);
	return ok;
}

/* "crowd N STAGE": what N clients that go away held is given back. */
bool
scene_crowd(struct scene *s)
{
	unsigned n;
	enum peer_stage stage;
	struct peer *peer = read_clients(s, &n, &stage);
	struct process_figures before;
	bool known = process_measure(&s->job->process, &before);

	bool ok = peer != NULL &&
		  scene_serves(s) && /* what the first session costs for good */
		  (!known || process_measure(&s->job->process, &before)) &&
		  crowd(s, peer, n, stage) && (!known || scene_given_back(s, &before));
	free(peer);
	return ok;
}

/* N connections, or as many as are answered beside the others. */
static bool
throng(struct scene *s, struct peer *peer, unsigned n, enum peer_stage stage)
{
	unsigned open = 0;

	while (open < n && peer_open(&peer[open], s->job->address, stage,
			       open == 0 ? SCENE_ANSWER_MS : BESIDE_MS, &s->got))
		open++;
	bool waits =
	    open == n || slice_starts(text_slice(&s->got), SLICE("no answer in time"));
	close_clients(peer, open);
	if (!waits)
		return scene_differs(s, "an answer, at once or later");
	text_clear(&s->got);
	return true;
}

/* "throng N STAGE": clients that go away again, and then an ordinary session. */
bool
scene_throng(struct scene *s)
{
	unsigned n;
	enum peer_stage stage;
	struct peer *peer = read_clients(s, &n, &stage);

	bool ok = peer != NULL && throng(s, peer, n, stage) && scene_serves(s);
	free(peer);
	return ok;
}
