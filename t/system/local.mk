## pytest through TAP: t/system/test_*.py.  One line an entry: many hands add here.
TEST_EXTENSIONS += .py
PY_LOG_DRIVER    = $(LOG_DRIVER)
PY_LOG_COMPILER  = $(SHELL) $(srcdir)/%reldir%/run

SYSTEM_TESTS =
SYSTEM_TESTS += %reldir%/test_check.py
SYSTEM_TESTS += %reldir%/test_check_md.py
SYSTEM_TESTS += %reldir%/test_check_options.py
SYSTEM_TESTS += %reldir%/test_check_ours.py
SYSTEM_TESTS += %reldir%/test_check_process.py
SYSTEM_TESTS += %reldir%/test_compare.py
SYSTEM_TESTS += %reldir%/test_completion.py
SYSTEM_TESTS += %reldir%/test_decode.py
SYSTEM_TESTS += %reldir%/test_faults.py
SYSTEM_TESTS += %reldir%/test_from_reader.py
SYSTEM_TESTS += %reldir%/test_examples.py
SYSTEM_TESTS += %reldir%/test_keys.py
SYSTEM_TESTS += %reldir%/test_handover.py
SYSTEM_TESTS += %reldir%/test_hanging.py
SYSTEM_TESTS += %reldir%/test_hostile_packets.py
SYSTEM_TESTS += %reldir%/test_install.py
SYSTEM_TESTS += %reldir%/test_key_effects.py
SYSTEM_TESTS += %reldir%/test_logger.py
SYSTEM_TESTS += %reldir%/test_logger_export.py
SYSTEM_TESTS += %reldir%/test_logger_life.py
SYSTEM_TESTS += %reldir%/test_load.py
SYSTEM_TESTS += %reldir%/test_load_metrics.py
SYSTEM_TESTS += %reldir%/test_loop.py
SYSTEM_TESTS += %reldir%/test_logger_torture.py
SYSTEM_TESTS += %reldir%/test_metrics.py
SYSTEM_TESTS += %reldir%/test_metrics_hostile.py
SYSTEM_TESTS += %reldir%/test_milter_script.py
SYSTEM_TESTS += %reldir%/test_old_mta.py
SYSTEM_TESTS += %reldir%/test_programs.py
SYSTEM_TESTS += %reldir%/test_readme.py
SYSTEM_TESTS += %reldir%/test_readme_lines.py
SYSTEM_TESTS += %reldir%/test_record.py
SYSTEM_TESTS += %reldir%/test_replay.py
SYSTEM_TESTS += %reldir%/test_survey.py
SYSTEM_TESTS += %reldir%/test_tap.py
SYSTEM_TESTS += %reldir%/test_root.py
SYSTEM_TESTS += %reldir%/test_run.py
SYSTEM_TESTS += %reldir%/test_transcript_mta.py
SYSTEM_TESTS += %reldir%/test_quota.py
SYSTEM_TESTS += %reldir%/test_quota_life.py
SYSTEM_TESTS += %reldir%/test_quota_whose.py
SYSTEM_TESTS += %reldir%/test_quota_servers.py
SYSTEM_TESTS += %reldir%/test_quota_transcripts.py
SYSTEM_TESTS += %reldir%/test_serve.py
SYSTEM_TESTS += %reldir%/test_sigs.py
SYSTEM_TESTS += %reldir%/test_serve_limits.py
SYSTEM_TESTS += %reldir%/test_serve_options.py
SYSTEM_TESTS += %reldir%/test_serve_policy.py
SYSTEM_TESTS += %reldir%/test_serve_postfix.py
SYSTEM_TESTS += %reldir%/test_serve_sendmail.py
SYSTEM_TESTS += %reldir%/test_serve_recordings.py
EXTRA_DIST += %reldir%/spam_fixtures.py
SYSTEM_TESTS += %reldir%/test_spam.py
SYSTEM_TESTS += %reldir%/test_spam_delay.py
SYSTEM_TESTS += %reldir%/test_spam_lists.py
SYSTEM_TESTS += %reldir%/test_spam_smtp.py
SYSTEM_TESTS += %reldir%/test_spam_transcripts.py
SYSTEM_TESTS += %reldir%/test_try.py
SYSTEM_TESTS += %reldir%/test_virus_clamd.py
SYSTEM_TESTS += %reldir%/test_virus_clamd_means.py
SYSTEM_TESTS += %reldir%/test_virus_clamd_off.py
SYSTEM_TESTS += %reldir%/test_virus_clamd_real.py
SYSTEM_TESTS += %reldir%/test_virus_clamd_servers.py
SYSTEM_TESTS += %reldir%/test_virus_clamd_time.py
SYSTEM_TESTS += %reldir%/test_virus_cli.py
SYSTEM_TESTS += %reldir%/test_virus_fixtures.py
SYSTEM_TESTS += %reldir%/test_virus_life.py
SYSTEM_TESTS += %reldir%/test_virus_manual.py
SYSTEM_TESTS += %reldir%/test_virus_torture.py
SYSTEM_TESTS += %reldir%/test_virus_wire.py
SYSTEM_TESTS += %reldir%/test_xclient.py
TESTS        += $(SYSTEM_TESTS)

EXTRA_DIST += %reldir%/run %reldir%/tap.py $(SYSTEM_TESTS)
EXTRA_DIST += %reldir%/archive_view.py
EXTRA_DIST += %reldir%/clamd_fixtures.py
EXTRA_DIST += %reldir%/clamds.py
EXTRA_DIST += %reldir%/conftest.py
EXTRA_DIST += %reldir%/daemons.py
EXTRA_DIST += %reldir%/dovecots.py
EXTRA_DIST += %reldir%/fail_nth.c
EXTRA_DIST += %reldir%/fault_cases.py
EXTRA_DIST += %reldir%/faults.py
EXTRA_DIST += %reldir%/load.py
EXTRA_DIST += %reldir%/logger_fixtures.py
EXTRA_DIST += %reldir%/measured.py
EXTRA_DIST += %reldir%/mta.py
EXTRA_DIST += %reldir%/prom.py
EXTRA_DIST += %reldir%/quota_fixtures.py
EXTRA_DIST += %reldir%/schema.py
EXTRA_DIST += %reldir%/listening.py
EXTRA_DIST += %reldir%/serve.py
EXTRA_DIST += %reldir%/tsan.supp
EXTRA_DIST += %reldir%/worms.py

## A filter on the real libmilter that does as it is told.
check_PROGRAMS += %reldir%/probe_milter
check_PROGRAMS += %reldir%/print_mailboxes
t_system_print_mailboxes_SOURCES = %reldir%/print_mailboxes.c
t_system_print_mailboxes_LDADD   = libpolicy.a libbase.a
t_system_probe_milter_SOURCES = %reldir%/probe_milter.c
t_system_probe_milter_CFLAGS  = $(AM_CFLAGS) $(MILTER_CFLAGS)
t_system_probe_milter_LDADD   = $(MILTER_LIBS)

## Preloaded into a milter by the torture tests.
if FAULT_SHIM
check_DATA += %reldir%/fail_nth.so
endif
CLEANFILES += %reldir%/fail_nth.so
%reldir%/fail_nth.so: %reldir%/fail_nth.c
	$(AM_V_CC)$(MKDIR_P) $(@D) && $(CC) -std=gnu17 -O1 -fPIC -shared -o $@ $< -ldl

## They alone are built, which is a third of what make check builds.
check-unit:
	units=`echo $(TESTS) | tr ' ' '\n' | grep '^t/unit/' | tr '\n' ' '`; \
	$(MAKE) check check_PROGRAMS="$$units" TESTS="$$units"
check-system: all
	$(MAKE) check TESTS='$(SYSTEM_TESTS)'
## All rounds of the tests that kill, fill, cut and fail; make check does a few.
check-torture: all
	REFMILTER_TORTURE=1 TIME_LIMIT=3600 $(MAKE) check \
	  TESTS='%reldir%/test_faults.py %reldir%/test_logger_torture.py %reldir%/test_virus_torture.py'
.PHONY: check-unit check-system check-torture
