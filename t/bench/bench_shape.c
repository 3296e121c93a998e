/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench_shape - milters that do nothing, to compare ours with.
 *
 *	bench_shape headers PATH   takes MAIL, RCPT and every header, and says
 *	                           "continue" to each, as a milter does by default
 *	bench_shape spam PATH      asks for what spam-milter asks for
 *
 * Both accept at the end of the header.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libmilter/mfapi.h>

static bool quiet;

static sfsistat
on_path(SMFICTX *ctx, char **argv)
{
	(void)ctx, (void)argv;
	return SMFIS_CONTINUE;
}

static sfsistat
on_mail(SMFICTX *ctx, char **argv)
{
	(void)ctx, (void)argv;
	return quiet ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

static sfsistat
on_data(SMFICTX *ctx)
{
	(void)ctx;
	return SMFIS_CONTINUE;
}

static sfsistat
on_header(SMFICTX *ctx, char *name, char *value)
{
	(void)ctx, (void)name, (void)value;
	return quiet ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

static sfsistat
on_eoh(SMFICTX *ctx)
{
	(void)ctx;
	return SMFIS_ACCEPT;
}

static sfsistat
on_negotiate(SMFICTX *ctx, unsigned long f0, unsigned long f1, unsigned long f2,
    unsigned long f3, unsigned long *r0, unsigned long *r1, unsigned long *r2,
    unsigned long *r3)
{
	(void)ctx, (void)f0, (void)f1, (void)f2, (void)f3;
	*r0 = 0;
	*r1 = SMFIP_NOCONNECT | SMFIP_NOHELO | SMFIP_NOBODY | SMFIP_NOUNKNOWN;
	*r1 |= quiet ? SMFIP_NR_MAIL | SMFIP_NR_HDR : SMFIP_NODATA;
	*r2 = *r3 = 0;
	return SMFIS_CONTINUE;
}

int
main(int argc, char **argv)
{
	static char conn[200];
	struct smfiDesc desc = { .xxfi_name = (char *)(size_t) "bench_shape",
		.xxfi_version = SMFI_VERSION,
		.xxfi_envfrom = on_mail,
		.xxfi_envrcpt = on_path,
		.xxfi_header = on_header,
		.xxfi_eoh = on_eoh,
		.xxfi_negotiate = on_negotiate };

	if (argc != 3)
		return 64;
	quiet = strcmp(argv[1], "spam") == 0;
	if (quiet)
		desc.xxfi_data = on_data;
	(void)snprintf(conn, sizeof conn, "unix:%s", argv[2]);
	(void)unlink(argv[2]);
	if (smfi_register(desc) != MI_SUCCESS || smfi_setconn(conn) != MI_SUCCESS)
		return 71;
	return smfi_main() == MI_SUCCESS ? 0 : 70;
}
