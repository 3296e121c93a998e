/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * profile_table - the tables of docs/PROFILES.md, from the data of the profiles.
 * t/lint/profiles.sh holds the page against it.
 */

#include <stdio.h>

#include "sim/profile/profile.h"

enum { PROFILES_MAX = 8 };

static const struct profile *all[PROFILES_MAX];
static size_t count;

static void
collect(void)
{
	struct slice names = slice_of(profile_names());

	while (names.len != 0 && count < PROFILES_MAX) {
		struct slice name = slice_first(names, slice_find(names, ' '));
		all[count++] = profile_named(name);
		names = slice_from(names, name.len + 1);
	}
}

/* --- reactions --- */

static const char *const reactions[N_REACTIONS] = {
	[DO_NEXT] = "next",
	[DO_LEAVE] = "leave",
	[DO_LAST] = "last",
	[DO_DISMISS] = "dismiss",
	[DO_PASS_MESSAGE] = "pass message",
	[DO_PASS_SESSION] = "pass session",
	[DO_MUTE] = "mute",
	[DO_REJECT] = "reject",
	[DO_TEMPFAIL] = "tempfail",
	[DO_REPLY] = "reply",
	[DO_DISCARD] = "discard",
	[DO_SHUTDOWN] = "shutdown",
	[DO_NO_BODY] = "no body",
	[DO_SKIP] = "skip",
	[DO_HOLD] = "hold",
	[DO_SPOILT] = "spoilt",
	[DO_MISCONFIGURED] = "misconfigured",
	[DO_MORE] = "more",
	[DO_EDIT] = "edit",
	[DO_FAIL] = "fail",
	[DO_FAIL_LATE] = "fail late",
	[DO_VOID] = "void",
	[DO_DIE] = "die",
};

static const char *const answers[N_ANSWERS] = { "`c`", "`a`", "`r`", "`t`", "`y`", "`d`",
	"`s`", "`p`", "a change", "`q`", "`f`", "`4`", "another letter", "length 0" };

static void
print_reactions(const struct profile *p)
{
	printf("\n### %s: what an answer does\n\n| command |", p->name);
	for (int a = 0; a < N_ANSWERS; a++)
		printf(" %s |", answers[a]);
	printf("\n|---|");
	for (int a = 0; a < N_ANSWERS; a++)
		printf("---|");
	printf("\n");
	for (int k = CMD_CONNECT; k < N_COMMANDS; k++) {
		printf("| %s |", packet_rules[k].name);
		for (int a = 0; a < N_ANSWERS; a++)
			printf(" %s |", reactions[p->habits.reactions->at[k][a]]);
		printf("\n");
	}
}

/* --- endings --- */

static const char *const endings[N_ENDINGS] = { "the greeting is refused",
	"this filter wants no more of the session", "MAIL is refused",
	"the message had its last answer", "the MTA refuses the text", "a bare CR or LF",
	"the message is thrown away", "RSET", "HELO again", "QUIT", "the client is gone",
	"... inside the text" };

static const char *const standings[N_STANDINGS] = { "idle", "in a message",
	"through with it" };

static void
print_endings(const struct profile *p)
{
	printf("\n### %s: what a filter is sent when something ends\n\n| ending | first, "
	       "behind a HELO |",
	    p->name);
	for (int s = 0; s < N_STANDINGS; s++)
		printf(" %s |", standings[s]);
	printf(" closes |\n|---|---|---|---|---|---|\n");
	for (int e = 0; e < N_ENDINGS; e++) {
		const struct farewell *f = &p->habits.endings[e];
		printf("| %s | %s |", endings[e], f->greeted != NULL ? f->greeted : "");
		for (int s = 0; s < N_STANDINGS; s++)
			printf(" %s |", f->packets[s] != NULL ? f->packets[s] : "");
		printf(" %s |\n", f->closes ? "yes" : "");
	}
}

/* --- the rest, a row a behaviour --- */

static const char *
yes(bool b)
{
	return b ? "yes" : "no";
}

static void
print_macros(void)
{
	for (int k = CMD_CONNECT; k < N_COMMANDS; k++) {
		printf("| macros of %s |", packet_rules[k].name);
		for (size_t i = 0; i < count; i++) {
			const char *names = all[i]->habits.macros[k].names;
			printf(" %s |", names != NULL ? names : "");
		}
		printf("\n");
	}
}

#define ROW(what, format, value)                                                         \
	do {                                                                             \
		printf("| %s |", what);                                                  \
		for (size_t i = 0; i < count; i++) {                                     \
			const struct profile *p = all[i];                                \
			printf(" " format " |", value);                                  \
		}                                                                        \
		printf("\n");                                                            \
	} while (0)

/* What clients see. */
static void
print_dialogue(void)
{
	ROW("greeting", "%s", p->say[SAY_GREETING].text);
	ROW("EHLO keywords", "%s", p->announced);
	ROW("a path without brackets is taken", "%s", yes(p->bare_paths));
	ROW("MAIL wants HELO first", "%s", yes(p->helo_needed));
	ROW("codes of a filter's reply that get the path", "%s",
	    p->path_codes != NULL ? p->path_codes : "");
	ROW("in a reply to the text what is neither ASCII nor UTF-8 is blank", "%s",
	    yes(p->blank_replies));
	ROW("codes that end the session", "%s", p->closing_codes);
	ROW("... at CONNECT and HELO", "%s",
	    p->early_closing_codes != NULL ? p->early_closing_codes : p->closing_codes);
	ROW("arguments of DATA, RSET, QUIT are ignored", "%s", yes(p->arguments_ignored));
	ROW("blanks before a command are no matter", "%s", yes(p->leading_blanks));
	ROW("words that end the session", "%s",
	    p->forbidden_words != NULL ? p->forbidden_words : "");
	ROW("... and only as its first command", "%s", yes(p->forbidden_first));
	ROW("what is beyond a line is not looked at", "%s", yes(p->line_cut));
	ROW("commands in vain until 421", "%u", p->errors_max);
	ROW("commands that bring no mail", "%s",
	    p->junk_words != NULL ? p->junk_words : "");
	ROW("... and behind one more than so many are in vain", "%u", p->junk_max);
	ROW("a refused EHLO makes the session ESMTP", "%s", yes(p->early_ehlo));
	ROW("a parameter ends at what is no part of it", "%s", yes(p->parameters_cut));
	ROW("RCPT TO:<> is looked at behind its parameters", "%s",
	    yes(p->null_rcpt_last));
	ROW("replies wait for all commands that are there", "%s", yes(p->replies_wait));
	ROW("... and whole", "%s", yes(p->whole_replies));
	ROW("what was typed comes back in seven bits", "%s", yes(p->seven_bits));
	ROW("user%there@here is user@there", "%s", yes(p->routes));
	ROW("a path is whatever it says", "%s", yes(p->loose_paths));
	ROW("mail for elsewhere is taken from this host", "%s", yes(p->relays));
	ROW("mailboxes that there always are", "%s",
	    p->standing != NULL ? p->standing : "");
	ROW("a command ends at a bare LF and at a NUL", "%s", yes(p->loose_lines));
	ROW("... in quotes too, and an address has a domain", "%s", yes(p->resolves));
	ROW("so many Received are too many", "%u", p->hops_max);
	ROW("a line of a field without a blank in front gets a tab", "%s",
	    yes(p->habits.edit.folds));
	ROW("an empty line behind a header is one that was sent", "%s",
	    yes(p->habits.edit.gap_as_sent));
	ROW("a path is the one address in it", "%s", yes(p->reads_paths));
	ROW("HELO behind EHLO is ESMTP in Received", "%s", yes(p->esmtp_stays));
	ROW("an empty field of its own kind is none", "%s", yes(p->empty_lost));
	ROW("own fields are shown to filters", "%s", yes(p->fields_shown));
	ROW("bytes of a name of a field that is read again", "%zu",
	    p->habits.edit.name_max);
	ROW("bytes of a line of a field", "%zu", p->habits.edit.line_max);
	ROW("a sender of a filter's that cannot be read is", "%s",
	    p->habits.edit.bad_sender != NULL ? p->habits.edit.bad_sender : "");
	ROW("a parameter of CHGFROM that stays though it is wrong", "%s",
	    p->habits.edit.lasting != NULL ? p->habits.edit.lasting : "");
	ROW("INSHEADER goes behind the field of that number", "%s",
	    yes(p->habits.edit.inserts_behind));
}

/* What filters are told, and what their answers do. */
static void
print_answers(void)
{
	ROW("version offered", "%u", (unsigned)p->habits.offer.version);
	ROW("actions offered", "0x%x", (unsigned)p->habits.offer.actions);
	ROW("steps offered", "0x%x", (unsigned)p->habits.offer.protocol);
	ROW("a length of 0 ends the session", "%s", yes(p->habits.dies_of_empty));
	ROW("MACRO of a refused RCPT", "%s", yes(p->habits.refused_rcpt));
	ROW("filters negotiate one by one", "%s", yes(p->habits.offer.one_by_one));
	ROW("bits not offered that fail a filter: actions", "0x%x",
	    (unsigned)p->habits.offer.actions_fatal);
	ROW("... steps", "0x%x", (unsigned)p->habits.offer.protocol_fatal);
	ROW("an empty SETSYMLIST counts", "%s", yes(p->habits.offer.empty_list_counts));
	ROW("a lone percent sign in a reply", "%s",
	    p->habits.reply.percent == PERCENT_DOUBLED ? "spoils it" : "goes");
	ROW("a reply of another class than its status code", "%s",
	    p->habits.reply.class_must_match ? "is spoilt" : "is good");
	ROW("a spoilt reply", "%s", reactions[p->habits.reply.spoilt]);
	ROW("bytes behind an answer spoil it", "%s", yes(p->habits.payload_spoils));
	ROW("a filter's objection to CONNECT or HELO is its last word", "%s",
	    yes(p->habits.objection_stays));
	ROW("ABORT goes to all filters alike", "%s", yes(p->habits.one_standing));
	ROW("mail that one filter holds is shown to the next", "%s",
	    yes(!p->habits.hold_stops));
	ROW("UNKNOWN has", "%s", p->habits.unknown_verb ? "the verb" : "the line");
	ROW("E= is the limit of", "%s",
	    p->habits.eom_each ? "each answer from HEADER on" : "the whole end");
	ROW("packets without an answer wait in a buffer of", "%zu", p->habits.buffer);
	ROW("a SETSYMLIST counts without its last NUL", "%s",
	    yes(p->habits.offer.open_list_counts));
	ROW("a filter ends the session at a refused RCPT, or discards", "%s",
	    yes(p->habits.refused_rcpt_counts));
	ROW("a field that names who had the mail before", "%s",
	    p->loop_field != NULL ? p->loop_field : "");
	ROW("a recipient that a filter refused is taken out", "%s",
	    yes(p->habits.refused_rcpt_leaves));
	ROW("... and its macros stay until the next RCPT", "%s",
	    yes(p->habits.refused_rcpt_stays));
	ROW("DISCARD takes a recipient that there is not", "%s",
	    yes(p->habits.discard_takes_all));
	ROW("outcomes of MAIL that end it for the others", "0x%x",
	    p->habits.mail_ended_by);
	ROW("a filter that cannot be connected to stops the next", "%s",
	    yes(p->habits.absent_stops));
	ROW("SETSYMLIST of a stage that there is not is passed over", "%s",
	    yes(p->habits.offer.strange_list_passed));
	ROW("mail is held though no recipient is left", "%s", yes(p->habits.held_alone));
}

/* What becomes of the message. */
static void
print_changes(void)
{
	ROW("a missing status code is added", "%s", yes(p->complete_replies));
	ROW("a changed field that is not there comes", "%s",
	    p->habits.edit.missing == FIELD_FIRST ? "first" : "last");
	ROW("an added field comes", "%s",
	    p->habits.edit.added == FIELD_BESIDE ? "before the first of its name"
						 : "last");
	ROW("an edit fills a field of the MTA's own", "%s",
	    yes(p->habits.edit.own_taken_over));
	ROW("case matters in a recipient to delete", "%s",
	    yes(p->habits.edit.case_matters));
	ROW("... any path of its mailbox will do", "%s",
	    yes(p->habits.edit.mailbox_matters));
	ROW("changes that are good without their last NUL", "0x%llx",
	    (unsigned long long)p->habits.edit.unended_taken);
	ROW("... that count up to it", "0x%llx",
	    (unsigned long long)p->habits.edit.unended_cut);
	ROW("parameters of an added recipient are looked at", "%s",
	    yes(p->habits.edit.bad_parameters != NULL));
	ROW("a recipient that a filter added is heard of", "%s",
	    yes(p->habits.added_speaks));
	ROW("From lines at the head of a text become", "%s",
	    p->from_lines == NULL    ? "body"
	    : *p->from_lines == '\0' ? "nothing, the first alone"
				     : p->from_lines);
	ROW("a CR inside a field is delivered", "%s", yes(p->habits.edit.cr_stays));
}

static void
print_behaviour(void)
{
	printf("| behaviour |");
	for (size_t i = 0; i < count; i++)
		printf(" %s |", all[i]->name);
	printf("\n|---|");
	for (size_t i = 0; i < count; i++)
		printf("---|");
	printf("\n");
	print_dialogue();
	print_answers();
	print_changes();
	print_macros();
}

int
main(void)
{
	collect();
	print_behaviour();
	for (size_t i = 0; i < count; i++) {
		print_reactions(all[i]);
		print_endings(all[i]);
	}
	return 0;
}
