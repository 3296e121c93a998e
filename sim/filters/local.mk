libsim_a_SOURCES += \
	%reldir%/chain.h %reldir%/chain.c \
	%reldir%/chain_clock.h %reldir%/chain_clock.c \
	%reldir%/chain_edit.h %reldir%/chain_edit.c \
	%reldir%/chain_send.h %reldir%/chain_send.c \
	%reldir%/chain_take.h %reldir%/chain_take.c \
	%reldir%/chain_turn.h %reldir%/chain_turn.c \
	%reldir%/filter.h %reldir%/filter.c \
	%reldir%/message.h %reldir%/message.c \
	%reldir%/message_header.c \
	%reldir%/milter_option.c
