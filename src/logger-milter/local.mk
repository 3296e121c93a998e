sbin_PROGRAMS += logger-milter
logger_milter_SOURCES = %reldir%/main.c \
	%reldir%/export_command.h %reldir%/export_command.c
logger_milter_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/src
logger_milter_LDADD = $(MILTER_PROGRAM_LIBS) $(JANSSON_LIBS)
