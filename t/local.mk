## Unit tests speak TAP; a test of a layer links that layer and those below it
## and nothing else, so "policy is pure" is a fact the linker checks.
TEST_EXTENSIONS = .sh
LOG_DRIVER      = env AM_TAP_AWK='$(AWK)' $(SHELL) $(srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER   = $(LOG_DRIVER)
AM_TESTS_ENVIRONMENT = CK_DEFAULT_TIMEOUT=60 \
	CK_TIMEOUT_MULTIPLIER=$${REFMILTER_SLOW:-1} \
	CK_VERBOSITY=silent CK_TAP_LOG_FILE_NAME=- \
	FIXTURES='$(abs_srcdir)/fixtures' TOP_SRCDIR='$(abs_top_srcdir)' \
	TOP_BUILDDIR='$(abs_top_builddir)' \
	PROGRAMS='$(bin_PROGRAMS) $(sbin_PROGRAMS)' UNITS='$(UNITS)' \
	HARDENING='$(HARDENING)' \
	UBSAN_OPTIONS=print_stacktrace=1; export CK_VERBOSITY CK_DEFAULT_TIMEOUT CK_TIMEOUT_MULTIPLIER \
	CK_TAP_LOG_FILE_NAME FIXTURES TOP_SRCDIR TOP_BUILDDIR PROGRAMS UNITS HARDENING \
	UBSAN_OPTIONS;

LINT_TESTS = \
	%reldir%/lint/circles.sh \
	%reldir%/lint/conformance.sh \
	%reldir%/lint/dead.sh \
	%reldir%/lint/documents.sh \
	%reldir%/lint/fixtures.sh \
	%reldir%/lint/glossary.sh \
	%reldir%/lint/hardening.sh \
	%reldir%/lint/layers.sh \
	%reldir%/lint/listed.sh \
	%reldir%/lint/manual.sh \
	%reldir%/lint/once.sh \
	%reldir%/lint/profiles.sh \
	%reldir%/lint/rooms.sh \
	%reldir%/lint/units.sh
TESTS += $(LINT_TESTS)
check_PROGRAMS += %reldir%/lint/profile_table
t_lint_profile_table_SOURCES = t/lint/profile_table.c
t_lint_profile_table_LDADD = libsim.a libwire.a libbase.a $(JANSSON_LIBS)
dist_check_SCRIPTS += $(LINT_TESTS) %reldir%/installed.sh
## What goes into the tarball, a line each, for lint/listed.sh.
distfiles:
	@printf '%s\n' Makefile.am $(DISTFILES)
.PHONY: distfiles
EXTRA_DIST += fixtures %reldir%/.clang-tidy %reldir%/lint/seams %reldir%/lint/shown.awk %reldir%/lint/tap.sh

## In a build folder of its own, so it needs no special configure.
coverage:
	$(srcdir)/tools/coverage '$(abs_builddir)/coverage'

## Hours and not minutes; only in a clone.
check-night:
	cd $(srcdir) && .ci/night
.PHONY: coverage check-night
clean-local:
	-rm -rf coverage
	-find . -name '*.gc??' -exec rm -f {} +

installcheck-local:
	DESTDIR='$(DESTDIR)' BINDIR='$(DESTDIR)$(bindir)' SBINDIR='$(DESTDIR)$(sbindir)' \
	MANDIR='$(DESTDIR)$(mandir)' UNITDIR='$(DESTDIR)$(systemdsystemunitdir)' \
	UNITS='$(systemdsystemunit_DATA)' PROGRAMS='$(bin_PROGRAMS) $(sbin_PROGRAMS)' \
	$(SHELL) $(srcdir)/%reldir%/installed.sh
