/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench_null - a milter without callbacks: the least that one can cost.
 *
 *	bench_null unix:PATH
 */
#include <libmilter/mfapi.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
	static char name[] = "null";
	struct smfiDesc desc = { .xxfi_name = name, .xxfi_version = SMFI_VERSION };

	if (argc != 2 || smfi_setconn(argv[1]) != MI_SUCCESS ||
	    smfi_register(desc) != MI_SUCCESS || smfi_opensocket(1) != MI_SUCCESS)
		return 2;
	(void)fprintf(stderr, "bench_null: ready\n");
	return smfi_main();
}
