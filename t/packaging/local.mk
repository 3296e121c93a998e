## The packages: built, looked at, installed, booted, upgraded, purged.  Not part of
## make check: what it takes is a build more, debhelper, and a container.
PACKAGE_TESTS  = %reldir%/test_debs.py
PACKAGE_TESTS += %reldir%/test_admin.py
PACKAGE_TESTS += %reldir%/test_edges.py
PACKAGE_TESTS += %reldir%/test_haproxy.py
PACKAGE_TESTS += %reldir%/test_life.py
PACKAGE_TESTS += %reldir%/test_release.py
PACKAGE_TESTS += %reldir%/test_rpm.py
EXTRA_DIST += $(PACKAGE_TESTS)
EXTRA_DIST += %reldir%/conftest.py
EXTRA_DIST += %reldir%/packages.py
EXTRA_DIST += packaging/refmilter.spec

## make check-packages K=postfix runs a part.
check-packages: all
	rm -rf packages
	TIME_LIMIT="$${TIME_LIMIT:-3600}" PYTEST_ADDOPTS="$${K:+-k $$K}" $(MAKE) check TESTS='$(PACKAGE_TESTS)'
.PHONY: check-packages
clean-local: clean-packages
clean-packages:
	-rm -rf packages
.PHONY: clean-packages
