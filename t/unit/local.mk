## One program per module: t/unit/check_MODULE.c.  Each links its own layer
## and those below it, nothing else.
if HAVE_CHECK
UNIT_TESTS =
UNIT_TESTS += t/unit/check_address
UNIT_TESTS += t/unit/check_array
UNIT_TESTS += t/unit/check_clock
UNIT_TESTS += t/unit/check_codec
UNIT_TESTS += t/unit/check_config
UNIT_TESTS += t/unit/check_forward
UNIT_TESTS += t/unit/check_frame
UNIT_TESTS += t/unit/check_gate
UNIT_TESTS += t/unit/check_listener
UNIT_TESTS += t/unit/check_maildirsize
UNIT_TESTS += t/unit/check_milter
UNIT_TESTS += t/unit/check_pid_file
UNIT_TESTS += t/unit/check_process
UNIT_TESTS += t/unit/check_number
UNIT_TESTS += t/unit/check_packet_guard
UNIT_TESTS += t/unit/check_protocol
UNIT_TESTS += t/unit/check_quota
UNIT_TESTS += t/unit/check_signals
UNIT_TESTS += t/unit/check_quota_answer
UNIT_TESTS += t/unit/check_quota_options
UNIT_TESTS += t/unit/check_reload
UNIT_TESTS += t/unit/check_reply
UNIT_TESTS += t/unit/check_slice
UNIT_TESTS += t/unit/check_snapshot
UNIT_TESTS += t/unit/check_socket_name
UNIT_TESTS += t/unit/check_counters
UNIT_TESTS += t/unit/check_syslog_line
UNIT_TESTS += t/unit/check_text
UNIT_TESTS += t/unit/check_utf8
check_PROGRAMS += $(UNIT_TESTS) $(SCAN_TESTS)
TESTS          += $(UNIT_TESTS) $(SCAN_TESTS)
endif
EXTRA_DIST += %reldir%/runner.h

## Scanner and virus filter.
SCAN_TESTS = \
	t/unit/check_gram \
	t/unit/check_gram_table \
	t/unit/check_scan \
	t/unit/check_scan_random \
	t/unit/check_signature_file \
	t/unit/check_signatures \
	t/unit/check_virus \
	t/unit/check_virus_memory \
	t/unit/check_clamd_answer \
	t/unit/check_clamd_link \
	t/unit/check_clamd_link_waits \
	t/unit/check_clamd \
	t/unit/check_clamd_made \
	t/unit/check_clamd_server \
	t/unit/check_clamd_teller \
	t/unit/check_clamd_watch \
	t/unit/check_second_stage \
	t/unit/check_second \
	t/unit/check_second_verdict \
	t/unit/check_spool \
	t/unit/check_spool_whims \
	t/unit/check_stream \
	t/unit/check_places \
	t/unit/check_told \
	t/unit/check_metrics
t_unit_check_metrics_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_metrics_LDADD  = $(BASE_UNIT)
t_unit_check_clamd_answer_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_clamd_answer_LDADD  = $(POLICY_UNIT)
t_unit_check_clamd_link_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_clamd_link_LDADD  = $(STORE_UNIT)
t_unit_check_clamd_link_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=recv,--wrap=__recv_chk,--wrap=sendmsg,--wrap=stream_connect
t_unit_check_clamd_link_waits_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_clamd_link_waits_LDADD  = $(STORE_UNIT)
t_unit_check_clamd_link_waits_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=recv,--wrap=__recv_chk,--wrap=sendmsg,--wrap=stream_connect
t_unit_check_clamd_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_clamd_LDADD  = $(STORE_UNIT)
t_unit_check_clamd_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,--wrap=places_take
t_unit_check_clamd_made_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_clamd_made_LDADD  = $(STORE_UNIT)
t_unit_check_clamd_made_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc
t_unit_check_clamd_server_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_clamd_server_LDADD  = $(STORE_UNIT)
t_unit_check_clamd_server_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=getaddrinfo,--wrap=stream_connect
t_unit_check_clamd_teller_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_clamd_teller_LDADD  = $(STORE_UNIT)
t_unit_check_clamd_teller_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=pthread_mutex_init,--wrap=pthread_mutex_destroy
t_unit_check_clamd_watch_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_clamd_watch_LDADD  = $(STORE_UNIT)
t_unit_check_clamd_watch_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=pthread_cond_timedwait,--wrap=pthread_create
t_unit_check_second_stage_SOURCES = t/unit/check_second_stage.c src/virus-milter/second_stage.c
t_unit_check_second_stage_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_second_stage_LDADD  = $(STORE_UNIT)
t_unit_check_second_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_second_LDADD  = $(POLICY_UNIT)
t_unit_check_second_verdict_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_second_verdict_LDADD  = $(POLICY_UNIT)
t_unit_check_stream_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_stream_LDADD  = $(STORE_UNIT)
t_unit_check_spool_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_spool_LDADD  = $(STORE_UNIT)
t_unit_check_spool_whims_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_spool_whims_LDADD  = $(STORE_UNIT)
t_unit_check_spool_whims_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=open,--wrap=open64,--wrap=pread,--wrap=pread64,--wrap=write
t_unit_check_told_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_told_LDADD  = $(STORE_UNIT)
t_unit_check_places_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_places_LDADD  = $(STORE_UNIT)
t_unit_check_places_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=pthread_cond_init,--wrap=pthread_cond_destroy \
	-Wl,--wrap=pthread_mutex_init,--wrap=pthread_mutex_destroy
EXTRA_DIST += %reldir%/failing_malloc.h %reldir%/clamd_fixture.h %reldir%/clamd_link_fixture.h %reldir%/fake_clamd.h %reldir%/fake_clamds.h %reldir%/kernel_whims.h %reldir%/oracle.h %reldir%/second_world.h %reldir%/virus_rules.h
t_unit_check_gram_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_gram_LDADD  = $(POLICY_UNIT)
t_unit_check_gram_table_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_gram_table_LDADD  = $(POLICY_UNIT)
t_unit_check_scan_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_scan_random_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_scan_random_LDADD  = $(POLICY_UNIT)
t_unit_check_scan_LDADD  = $(POLICY_UNIT)
t_unit_check_signature_file_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_signature_file_LDADD  = $(STORE_UNIT)
t_unit_check_virus_CFLAGS  = $(UNIT_CFLAGS)
t_unit_check_virus_LDADD   = $(POLICY_UNIT)
t_unit_check_virus_memory_CFLAGS  = $(UNIT_CFLAGS)
t_unit_check_virus_memory_LDADD   = $(POLICY_UNIT)
t_unit_check_virus_memory_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc
t_unit_check_signatures_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_signatures_LDADD  = $(POLICY_UNIT)

UNIT_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
BASE_UNIT   = libbase.a $(CONFUSE_LIBS) $(IDN2_LIBS) $(CHECK_LIBS)
WIRE_UNIT   = libwire.a $(BASE_UNIT)
POLICY_UNIT = libpolicy.a $(BASE_UNIT)
STORE_UNIT  = libstore.a $(POLICY_UNIT)
GLUE_UNIT   = libglue.a $(POLICY_UNIT) $(MILTER_LIBS)

t_unit_check_address_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_address_LDADD  = $(BASE_UNIT)
t_unit_check_array_CFLAGS   = $(UNIT_CFLAGS)
t_unit_check_array_LDADD    = $(BASE_UNIT)
t_unit_check_clock_CFLAGS   = $(UNIT_CFLAGS)
t_unit_check_clock_LDADD    = $(BASE_UNIT)
t_unit_check_number_CFLAGS  = $(UNIT_CFLAGS)
t_unit_check_number_LDADD   = $(BASE_UNIT)
t_unit_check_syslog_line_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_syslog_line_LDADD  = $(BASE_UNIT)
t_unit_check_socket_name_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_socket_name_LDADD  = $(BASE_UNIT)
t_unit_check_config_CFLAGS  = $(UNIT_CFLAGS)
t_unit_check_config_LDADD   = $(BASE_UNIT)
t_unit_check_frame_CFLAGS   = $(UNIT_CFLAGS)
t_unit_check_frame_LDADD    = $(WIRE_UNIT)
t_unit_check_reply_CFLAGS   = $(UNIT_CFLAGS)
t_unit_check_reply_LDADD    = $(POLICY_UNIT)
t_unit_check_utf8_CFLAGS    = $(UNIT_CFLAGS)
t_unit_check_utf8_LDADD     = $(BASE_UNIT)
t_unit_check_slice_CFLAGS   = $(UNIT_CFLAGS)
t_unit_check_slice_LDADD    = $(BASE_UNIT)
t_unit_check_text_CFLAGS    = $(UNIT_CFLAGS)
t_unit_check_text_LDADD     = $(BASE_UNIT)
t_unit_check_codec_CFLAGS   = $(UNIT_CFLAGS)
t_unit_check_codec_LDADD    = $(WIRE_UNIT)
t_unit_check_protocol_CFLAGS = $(UNIT_CFLAGS) $(MILTER_CFLAGS)
t_unit_check_protocol_LDADD = $(WIRE_UNIT)
t_unit_check_gate_CFLAGS = $(UNIT_CFLAGS) $(MILTER_CFLAGS)
t_unit_check_gate_LDADD  = $(GLUE_UNIT)
t_unit_check_listener_CFLAGS = $(UNIT_CFLAGS) $(MILTER_CFLAGS)
t_unit_check_listener_LDADD  = $(GLUE_UNIT)
t_unit_check_pid_file_CFLAGS = $(UNIT_CFLAGS) $(MILTER_CFLAGS)
t_unit_check_pid_file_LDADD  = $(GLUE_UNIT)
t_unit_check_reload_CFLAGS = $(UNIT_CFLAGS) $(MILTER_CFLAGS)
t_unit_check_reload_LDADD  = $(GLUE_UNIT)
t_unit_check_signals_CFLAGS = $(UNIT_CFLAGS) $(MILTER_CFLAGS)
t_unit_check_signals_LDADD  = $(GLUE_UNIT)
t_unit_check_process_CFLAGS = $(UNIT_CFLAGS) $(MILTER_CFLAGS)
t_unit_check_process_LDADD  = $(GLUE_UNIT)
t_unit_check_milter_CFLAGS = $(UNIT_CFLAGS) $(MILTER_CFLAGS)
t_unit_check_milter_LDADD  = $(GLUE_UNIT)
t_unit_check_packet_guard_CFLAGS = $(UNIT_CFLAGS) $(MILTER_CFLAGS)
t_unit_check_packet_guard_LDADD  = $(GLUE_UNIT)
t_unit_check_snapshot_CFLAGS = $(UNIT_CFLAGS) $(MILTER_CFLAGS)
t_unit_check_snapshot_LDADD  = $(GLUE_UNIT)
t_unit_check_counters_CFLAGS = $(UNIT_CFLAGS) $(MILTER_CFLAGS)
t_unit_check_counters_LDADD  = $(GLUE_UNIT)
