## What spam-milter costs: make bench-spam.  Not a test: nothing here fails when
## it is slow.  driver.[ch] is for every bench that drives a milter.
EXTRA_PROGRAMS += %reldir%/bench_spam %reldir%/bench_shape
t_bench_bench_spam_SOURCES = t/bench/bench_spam.c t/bench/driver.h t/bench/driver.c
t_bench_bench_spam_LDADD   = libpolicy.a libbase.a $(IDN2_LIBS)
t_bench_bench_shape_SOURCES = %reldir%/bench_shape.c
t_bench_bench_shape_CFLAGS  = $(AM_CFLAGS) $(MILTER_CFLAGS)
t_bench_bench_shape_LDADD   = $(MILTER_LIBS)
CLEANFILES += t/bench/bench_spam t/bench/bench_shape

.PHONY: bench-spam
bench-spam: %reldir%/bench_spam %reldir%/bench_shape spam-milter
	%reldir%/bench_spam ./spam-milter %reldir%/bench_shape
