libsim_a_SOURCES += \
	%reldir%/cast.h %reldir%/cast.c \
	%reldir%/channel.h %reldir%/channel.c \
	%reldir%/cues.h %reldir%/cues.c \
	%reldir%/generate.h %reldir%/generate.c \
	%reldir%/journal.h %reldir%/journal.c \
	%reldir%/matcher.h %reldir%/matcher.c \
	%reldir%/mta_link.h %reldir%/mta_link.c \
	%reldir%/milter_case.h %reldir%/milter_case.c \
	%reldir%/milter_diff.h %reldir%/milter_diff.c \
	%reldir%/milter_ending.h %reldir%/milter_ending.c \
	%reldir%/milter_line.h %reldir%/milter_line.c \
	%reldir%/milter_engine.h %reldir%/milter_engine.c \
	%reldir%/milter_message.h %reldir%/milter_message.c \
	%reldir%/milter_play.h %reldir%/milter_play.c \
	%reldir%/milter_want.h %reldir%/milter_want.c \
	%reldir%/play.h %reldir%/play.c \
	%reldir%/play_state.h \
	%reldir%/play_run.c %reldir%/play_step.c \
	%reldir%/replay.h %reldir%/replay_state.h \
	%reldir%/replay.c %reldir%/replay_step.c \
	%reldir%/sequence.h %reldir%/sequence.c %reldir%/sequence_shrink.c \
	%reldir%/strand.h %reldir%/strand.c \
	%reldir%/strand_lines.h %reldir%/strand_reply.c %reldir%/strand_send.c \
	%reldir%/survey.h %reldir%/survey_state.h \
	%reldir%/survey.c %reldir%/survey_step.c \
	%reldir%/talk.h %reldir%/talk.c \
	%reldir%/umpire.h %reldir%/umpire.c \
	%reldir%/variant.h %reldir%/variant.c
