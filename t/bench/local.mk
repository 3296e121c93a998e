## Speed of the scanner against peers: make bench-scan.  Not a test: nothing here
## fails when it is slow.
EXTRA_PROGRAMS += %reldir%/bench_scan
t_bench_bench_scan_SOURCES = \
	%reldir%/bench_scan.c \
	%reldir%/corpus.h %reldir%/corpus.c \
	%reldir%/engines.h %reldir%/engines.c \
	%reldir%/measure.h %reldir%/measure.c \
	%reldir%/sets.h %reldir%/sets.c
t_bench_bench_scan_CPPFLAGS = $(AM_CPPFLAGS) -DBENCH_FLAGS='"$(CFLAGS)"'
t_bench_bench_scan_CFLAGS   = $(AM_CFLAGS)
t_bench_bench_scan_LDADD    = libstore.a libpolicy.a libbase.a
if HAVE_HYPERSCAN
t_bench_bench_scan_CPPFLAGS += -DHAVE_HYPERSCAN $(HYPERSCAN_CFLAGS)
t_bench_bench_scan_LDADD    += $(HYPERSCAN_LIBS)
endif
CLEANFILES += $(EXTRA_PROGRAMS)
EXTRA_DIST += %reldir%/README.md %reldir%/report.py

## bench-scan and bench-virus write their part of docs/BENCHMARKS.md and its plots.
BENCH_REPORT = BENCH_LOAD="$$(cut -d' ' -f1-3 /proc/loadavg)" python3 \
	$(srcdir)/t/bench/report.py $(srcdir)/docs/BENCHMARKS.md $(srcdir)/docs/figures

.PHONY: bench bench-scan
bench: bench-scan bench-virus bench-quota bench-logger bench-spam
bench-scan: %reldir%/bench_scan
	%reldir%/bench_scan > scan.md.new
	$(BENCH_REPORT) scan < scan.md.new
	rm -f scan.md.new

## What a RCPT costs the quota milter: make bench-quota.
EXTRA_PROGRAMS += %reldir%/bench_quota
t_bench_bench_quota_SOURCES = \
	%reldir%/bench_quota.c \
	%reldir%/drive.h %reldir%/drive.c \
	%reldir%/quota_files.h %reldir%/quota_files.c
t_bench_bench_quota_LDADD   = libstore.a libpolicy.a libbase.a $(IDN2_LIBS)
t_bench_bench_quota_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=getpwnam_r

.PHONY: bench-quota bench-quota-figures
bench-quota: %reldir%/bench_quota quota-milter
	%reldir%/bench_quota ./quota-milter

bench-quota-figures: %reldir%/bench_quota quota-milter
	%reldir%/bench_quota ./quota-milter > quota.md.new
	mv quota.md.new $(srcdir)/docs/figures/quota.md

## The four milters and serve beside an earlier commit of them: make bench-against
## COMMIT=..., in a clone; ROUNDS=9 MESSAGES=4000 say how long.
EXTRA_DIST += %reldir%/against
.PHONY: bench-against
bench-against: all
	python3 -B $(srcdir)/%reldir%/against $(abs_top_builddir) $(COMMIT) $(ROUNDS) $(MESSAGES)

## What milter-sim record costs between MTA and milter: make bench-record.
EXTRA_DIST += %reldir%/record.py
.PHONY: bench-record
bench-record: all
	python3 -B $(srcdir)/%reldir%/record.py $(abs_top_builddir) $(ROUNDS) $(MESSAGES)

## clamd behind virus-milter, beside clamav-milter: make bench-clamd.  Not part of
## `make bench`: it needs both installed.
EXTRA_DIST += %reldir%/clamd.py
.PHONY: bench-clamd bench-clamd-figures
bench-clamd: all
	python3 -B $(srcdir)/%reldir%/clamd.py $(abs_top_builddir) \
	  $(abs_top_srcdir)/fixtures/signatures/signatures

bench-clamd-figures: all
	python3 -B $(srcdir)/%reldir%/clamd.py $(abs_top_builddir) \
	  $(abs_top_srcdir)/fixtures/signatures/signatures > clamd.md.new
	mv clamd.md.new $(srcdir)/docs/figures/clamd.md
