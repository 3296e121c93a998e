libsim_a_SOURCES += \
	%reldir%/baseline.h %reldir%/baseline.c \
	%reldir%/catalogue.h %reldir%/catalogue.c \
	%reldir%/command.h %reldir%/command.c \
	%reldir%/engine.h %reldir%/engine.c \
	%reldir%/folder.h %reldir%/folder.c \
	%reldir%/habit.h %reldir%/habit.c \
	%reldir%/head.h %reldir%/head.c \
	%reldir%/healthy.h %reldir%/healthy.c \
	%reldir%/html.h %reldir%/html.c \
	%reldir%/job.c \
	%reldir%/nap.h \
	%reldir%/neutral.h %reldir%/neutral.c \
	%reldir%/outcome.h %reldir%/outcome.c \
	%reldir%/params.h %reldir%/params.c \
	%reldir%/peer.h %reldir%/peer.c \
	%reldir%/plan.h %reldir%/plan.c \
	%reldir%/process.h %reldir%/process.c %reldir%/process_look.c \
	%reldir%/process_busy.c \
	%reldir%/process_case.h %reldir%/process_case.c \
	%reldir%/report.h %reldir%/report.c \
	%reldir%/report_html.c \
	%reldir%/report_json.c \
	%reldir%/report_tap.c \
	%reldir%/scene.h %reldir%/scene_crowd.c %reldir%/scene_holds.c %reldir%/scene_signal.c \
	%reldir%/terminal.h %reldir%/terminal.c \
	%reldir%/threads.h %reldir%/threads.c \
	%reldir%/watch.h %reldir%/watch.c %reldir%/watch_own.c %reldir%/watch_replies.c %reldir%/watch_rules.c \
	%reldir%/wire_log.h %reldir%/wire_log.c
