sbin_PROGRAMS += spam-milter
spam_milter_SOURCES = %reldir%/main.c
spam_milter_LDADD = $(MILTER_PROGRAM_LIBS)
