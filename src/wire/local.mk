noinst_LIBRARIES += libwire.a
libwire_a_SOURCES = \
	include/wire/bytes.h %reldir%/bytes.c \
	include/wire/codec.h %reldir%/decode.c %reldir%/encode.c \
	include/wire/dialogue.h %reldir%/dialogue.c %reldir%/terms.c \
	include/wire/frame.h %reldir%/frame.c \
	include/wire/judge.h %reldir%/judge.c %reldir%/judge_reply.c \
	include/wire/notation.h %reldir%/describe.c %reldir%/read.c \
	include/wire/protocol.h %reldir%/protocol.c \
	include/wire/rules.h %reldir%/rules.c \
	include/wire/words.h %reldir%/words.c
