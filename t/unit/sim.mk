## Unit tests of sim/ and of what wire got after its first table.
if HAVE_CHECK
SIM_TESTS = \
	t/unit/check_dialogue \
	t/unit/check_order \
	t/unit/check_recording
check_PROGRAMS += $(SIM_TESTS)
TESTS          += $(SIM_TESTS)
endif
SIM_UNIT = libsim.a $(WIRE_UNIT) $(JANSSON_LIBS)

t_unit_check_recording_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_recording_LDADD  = $(SIM_UNIT)
t_unit_check_dialogue_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_dialogue_LDADD  = $(WIRE_UNIT)
t_unit_check_order_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_order_LDADD  = $(SIM_UNIT)
