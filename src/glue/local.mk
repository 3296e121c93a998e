## The only archive whose sources may see <libmilter/mfapi.h>.
noinst_LIBRARIES += libglue.a
libglue_a_SOURCES = \
	include/glue/answer.h %reldir%/answer.c \
	include/glue/args.h %reldir%/args.c \
	include/glue/check.h %reldir%/check.c \
	include/glue/counters.h %reldir%/counters.c \
	include/glue/daemon.h %reldir%/daemon.c \
	include/glue/delay.h %reldir%/delay.c \
	include/glue/folder.h %reldir%/folder.c \
	include/glue/gate.h %reldir%/gate.c \
	include/glue/listener.h %reldir%/listener.c \
	include/glue/listener_unix.h %reldir%/listener_unix.c \
	include/glue/metrics.h %reldir%/metrics.c \
	include/glue/metrics_file.h %reldir%/metrics_file.c \
	include/glue/milter.h %reldir%/milter.c \
	include/glue/options.h %reldir%/options.c \
	include/glue/pid_file.h %reldir%/pid_file.c \
	include/glue/packet_guard.h %reldir%/packet_guard.c \
	include/glue/process.h %reldir%/process.c \
	include/glue/program.h \
	include/glue/reload.h %reldir%/reload.c \
	include/glue/service.h %reldir%/service.c \
	include/glue/session.h %reldir%/session.c \
	include/glue/settings.h %reldir%/settings.c \
	include/glue/signals.h %reldir%/signals.c \
	include/glue/snapshot.h %reldir%/snapshot.c \
	include/glue/steps.h %reldir%/steps.c
libglue_a_CFLAGS = $(AM_CFLAGS) $(MILTER_CFLAGS)

MILTER_PROGRAM_LIBS = libglue.a libstore.a libpolicy.a libbase.a \
	$(MILTER_LIBS) $(CONFUSE_LIBS) $(IDN2_LIBS)
