libsim_a_SOURCES += \
	%reldir%/play.h %reldir%/play.c \
	%reldir%/play_milters.c \
	%reldir%/play_packet.c \
	%reldir%/play_state.h \
	%reldir%/play_step.c
