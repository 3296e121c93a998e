## address: an address as the lists have it, for all four.
libpolicy_a_SOURCES += \
	include/policy/address/address_domains.h %reldir%/address_domains.c \
	include/policy/address/address_entry.h %reldir%/address_entry.c \
	include/policy/address/address_key.h %reldir%/address_key.c \
	include/policy/address/address_list.h %reldir%/address_list.c \
	include/policy/address/address_names.h %reldir%/address_names.c
