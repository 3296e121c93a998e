## The conformance cases, one folder a family; installed as they are, and usable there.
casesdir = $(pkgdatadir)/cases
EXTRA_DIST += %reldir%
install-data-local: install-cases
install-cases:
	cd $(srcdir)/%reldir% && find . -name '*.mta' -o -name '*.inc' | while read -r f; do \
	  $(MKDIR_P) "$(DESTDIR)$(casesdir)/$${f%/*}" && \
	  $(INSTALL_DATA) "$$f" "$(DESTDIR)$(casesdir)/$$f" || exit 1; done
uninstall-local: uninstall-cases
uninstall-cases:
	-rm -rf "$(DESTDIR)$(casesdir)"
	-rmdir "$(DESTDIR)$(pkgdatadir)"
.PHONY: install-cases uninstall-cases
