libsim_a_SOURCES += \
	%reldir%/decode.c \
	%reldir%/milter.c \
	%reldir%/run.c \
	%reldir%/serve.c \
	%reldir%/subcommand.h \
	%reldir%/table.h %reldir%/table.c
