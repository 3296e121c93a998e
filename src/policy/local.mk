noinst_LIBRARIES += libpolicy.a
libpolicy_a_SOURCES = \
	include/policy/filter.h \
	include/policy/logger.h %reldir%/logger.c \
	include/policy/logger_facts.h %reldir%/logger_facts.c \
	include/policy/quota.h %reldir%/quota.c \
	include/policy/quota_recipient.h %reldir%/quota_recipient.c \
	include/policy/reply.h %reldir%/reply.c \
	include/policy/selection.h %reldir%/selection.c \
	include/policy/verdict.h
