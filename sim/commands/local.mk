libsim_a_SOURCES += \
	%reldir%/check.c \
	%reldir%/check_help.c \
	%reldir%/check_options.h %reldir%/check_options.c \
	%reldir%/compare.c \
	%reldir%/decode.c \
	%reldir%/graver.c \
	%reldir%/heard.h %reldir%/heard.c \
	%reldir%/load_metrics.h %reldir%/load_metrics.c \
	%reldir%/load_options.h %reldir%/load_options.c \
	%reldir%/load_party.h %reldir%/load_party.c \
	%reldir%/load.c \
	%reldir%/milter.c \
	%reldir%/record.c \
	%reldir%/replay.c \
	%reldir%/report.c \
	%reldir%/reporter.h %reldir%/reporter_tap.c \
	%reldir%/run.c \
	%reldir%/serve.c \
	%reldir%/serve_options.h %reldir%/serve_options.c \
	%reldir%/stop.h %reldir%/stop.c \
	%reldir%/subcommand.h \
	%reldir%/survey.c \
	%reldir%/table.h %reldir%/table.c \
	%reldir%/try.h %reldir%/try.c %reldir%/try_seen.c
