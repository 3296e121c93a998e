## For bash, which loads a file by the name of the command; the four milters share one.
completionsdir = $(datadir)/bash-completion/completions
dist_completions_DATA  = %reldir%/milter-sigs
dist_completions_DATA += %reldir%/milter-sim
COMPLETED = logger-milter quota-milter spam-milter virus-milter
EXTRA_DIST += %reldir%/milter

install-data-local: install-completions
install-completions:
	$(MKDIR_P) '$(DESTDIR)$(completionsdir)'
	for name in $(COMPLETED); do \
		$(INSTALL_DATA) '$(srcdir)/%reldir%/milter' '$(DESTDIR)$(completionsdir)'/$$name || exit 1; \
	done
uninstall-local: uninstall-completions
uninstall-completions:
	for name in $(COMPLETED); do rm -f '$(DESTDIR)$(completionsdir)'/$$name; done
.PHONY: install-completions uninstall-completions
