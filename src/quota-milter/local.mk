sbin_PROGRAMS += quota-milter
quota_milter_SOURCES = %reldir%/main.c
quota_milter_LDADD   = $(MILTER_PROGRAM_LIBS)
