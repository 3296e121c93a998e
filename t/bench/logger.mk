## What logger-milter costs, idle and capturing: make bench-logger.
EXTRA_PROGRAMS += %reldir%/bench_logger %reldir%/bench_null
t_bench_bench_logger_SOURCES = t/bench/bench_logger.c \
	t/bench/driver.h t/bench/driver.c
t_bench_bench_null_SOURCES = t/bench/bench_null.c
t_bench_bench_null_CFLAGS  = $(AM_CFLAGS) $(MILTER_CFLAGS)
t_bench_bench_null_LDADD   = $(MILTER_LIBS)

.PHONY: bench-logger
bench-logger: %reldir%/bench_logger %reldir%/bench_null logger-milter
	%reldir%/bench_logger ./logger-milter %reldir%/bench_null > logger.md.new
	$(BENCH_REPORT) logger < logger.md.new
	rm -f logger.md.new
