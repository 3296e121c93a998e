libsim_a_SOURCES += \
	%reldir%/file.h %reldir%/file.c \
	%reldir%/lines.h %reldir%/lines.c \
	%reldir%/pattern.h %reldir%/pattern.c \
	%reldir%/recording.h %reldir%/recording.c \
	%reldir%/script.h %reldir%/script.c \
	%reldir%/trace.h %reldir%/trace.c \
	%reldir%/transcript.h %reldir%/transcript.c \
	%reldir%/transcript_line.c \
	%reldir%/transcript_parts.h
