libsim_a_SOURCES += \
	%reldir%/client.h %reldir%/client.c \
	%reldir%/client_link.h %reldir%/client_link.c \
	%reldir%/deliver.h %reldir%/deliver.c \
	%reldir%/filter_link.h %reldir%/filter_link.c \
	%reldir%/macro_given.h %reldir%/macro_given.c \
	%reldir%/server.h %reldir%/server.c \
	%reldir%/session.h %reldir%/session.c \
	%reldir%/session_edits.c \
	%reldir%/session_facts.c \
	%reldir%/session_header.c \
	%reldir%/session_own.c \
	%reldir%/session_settle.c \
	%reldir%/session_wiring.c \
	%reldir%/session_xclient.c \
	%reldir%/users.c %reldir%/route.c %reldir%/resolve.c \
	%reldir%/witness.h %reldir%/witness.c
