## make demo: the main job, shown.  A program adds a step NN-NAME.sh.
DEMO_STEPS = \
	%reldir%/10-session.sh \
	%reldir%/20-virus.sh \
	%reldir%/30-quota.sh \
	%reldir%/40-learn.sh \
	%reldir%/50-spam.sh
EXTRA_DIST += %reldir%/run %reldir%/lib.sh %reldir%/send.py $(DEMO_STEPS)

demo: all
	@TOP_SRCDIR='$(abs_top_srcdir)' TOP_BUILDDIR='$(abs_top_builddir)' \
	    FIXTURES='$(abs_srcdir)/fixtures' $(SHELL) $(srcdir)/%reldir%/run
.PHONY: demo
