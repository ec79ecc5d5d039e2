#!/usr/bin/env zsh
# SPDX-License-Identifier: GPL-2.0-or-later
# keys.zsh SETUP COMMAND... -- KEYS...: runs COMMAND, a shell, in a pseudo-terminal,
# gives it the line SETUP, types each KEYS in turn (\t and such as print has them) and
# prints what appears until END and, as a prompt, "ready ". SETUP must lead to both.
emulate -R zsh
setopt extendedglob
zmodload zsh/zpty || exit 99

setup=$1
shift
command=()
while [[ $1 != -- ]]; do
	command+=($1)
	shift
done
shift

# With the prompt the terminal is in the shell's mode, not in the kernel's.
see() {
	zpty -r shell screen '*END'$'\r''*ready ' || exit 98
}

zpty -e shell stty cols 200 rows 50 \; exec ${(q)command}
zpty -w shell $setup
see
for keys; do
	zpty -w -n shell "$(print -- $keys)"
	see
	print -r -- ${screen//$'\e['[0-9;?]#[a-zA-Z]/}
done
zpty -d shell
