## The unit tests of logger-milter, its archive and milter-sigs.
if HAVE_CHECK
LOGGER_UNIT_TESTS = \
	t/unit/check_archive \
	t/unit/check_archive_faults \
	t/unit/check_base64 \
	t/unit/check_learn \
	t/unit/check_logger \
	t/unit/check_logger_trouble \
	t/unit/check_maildir \
	t/unit/check_selection \
	t/unit/check_sha256 \
	t/unit/check_sidecar \
	t/unit/check_switch_file
check_PROGRAMS += $(LOGGER_UNIT_TESTS)
TESTS          += $(LOGGER_UNIT_TESTS)
endif

t_unit_check_selection_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_selection_LDADD  = $(POLICY_UNIT)
t_unit_check_sha256_CFLAGS  = $(UNIT_CFLAGS)
t_unit_check_sha256_LDADD   = $(BASE_UNIT)
t_unit_check_logger_CFLAGS  = $(UNIT_CFLAGS)
t_unit_check_logger_LDADD   = $(POLICY_UNIT)
t_unit_check_logger_trouble_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_logger_trouble_LDADD  = $(POLICY_UNIT)
EXTRA_DIST += t/unit/logger_world.h t/unit/reported.h
t_unit_check_maildir_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_maildir_LDADD  = $(STORE_UNIT)
t_unit_check_base64_CFLAGS  = $(UNIT_CFLAGS)
t_unit_check_base64_LDADD   = $(BASE_UNIT)
t_unit_check_sidecar_CFLAGS = $(UNIT_CFLAGS) $(JANSSON_CFLAGS)
t_unit_check_sidecar_LDADD  = $(STORE_UNIT) $(JANSSON_LIBS)
t_unit_check_archive_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_archive_LDADD  = $(STORE_UNIT) $(JANSSON_LIBS)
## System calls of the archive go through the test, which can make any fail.
t_unit_check_archive_faults_CFLAGS  = $(UNIT_CFLAGS)
t_unit_check_archive_faults_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=openat,--wrap=write,--wrap=fsync,--wrap=renameat2,--wrap=close,--wrap=clock_gettime
t_unit_check_archive_faults_LDADD   = $(STORE_UNIT) $(JANSSON_LIBS)
t_unit_check_learn_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/src
t_unit_check_learn_CFLAGS   = $(UNIT_CFLAGS)
t_unit_check_learn_LDADD    = libsigs.a $(POLICY_UNIT)
t_unit_check_switch_file_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_switch_file_LDADD  = $(STORE_UNIT)
