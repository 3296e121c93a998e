/* SPDX-License-Identifier: BSD-2-Clause */
/* scene_crowd - many clients at once: who is held up by them, and what they leave. */
#include <stdlib.h>

#include "sim/check/scene.h"

enum { BESIDE_MS = 2000 }; /* who is served beside others is answered by then */

/* N connections at once, each left at the stage; then an ordinary session. */
static bool
crowd(struct scene *s, struct peer *peer, unsigned n, enum peer_stage stage)
{
	unsigned open = 0;

	while (open < n && scene_open(s, &peer[open], stage))
		open++;
	bool ok = open == n && scene_serves(s);
	s->beside = !ok;
	for (unsigned i = 0; i < open; i++)
		peer_close(&peer[i]);
	return ok;
}

/* "crowd N STAGE": what N clients that go away held is given back. */
bool
scene_crowd(struct scene *s)
{
	struct slice rest = s->argument;
	unsigned n = scene_number(&rest);
	enum peer_stage stage = peer_stage_named(rest);
	struct peer *peer = calloc(n, sizeof *peer);
	struct process_figures before;
	bool known = process_measure(&s->job->process, &before);

	bool ok = peer != NULL &&
		  scene_serves(s) && /* what the first session costs for good */
		  (!known || process_measure(&s->job->process, &before)) &&
		  crowd(s, peer, n, stage < N_PEER_STAGES ? stage : PEER_CONNECTED) &&
		  (!known || scene_given_back(s, &before));
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
	for (unsigned i = 0; i < open; i++)
		peer_close(&peer[i]);
	if (!waits)
		return scene_differs(s, "an answer, at once or later");
	text_clear(&s->got);
	return true;
}

/* "throng N STAGE": clients that go away again, and then an ordinary session. */
bool
scene_throng(struct scene *s)
{
	struct slice rest = s->argument;
	unsigned n = scene_number(&rest);
	enum peer_stage stage = peer_stage_named(rest);
	struct peer *peer = calloc(n, sizeof *peer);

	bool ok = peer != NULL &&
		  throng(s, peer, n, stage < N_PEER_STAGES ? stage : PEER_CONNECTED) &&
		  scene_serves(s);
	free(peer);
	return ok;
}
