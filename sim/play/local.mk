libsim_a_SOURCES += \
	%reldir%/cast.h %reldir%/cast.c \
	%reldir%/channel.h %reldir%/channel.c \
	%reldir%/generate.h %reldir%/generate.c \
	%reldir%/journal.h %reldir%/journal.c \
	%reldir%/matcher.h %reldir%/matcher.c \
	%reldir%/mta_link.h %reldir%/mta_link.c \
	%reldir%/milter_case.h %reldir%/milter_case.c \
	%reldir%/milter_end.c \
	%reldir%/milter_line.c \
	%reldir%/milter_engine.h %reldir%/milter_engine.c \
	%reldir%/milter_message.h %reldir%/milter_message.c \
	%reldir%/milter_plan.c \
	%reldir%/milter_play.h %reldir%/milter_play.c \
	%reldir%/milter_reply.c \
	%reldir%/milter_result.c \
	%reldir%/milter_state.h \
	%reldir%/milter_step.c \
	%reldir%/play.h %reldir%/play.c \
	%reldir%/play_state.h \
	%reldir%/play_step.c \
	%reldir%/sequence.h %reldir%/sequence.c \
	%reldir%/talk.h %reldir%/talk.c \
	%reldir%/umpire.h %reldir%/umpire.c \
	%reldir%/variant.h %reldir%/variant.c
