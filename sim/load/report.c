/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/load/report.h"

#include <inttypes.h>
#include <jansson.h>

static const struct {
	const char *name; /* in JSON */
	double share;
} percentiles[] = {
	{ "p50", 0.5 },
	{ "p90", 0.9 },
	{ "p99", 0.99 },
	{ "p999", 0.999 },
};

enum { PERCENTILES = sizeof percentiles / sizeof percentiles[0] };

static double
per_second(double n, double seconds)
{
	return seconds > 0 ? n / seconds : 0;
}

static double
cpu_each(const struct load_usage u[2], uint64_t messages)
{
	return messages > 0 ? (double)(u[1].cpu_us - u[0].cpu_us) / (double)messages : 0;
}

/* --- for a person --- */

/* Those of whom something was said. */
static bool
is_shown(const struct load_party *p)
{
	return p->share > 0 || p->must != LOAD_UNSAID;
}

static void
put_parties(FILE *to, const char *how, const struct load_party *p,
    const struct load_tally *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!is_shown(&p[i]))
			continue;
		(void)fprintf(to, "%-11s %s %" PRIu64 ":", how, p[i].address, t[i].count);
		for (int v = 0; v < N_LOAD_VERDICTS; v++)
			(void)fprintf(to, "%s %" PRIu64 " %s", v == 0 ? "" : ",",
			    t[i].verdict[v], load_verdict_names[v]);
		(void)fputc('\n', to);
	}
}

static void
put_verdicts(FILE *to, const struct load_config *c, const struct accounts *a)
{
	(void)fprintf(to, "messages    %" PRIu64 " of %" PRIu64 ":", accounts_settled(a),
	    c->messages);
	for (int i = 0; i < N_LOAD_VERDICTS; i++)
		(void)fprintf(to, "%s %" PRIu64 " %s", i == 0 ? "" : ",", a->verdict[i],
		    load_verdict_names[i]);
	(void)fprintf(to, "; %" PRIu64 " with the worm\n", a->worms);
	(void)fprintf(to,
	    "recipients  %" PRIu64 ", %" PRIu64 " of them refused; %" PRIu64 " wrong\n",
	    a->recipients, a->refused_recipients, a->wrong_recipients);
	put_parties(to, "from", c->mail->wish->parties.from, a->from,
	    c->mail->wish->parties.froms);
	put_parties(
	    to, "to", c->mail->wish->parties.to, a->to, c->mail->wish->parties.tos);
	(void)fprintf(to, "verdicts    %" PRIu64 " as they must be, %" PRIu64 " wrong\n",
	    accounts_settled(a) - a->wrong, a->wrong);
}

static void
put_stages(FILE *to, const struct load_result *r)
{
	(void)fprintf(to, "%-10s %9s %9s %9s %9s %9s %9s %9s\n", "ms", "count", "least",
	    "p50", "p90", "p99", "p99.9", "most");
	for (int i = 0; i < N_LOAD_STAGES; i++) {
		const struct histogram *h = &r->took[i];
		if (h->count == 0)
			continue;
		(void)fprintf(to, "%-10s %9" PRIu64 " %9.3f", load_stage_names[i],
		    h->count, (double)h->least / 1000);
		for (int k = 0; k < PERCENTILES; k++)
			(void)fprintf(to, " %9.3f",
			    (double)histogram_at(h, percentiles[k].share) / 1000);
		(void)fprintf(to, " %9.3f\n", (double)h->most / 1000);
	}
}

static void
put_usage(FILE *to, const char *who, const struct load_usage u[2], uint64_t messages)
{
	(void)fprintf(to,
	    "%-11s %.1f us of CPU a message; memory %ld to %ld kB, threads %ld to %ld, "
	    "descriptors %ld to %ld\n",
	    who, cpu_each(u, messages), u[0].memory_kb, u[1].memory_kb, u[0].threads,
	    u[1].threads, u[0].descriptors, u[1].descriptors);
}

void
load_report_text(
    FILE *to, const struct load_config *c, const struct load_result *r, const char *what)
{
	const struct accounts *a = &r->accounts;
	uint64_t n = accounts_settled(a);

	(void)fprintf(to, "%s: %u connections%s\n", what, c->connections,
	    r->done ? "" : "; PARTIAL, the run broke off");
	put_verdicts(to, c, a);
	(void)fprintf(to,
	    "time        %.3f s, %.0f messages a second, %.1f MB a second\n", r->seconds,
	    per_second((double)n, r->seconds),
	    per_second((double)a->bytes / 1e6, r->seconds));
	put_stages(to, r);
	put_usage(to, "driver", r->driver, n);
	if (r->is_watched)
		put_usage(to, "watched", r->watched, n);
	(void)fputs(a->examples.len > 0 ? a->examples.ptr : "", to);
}

/* --- for a program --- */

static json_t *
stage_json(const struct histogram *h)
{
	json_t *o = json_pack("{s:I, s:f, s:f}", "count", (json_int_t)h->count,
	    "least_ms", (double)h->least / 1000, "most_ms", (double)h->most / 1000);

	for (int k = 0; o != NULL && k < PERCENTILES; k++) {
		char name[20];
		(void)snprintf(name, sizeof name, "%s_ms", percentiles[k].name);
		(void)json_object_set_new(o, name,
		    json_real((double)histogram_at(h, percentiles[k].share) / 1000));
	}
	return o;
}

static json_t *
usage_json(const struct load_usage u[2], uint64_t messages)
{
	return json_pack("{s:f, s:[i,i], s:[i,i], s:[i,i]}", "cpu_us_a_message",
	    cpu_each(u, messages), "memory_kb", (int)u[0].memory_kb, (int)u[1].memory_kb,
	    "threads", (int)u[0].threads, (int)u[1].threads, "descriptors",
	    (int)u[0].descriptors, (int)u[1].descriptors);
}

static json_t *
verdicts_json(const uint64_t verdict[N_LOAD_VERDICTS])
{
	json_t *o = json_object();

	for (int i = 0; i < N_LOAD_VERDICTS; i++)
		(void)json_object_set_new(
		    o, load_verdict_names[i], json_integer((json_int_t)verdict[i]));
	return o;
}

static void
add_parties(json_t *list, const char *how, const struct load_party *p,
    const struct load_tally *t, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (is_shown(&p[i]))
			(void)json_array_append_new(
			    list, json_pack("{s:s, s:s, s:I, s:o}", "is", how, "address",
				      p[i].address, "count", (json_int_t)t[i].count,
				      "verdicts", verdicts_json(t[i].verdict)));
	}
}

static void
add_details(json_t *all, const struct load_config *c, const struct load_result *r)
{
	const struct load_parties *p = &c->mail->wish->parties;
	const struct accounts *a = &r->accounts;
	uint64_t n = accounts_settled(a);
	json_t *stages = json_object(), *wrong = json_array(), *named = json_array();
	struct slice rest = text_slice(&a->examples), line;

	for (int i = 0; i < N_LOAD_STAGES; i++) {
		if (r->took[i].count > 0)
			(void)json_object_set_new(
			    stages, load_stage_names[i], stage_json(&r->took[i]));
	}
	while (slice_next_line(&rest, &line))
		(void)json_array_append_new(wrong, json_stringn(line.ptr, line.len));
	(void)json_object_set_new(all, "verdicts", verdicts_json(a->verdict));
	add_parties(named, "from", p->from, a->from, p->froms);
	add_parties(named, "to", p->to, a->to, p->tos);
	(void)json_object_set_new(all, "named", named);
	(void)json_object_set_new(all, "stages", stages);
	(void)json_object_set_new(all, "examples", wrong);
	(void)json_object_set_new(all, "driver", usage_json(r->driver, n));
	if (r->is_watched)
		(void)json_object_set_new(all, "watched", usage_json(r->watched, n));
}

bool
load_report_json(
    FILE *to, const struct load_config *c, const struct load_result *r, const char *what)
{
	const struct accounts *a = &r->accounts;
	uint64_t n = accounts_settled(a);
	json_t *all = json_pack(
	    "{s:s, s:b, s:s#, s:i, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:f}",
	    "to", what, "done", r->done, "fault", r->fault.len > 0 ? r->fault.ptr : "",
	    (int)r->fault.len, "connections", (int)c->connections, "asked",
	    (json_int_t)c->messages, "messages", (json_int_t)n, "wrong",
	    (json_int_t)a->wrong, "worms", (json_int_t)a->worms, "recipients",
	    (json_int_t)a->recipients, "recipients_refused",
	    (json_int_t)a->refused_recipients, "recipients_wrong",
	    (json_int_t)a->wrong_recipients, "bytes", (json_int_t)a->bytes, "seconds",
	    r->seconds, "messages_a_second", per_second((double)n, r->seconds));

	if (all == NULL)
		return false;
	add_details(all, c, r);
	bool ok = json_dumpf(all, to, JSON_INDENT(2)) == 0 && fputc('\n', to) != EOF;
	json_decref(all);
	return ok;
}
