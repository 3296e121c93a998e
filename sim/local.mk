## Everything but main() is an archive, so that unit tests can link it.  A room
## of the simulator lists its own files.
noinst_LIBRARIES += libsim.a
libsim_a_SOURCES =
libsim_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)

include sim/io/local.mk
include sim/profile/local.mk
include sim/transcript/local.mk
include sim/puppet/local.mk
include sim/smtp/local.mk
include sim/filters/local.mk
include sim/server/local.mk
include sim/play/local.mk
include sim/check/local.mk
include sim/load/local.mk
include sim/record/local.mk
include sim/commands/local.mk

bin_PROGRAMS += milter-sim
milter_sim_SOURCES = %reldir%/main.c
milter_sim_LDADD   = libsim.a libwire.a libbase.a $(JANSSON_LIBS)
EXTRA_DIST += %reldir%/io/README \
	%reldir%/profile/README \
	%reldir%/transcript/README \
	%reldir%/puppet/README \
	%reldir%/smtp/README \
	%reldir%/filters/README \
	%reldir%/server/README \
	%reldir%/play/README \
	%reldir%/check/README \
	%reldir%/load/README \
	%reldir%/record/README \
	%reldir%/commands/README
