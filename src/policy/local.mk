noinst_LIBRARIES += libpolicy.a
libpolicy_a_SOURCES = \
	include/policy/aliases.h %reldir%/aliases.c \
	include/policy/address_entry.h %reldir%/address_entry.c \
	include/policy/address_key.h %reldir%/address_key.c \
	include/policy/address_list.h %reldir%/address_list.c \
	include/policy/field_scan.h %reldir%/field_scan.c \
	include/policy/filter.h \
	include/policy/forward.h %reldir%/forward.c \
	include/policy/limits.h %reldir%/limits.c \
	include/policy/logger.h %reldir%/logger.c \
	include/policy/logger_facts.h %reldir%/logger_facts.c \
	include/policy/mailbox.h %reldir%/mailbox.c \
	include/policy/maildirsize.h %reldir%/maildirsize.c \
	include/policy/number.h %reldir%/number.c \
	include/policy/quota.h %reldir%/quota.c \
	include/policy/quota_answer.h %reldir%/quota_answer.c \
	include/policy/quota_recipient.h %reldir%/quota_recipient.c \
	include/policy/mailbox.h %reldir%/mailbox.c \
	include/policy/reply.h %reldir%/reply.c \
	include/policy/selection.h %reldir%/selection.c \
	include/policy/spam.h %reldir%/spam.c \
	include/policy/tarpit.h %reldir%/tarpit.c \
	include/policy/verdict.h

## The virus milter's, from the table at the bottom up.
libpolicy_a_SOURCES += \
	include/policy/gram.h %reldir%/gram.c \
	include/policy/gram_table.h %reldir%/gram_table.c \
	include/policy/anchor.h %reldir%/anchor.c \
	include/policy/scanner.h %reldir%/scanner.c \
	include/policy/scan.h %reldir%/scan.c \
	include/policy/signature_line.h %reldir%/signature_line.c \
	include/policy/signature_twins.h %reldir%/signature_twins.c \
	include/policy/signatures.h %reldir%/signatures.c \
	include/policy/virus.h %reldir%/virus.c
## milter-sigs
libpolicy_a_SOURCES += \
	include/policy/body_lines.h %reldir%/body_lines.c \
	include/policy/family.h %reldir%/family.c \
	include/policy/learn.h %reldir%/learn.c \
	include/policy/signature_lint.h %reldir%/signature_lint.c \
	include/policy/worth.h %reldir%/worth.c
