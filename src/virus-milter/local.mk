sbin_PROGRAMS += virus-milter
virus_milter_SOURCES = %reldir%/main.c %reldir%/options.h \
	%reldir%/second_stage.h %reldir%/second_stage.c
virus_milter_LDADD   = $(MILTER_PROGRAM_LIBS)
