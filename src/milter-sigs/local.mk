## What learns and judges signatures: pure, and in an archive for the tests.
noinst_LIBRARIES += libsigs.a
libsigs_a_SOURCES = \
	%reldir%/body_lines.h %reldir%/body_lines.c \
	%reldir%/family.h %reldir%/family.c \
	%reldir%/learn.h %reldir%/learn.c \
	%reldir%/signature_lint.h %reldir%/signature_lint.c \
	%reldir%/worth.h %reldir%/worth.c
libsigs_a_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/src

bin_PROGRAMS += milter-sigs
milter_sigs_SOURCES = %reldir%/main.c \
	%reldir%/check_command.c \
	%reldir%/cluster.h %reldir%/cluster.c \
	%reldir%/learn_command.c \
	%reldir%/learn_options.h %reldir%/learn_options.c \
	%reldir%/pass.h %reldir%/pass.c \
	%reldir%/progress.h %reldir%/progress.c \
	%reldir%/strike.h %reldir%/strike.c \
	%reldir%/subcommand.h \
	%reldir%/test_command.c
milter_sigs_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/src
milter_sigs_LDADD = libsigs.a libstore.a libpolicy.a libbase.a
