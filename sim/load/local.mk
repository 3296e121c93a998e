libsim_a_SOURCES += \
	%reldir%/accounts.h %reldir%/accounts.c \
	%reldir%/dialect.c \
	%reldir%/figures.h %reldir%/figures.c \
	%reldir%/histogram.h %reldir%/histogram.c \
	%reldir%/line.h %reldir%/line.c \
	%reldir%/line_talk.h %reldir%/line_talk.c \
	%reldir%/load.h %reldir%/load.c \
	%reldir%/mail.h %reldir%/mail.c \
	%reldir%/mail_milter.c \
	%reldir%/mail_smtp.c \
	%reldir%/outbox.h %reldir%/outbox.c \
	%reldir%/party.h %reldir%/party.c \
	%reldir%/process.h %reldir%/process.c \
	%reldir%/report.h %reldir%/report.c \
	%reldir%/verdict.h
