libsim_a_SOURCES += \
	%reldir%/interrupt.h %reldir%/interrupt.c \
	%reldir%/loop.h %reldir%/loop.c \
	%reldir%/port_file.h %reldir%/port_file.c \
	%reldir%/socket.h %reldir%/socket.c
