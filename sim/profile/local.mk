libsim_a_SOURCES += \
	%reldir%/answer.h %reldir%/answer.c \
	%reldir%/facts.h %reldir%/facts.c %reldir%/facts_path.c \
	%reldir%/forgives.h %reldir%/forgives.c \
	%reldir%/habits.h \
	%reldir%/outcome.h \
	%reldir%/say.h \
	%reldir%/parameter.h \
	%reldir%/profile.h %reldir%/profile.c \
	%reldir%/postfix.c \
	%reldir%/postfix-3.7.c \
	%reldir%/rfc2821.c \
	%reldir%/sendmail.c \
	%reldir%/sendmail_help.c \
	%reldir%/sendmail-8.17.c \
	%reldir%/strict.c
