libsim_a_SOURCES += \
	%reldir%/event.h %reldir%/event.c \
	%reldir%/file.h %reldir%/file.c \
	%reldir%/generator.h %reldir%/generator.c \
	%reldir%/lines.h %reldir%/lines.c \
	%reldir%/pattern.h %reldir%/pattern.c \
	%reldir%/person.h %reldir%/person.c \
	%reldir%/recording.h %reldir%/recording.c \
	%reldir%/script.h %reldir%/script.c \
	%reldir%/step.c \
	%reldir%/transcript.h %reldir%/transcript.c \
	%reldir%/transcript_head.c \
	%reldir%/transcript_line.c \
	%reldir%/transcript_mta.c \
	%reldir%/transcript_parts.h
