## spam: what a From field holds, and who may wait.
libpolicy_a_SOURCES += \
	include/policy/spam/field_scan.h %reldir%/field_scan.c \
	include/policy/spam/from_field.h %reldir%/from_field.c \
	include/policy/spam/tarpit.h %reldir%/tarpit.c \
	include/policy/spam/spam.h %reldir%/spam.c
