## Transcripts: t/sim/*.mta, all in one program of TAP.
TESTS += %reldir%/run.sh %reldir%/recordings.sh t/lint/protocol.sh
dist_check_SCRIPTS += %reldir%/run.sh %reldir%/recordings.sh t/lint/protocol.sh
EXTRA_DIST += \
	%reldir%/README \
	%reldir%/milter \
	%reldir%/quota \
	%reldir%/rfc2821 \
	%reldir%/spam \
	$(TRANSCRIPTS)
TRANSCRIPTS = \
	%reldir%/body-chunks.mta \
	%reldir%/chunks.mta \
	%reldir%/connections.mta \
	%reldir%/cut-anywhere.mta \
	%reldir%/early-521.mta \
	%reldir%/edits.mta \
	%reldir%/from-line.mta \
	%reldir%/mail-put-off.mta \
	%reldir%/masked.mta \
	%reldir%/meant.mta \
	%reldir%/old-versions.mta \
	%reldir%/policies.mta \
	%reldir%/policy-none.mta \
	%reldir%/policy-slow.mta \
	%reldir%/recipient-added.mta \
	%reldir%/recipient-discarded.mta \
	%reldir%/recipient-refused.mta \
	%reldir%/rfc2821-d1-milter.mta \
	%reldir%/rfc2821-d1.mta \
	%reldir%/rfc2821-d2.mta \
	%reldir%/rfc2821-d3-step1.mta \
	%reldir%/rfc2821-d3-step2.mta \
	%reldir%/rfc2821-d4.mta \
	%reldir%/two-milters.mta \
	%reldir%/sendmail-look-up.mta \
	%reldir%/sendmail-paths.mta \
	%reldir%/unbalanced.mta
