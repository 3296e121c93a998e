## Milters that nobody here wrote: make check-foreign.  Not part of make check:
## the root that they run in has 500 MB and takes minutes, once.
EXTRA_DIST += %reldir%/README.md
EXTRA_DIST += %reldir%/inside %reldir%/matrix %reldir%/root %reldir%/start
EXTRA_DIST += %reldir%/conftest.py
EXTRA_DIST += %reldir%/test_foreign.py
EXTRA_DIST += %reldir%/amavisd-milter %reldir%/clamav-milter %reldir%/dkimpy-milter
EXTRA_DIST += %reldir%/go-milter %reldir%/opendkim %reldir%/opendmarc
EXTRA_DIST += %reldir%/pmilter %reldir%/pymilter %reldir%/pyspf-milter
EXTRA_DIST += %reldir%/spamass-milter %reldir%/vrfydmn

check-foreign: all
	$(srcdir)/%reldir%/root && TIME_LIMIT=3600 \
	  TOP_SRCDIR='$(abs_top_srcdir)' TOP_BUILDDIR='$(abs_top_builddir)' \
	  $(SHELL) $(srcdir)/t/system/run $(srcdir)/%reldir%/test_foreign.py
.PHONY: check-foreign
