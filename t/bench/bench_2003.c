/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench_2003 - a scanner as one was written in 2003: MAIL, RCPT, BODY, end of
 * message, abort and close, and in BODY one strstr() for each signature.
 *
 *	bench_2003 FILE PATH       one signature a line
 *
 * Only to be compared with: a signature across two chunks or behind a NUL gets
 * through, and so does one that ends at the last byte of a chunk.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libmilter/mfapi.h>

enum { SIGNATURES_MOST = 200000, LINE_MOST = 1000 };

static char *signature[SIGNATURES_MOST];
static size_t signatures;

static bool
read_signatures(const char *path)
{
	char line[LINE_MOST];
	FILE *f = fopen(path, "r");

	if (f == NULL)
		return false;
	while (signatures < SIGNATURES_MOST && fgets(line, sizeof line, f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		signature[signatures++] = strdup(line);
	}
	return fclose(f) == 0;
}

struct found {
	bool any;
};

static sfsistat
on_mail(SMFICTX *ctx, char **argv)
{
	struct found *f = calloc(1, sizeof *f);

	(void)argv;
	free(smfi_getpriv(ctx));
	return smfi_setpriv(ctx, f) == MI_SUCCESS ? SMFIS_CONTINUE : SMFIS_TEMPFAIL;
}

static sfsistat
on_rcpt(SMFICTX *ctx, char **argv)
{
	(void)ctx, (void)argv;
	return SMFIS_CONTINUE;
}

static sfsistat
on_body(SMFICTX *ctx, unsigned char *bytes, size_t len)
{
	struct found *f = smfi_getpriv(ctx);

	if (f == NULL || len == 0)
		return SMFIS_CONTINUE;
	bytes[len - 1] = '\0';
	for (size_t i = 0; i < signatures && !f->any; i++)
		f->any = strstr((char *)bytes, signature[i]) != NULL;
	return SMFIS_CONTINUE;
}

static sfsistat
on_end(SMFICTX *ctx)
{
	struct found *f = smfi_getpriv(ctx);
	bool any = f != NULL && f->any;

	free(f);
	(void)smfi_setpriv(ctx, NULL);
	return any ? SMFIS_REJECT : SMFIS_CONTINUE;
}

static sfsistat
on_close(SMFICTX *ctx)
{
	free(smfi_getpriv(ctx));
	(void)smfi_setpriv(ctx, NULL);
	return SMFIS_CONTINUE;
}

int
main(int argc, char **argv)
{
	static char conn[200];
	struct smfiDesc desc = { .xxfi_name = (char *)(size_t) "bench_2003",
		.xxfi_version = SMFI_VERSION,
		.xxfi_envfrom = on_mail,
		.xxfi_envrcpt = on_rcpt,
		.xxfi_body = on_body,
		.xxfi_eom = on_end,
		.xxfi_abort = on_close,
		.xxfi_close = on_close };

	if (argc != 3 || !read_signatures(argv[1]))
		return 64;
	(void)snprintf(conn, sizeof conn, "unix:%s", argv[2]);
	(void)unlink(argv[2]);
	if (smfi_register(desc) != MI_SUCCESS || smfi_setconn(conn) != MI_SUCCESS)
		return 71;
	return smfi_main() == MI_SUCCESS ? 0 : 70;
}
