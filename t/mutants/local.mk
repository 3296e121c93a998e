## A milter with one defect at a time, on plain sockets: README.md.  The two
## builds with sanitizers have flags of their own; where the compiler lacks them
## their rows are left out.
check_PROGRAMS += %reldir%/mutant
t_mutants_mutant_SOURCES = \
	%reldir%/crowd.c %reldir%/crowd.h \
	%reldir%/defect.c %reldir%/defect.h %reldir%/quirks.h \
	%reldir%/designs.c %reldir%/design.h \
	%reldir%/edit.c \
	%reldir%/events.c \
	%reldir%/main.c \
	%reldir%/message.c \
	%reldir%/negotiate.c \
	%reldir%/own.c \
	%reldir%/policy.c \
	%reldir%/protocol.h \
	%reldir%/rows.h %reldir%/shapes.h \
	%reldir%/rows_alone.c %reldir%/rows_colour.c %reldir%/rows_each.c %reldir%/rows_holds.c %reldir%/rows_late.c %reldir%/rows_shape.c \
	%reldir%/rows_edit.c %reldir%/rows_order.c %reldir%/rows_policy.c \
	%reldir%/rows_rough.c %reldir%/rows_talk.c %reldir%/rows_wild.c \
	%reldir%/rows_border.c %reldir%/rows_kept.c %reldir%/rows_mail.c %reldir%/rows_own.c %reldir%/rows_strange.c %reldir%/rows_words.c \
	%reldir%/session.c %reldir%/session.h \
	%reldir%/wire.c %reldir%/wire.h
t_mutants_mutant_CPPFLAGS = -D_GNU_SOURCE

check_DATA += %reldir%/mutant-address %reldir%/mutant-thread
CLEANFILES += %reldir%/mutant-address %reldir%/mutant-thread
MUTANT_CC = $(MKDIR_P) %reldir% && $(CC) -std=gnu17 -O1 -g -D_GNU_SOURCE -pthread
%reldir%/mutant-address: %reldir%/mutant$(EXEEXT)
	$(AM_V_CC)$(MUTANT_CC) -fsanitize=address,undefined -o $@ $(srcdir)/%reldir%/*.c \
	  2> $@.log || echo "no address sanitizer: $@.log" >&2
%reldir%/mutant-thread: %reldir%/mutant$(EXEEXT)
	$(AM_V_CC)$(MUTANT_CC) -fsanitize=thread -o $@ $(srcdir)/%reldir%/*.c \
	  2> $@.log || echo "no thread sanitizer: $@.log" >&2
CLEANFILES += %reldir%/mutant-address.log %reldir%/mutant-thread.log

MUTANT_TESTS = %reldir%/test_mutants.py
TESTS       += $(MUTANT_TESTS)

## Each mutant before milter-sim check; minutes.  MUTANTS="neg rcpt-twice" does a part.
check-mutants: milter-sim %reldir%/mutant %reldir%/mutant-address %reldir%/mutant-thread
	REFMILTER_MUTANTS=all TIME_LIMIT=3600 TOP_BUILDDIR='$(abs_top_builddir)' \
	  $(srcdir)/t/system/run $(srcdir)/%reldir%/test_mutants.py
	TOP_SRCDIR='$(abs_top_srcdir)' TOP_BUILDDIR='$(abs_top_builddir)' \
	  $(srcdir)/%reldir%/run $(MUTANTS)
.PHONY: check-mutants

EXTRA_DIST += %reldir%/run
EXTRA_DIST += %reldir%/README.md
EXTRA_DIST += %reldir%/conftest.py
EXTRA_DIST += %reldir%/plays.py %reldir%/plays_border.py %reldir%/plays_late.py %reldir%/plays_mail.py %reldir%/plays_odd.py %reldir%/plays_strange.py %reldir%/stage.py
EXTRA_DIST += %reldir%/test_mutants.py
