# SPDX-License-Identifier: BSD-2-Clause
# rm_flags - what the compiler is asked beside the code: warnings, hardening,
# sanitizers, coverage.  All of it ends in BUILD_CFLAGS and BUILD_LDFLAGS, so
# that CFLAGS and LDFLAGS stay the packager's.

# Before AC_PROG_CC, which fills in CFLAGS: what the user sets is left alone.
AC_DEFUN([RM_USER_CFLAGS], [rm_user_cflags=${CFLAGS+set}])

AC_DEFUN([RM_WARNINGS], [
AC_ARG_ENABLE([werror],
  [AS_HELP_STRING([--enable-werror], [warnings are errors (for CI and developers)])],
  [], [enable_werror=no])
AX_APPEND_COMPILE_FLAGS([-std=c17 -Wall -Wextra -Wshadow -Wstrict-prototypes \
  -Wmissing-prototypes -Wwrite-strings -Wpointer-arith -Wvla -Wformat=2 -Wundef], [BUILD_CFLAGS], [-Werror])
# With -fsanitize=undefined gcc 12 sees conversions that the source has not.
AS_IF([test "x$enable_sanitize" = x || test "x$enable_sanitize" = xno],
  [AX_APPEND_COMPILE_FLAGS([-Wconversion], [BUILD_CFLAGS], [-Werror])])
AS_IF([test "x$enable_werror" = xyes], [AS_VAR_APPEND([BUILD_CFLAGS], [" -Werror"])])
])

# On by default; each flag only where this compiler and C library take it
# without a warning.  -Werror in the check matters: glibc warns of a FORTIFY
# level that it does not know, and of any level without optimisation.
AC_DEFUN([RM_HARDENING], [
AC_ARG_ENABLE([hardening],
  [AS_HELP_STRING([--disable-hardening], [leave out PIE, RELRO, FORTIFY, stack protector])],
  [], [enable_hardening=yes])
# FORTIFY and the sanitizers instrument the same calls.
AS_IF([test "x$enable_sanitize" != xno], [enable_hardening=no])
AC_SUBST([HARDENING], [$enable_hardening])
AS_IF([test "x$enable_hardening" = xyes], [
  AX_APPEND_COMPILE_FLAGS([-fstack-protector-strong -fstack-clash-protection \
    -fcf-protection -fPIE], [BUILD_CFLAGS], [-Werror])
  AX_APPEND_LINK_FLAGS([-pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack], [BUILD_LDFLAGS], [-Werror])
  AS_CASE(["$CPPFLAGS $CFLAGS"], [*_FORTIFY_SOURCE*], [], [
    rm_fortify=
    for level in 3 2; do
      AS_IF([test -z "$rm_fortify"], [
        AX_CHECK_COMPILE_FLAG([-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$level],
          [rm_fortify=$level], [], [-Werror],
          [AC_LANG_PROGRAM([[#include <string.h>]], [[]])])])
    done
    AS_IF([test -n "$rm_fortify"],
      [AS_VAR_APPEND([BUILD_CFLAGS], [" -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=$rm_fortify"])])])
])])

AC_DEFUN([RM_SANITIZE], [
AC_ARG_ENABLE([sanitize],
  [AS_HELP_STRING([--enable-sanitize=address|thread],
    [build for bug hunting: address (with leak and undefined) or thread])],
  [], [enable_sanitize=no])
AS_CASE([$enable_sanitize],
  [no], [rm_sanitize=],
  [address], [rm_sanitize="-fsanitize=address,undefined -fno-sanitize-recover=all"],
  [thread], [rm_sanitize="-fsanitize=thread"],
  [AC_MSG_ERROR([--enable-sanitize takes address or thread, not '$enable_sanitize'])])
AS_IF([test -n "$rm_sanitize"], [
  AX_CHECK_LINK_FLAG([$rm_sanitize], [], [AC_MSG_ERROR([this compiler cannot link with $rm_sanitize])])
  AS_IF([test -z "$rm_user_cflags"], [CFLAGS="-g -O1"])
  AS_VAR_APPEND([BUILD_CFLAGS], [" $rm_sanitize -fno-omit-frame-pointer"])
  AS_VAR_APPEND([BUILD_LDFLAGS], [" $rm_sanitize"])])
])

# Atomic counters: the milters count lines from many threads.
AC_DEFUN([RM_COVERAGE], [
AC_ARG_ENABLE([coverage],
  [AS_HELP_STRING([--enable-coverage], [count the lines and branches that the tests run (make coverage)])],
  [], [enable_coverage=no])
AS_IF([test "x$enable_coverage" = xyes], [
  AX_CHECK_LINK_FLAG([--coverage -fprofile-update=atomic], [],
    [AC_MSG_ERROR([this compiler has no --coverage])])
  AS_IF([test -z "$rm_user_cflags"], [CFLAGS="-g -O0"])
  AS_VAR_APPEND([BUILD_CFLAGS], [" --coverage -fprofile-update=atomic"])
  AS_VAR_APPEND([BUILD_LDFLAGS], [" --coverage"])])
])

# RM_LIBRARY(VARIABLE, PKG-CONFIG NAME, HEADER, LIBRARY, FUNCTION)
# libmilter has no .pc file in Alpine and in upstream's own build.
AC_DEFUN([RM_LIBRARY], [
PKG_CHECK_MODULES([$1], [$2], [], [
  AC_CHECK_HEADER([$3], [], [AC_MSG_ERROR([<$3> not found: install the development files of lib$4])])
  AC_CHECK_LIB([$4], [$5], [$1_LIBS="-l$4"], [AC_MSG_ERROR([lib$4 not found])], [-lpthread])])
])
