libsim_a_SOURCES += \
	%reldir%/door.h %reldir%/door.c \
	%reldir%/player.h %reldir%/player.c \
	%reldir%/scripted.h %reldir%/scripted.c
