## One archive per layer, lowest first.  Link order is the layer order.
noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	include/base/address.h %reldir%/address.c \
	include/base/array.h %reldir%/array.c \
	include/base/base64.h %reldir%/base64.c \
	include/base/clock.h \
	include/base/config.h %reldir%/config.c %reldir%/config_file.c %reldir%/config_once.c \
	%reldir%/config_print.c \
	include/base/config_set.h %reldir%/config_set.c \
	include/base/file.h %reldir%/file.c \
	include/base/idna.h %reldir%/idna.c \
	include/base/log.h %reldir%/log.c \
	include/base/metrics.h %reldir%/metrics.c \
	include/base/number.h %reldir%/number.c \
	include/base/put.h \
	include/base/report.h \
	include/base/sha256.h %reldir%/sha256.c \
	include/base/slice.h %reldir%/slice.c \
	include/base/socket_name.h %reldir%/socket_name.c \
	include/base/syslog_line.h %reldir%/syslog_line.c \
	include/base/thread.h %reldir%/thread.c \
	include/base/text.h %reldir%/text.c \
	include/base/utf8.h %reldir%/utf8.c \
	include/base/value.h %reldir%/value.c
libbase_a_CFLAGS = $(AM_CFLAGS) $(CONFUSE_CFLAGS) $(IDN2_CFLAGS)
