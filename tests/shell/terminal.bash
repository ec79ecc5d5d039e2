# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# terminal.bash - "xvif shell" in a real terminal (tmux), its screen as text.
# Nothing here sleeps for a fixed time: each look at the screen waits, with a limit.

TERMINAL="tmux -S /run/xen/terminal -f /dev/null"

# terminal [COLUMNS [ROWS [OPTION...]]]: start the shell with these options
terminal() {
	local columns=${1:-80} rows=${2:-24}
	shift $(($# < 2 ? $# : 2))
	export HOME=/run/xen/home TERM=xterm-256color LC_ALL=C.UTF-8
	mkdir -p $HOME
	$TERMINAL new-session -d -x "$columns" -y "$rows" \
		"xvif shell $*; echo \"left with \$?\"; exec cat" 3>&-
	see 'xvif:'
}

# the next one could meet a server that is about to exit
terminal_end() {
	local pid
	pid=$($TERMINAL display-message -p '#{pid}' 2>/dev/null) || return 0
	$TERMINAL kill-server
	wait_until 10 not kill -0 "$pid" 2>/dev/null
}

# press KEY...: keys by tmux's names; what is no name is typed as it is
press() {
	$TERMINAL send-keys "$@"
}

# line TEXT: type it, and Enter
line() {
	$TERMINAL send-keys -l -- "$1"
	$TERMINAL send-keys Enter
}

# the screen without blanks at the ends of lines and empty lines at its end
screen() {
	$TERMINAL capture-pane -p | sed 's/ *$//' | sed -e :a -e '/^\n*$/{$d;N;ba' -e '}'
}

has_text() {
	screen | grep -qF -- "$1"
}

lacks_text() {
	! has_text "$1"
}

last_is() {
	[ "$(screen | tail -n 1)" = "$1" ]
}

screen_ends() {
	[ "$(screen | tail -n "$(wc -l <<<"$1")")" = "$1" ]
}

waited() { # COMMAND...
	wait_until 10 "$@" && return 0
	echo "waited in vain: $*"
	echo "--- the screen:"
	screen
	return 1
}

# see TEXT: the screen has it, or gets it
see() {
	waited has_text "$1"
}

# gone TEXT
gone() {
	waited lacks_text "$1"
}

# prompt TEXT: the last line of the screen is this
prompt() {
	waited last_is "$1"
}

# ends <<EOF: the screen ends in these lines
ends() {
	waited screen_ends "$(cat)"
}
