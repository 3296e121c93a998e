## systemd units, NAME.in with the installation's folders filled in.
UNITS =
UNITS += %reldir%/logger-milter.service
UNITS += %reldir%/logger-milter.socket
UNITS += %reldir%/quota-milter.service
UNITS += %reldir%/quota-milter.socket
UNITS += %reldir%/spam-milter.service
UNITS += %reldir%/spam-milter.socket
UNITS += %reldir%/virus-milter.service
UNITS += %reldir%/virus-milter.socket
SYSUSERS =
SYSUSERS += %reldir%/sysusers/logger-milter.conf
SYSUSERS += %reldir%/sysusers/quota-milter.conf
SYSUSERS += %reldir%/sysusers/spam-milter.conf
SYSUSERS += %reldir%/sysusers/virus-milter.conf
EXTRA_DIST += $(SYSUSERS)
EXTRA_DIST += $(UNITS:=.in)
CLEANFILES += $(UNITS)
if WITH_UNITS
systemdsystemunit_DATA = $(UNITS)
## The users that the services run as.
sysusersdir   = $(prefix)/lib/sysusers.d
sysusers_DATA = $(SYSUSERS)
endif

SUFFIXES = .service.in .service .socket.in .socket
FILL_IN = $(MKDIR_P) $(@D) && $(SED) -e 's,@sbindir\@,$(sbindir),g' \
	-e 's,@sysconfdir\@,$(sysconfdir),g' -e 's,@miltersconfdir\@,$(miltersconfdir),g' \
	-e 's,@localstatedir\@,$(localstatedir),g' $< > $@
$(UNITS): folders.h
.service.in.service:
	$(AM_V_GEN)$(FILL_IN)
.socket.in.socket:
	$(AM_V_GEN)$(FILL_IN)
