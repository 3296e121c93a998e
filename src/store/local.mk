noinst_LIBRARIES += libstore.a
libstore_a_SOURCES =
## the logger's archive
libstore_a_SOURCES += \
	include/store/archive.h %reldir%/archive.c \
	include/store/archive_figures.h %reldir%/archive_figures.c \
	include/store/corpus.h %reldir%/corpus.c \
	include/store/export.h %reldir%/export.c \
	include/store/group_sync.h %reldir%/group_sync.c \
	include/store/maildir.h %reldir%/maildir.c \
	include/store/maildir_clean.h %reldir%/maildir_clean.c \
	include/store/sidecar.h %reldir%/sidecar_read.c %reldir%/sidecar_write.c \
	include/store/switch_file.h %reldir%/switch_file.c \
	include/store/trouble.h %reldir%/trouble.c
## the virus milter's signatures
libstore_a_SOURCES += \
	include/store/signature_file.h %reldir%/signature_file.c
## and the clamd behind it
libstore_a_SOURCES += \
	include/store/clamd.h %reldir%/clamd.c \
	include/store/clamd_watch.h %reldir%/clamd_watch.c \
	include/store/clamd_figures.h %reldir%/clamd_figures.c \
	include/store/clamd_teller.h %reldir%/clamd_teller.c \
	include/store/clamd_link.h %reldir%/clamd_link.c \
	include/store/clamd_server.h %reldir%/clamd_server.c \
	include/store/places.h %reldir%/places.c \
	include/store/spool.h %reldir%/spool.c \
	include/store/told.h %reldir%/told.c
## connections to servers of either
libstore_a_SOURCES += \
	include/store/stream.h %reldir%/stream.c
## the spam blocker's clients
libstore_a_SOURCES += \
	include/store/client_tarpit.h %reldir%/client_tarpit.c
## what quota-milter asks: users, mailboxes, servers
libstore_a_SOURCES += \
	include/store/alias_file.h %reldir%/alias_file.c \
	include/store/dialog.h %reldir%/dialog.c \
	include/store/known.h %reldir%/known.c \
	include/store/look_up.h %reldir%/look_up.c \
	include/store/mailbox_figures.h %reldir%/mailbox_figures.c \
	include/store/mailboxes.h %reldir%/mailboxes.c \
	include/store/maildir_usage.h %reldir%/maildir_usage.c \
	include/store/user_file.h %reldir%/user_file.c \
	include/store/workers.h %reldir%/workers.c
