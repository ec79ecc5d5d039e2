# SPDX-License-Identifier: GPL-2.0-or-later
# AX_WARNINGS: put each warning the compiler knows into WARNING_CFLAGS.
AC_DEFUN([AX_WARNINGS], [
AC_ARG_ENABLE([werror],
	[AS_HELP_STRING([--enable-werror], [treat compiler warnings as errors])])
WARNING_CFLAGS=
for flag in -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wpointer-arith -Wwrite-strings -Wvla \
	-Wformat=2 -Wundef -Wcast-align -Wlogical-op -Wduplicated-cond \
	-Wno-missing-field-initializers
do
	saved_cflags=$CFLAGS
	CFLAGS="$CFLAGS -Werror $flag"
	AC_MSG_CHECKING([whether $CC knows $flag])
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM()],
		[AC_MSG_RESULT([yes]); WARNING_CFLAGS="$WARNING_CFLAGS $flag"],
		[AC_MSG_RESULT([no])])
	CFLAGS=$saved_cflags
done
AS_IF([test "x$enable_werror" = xyes], [WARNING_CFLAGS="$WARNING_CFLAGS -Werror"])
AC_SUBST([WARNING_CFLAGS])
])
