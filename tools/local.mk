## What a developer calls beside make check.
EXTRA_DIST += %reldir%/conformance-table
EXTRA_DIST += %reldir%/bare.sh %reldir%/coverage %reldir%/elsewhere %reldir%/under-load
EXTRA_DIST += %reldir%/lint %reldir%/needs %reldir%/sizes.awk %reldir%/tidy.h .clang-tidy

LINT_CFLAGS = -std=c17 $(DEFS) -include config.h -I. -I$(srcdir)/include -I$(srcdir)/src -I$(srcdir) $(CPPFLAGS) $(JANSSON_CFLAGS) $(IDN2_CFLAGS) $(MILTER_CFLAGS) \
	$(CONFUSE_CFLAGS) $(CHECK_CFLAGS)

lint: config.h
	TOP_SRCDIR='$(srcdir)' LINT_CFLAGS='$(LINT_CFLAGS)' $(SHELL) $(srcdir)/%reldir%/lint

## For t/bite, which shows one file to clang-tidy.
lint-flags:
	@echo '$(LINT_CFLAGS)'

## Only in a clone: make release-check OUT=../release KEY=ID
release-check:
	$(srcdir)/%reldir%/release-check "$${OUT:-release}"
.PHONY: release-check

C_FILES = find $(srcdir)/include $(srcdir)/src $(srcdir)/sim $(srcdir)/t -name '*.[ch]'
format:
	$(C_FILES) -exec clang-format -i {} +
format-check:
	$(C_FILES) -exec clang-format --dry-run -Werror {} +
.PHONY: lint lint-flags format format-check
