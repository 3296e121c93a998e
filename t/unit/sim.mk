## Unit tests of sim/ and of what wire got after its first table.
if HAVE_CHECK
SIM_TESTS = \
	t/unit/check_check \
	t/unit/check_neutral \
	t/unit/check_threads \
	t/unit/check_dialogue \
	t/unit/check_event \
	t/unit/check_heard \
	t/unit/check_judge \
	t/unit/check_figures \
	t/unit/check_load \
	t/unit/check_loop \
	t/unit/check_loop_pace \
	t/unit/check_cues \
	t/unit/check_milter_outcome \
	t/unit/check_milter_play \
	t/unit/check_order \
	t/unit/check_pattern \
	t/unit/check_recording \
	t/unit/check_scripted \
	t/unit/check_sequence \
	t/unit/check_transcript \
	t/unit/check_watch
check_PROGRAMS += $(SIM_TESTS)
TESTS          += $(SIM_TESTS)
endif
SIM_UNIT = libsim.a $(WIRE_UNIT) $(JANSSON_LIBS)

t_unit_check_threads_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_threads_LDADD  = $(SIM_UNIT)
t_unit_check_check_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_check_LDADD  = $(SIM_UNIT)
t_unit_check_neutral_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_neutral_LDADD  = $(SIM_UNIT)
t_unit_check_recording_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_recording_LDADD  = $(SIM_UNIT)
t_unit_check_dialogue_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_dialogue_LDADD  = $(WIRE_UNIT)
t_unit_check_event_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_heard_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_heard_LDADD  = $(SIM_UNIT)
t_unit_check_event_LDADD  = $(SIM_UNIT)
t_unit_check_judge_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_judge_LDADD  = $(WIRE_UNIT)
t_unit_check_figures_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_figures_LDADD  = $(SIM_UNIT)
t_unit_check_load_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_load_LDADD  = $(SIM_UNIT)
t_unit_check_loop_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_loop_LDADD  = $(SIM_UNIT)
t_unit_check_loop_pace_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_loop_pace_LDADD  = $(SIM_UNIT)
t_unit_check_cues_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_cues_LDADD  = $(SIM_UNIT)
t_unit_check_milter_play_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_milter_play_LDADD  = $(SIM_UNIT)
t_unit_check_milter_outcome_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_milter_outcome_LDADD  = $(SIM_UNIT)
t_unit_check_sequence_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_sequence_LDADD  = $(SIM_UNIT)
EXTRA_DIST += t/unit/milter_source.h
t_unit_check_order_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_order_LDADD  = $(SIM_UNIT)
t_unit_check_pattern_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_pattern_LDADD  = $(SIM_UNIT)
t_unit_check_scripted_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_scripted_LDADD  = $(SIM_UNIT)
t_unit_check_transcript_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_transcript_LDADD  = $(SIM_UNIT)
t_unit_check_watch_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_watch_LDADD  = $(SIM_UNIT)
