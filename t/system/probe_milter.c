/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * probe_milter - a filter on the real libmilter that does as it is told.
 *
 *	probe_milter SOCKET [STAGE=ANSWER...] [CHANGE...] [FLAG...]
 *
 * STAGE is connect, helo, mail, rcpt, data, header, eoh, body, eom or unknown;
 * ANSWER is continue, accept, reject, tempfail, discard, skip, or a reply as
 * smfi_setreply() takes it: "550 5.7.0 VIRUS FOUND".  CHANGE, made at the end of
 * message: addheader:N:V insheader:N:V chgheader:N:V addrcpt:A delrcpt:A
 * chgfrom:A body:TEXT quarantine:WHY progress.  FLAG: nr (no replies to what
 * can do without), leadspc.  Every callback is a line on stdout.
 */

#include <libmilter/mfapi.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char **word;
static int words;

static bool
flag(const char *name)
{
	for (int i = 0; i < words; i++) {
		if (strcmp(word[i], name) == 0)
			return true;
	}
	return false;
}

static const char *
answer_for(const char *stage)
{
	size_t n = strlen(stage);

	for (int i = 0; i < words; i++) {
		if (strncmp(word[i], stage, n) == 0 && word[i][n] == '=')
			return word[i] + n + 1;
	}
	return "continue";
}

static sfsistat
answer(SMFICTX *ctx, const char *stage)
{
	static const struct {
		const char *name;
		sfsistat status;
	} names[] = { { "continue", SMFIS_CONTINUE }, { "accept", SMFIS_ACCEPT },
		{ "reject", SMFIS_REJECT }, { "tempfail", SMFIS_TEMPFAIL },
		{ "discard", SMFIS_DISCARD }, { "skip", SMFIS_SKIP } };
	const char *told = answer_for(stage);
	char code[4] = "", status[16] = "", text[256] = "";

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(told, names[i].name) == 0)
			return names[i].status;
	}
	if (sscanf(told, "%3s %15s %255[^\n]", code, status, text) != 3 ||
	    smfi_setreply(ctx, code, status, text) != MI_SUCCESS)
		return SMFIS_CONTINUE;
	return code[0] == '4' ? SMFIS_TEMPFAIL : SMFIS_REJECT;
}

static const char *
macro(SMFICTX *ctx, const char *name)
{
	char copy[64];
	const char *value;

	(void)snprintf(copy, sizeof copy, "%s", name);
	value = smfi_getsymval(ctx, copy);
	return value != NULL ? value : "-";
}

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long actions, unsigned long steps, unsigned long f2,
    unsigned long f3, unsigned long *ret_actions, unsigned long *ret_steps,
    unsigned long *ret_f2, unsigned long *ret_f3)
{
	const unsigned long quiet = SMFIP_NR_CONN | SMFIP_NR_HELO | SMFIP_NR_MAIL |
				    SMFIP_NR_RCPT | SMFIP_NR_DATA | SMFIP_NR_HDR |
				    SMFIP_NR_EOH | SMFIP_NR_BODY;

	(void)ctx;
	(void)f2;
	(void)f3;
	(void)printf("negotiate 0x%lx 0x%lx\n", actions, steps);
	*ret_actions = actions;
	*ret_steps = steps & ((flag("nr") ? quiet : 0) | SMFIP_SKIP |
				 (flag("leadspc") ? SMFIP_HDR_LEADSPC : 0));
	*ret_f2 = *ret_f3 = 0;
	return SMFIS_CONTINUE;
}

static sfsistat
on_connect(SMFICTX *ctx, char *host, _SOCK_ADDR *a)
{
	(void)printf("connect %s %s j=%s\n", host, a != NULL ? "address" : "unknown",
	    macro(ctx, "j"));
	return answer(ctx, "connect");
}

static sfsistat
on_helo(SMFICTX *ctx, char *name)
{
	(void)printf("helo %s\n", name);
	return answer(ctx, "helo");
}

static sfsistat
on_mail(SMFICTX *ctx, char **argv)
{
	(void)printf("mail %s", argv[0]);
	for (int i = 1; argv[i] != NULL; i++)
		(void)printf(" %s", argv[i]);
	(void)printf(" i=%s mail_addr=%s\n", macro(ctx, "i"), macro(ctx, "{mail_addr}"));
	return answer(ctx, "mail");
}

static sfsistat
on_rcpt(SMFICTX *ctx, char **argv)
{
	(void)printf("rcpt %s rcpt_addr=%s\n", argv[0], macro(ctx, "{rcpt_addr}"));
	return answer(ctx, "rcpt");
}

static sfsistat
on_data(SMFICTX *ctx)
{
	(void)printf("data\n");
	return answer(ctx, "data");
}

static sfsistat
on_unknown(SMFICTX *ctx, const char *line)
{
	(void)printf("unknown %s\n", line);
	return answer(ctx, "unknown");
}

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	(void)printf("header %s:%s|\n", name, value);
	return answer(ctx, "header");
}

static sfsistat
on_eoh(SMFICTX *ctx)
{
	(void)printf("eoh\n");
	return answer(ctx, "eoh");
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *bytes, size_t n)
{
	unsigned long sum = 0;

	for (size_t i = 0; i < n; i++)
		sum = sum * 31 + bytes[i];
	(void)printf("body %zu %08lx\n", n, sum & 0xffffffff);
	return answer(ctx, "body");
}

static void
change(SMFICTX *ctx, char *told)
{
	char *name = strchr(told, ':');
	char *value = name != NULL ? strchr(name + 1, ':') : NULL;
	char header[64] = "", what[16] = "";
	int failed = 0;

	if (sscanf(told, "%15[a-z]", what) != 1)
		return;
	name = name != NULL ? name + 1 : told + strlen(told);
	(void)snprintf(header, sizeof header, "%.*s",
	    (int)(value != NULL ? value - name : (long)strlen(name)), name);
	value = value != NULL ? value + 1 : name + strlen(name);
	if (strcmp(what, "addheader") == 0)
		failed = smfi_addheader(ctx, header, value);
	else if (strcmp(what, "insheader") == 0)
		failed = smfi_insheader(ctx, 0, header, value);
	else if (strcmp(what, "chgheader") == 0)
		failed = smfi_chgheader(ctx, header, 1, *value != '\0' ? value : NULL);
	else if (strcmp(what, "addrcpt") == 0)
		failed = smfi_addrcpt(ctx, name);
	else if (strcmp(what, "delrcpt") == 0)
		failed = smfi_delrcpt(ctx, name);
	else if (strcmp(what, "chgfrom") == 0)
		failed = smfi_chgfrom(ctx, name, NULL);
	else if (strcmp(what, "body") == 0)
		failed = smfi_replacebody(ctx, (unsigned char *)name, (int)strlen(name));
	else if (strcmp(what, "quarantine") == 0)
		failed = smfi_quarantine(ctx, name);
	else if (strcmp(what, "progress") == 0)
		failed = smfi_progress(ctx);
	if (failed != MI_SUCCESS)
		(void)printf("failed %s\n", told);
}

static sfsistat
on_eom(SMFICTX *ctx)
{
	(void)printf("eom msg_id=%s\n", macro(ctx, "{msg_id}"));
	for (int i = 0; i < words; i++) {
		if (strchr(word[i], '=') == NULL)
			change(ctx, word[i]);
	}
	return answer(ctx, "eom");
}

static sfsistat
on_abort(SMFICTX *ctx)
{
	(void)ctx;
	(void)printf("abort\n");
	return SMFIS_CONTINUE;
}

static sfsistat
on_close(SMFICTX *ctx)
{
	(void)ctx;
	(void)printf("close\n");
	return SMFIS_CONTINUE;
}

int
main(int argc, char **argv)
{
	static char name[] = "probe";
	struct smfiDesc d = {
		.xxfi_name = name,
		.xxfi_version = SMFI_VERSION,
		.xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_CHGBODY |
			      SMFIF_ADDRCPT | SMFIF_DELRCPT | SMFIF_CHGFROM |
			      SMFIF_QUARANTINE,
		.xxfi_negotiate = on_negotiate,
		.xxfi_connect = on_connect,
		.xxfi_helo = on_helo,
		.xxfi_envfrom = on_mail,
		.xxfi_envrcpt = on_rcpt,
		.xxfi_data = on_data,
		.xxfi_unknown = on_unknown,
		.xxfi_header = on_header,
		.xxfi_eoh = on_eoh,
		.xxfi_body = on_body,
		.xxfi_eom = on_eom,
		.xxfi_abort = on_abort,
		.xxfi_close = on_close,
	};

	if (argc < 2) {
		(void)fprintf(stderr, "usage: probe_milter SOCKET [WORD...]\n");
		return 2;
	}
	word = argv + 2;
	words = argc - 2;
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (smfi_register(d) != MI_SUCCESS || smfi_setconn(argv[1]) != MI_SUCCESS ||
	    smfi_opensocket(true) != MI_SUCCESS)
		return 1;
	(void)printf("ready\n");
	return smfi_main() == MI_SUCCESS ? 0 : 1;
}
