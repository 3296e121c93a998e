libsim_a_SOURCES += \
	%reldir%/proxy.h %reldir%/proxy.c \
	%reldir%/recorder.h %reldir%/recorder.c \
	%reldir%/redact.h %reldir%/redact.c \
	%reldir%/session_file.h %reldir%/session_file.c \
	%reldir%/shelf.h %reldir%/shelf.c \
	%reldir%/tap.h %reldir%/tap.c
