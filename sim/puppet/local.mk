libsim_a_SOURCES += \
	%reldir%/player.h %reldir%/player.c \
	%reldir%/scripted.h %reldir%/scripted.c
