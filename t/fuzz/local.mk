## Fuzz targets.  `make check` runs each over its seeds, built by any compiler;
## `make fuzz` gives each FUZZ_SECONDS of libFuzzer, where clang has it.
## A new target is two lines here: see README.md beside this file.
FUZZ_TARGETS = \
	%reldir%/fuzz_address \
	%reldir%/fuzz_aliases \
	%reldir%/fuzz_case \
	%reldir%/fuzz_clamd_answer \
	%reldir%/fuzz_figures \
	%reldir%/fuzz_forward \
	%reldir%/fuzz_limits \
	%reldir%/fuzz_maildirsize \
	%reldir%/fuzz_quota_answer \
	%reldir%/fuzz_quota_rcpt \
	%reldir%/fuzz_address_list \
	%reldir%/fuzz_addresses \
	%reldir%/fuzz_from_field \
	%reldir%/fuzz_gram \
	%reldir%/fuzz_reply \
	%reldir%/fuzz_scan \
	%reldir%/fuzz_signatures \
	%reldir%/fuzz_codec \
	%reldir%/fuzz_frame \
	%reldir%/fuzz_notation \
	%reldir%/fuzz_recording \
	%reldir%/fuzz_recording_file \
	%reldir%/fuzz_transcript \
	%reldir%/fuzz_tap \
	%reldir%/fuzz_xclient
t_fuzz_fuzz_aliases_LDADD = $(FUZZ_LIBS)
t_fuzz_fuzz_case_LDADD = libsim.a $(FUZZ_LIBS)
t_fuzz_fuzz_clamd_answer_LDADD = $(FUZZ_LIBS)
t_fuzz_fuzz_figures_LDADD = libsim.a $(FUZZ_LIBS)
t_fuzz_fuzz_forward_LDADD = $(FUZZ_LIBS)
t_fuzz_fuzz_limits_LDADD = $(FUZZ_LIBS)
t_fuzz_fuzz_maildirsize_LDADD = $(FUZZ_LIBS)
t_fuzz_fuzz_quota_answer_LDADD = $(FUZZ_LIBS)
t_fuzz_fuzz_quota_rcpt_LDADD = $(FUZZ_LIBS)
t_fuzz_fuzz_address_LDADD = $(FUZZ_LIBS)
t_fuzz_fuzz_address_list_LDADD = $(FUZZ_LIBS)
t_fuzz_fuzz_addresses_LDADD = libsim.a $(FUZZ_LIBS)
t_fuzz_fuzz_tap_LDADD = libsim.a $(FUZZ_LIBS)
t_fuzz_fuzz_xclient_LDADD = libsim.a $(FUZZ_LIBS)
t_fuzz_fuzz_from_field_LDADD = $(FUZZ_LIBS)
t_fuzz_fuzz_gram_LDADD = $(FUZZ_LIBS)
t_fuzz_fuzz_reply_LDADD   = $(FUZZ_LIBS)
t_fuzz_fuzz_scan_LDADD = $(FUZZ_LIBS)
t_fuzz_fuzz_signatures_LDADD = $(FUZZ_LIBS)
t_fuzz_fuzz_codec_LDADD = $(FUZZ_LIBS)
t_fuzz_fuzz_frame_LDADD = $(FUZZ_LIBS)
t_fuzz_fuzz_notation_LDADD = $(FUZZ_LIBS)
t_fuzz_fuzz_recording_LDADD = libsim.a $(FUZZ_LIBS) $(JANSSON_LIBS)
t_fuzz_fuzz_recording_file_LDADD = libsim.a $(FUZZ_LIBS) $(JANSSON_LIBS)
t_fuzz_fuzz_transcript_LDADD = libsim.a $(FUZZ_LIBS)

## Highest layer first; a target that needs another library adds it behind.
FUZZ_LIBS = libfuzz.a libstore.a libpolicy.a libwire.a libbase.a $(IDN2_LIBS)

check_LIBRARIES   = libfuzz.a
libfuzz_a_SOURCES = %reldir%/fuzz.h %reldir%/replay.c
check_PROGRAMS   += $(FUZZ_TARGETS)
TESTS            += $(FUZZ_TARGETS)
EXTRA_DIST       += %reldir%/README.md %reldir%/run.sh

FUZZ_SECONDS = 10
FUZZ_CC      = clang

.PHONY: fuzz
fuzz:
	@FUZZ_CC='$(FUZZ_CC)' FUZZ_SECONDS='$(FUZZ_SECONDS)' TOP_SRCDIR='$(abs_top_srcdir)' \
	TOP_BUILDDIR='$(abs_top_builddir)' $(SHELL) $(srcdir)/%reldir%/run.sh $(FUZZ_TARGETS)

clean-local: clean-fuzz
clean-fuzz:
	-rm -rf %reldir%/libfuzzer
