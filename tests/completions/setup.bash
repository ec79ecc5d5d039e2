# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# setup.bash - for the tests of completion: guests with odd names, shells in a terminal.
bats_require_minimum_version 1.5.0
load ../cli/setup
TOP=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
export HOME=/run/xen/home INPUTRC=/dev/null TERM=xterm

# offered WORD...: the candidates for the last one, without what is said of them
offered() {
	xvif complete -- xvif "$@" | cut -f 1
}

# odd_guests: one with a blank, one with a colon and addresses of both kinds
odd_guests() {
	domain_create 11 'my guest'
	vif_nodes 11 0 00:16:3e:00:0b:00 vif-route '10.0.11.1 2001:db8::b1 2001:db8::b2'
	domain_create 12 a:b
	vif_nodes 12 0 00:16:3e:00:0c:00 vif-route 10.0.12.1
}

# typed KEYS...: the words that the shell in the terminal then takes the line for, a line each.
# TERMINAL is the shell, TERMINAL_SETUP the line it begins with.
typed() {
	local keys=() k
	for k; do
		keys+=("$k\\x01say \\r")
	done
	timeout 60 zsh -f "$TOP/tests/completions/keys.zsh" "$TERMINAL_SETUP" "${TERMINAL[@]}" -- "${keys[@]}" \
		3>&- | sed -n 's/^[^<]*\(<.*>\)END.*/\1/p'
}

# shown KEYS: what the shell in the terminal shows for them; the line is abandoned
shown() {
	timeout 60 zsh -f "$TOP/tests/completions/keys.zsh" "$TERMINAL_SETUP" "${TERMINAL[@]}" -- \
		"$1\\x15say \\r" 3>&- | tr -s '\r' '\n'
}

xenstored_dies() {
	kill "$XENSTORED_PID"
	wait_until 10 eval "! kill -0 $XENSTORED_PID"
	rm -f /run/xenstored/socket*
}

# broken_xvif: one that cannot start comes first in PATH
broken_xvif() {
	mkdir -p /run/xen/broken
	printf '#!/bin/sh\necho "xvif: not found: a library" >&2\nexit 127\n' >/run/xen/broken/xvif
	chmod +x /run/xen/broken/xvif
	PATH=/run/xen/broken:$PATH
}

# hostile_guests: names that a shell would expand, split or end a quote at
hostile_names=('~root' '=ls' "it's" 'say"so' 'cost$HOME' 'glob*' 'new`id`' 'h!!x' 'a;b&c|d' 'br{1,2}' 'x[y]?' '#no' 'ba\ck')
hostile_guests() {
	local name domid=40
	for name in "${hostile_names[@]}"; do
		domain_create $((++domid)) "$name"
	done
	domain_create 60 $'two\nlines'
}
