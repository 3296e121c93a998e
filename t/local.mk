## Unit tests speak TAP; a test of a layer links that layer and those below it
## and nothing else, so "policy is pure" is a fact the linker checks.
TEST_EXTENSIONS = .sh
LOG_DRIVER      = env AM_TAP_AWK='$(AWK)' $(SHELL) $(srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER   = $(LOG_DRIVER)
AM_TESTS_ENVIRONMENT = CK_VERBOSITY=silent CK_TAP_LOG_FILE_NAME=- \
	FIXTURES='$(abs_srcdir)/fixtures' TOP_SRCDIR='$(abs_top_srcdir)' \
	TOP_BUILDDIR='$(abs_top_builddir)' \
	PROGRAMS='$(bin_PROGRAMS) $(sbin_PROGRAMS)'; export CK_VERBOSITY \
	CK_TAP_LOG_FILE_NAME FIXTURES TOP_SRCDIR TOP_BUILDDIR PROGRAMS;

TESTS += %reldir%/lint/layers.sh %reldir%/lint/listed.sh
dist_check_SCRIPTS += %reldir%/lint/layers.sh %reldir%/lint/listed.sh
EXTRA_DIST += fixtures
TESTS += %reldir%/lint/fixtures.sh
dist_check_SCRIPTS += %reldir%/lint/fixtures.sh
