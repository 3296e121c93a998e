sbin_PROGRAMS += virus-milter
virus_milter_SOURCES = %reldir%/main.c
virus_milter_LDADD   = $(MILTER_PROGRAM_LIBS)
