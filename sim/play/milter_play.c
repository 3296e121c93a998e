/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/play/milter_play.h"

#include "sim/play/generate.h"

enum milter_end
milter_play(const struct milter_play_config *config, struct milter_outcome *o)
{
	const struct transcript *t = config->transcript;

	if (t->speaks != SPEAKS_MILTER || t->steps == 0) {
		text_printf(&o->got, t->steps == 0
					 ? "the transcript has no line of a session"
					 : "the transcript does not speak to a milter");
		return MILTER_ERROR;
	}
	return generate(config, o);
}
