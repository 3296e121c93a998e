## Unit tests speak TAP; a test of a layer links that layer and those below it
## and nothing else, so "policy is pure" is a fact the linker checks.
TEST_EXTENSIONS = .sh
LOG_DRIVER      = env AM_TAP_AWK='$(AWK)' $(SHELL) $(srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER   = $(LOG_DRIVER)
AM_TESTS_ENVIRONMENT = CK_VERBOSITY=silent CK_TAP_LOG_FILE_NAME=- \
	FIXTURES='$(abs_srcdir)/fixtures' TOP_SRCDIR='$(abs_top_srcdir)' \
	TOP_BUILDDIR='$(abs_top_builddir)' \
	PROGRAMS='$(bin_PROGRAMS) $(sbin_PROGRAMS)' \
	TSAN_OPTIONS='suppressions=$(abs_srcdir)/t/tsan.supp' \
	UBSAN_OPTIONS=print_stacktrace=1; export CK_VERBOSITY \
	CK_TAP_LOG_FILE_NAME FIXTURES TOP_SRCDIR TOP_BUILDDIR PROGRAMS \
	TSAN_OPTIONS UBSAN_OPTIONS;

TESTS += %reldir%/lint/layers.sh %reldir%/lint/listed.sh
dist_check_SCRIPTS += %reldir%/lint/layers.sh %reldir%/lint/listed.sh
EXTRA_DIST += fixtures %reldir%/tsan.supp
TESTS += %reldir%/lint/fixtures.sh
dist_check_SCRIPTS += %reldir%/lint/fixtures.sh

## Only with ./configure --enable-coverage.
coverage:
if !COVERAGE
	@echo "configure with --enable-coverage first"; exit 1
else
	$(MAKE) check
	lcov -q -c -d . -o coverage.info --rc lcov_branch_coverage=1
	lcov -q -r coverage.info '/usr/*' '*/t/*' -o coverage.info --rc lcov_branch_coverage=1
	genhtml -q --branch-coverage -o coverage coverage.info
	@lcov -l coverage.info --rc lcov_branch_coverage=1 && echo "see coverage/index.html"
endif
.PHONY: coverage
CLEANFILES += coverage.info
clean-local:
	-rm -rf coverage
	-find . -name '*.gc??' -exec rm -f {} +
