## Everything but main() is an archive, so that unit tests can link it.
noinst_LIBRARIES += libsim.a
libsim_a_SOURCES = \
	%reldir%/chain.h %reldir%/chain.c \
	%reldir%/chain_send.h %reldir%/chain_send.c \
	%reldir%/chain_take.h %reldir%/chain_take.c \
	%reldir%/chain_turn.h %reldir%/chain_turn.c \
	%reldir%/command.h %reldir%/command.c \
	%reldir%/data.h %reldir%/data.c \
	%reldir%/decode.c \
	%reldir%/deliver.h %reldir%/deliver.c \
	%reldir%/filter.h %reldir%/filter.c \
	%reldir%/lines.h %reldir%/lines.c \
	%reldir%/loop.h %reldir%/loop.c \
	%reldir%/message.h %reldir%/message.c \
	%reldir%/milter_option.c \
	%reldir%/outcome.h \
	%reldir%/profile.h %reldir%/profile.c \
	%reldir%/profile_rfc2821.c \
	%reldir%/profile_sendmail.c \
	%reldir%/put.h \
	%reldir%/recording.h %reldir%/recording.c \
	%reldir%/serve.c \
	%reldir%/serve_options.h %reldir%/serve_options.c \
	%reldir%/server.h %reldir%/server.c \
	%reldir%/session.h %reldir%/session.c \
	%reldir%/session_io.c \
	%reldir%/session_macros.c \
	%reldir%/session_meet.c \
	%reldir%/session_settle.c \
	%reldir%/smtp.h %reldir%/smtp.c \
	%reldir%/smtp_say.h %reldir%/smtp_say.c \
	%reldir%/smtp_verbs.h %reldir%/smtp_verbs.c \
	%reldir%/socket.h %reldir%/socket.c \
	%reldir%/subcommand.h \
	%reldir%/table.h %reldir%/table.c \
	%reldir%/trace.h %reldir%/trace.c \
	%reldir%/users.c
## transcripts and played milters
libsim_a_SOURCES += \
	%reldir%/file.h %reldir%/file.c \
	%reldir%/milter.c \
	%reldir%/pattern.h %reldir%/pattern.c \
	%reldir%/play.h %reldir%/play.c %reldir%/play_milters.c \
	%reldir%/play_packet.c %reldir%/play_state.h %reldir%/play_step.c \
	%reldir%/player.h %reldir%/player.c \
	%reldir%/port_file.h %reldir%/port_file.c \
	%reldir%/run.c \
	%reldir%/script.h %reldir%/script.c \
	%reldir%/scripted.h %reldir%/scripted.c \
	%reldir%/transcript.h %reldir%/transcript.c \
	%reldir%/transcript_line.c %reldir%/transcript_parts.h
libsim_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)

bin_PROGRAMS += milter-sim
milter_sim_SOURCES = %reldir%/main.c
milter_sim_LDADD   = libsim.a libwire.a libbase.a $(JANSSON_LIBS)
