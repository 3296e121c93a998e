/* SPDX-License-Identifier: BSD-2-Clause */
#include "sim/commands/table.h"

#include "base/text.h"
#include "wire/protocol.h"

static const char *
bit_name(uint32_t bit, const struct bit_name *names)
{
	for (; names->bit != 0; names++) {
		if (names->bit == bit)
			return names->name;
	}
	return "";
}

static void
put_stages(struct text *out, uint32_t stages)
{
	const char *between = "";

	for (int s = 0; s < N_STAGES; s++) {
		if ((stages & IN_STAGE(s)) == 0)
			continue;
		text_printf(out, "%s%s", between, stage_names[s]);
		between = ", ";
	}
}

static void
put_answers(struct text *out, uint64_t kinds)
{
	const char *between = "";

	if (kinds == 0)
		text_printf(out, "never any");
	for (int k = 0; k < N_PACKETS; k++) {
		if ((kinds & KIND_BIT(k)) == 0)
			continue;
		text_printf(out, "%s`%c`", between, packet_rules[k].letter);
		between = " ";
	}
}

static void
put_command(struct text *out, const struct packet_rule *r)
{
	text_printf(
	    out, "| `%c` | %s | %s | ", r->letter, r->name, shape_names[r->shape]);
	put_answers(out, r->answers);
	text_printf(out, " | %s | %s | %s | ", bit_name(r->no_bit, protocol_names),
	    bit_name(r->nr_bit, protocol_names),
	    r->symlist != SYMLIST_NONE ? symlist_names[r->symlist] : "");
	text_printf(out, "%d |\n", r->since);
}

static void
put_stage_row(struct text *out, const struct packet_rule *r)
{
	text_printf(out, "| %s | ", r->name);
	put_stages(out, r->from);
	text_printf(out, " | ");
	put_stages(out, r->tolerated);
	text_printf(out, " | %s |\n", r->next == N_STAGES ? "" : stage_names[r->next]);
}

static void
put_reply(struct text *out, const struct packet_rule *r, uint64_t bit)
{
	const char *needs = r->action != 0 ? bit_name(r->action, action_names)
					   : bit_name(r->protocol, protocol_names);
	const char *between = "";

	text_printf(out, "| `%c` | %s | %s | %s | %s | ", r->letter, r->name,
	    shape_names[r->shape], needs, r->final ? "yes" : "no");
	for (int k = 0; k < N_PACKETS; k++) {
		if ((packet_rules[k].answers & bit) == 0)
			continue;
		text_printf(out, "%s%s", between, packet_rules[k].name);
		between = ", ";
	}
	text_printf(out, " |\n");
}

static void
put_commands(struct text *out)
{
	text_printf(out, "### Commands, MTA to milter\n\n"
			 "| letter | name | payload | answers | not sent | not answered "
			 "| macro list | "
			 "from version |\n|---|---|---|---|---|---|---|---|\n");
	for (int k = 0; k < N_PACKETS; k++) {
		if (packet_rules[k].to == TO_MILTER)
			put_command(out, &packet_rules[k]);
	}
	text_printf(out,
	    "\n### Stages in which a command may be sent\n\n"
	    "| command | libmilter takes it in | the MTAs also send it in | leads to |\n"
	    "|---|---|---|---|\n");
	for (int k = 0; k < N_PACKETS; k++) {
		if (packet_rules[k].to == TO_MILTER)
			put_stage_row(out, &packet_rules[k]);
	}
}

static void
put_replies(struct text *out)
{
	text_printf(out, "\n### Replies, milter to MTA\n\n"
			 "| letter | name | payload | needs | final | answers to |\n"
			 "|---|---|---|---|---|---|\n");
	for (int k = 0; k < N_PACKETS; k++) {
		if (packet_rules[k].to == TO_MTA)
			put_reply(out, &packet_rules[k], KIND_BIT(k));
	}
}

static void
put_bits(struct text *out, const char *title, const struct bit_name *names)
{
	text_printf(out, "\n### %s\n\n| bit | name |\n|---|---|\n", title);
	for (; names->bit != 0; names++)
		text_printf(out, "| 0x%08x | %s |\n", (unsigned)names->bit, names->name);
}

bool
table_print(FILE *to)
{
	struct text out = TEXT_INIT(64 * 1024);

	put_commands(&out);
	put_replies(&out);
	put_bits(&out, "Actions (`SMFIF_`)", action_names);
	put_bits(&out, "Protocol steps and habits (`SMFIP_`)", protocol_names);
	text_printf(
	    &out, "\n### Macro lists (`SMFIM_`)\n\n| number | stage |\n|---|---|\n");
	for (int i = 0; i < N_SYMLISTS; i++)
		text_printf(&out, "| %d | %s |\n", i, symlist_names[i]);
	bool ok = fwrite(out.ptr, 1, out.len, to) == out.len && fflush(to) == 0;
	text_clear(&out);
	return ok;
}
