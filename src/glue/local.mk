## The only archive whose sources may see <libmilter/mfapi.h>.
noinst_LIBRARIES += libglue.a
libglue_a_SOURCES = \
	include/glue/daemon.h
libglue_a_CFLAGS = $(AM_CFLAGS) $(MILTER_CFLAGS)
