/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench_shape - milters that do nothing, to compare ours with.
 *
 *	bench_shape headers PATH   takes MAIL, RCPT and every header, and says
 *	                           "continue" to each, as a milter does by default
 *	bench_shape spam PATH      asks for what spam-milter asks for
 *	bench_shape virus PATH     asks for what virus-milter asks for
 *
 * The first two accept at the end of the header.
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
on_body(SMFICTX *ctx, unsigned char *bytes, size_t len)
{
	(void)ctx, (void)bytes, (void)len;
	return SMFIS_NOREPLY;
}

static sfsistat
negotiate_body(SMFICTX *ctx, unsigned long f0, unsigned long f1, unsigned long f2,
    unsigned long f3, unsigned long *r0, unsigned long *r1, unsigned long *r2,
    unsigned long *r3)
{
	(void)ctx, (void)f0, (void)f1, (void)f2, (void)f3;
	*r0 = 0;
	*r1 = SMFIP_NOCONNECT | SMFIP_NOHELO | SMFIP_NORCPT | SMFIP_NOHDRS | SMFIP_NOEOH |
	      SMFIP_NOUNKNOWN | SMFIP_NODATA | SMFIP_NR_MAIL | SMFIP_NR_BODY;
	*r2 = *r3 = 0;
	return SMFIS_CONTINUE;
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

static struct smfiDesc desc = { .xxfi_name = (char *)(size_t) "bench_shape",
	.xxfi_version = SMFI_VERSION,
	.xxfi_envfrom = on_mail };

/* True: there is a milter of this shape, and it is in `desc`. */
static bool
take_shape(const char *shape)
{
	quiet = strcmp(shape, "headers") != 0;
	if (strcmp(shape, "virus") == 0) {
		desc.xxfi_body = on_body;
		desc.xxfi_negotiate = negotiate_body;
		return true;
	}
	desc.xxfi_envrcpt = on_path;
	desc.xxfi_header = on_header;
	desc.xxfi_eoh = on_eoh;
	desc.xxfi_negotiate = on_negotiate;
	desc.xxfi_data = quiet ? on_data : NULL;
	return !quiet || strcmp(shape, "spam") == 0;
}

int
main(int argc, char **argv)
{
	static char conn[200];

	if (argc != 3 || !take_shape(argv[1]))
		return 64;
	(void)snprintf(conn, sizeof conn, "unix:%s", argv[2]);
	(void)unlink(argv[2]);
	if (smfi_register(desc) != MI_SUCCESS || smfi_setconn(conn) != MI_SUCCESS)
		return 71;
	return smfi_main() == MI_SUCCESS ? 0 : 70;
}
