## Unit tests of what `milter-sim serve` is made of.
if HAVE_CHECK
SERVE_TESTS = \
	t/unit/check_addresses \
	t/unit/check_mailbox \
	t/unit/check_meaning \
	t/unit/check_chain \
	t/unit/check_chain_end \
	t/unit/check_command \
	t/unit/check_data \
	t/unit/check_message \
	t/unit/check_postfix \
	t/unit/check_profile \
	t/unit/check_server \
	t/unit/check_smtp \
	t/unit/check_smtp_memory \
	t/unit/check_socket \
	t/unit/check_witness \
	t/unit/check_xclient
check_PROGRAMS += $(SERVE_TESTS)
TESTS          += $(SERVE_TESTS)
endif

t_unit_check_addresses_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_addresses_LDADD  = $(SIM_UNIT)
t_unit_check_mailbox_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_mailbox_LDADD  = $(SIM_UNIT)
t_unit_check_meaning_CFLAGS   = $(UNIT_CFLAGS)
t_unit_check_meaning_LDADD    = $(SIM_UNIT)
t_unit_check_command_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_command_LDADD  = $(SIM_UNIT)
t_unit_check_data_CFLAGS    = $(UNIT_CFLAGS)
t_unit_check_data_LDADD     = $(SIM_UNIT)
t_unit_check_smtp_memory_CFLAGS  = $(UNIT_CFLAGS)
t_unit_check_smtp_memory_LDADD   = $(SIM_UNIT)
t_unit_check_smtp_memory_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc
t_unit_check_smtp_CFLAGS    = $(UNIT_CFLAGS)
t_unit_check_smtp_LDADD     = $(SIM_UNIT)
t_unit_check_chain_CFLAGS   = $(UNIT_CFLAGS)
t_unit_check_chain_LDADD    = $(SIM_UNIT)
t_unit_check_chain_end_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_chain_end_LDADD  = $(SIM_UNIT)
EXTRA_DIST += t/unit/chain_story.h
t_unit_check_message_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_message_LDADD  = $(SIM_UNIT)
t_unit_check_postfix_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_postfix_LDADD  = $(SIM_UNIT)
t_unit_check_profile_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_profile_LDADD  = $(SIM_UNIT)
t_unit_check_socket_CFLAGS  = $(UNIT_CFLAGS)
t_unit_check_socket_LDADD   = $(SIM_UNIT)
t_unit_check_xclient_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_xclient_LDADD  = $(SIM_UNIT)
t_unit_check_witness_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_witness_LDADD  = $(SIM_UNIT)
t_unit_check_server_CFLAGS  = $(UNIT_CFLAGS)
t_unit_check_server_LDADD   = $(SIM_UNIT)
