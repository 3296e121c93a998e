## The unit tests of quota-milter.
if HAVE_CHECK
QUOTA_UNIT_TESTS = \
	t/unit/check_alias_file \
	t/unit/check_dialog \
	t/unit/check_forward \
	t/unit/check_known \
	t/unit/check_look_up \
	t/unit/check_mailbox_sources \
	t/unit/check_mailboxes \
	t/unit/check_maildir_usage \
	t/unit/check_maildirsize \
	t/unit/check_quota \
	t/unit/check_quota_answer \
	t/unit/check_quota_options \
	t/unit/check_user_file \
	t/unit/check_workers
check_PROGRAMS += $(QUOTA_UNIT_TESTS)
TESTS          += $(QUOTA_UNIT_TESTS)
endif
EXTRA_DIST += t/unit/mailboxes_fixture.h t/unit/quota_server.h t/unit/quota_world.h \
	t/unit/scratch.h

t_unit_check_forward_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_forward_LDADD  = $(POLICY_UNIT)
t_unit_check_maildirsize_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_maildirsize_LDADD  = $(POLICY_UNIT)
t_unit_check_quota_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_quota_LDADD  = $(POLICY_UNIT)
t_unit_check_quota_answer_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_quota_answer_LDADD  = $(POLICY_UNIT)
t_unit_check_quota_options_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_quota_options_LDADD  = $(POLICY_UNIT)
t_unit_check_alias_file_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_alias_file_LDADD  = $(STORE_UNIT)
t_unit_check_dialog_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_dialog_LDADD  = $(STORE_UNIT)
t_unit_check_known_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_known_LDADD  = $(STORE_UNIT)
t_unit_check_look_up_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_look_up_LDADD  = $(STORE_UNIT)
t_unit_check_mailbox_sources_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_mailbox_sources_LDADD  = $(STORE_UNIT)
t_unit_check_mailboxes_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_mailboxes_LDADD  = $(STORE_UNIT)
t_unit_check_maildir_usage_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_maildir_usage_LDADD  = $(STORE_UNIT)
t_unit_check_user_file_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_user_file_LDADD  = $(STORE_UNIT)
t_unit_check_workers_CFLAGS = $(UNIT_CFLAGS)
t_unit_check_workers_LDADD  = $(STORE_UNIT)
## A user database of the test's own, and a file server that says ESTALE once.
t_unit_check_mailbox_sources_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=getpwnam_r
t_unit_check_mailboxes_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=getpwnam_r
t_unit_check_user_file_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=read
t_unit_check_dialog_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=recv,--wrap=__recv_chk,--wrap=send
t_unit_check_alias_file_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=clock_gettime,--wrap=pthread_cond_timedwait,--wrap=stat,--wrap=read
