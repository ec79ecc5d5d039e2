# SPDX-License-Identifier: GPL-2.0-or-later
# AX_SONAME(PREFIX, NAME, CALL, HEADER)
# Defines PREFIX_SONAME to what a program linked with PREFIX_LIBS would load
# for the library NAME.
AC_DEFUN([AX_SONAME], [
AC_MSG_CHECKING([for the soname of lib$2])
saved_libs=$LIBS
LIBS="$$1_LIBS $LIBS"
ax_soname=
AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <$4>]], [[return !$3;]])],
	[ax_soname=`$OBJDUMP -p conftest$EXEEXT | sed -n 's/^ *NEEDED *\(lib$2\.so@<:@^ @:>@*\)$/\1/p'`])
LIBS=$saved_libs
AC_MSG_RESULT([$ax_soname])
AS_IF([test -z "$ax_soname"], [AC_MSG_ERROR([lib$2 cannot be linked])])
AC_DEFINE_UNQUOTED([$1_SONAME], ["$ax_soname"], [what to load for lib$2])
])
