# SPDX-License-Identifier: GPL-2.0-or-later
# AX_OPTIONAL_LIBRARY(OPTION, PREFIX, PKG-CONFIG-MODULE, WHAT-IS-LOST)
# --without-OPTION leaves the library out; without the switch its absence is an
# error that names the switch, so that nothing is lost unseen.
AC_DEFUN([AX_OPTIONAL_LIBRARY], [
AC_ARG_WITH([$1],
	[AS_HELP_STRING([--without-$1], [build without $3: $4])],
	[], [with_$1=yes])
AS_IF([test "x$with_$1" != xno],
	[PKG_CHECK_MODULES([$2], [$3],
		[AC_DEFINE([HAVE_$2], [1], [Define to 1 to use $3.])],
		[AC_MSG_ERROR([$3 cannot be used; --without-$1 builds without it: $4
$$2_PKG_ERRORS])])],
	[AC_MSG_WARN([without $3: $4])])
AM_CONDITIONAL([HAVE_$2], [test "x$with_$1" != xno])
])
