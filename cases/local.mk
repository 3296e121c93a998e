## The conformance cases, one folder a family; installed as they are, and usable there.
## A folder at a time: a process for each of five hundred is most of what make install costs.
casesdir = $(pkgdatadir)/cases
EXTRA_DIST += %reldir%
install-data-local: install-cases
install-cases:
	cd $(srcdir)/%reldir% && find . -type d | while read -r d; do \
	  set --; for f in "$$d"/*.mta "$$d"/*.inc; do test ! -f "$$f" || set -- "$$@" "$$f"; done; \
	  test $$# -eq 0 || { $(MKDIR_P) "$(DESTDIR)$(casesdir)/$$d" && \
	    $(INSTALL_DATA) "$$@" "$(DESTDIR)$(casesdir)/$$d"; } || exit 1; done
uninstall-local: uninstall-cases
uninstall-cases:
	-rm -rf "$(DESTDIR)$(casesdir)"
	-rmdir "$(DESTDIR)$(pkgdatadir)"
.PHONY: install-cases uninstall-cases
