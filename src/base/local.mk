## One archive per layer, lowest first.  Link order is the layer order.
noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	include/base/address.h %reldir%/address.c \
	include/base/config.h \
	include/base/log.h %reldir%/log.c \
	include/base/report.h \
	include/base/slice.h %reldir%/slice.c \
	include/base/text.h %reldir%/text.c
