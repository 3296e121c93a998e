## logger: whose mail is kept, and what a copy consists of.
libpolicy_a_SOURCES += \
	include/policy/logger/selection.h %reldir%/selection.c \
	include/policy/logger/logger_facts.h %reldir%/logger_facts.c \
	include/policy/logger/logger.h %reldir%/logger.c
