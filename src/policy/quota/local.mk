## quota: mailboxes, and what the files and servers about them say.
libpolicy_a_SOURCES += \
	include/policy/quota/mailbox_name.h %reldir%/mailbox_name.c \
	include/policy/quota/usage.h %reldir%/usage.c \
	include/policy/quota/forward.h %reldir%/forward.c \
	include/policy/quota/aliases.h %reldir%/aliases.c \
	include/policy/quota/quota_world.h \
	include/policy/quota/limits.h %reldir%/limits.c \
	include/policy/quota/maildirsize.h %reldir%/maildirsize.c \
	include/policy/quota/quota_answer.h %reldir%/quota_answer.c \
	include/policy/quota/quota_recipient.h %reldir%/quota_recipient.c \
	include/policy/quota/quota.h %reldir%/quota.c
