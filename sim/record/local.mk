libsim_a_SOURCES += \
	%reldir%/compare.h %reldir%/compare.c \
	%reldir%/mask.h %reldir%/mask.c \
	%reldir%/proxy.h %reldir%/proxy.c \
	%reldir%/recorder.h %reldir%/recorder.c \
	%reldir%/recording_file.h %reldir%/recording_file.c \
	%reldir%/redact.h %reldir%/redact.c \
	%reldir%/session_file.h %reldir%/session_file.c \
	%reldir%/shelf.h %reldir%/shelf.c \
	%reldir%/story.h %reldir%/story.c \
	%reldir%/tap.h %reldir%/tap.c
