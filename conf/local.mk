## Into /etc/mail/milters, with the folder that configure was told, and never over
## what an administrator has there; a file that was changed outlives `make uninstall`.
CONF  = %reldir%/logger-milter.conf
CONF += %reldir%/quota-milter.conf
CONF += %reldir%/spam-milter.conf
CONF += %reldir%/virus-milter.conf
CONF += %reldir%/spam-recipients
CONF += %reldir%/spam-senders
EXTRA_DIST += $(CONF) %reldir%/README

FILL_IN_CONF = $(SED) 's,/etc/mail/milters,$(miltersconfdir),g'

install-data-local:
	$(MKDIR_P) '$(DESTDIR)$(miltersconfdir)'
	@for file in $(CONF); do \
		to='$(DESTDIR)$(miltersconfdir)'/$${file##*/}; \
		if test -e "$$to" || test -L "$$to"; then \
			echo "keeping $$to"; \
		else \
			echo "installing $$to"; \
			$(FILL_IN_CONF) '$(srcdir)'/$$file > conf.filled && \
			$(INSTALL_DATA) conf.filled "$$to" || { rm -f "$$to" conf.filled; exit 1; }; \
		fi; \
	done; rm -f conf.filled

uninstall-local:
	@for file in $(CONF); do \
		to='$(DESTDIR)$(miltersconfdir)'/$${file##*/}; \
		$(FILL_IN_CONF) '$(srcdir)'/$$file | cmp -s - "$$to" && rm -f "$$to"; \
	done; rmdir '$(DESTDIR)$(miltersconfdir)' 2>/dev/null || :

## To read and to copy from.
dist_doc_DATA = README.md NEWS
examplesdir   = $(docdir)/examples
dist_examples_DATA  = examples/README.md
dist_examples_DATA += examples/aliases
dist_examples_DATA += examples/logger-selection
dist_examples_DATA += examples/main.cf
dist_examples_DATA += examples/main.cf-chroot
dist_examples_DATA += examples/metrics-alerts.yml
dist_examples_DATA += examples/metrics.conf
dist_examples_DATA += examples/quota-limits
dist_examples_DATA += examples/sendmail.mc
dist_examples_DATA += examples/signatures
dist_examples_DATA += examples/socket-postfix-chroot.conf
dist_examples_DATA += examples/socket-postfix.conf
dist_examples_DATA += examples/spam-recipients
dist_examples_DATA += examples/spam-senders
dist_examples_DATA += examples/virus-milter-clamd-inet.conf
## One line of sendmail.mc each, to include.
m4examplesdir   = $(examplesdir)/m4
dist_m4examples_DATA  = examples/m4/logger-milter.m4
dist_m4examples_DATA += examples/m4/quota-milter.m4
dist_m4examples_DATA += examples/m4/spam-milter.m4
dist_m4examples_DATA += examples/m4/virus-milter.m4

uninstall-hook: uninstall-folders
uninstall-folders:
	-for folder in '$(m4examplesdir)' '$(examplesdir)' '$(docdir)'; do \
		rmdir "$(DESTDIR)$$folder" 2>/dev/null || :; done
.PHONY: uninstall-folders
