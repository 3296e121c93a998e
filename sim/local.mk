## Everything but main() is an archive, so that unit tests can link it.
noinst_LIBRARIES += libsim.a
libsim_a_SOURCES = \
	%reldir%/decode.c \
	%reldir%/lines.h %reldir%/lines.c \
	%reldir%/recording.h %reldir%/recording.c \
	%reldir%/subcommand.h \
	%reldir%/table.h %reldir%/table.c
libsim_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)

bin_PROGRAMS += milter-sim
milter_sim_SOURCES = %reldir%/main.c
milter_sim_LDADD   = libsim.a libwire.a libbase.a $(JANSSON_LIBS)
