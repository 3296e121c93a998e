## Documents go into the tarball; man pages are also installed.
EXTRA_DIST += \
	COPYING \
	NEWS \
	%reldir%/GLOSSARY.md \
	%reldir%/decisions
