## Real MTAs in containers; where there is no way to run one, a SKIP says why.
INTEGRATION_TESTS =
INTEGRATION_TESTS += %reldir%/test_boot.py
INTEGRATION_TESTS += %reldir%/test_clamd.py
INTEGRATION_TESTS += %reldir%/test_failure.py
INTEGRATION_TESTS += %reldir%/test_hostile_mail.py
INTEGRATION_TESTS += %reldir%/test_logger.py
INTEGRATION_TESTS += %reldir%/test_names.py
INTEGRATION_TESTS += %reldir%/test_quota.py
INTEGRATION_TESTS += %reldir%/test_session.py
INTEGRATION_TESTS += %reldir%/test_spellings.py
INTEGRATION_TESTS += %reldir%/test_spam.py
INTEGRATION_TESTS += %reldir%/test_together.py
INTEGRATION_TESTS += %reldir%/test_virus.py
TESTS             += $(INTEGRATION_TESTS)

EXTRA_DIST += $(INTEGRATION_TESTS)
EXTRA_DIST += %reldir%/boot.py
EXTRA_DIST += %reldir%/clients.py
EXTRA_DIST += %reldir%/conftest.py
EXTRA_DIST += %reldir%/mtas.py
EXTRA_DIST += %reldir%/runtime.py
EXTRA_DIST += %reldir%/image/Containerfile
EXTRA_DIST += %reldir%/image/deliver
EXTRA_DIST += %reldir%/image/main.cf
EXTRA_DIST += %reldir%/image/mkroot
EXTRA_DIST += %reldir%/image/postfix.entry
EXTRA_DIST += %reldir%/image/prepare
EXTRA_DIST += %reldir%/image/sendmail.entry
EXTRA_DIST += %reldir%/image/sendmail.mc

## make check-integration MTA=postfix K=quota runs a part.
check-integration: all
	REFMILTER_MTA='$(MTA)' PYTEST_ADDOPTS="$${K:+-k $$K}" \
	  $(MAKE) check TESTS='$(INTEGRATION_TESTS)'
.PHONY: check-integration

## clamd, node_exporter and Prometheus around the shipped units, in a Debian of
## their own that takes minutes to make; make check-night has more messages.
SITE_TESTS  = %reldir%/test_boot_site.py
EXTRA_DIST += $(SITE_TESTS)
check-site: all
	$(MAKE) check TESTS='$(SITE_TESTS)'
.PHONY: check-site
