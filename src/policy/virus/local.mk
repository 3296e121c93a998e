## virus: from the table of grams at the bottom up to the policy.
libpolicy_a_SOURCES += \
	include/policy/virus/gram.h \
	include/policy/virus/gram_filter.h %reldir%/gram_filter.c \
	%reldir%/gram_filter_avx2.c %reldir%/gram_filter_nibbles.c \
	include/policy/virus/gram_table.h %reldir%/gram_table.c \
	include/policy/virus/anchor.h %reldir%/anchor.c \
	include/policy/virus/shape.h %reldir%/shape.c \
	include/policy/virus/ranked.h %reldir%/ranked.c \
	include/policy/virus/scanner.h %reldir%/scanner.c \
	include/policy/virus/candidate.h %reldir%/candidate.c \
	include/policy/virus/scan.h %reldir%/scan.c \
	include/policy/virus/signature_line.h %reldir%/signature_line.c \
	include/policy/virus/signature_twins.h %reldir%/signature_twins.c \
	include/policy/virus/signatures.h %reldir%/signatures.c \
	include/policy/virus/opinion.h \
	include/policy/virus/clamd_answer.h %reldir%/clamd_answer.c \
	include/policy/virus/second.h %reldir%/second.c \
	include/policy/virus/virus.h %reldir%/virus.c
