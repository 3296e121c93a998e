## The packages: built, looked at, installed, booted, upgraded, purged.  Not part of
## make check: what it takes is a build more, debhelper, and a container.  docs/TESTING.md
## has what each needs and costs.

## What .ci/run does too: three minutes, no container.
CORE_PACKAGE_TESTS  = %reldir%/test_debs.py
CORE_PACKAGE_TESTS += %reldir%/test_release.py

PACKAGE_TESTS  = $(CORE_PACKAGE_TESTS)
PACKAGE_TESTS += %reldir%/test_admin.py
PACKAGE_TESTS += %reldir%/test_autopkgtest.py
PACKAGE_TESTS += %reldir%/test_edges.py
PACKAGE_TESTS += %reldir%/test_haproxy.py
PACKAGE_TESTS += %reldir%/test_life.py
PACKAGE_TESTS += %reldir%/test_reproducible.py
PACKAGE_TESTS += %reldir%/test_rpm.py
EXTRA_DIST += $(PACKAGE_TESTS)
EXTRA_DIST += %reldir%/conftest.py
EXTRA_DIST += %reldir%/packages.py
EXTRA_DIST += packaging/refmilter.spec

## make check-packages K=postfix runs a part; a skip is a failure with
## REFMILTER_REQUIRE=container.  RELEASE=trixie: with packages built on that Debian,
## and its own systemd and MTAs.
PACKAGE_ENV = TIME_LIMIT="$${TIME_LIMIT:-3600}" REFMILTER_RELEASE="$(RELEASE)" PYTEST_ADDOPTS="$${K:+-k '$$K'}"
check-packages: all
	rm -rf packages
	$(PACKAGE_ENV) $(MAKE) check TESTS='$(PACKAGE_TESTS)'
check-packages-core: all
	rm -rf packages
	$(PACKAGE_ENV) $(MAKE) check TESTS='$(CORE_PACKAGE_TESTS)'
.PHONY: check-packages check-packages-core
clean-local: clean-packages
clean-packages:
	-rm -rf packages
.PHONY: clean-packages
