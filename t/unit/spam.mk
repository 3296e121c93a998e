## The unit tests of spam-milter.
if HAVE_CHECK
SPAM_UNIT_TESTS = \
	t/unit/check_address_list \
	t/unit/check_address_list_memory \
	t/unit/check_address_names \
	t/unit/check_client_tarpit \
	t/unit/check_from_field \
	t/unit/check_spam \
	t/unit/check_spam_words \
	t/unit/check_spam_refusal \
	t/unit/check_tarpit \
	t/unit/check_file
check_PROGRAMS += $(SPAM_UNIT_TESTS)
TESTS          += $(SPAM_UNIT_TESTS)
endif

t_unit_check_address_list_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_address_list_LDADD  = $(POLICY_UNIT)
t_unit_check_address_list_memory_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_address_list_memory_LDADD  = $(POLICY_UNIT)
t_unit_check_address_list_memory_LDFLAGS = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,--wrap=strdup
t_unit_check_address_names_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_address_names_LDADD  = $(POLICY_UNIT)
t_unit_check_from_field_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_from_field_LDADD  = $(POLICY_UNIT)
t_unit_check_spam_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_spam_LDADD  = $(POLICY_UNIT)
t_unit_check_spam_words_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_spam_words_LDADD  = $(POLICY_UNIT)
EXTRA_DIST += t/unit/spam_world.h
t_unit_check_spam_refusal_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_spam_refusal_LDADD  = $(POLICY_UNIT)
t_unit_check_tarpit_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_tarpit_LDADD  = $(POLICY_UNIT)
t_unit_check_client_tarpit_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_client_tarpit_LDADD  = $(STORE_UNIT)
t_unit_check_file_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_file_LDADD  = $(BASE_UNIT)
t_unit_check_file_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=read
