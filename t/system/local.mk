## pytest through TAP: t/system/test_*.py, each with a line here.
TEST_EXTENSIONS += .py
PY_LOG_DRIVER    = $(LOG_DRIVER)
PY_LOG_COMPILER  = $(SHELL) $(srcdir)/%reldir%/run

SYSTEM_TESTS = \
	%reldir%/test_logger.py \
	%reldir%/test_logger_torture.py \
	%reldir%/test_decode.py \
	%reldir%/test_programs.py \
	%reldir%/test_serve.py
	%reldir%/test_spam.py \
	%reldir%/test_programs.py
TESTS      += $(SYSTEM_TESTS)
EXTRA_DIST += %reldir%/run %reldir%/tap.py %reldir%/archive_view.py $(SYSTEM_TESTS) \
	%reldir%/conftest.py %reldir%/daemons.py %reldir%/mta.py %reldir%/serve.py

## A filter on the real libmilter that does as it is told.
check_PROGRAMS += %reldir%/probe_milter
t_system_probe_milter_SOURCES = %reldir%/probe_milter.c
t_system_probe_milter_CFLAGS  = $(AM_CFLAGS) $(MILTER_CFLAGS)
t_system_probe_milter_LDADD   = $(MILTER_LIBS)
EXTRA_DIST += %reldir%/run %reldir%/tap.py %reldir%/archive_view.py %reldir%/load.py $(SYSTEM_TESTS) \
	%reldir%/conftest.py %reldir%/daemons.py %reldir%/mta.py

check-unit:
	$(MAKE) check TESTS='$(UNIT_TESTS)'
check-system: all
	$(MAKE) check TESTS='$(SYSTEM_TESTS)'
.PHONY: check-unit check-system

## All rounds of the tests that kill, fill and cut; make check does a few.
check-torture: all
	REFMILTER_TORTURE=1 TIME_LIMIT=3600 $(MAKE) check TESTS='t/system/test_logger_torture.py'
.PHONY: check-torture
