#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# man/xvif-shell.1: its walk is typed in a terminal, its commands are those there are
load ../cli/setup
load terminal

manual=$BATS_TEST_DIRNAME/../../man/xvif-shell.1

teardown() {
	terminal_end
	rm -rf /run/xen/home
	untraced world_stop
}

# the lines of the walk, as they are printed
walk() {
	sed -n '/^\.Bd -literal$/,/^\.Ed$/p' "$manual" | sed '/^\.[BE]d/d;s/^\\&//;/^# /d'
}

# what was on the screen, too
whole_screen() {
	$TERMINAL capture-pane -p -S - | sed 's/ *$//' | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
}

@test "the walk of the manual" {
	local text='' typed
	walk >/run/xen/walk
	terminal 120 50
	while IFS= read -r text; do
		case $text in
		'xvif:'*'> '*)
			typed=${text#*> }
			waited last_is "${text%%> *}>"
			line "$typed"
			see "$typed"
			;;
		esac
	done </run/xen/walk
	see 'left with 0'
	diff /run/xen/walk <(whole_screen | sed '/^left with/d')
	[ "$(grep -c '^xvif:' /run/xen/walk)" -gt 15 ]
}

@test "the manual has every command of the shell, and no other" {
	diff <(xvif shell -c help | sed -n '/^look around/,/^Paths/s/^  \([a-z]*\)  .*/\1/p' | sort) \
		<(sed -n '/^\.Sh COMMANDS/,/^\.Sh TRANSACTIONS/s/^\.It //p' "$manual" |
			grep -o 'Ic [a-z]*' | sed 's/Ic //' | sort)
	# without what it says of this machine's manuals
	[ -z "$(mandoc -Tlint "$manual" | grep -v 'referenced manual not found\|mandoc\.db')" ]
}
