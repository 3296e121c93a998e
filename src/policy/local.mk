## The decisions, a room for each; what all of them share lies here.
noinst_LIBRARIES += libpolicy.a
libpolicy_a_SOURCES = \
	include/policy/header.h %reldir%/header.c \
	include/policy/name_list.h \
	include/policy/policy.h \
	include/policy/reply.h %reldir%/reply.c \
	include/policy/verdict.h
include %reldir%/address/local.mk
include %reldir%/logger/local.mk
include %reldir%/quota/local.mk
include %reldir%/spam/local.mk
include %reldir%/virus/local.mk
