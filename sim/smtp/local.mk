libsim_a_SOURCES += \
	%reldir%/address_list.h %reldir%/address_list.c \
	%reldir%/addresses.h %reldir%/addresses.c %reldir%/address_field.c \
	%reldir%/command.h %reldir%/command.c \
	%reldir%/blank.h \
	%reldir%/mailbox.h %reldir%/mailbox.c \
	%reldir%/mailbox_scan.h %reldir%/mailbox_scan.c \
	%reldir%/meaning.h %reldir%/meaning.c \
	%reldir%/path.h %reldir%/path.c \
	%reldir%/parameters.h %reldir%/parameters.c \
	%reldir%/data.h %reldir%/data.c \
	%reldir%/smtp.h %reldir%/smtp.c \
	%reldir%/smtp_bdat.h %reldir%/smtp_bdat.c \
	%reldir%/smtp_envelope.h %reldir%/smtp_envelope.c \
	%reldir%/smtp_fixed.h %reldir%/smtp_fixed.c \
	%reldir%/smtp_given.c \
	%reldir%/smtp_line.h %reldir%/smtp_line.c \
	%reldir%/smtp_look_up.c \
	%reldir%/smtp_say.h %reldir%/smtp_say.c \
	%reldir%/smtp_verbs.h %reldir%/smtp_verbs.c \
	%reldir%/smtp_xclient.h %reldir%/smtp_xclient.c \
	%reldir%/quoted.h %reldir%/quoted.c \
	%reldir%/xclient.h %reldir%/xclient.c
