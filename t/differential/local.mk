## Random sessions against a real MTA in a container and against the simulator.
DIFFERENTIAL_FILES =
DIFFERENTIAL_FILES += %reldir%/README
DIFFERENTIAL_FILES += %reldir%/answers.py
DIFFERENTIAL_FILES += %reldir%/compare.py
DIFFERENTIAL_FILES += %reldir%/coverage.py
DIFFERENTIAL_FILES += %reldir%/generate.py
DIFFERENTIAL_FILES += %reldir%/masks.py
DIFFERENTIAL_FILES += %reldir%/mta.py
DIFFERENTIAL_FILES += %reldir%/play.py
DIFFERENTIAL_FILES += %reldir%/recorded.py
DIFFERENTIAL_FILES += %reldir%/recordings.py
DIFFERENTIAL_FILES += %reldir%/run
DIFFERENTIAL_FILES += %reldir%/run.py
DIFFERENTIAL_FILES += %reldir%/shrink.py
DIFFERENTIAL_FILES += %reldir%/transcript.py
DIFFERENTIAL_FILES += %reldir%/words.py
DIFFERENTIAL_FILES += %reldir%/worker.py
DIFFERENTIAL_FILES += %reldir%/image/deliver
DIFFERENTIAL_FILES += %reldir%/image/postfix.entry
DIFFERENTIAL_FILES += %reldir%/image/sendmail.entry

DIFFERENTIAL_TESTS = %reldir%/test_harness.py
TESTS             += $(DIFFERENTIAL_TESTS)
EXTRA_DIST        += $(DIFFERENTIAL_FILES) $(DIFFERENTIAL_TESTS)

## make check-differential MTA=sendmail SEED=7 N=2000; without MTA= both.
check-differential: all
	TOP_SRCDIR='$(abs_top_srcdir)' TOP_BUILDDIR='$(abs_top_builddir)' \
	  $(SHELL) $(srcdir)/%reldir%/run $${MTA:+--mta $$MTA} $${SEED:+--seed $$SEED} \
	  $${N:+--count $$N} $(DIFFERENTIAL_OPTIONS)

## make recordings MTA=sendmail INTO=DIR NAMES='a01 b-'; without MTA= both.
recordings: all
	TOP_SRCDIR='$(abs_top_srcdir)' TOP_BUILDDIR='$(abs_top_builddir)' \
	  FIXTURES='$(abs_top_srcdir)/fixtures' PYTHONDONTWRITEBYTECODE=1 \
	  python3 $(srcdir)/%reldir%/recordings.py $${MTA:+--mta $$MTA} $${INTO:+--into $$INTO} $$NAMES
.PHONY: check-differential recordings
