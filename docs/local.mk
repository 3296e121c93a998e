## Documents go into the tarball; man pages are also installed.
EXTRA_DIST += \
	COPYING \
	HACKING.md \
	NEWS \
	%reldir%/ADMIN.md \
	%reldir%/ARCHITECTURE.md \
	%reldir%/BENCHMARKS.md \
	%reldir%/CHECK.md \
	%reldir%/CONFORMANCE.md \
	%reldir%/check-report.schema.json \
	%reldir%/DISPUTES.md \
	%reldir%/FAILURES.md \
	%reldir%/FINDINGS.md \
	%reldir%/GLOSSARY.md \
	%reldir%/MATRIX.md \
	%reldir%/PACKAGING.md \
	%reldir%/PROFILES.md \
	%reldir%/PROTOCOL.md \
	%reldir%/RELEASING.md \
	%reldir%/TESTING.md \
	%reldir%/decisions \
	%reldir%/figures
dist_man_MANS += \
	%reldir%/man/logger-milter.8 \
	%reldir%/man/milter-lists.5 \
	%reldir%/man/milter-sigs.1 \
	%reldir%/man/milter-signatures.5 \
	%reldir%/man/milter-sim.1 \
	%reldir%/man/milter-transcript.5 \
	%reldir%/man/quota-milter.8 \
	%reldir%/man/spam-milter.8 \
	%reldir%/man/virus-milter.8
