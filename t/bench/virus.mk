## What virus-milter costs a message: make bench-virus.
EXTRA_PROGRAMS += %reldir%/bench_virus %reldir%/bench_2003
t_bench_bench_virus_SOURCES = t/bench/bench_virus.c \
	t/bench/driver.h t/bench/driver.c \
	t/bench/corpus.h t/bench/corpus.c \
	t/bench/sets.h t/bench/sets.c
t_bench_bench_virus_LDADD   = libbase.a
t_bench_bench_2003_SOURCES = t/bench/bench_2003.c
t_bench_bench_2003_CFLAGS  = $(AM_CFLAGS) $(MILTER_CFLAGS)
t_bench_bench_2003_LDADD   = $(MILTER_LIBS)

.PHONY: bench-virus
bench-virus: %reldir%/bench_virus %reldir%/bench_2003 %reldir%/bench_shape virus-milter
	%reldir%/bench_virus ./virus-milter %reldir%/bench_2003 %reldir%/bench_shape > virus.md.new
	$(BENCH_REPORT) virus < virus.md.new
	rm -f virus.md.new
