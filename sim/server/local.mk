libsim_a_SOURCES += \
	%reldir%/client.h %reldir%/client.c \
	%reldir%/deliver.h %reldir%/deliver.c \
	%reldir%/serve_options.h %reldir%/serve_options.c \
	%reldir%/server.h %reldir%/server.c \
	%reldir%/session.h %reldir%/session.c \
	%reldir%/session_io.c \
	%reldir%/session_facts.c \
	%reldir%/session_settle.c \
	%reldir%/users.c
