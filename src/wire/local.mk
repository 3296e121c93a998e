noinst_LIBRARIES += libwire.a
libwire_a_SOURCES = \
	include/wire/frame.h %reldir%/frame.c
