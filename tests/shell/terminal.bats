#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# the shell as somebody at a terminal sees it
load ../cli/setup
load terminal

teardown() {
	terminal_end
	rm -rf /run/xen/home
	untraced world_stop
}

@test "Tab completes commands, options, nodes, domains, addresses" {
	terminal
	press 'cat @we' Tab
	prompt 'xvif:/> cat @web01/'
	press dev Tab Tab Tab
	prompt 'xvif:/> cat @web01/device/vif/0/'
	press Tab Tab
	ends <<-'EOF'
	xvif:/> cat @web01/device/vif/0/
	backend     backend-id  handle      mac         state       trusted
	xvif:/> cat @web01/device/vif/0/
	EOF
	[ "$(xenstore-list /local/domain/1/device/vif/0 | sort | xargs)" = "backend backend-id handle mac state trusted" ]
	press m Tab Enter
	ends <<-'EOF'
	xvif:/> cat @web01/device/vif/0/mac
	00:16:3e:00:00:01
	xvif:/>
	EOF
	press 'del-ip web01 ' Tab Tab Tab
	ends <<-'EOF'
	xvif:/> del-ip web01 10.0.0.
	10.0.0.1  10.0.0.2
	xvif:/> del-ip web01 10.0.0.
	EOF
	press C-u 'check web01 --v' Tab Tab
	ends <<-'EOF'
	xvif:/> check web01 --v
	--verbose  --version  --vif
	xvif:/> check web01 --v
	EOF
	press C-u 'show db01 0' Tab
	prompt 'xvif:/> show db01 0'
	press C-u 'check db01 ' Tab Tab
	ends <<-'EOF'
	xvif:/> check db01
	00:16:3e:00:00:02  0                  vif2.0
	00:16:3e:00:00:03  1                  vif2.1
	xvif:/> check db01
	EOF
	press C-u 'h' Tab Tab
	ends <<-'EOF'
	help     history
	xvif:/> h
	EOF
	press C-u 'ls loc' Tab do Tab 1/n Tab
	prompt 'xvif:/> ls local/domain/1/name'
	press C-u 'cat "loc' Tab 'domain/1/na' Tab
	prompt 'xvif:/> cat "local/domain/1/name"'
	press C-u 'set ~/a x' Enter
	prompt 'xvif:/>'
	press 'ls ~/' Tab Tab
	ends <<-'EOF'
	a         backend/  domid     name
	xvif:/> ls ~/
	EOF
}

@test "the name of a domain is quoted where it needs it" {
	domain_create 3 'my guest'
	terminal
	press 'show my' Tab
	prompt 'xvif:/> show my\ guest'
	press C-u "show 'my" Tab
	prompt "xvif:/> show 'my guest'"
	press C-u 'cat @my' Tab name Enter
	ends <<-'EOF'
	xvif:/> cat @my\ guest/name
	my guest
	xvif:/>
	EOF
}

@test "10000 children: asked before they are listed" {
	local i args=()
	for i in $(seq 10000); do args+=("/many/node$i" ''); done
	printf '%s\0' "${args[@]}" | xargs -0 -n 400 xenstore-write
	terminal
	press 'ls /many/' Tab Tab
	press Tab
	see 'Display all 10000 possibilities? (y or n)'
	press n
	prompt 'xvif:/> ls /many/node'
	# Ctrl-C leaves the question, and the line
	press Tab
	prompt 'Display all 10000 possibilities? (y or n)'
	press C-c
	prompt 'xvif:/>'
	press 'ls /many/node' 999 Tab Tab
	ends <<-'EOF'
	node999   node9991  node9993  node9995  node9997  node9999
	node9990  node9992  node9994  node9996  node9998
	xvif:/> ls /many/node999
	EOF
}

@test "history: in the session, in the next one, 0600, not what begins with a blank" {
	terminal
	line 'cat /local/domain/1/name'
	see web01
	prompt 'xvif:/>'
	line ' cat /local/domain/2/name'
	see db01
	prompt 'xvif:/>'
	line pwd
	prompt 'xvif:/>'
	press Up Up
	prompt 'xvif:/> cat /local/domain/1/name'
	press C-u C-d
	see 'left with 0'
	terminal_end
	[ "$(stat -c %a /run/xen/home/.xvif_history)" = 600 ]
	cat /run/xen/home/.xvif_history
	[ "$(cat /run/xen/home/.xvif_history)" = $'cat /local/domain/1/name\npwd' ]
	seq -f 'cat /n%g' 2000 >>/run/xen/home/.xvif_history
	terminal
	press C-r 'n1999'
	see 'cat /n1999'
	press Enter
	see '/n1999: no such node'
	line exit
	see 'left with 0'
	[ "$(wc -l </run/xen/home/.xvif_history)" -le 1002 ]
	[ "$(tail -n 1 /run/xen/home/.xvif_history)" = exit ]
	terminal_end
	# where it cannot be kept, that is said once; a link says that it is not wanted
	rm /run/xen/home/.xvif_history
	mkdir /run/xen/home/.xvif_history
	terminal 120
	line pwd
	line 'pwd /'
	line 'cat /local/domain/2/name'
	see db01
	[ "$(screen | grep -c "the history cannot be kept in '/run/xen/home/.xvif_history': Is a directory")" = 1 ]
	terminal_end
	rmdir /run/xen/home/.xvif_history
	ln -s /dev/null /run/xen/home/.xvif_history
	terminal 120
	line 'cat /local/domain/2/name'
	see db01
	lacks_text 'history cannot'
}

@test "lines that were pasted are lines, and the first that fails is the last" {
	terminal
	$TERMINAL set-buffer $'set /t/a 1\n# and so on\ncat /t/a /t/b\nset /t/a 2'
	$TERMINAL paste-buffer -p
	see 'set /t/a 2'
	press Enter
	see '/t/b: no such node'
	prompt 'xvif:/>'
	[ "$(xenstore-read /t/a)" = 1 ]
	terminal_end
}

@test "Ctrl-C: leaves a line, stops a command, never the shell" {
	terminal
	press 'set /half typ'
	prompt 'xvif:/> set /half typ'
	press C-c
	ends <<-'EOF'
	xvif:/> set /half typ^C
	xvif:/>
	EOF
	line 'wait /never; pwd'
	see 'not there yet, waiting'
	press C-c
	ends <<-'EOF'
	xvif:/> wait /never; pwd
	xvif: /never: not there yet, waiting
	^C
	xvif:/>
	EOF
	# an ls -R that cannot go on
	kill -STOP "$XENSTORED_PID"
	line 'ls -R /'
	see 'ls -R /'
	press C-c
	prompt 'xvif:/>'
	kill -CONT "$XENSTORED_PID"
	line 'cat /local/domain/1/name'
	see web01
	# one in a program of its own
	line '!cat'
	waited pgrep -x cat
	press hello Enter
	waited screen_ends $'hello\nhello'
	press C-c
	prompt 'xvif:/>'
	run xenstore-exists /half
	[ "$status" != 0 ]
}

@test "Ctrl-C in the middle of a long ls -R" {
	local i args=()
	for i in $(seq 5000); do args+=("/many/$((i % 50))/node$i" "value $i"); done
	printf '%s\0' "${args[@]}" | xargs -0 -n 400 xenstore-write
	terminal
	mkfifo /run/xen/full
	exec 9<>/run/xen/full
	line 'ls -R / > /run/xen/full'
	wait_until 10 eval '[ "$(ps -C xvif -o wchan= | grep -c pipe)" -gt 0 ]'
	press C-c
	prompt 'xvif:/>'
	line 'cat /many/3/node3'
	see 'value 3'
}

@test "the time limit that the shell was given holds for each line, and for Tab" {
	local typed
	terminal 100 24 --timeout 1
	kill -STOP "$XENSTORED_PID"
	for typed in ls 'watch web01' 'add-ip web01 10.0.0.5'; do
		line "$typed"
		see 'does not answer'
		press C-l
		gone 'does not answer'
	done
	line 'ls --timeout 600'
	press C-c
	prompt 'xvif:/>'
	press 'ls /loca' Tab 'x'
	prompt 'xvif:/> ls /locax'
	kill -CONT "$XENSTORED_PID"
	press BSpace Tab
	prompt 'xvif:/> ls /local/'
	press Enter
	see domain/
}

@test "a watch prints above a half typed line" {
	terminal
	line 'watch /local/domain/1'
	prompt 'xvif:/>'
	press 'set /local/domain/1/half "ty' Left Left
	prompt 'xvif:/> set /local/domain/1/half "ty'
	xenstore-write /local/domain/1/news 'from outside'
	see 'from outside'
	ends <<-EOF
	$(screen | grep "^\[1\] 2.* /local/domain/1/news: (none) -> 'from outside'$")
	xvif:/> set /local/domain/1/half "ty
	EOF
	press x End 'ped"' Enter
	see "half: (none) -> 'xtyped'"
	[ "$(xenstore-read /local/domain/1/half)" = 'xtyped' ]
	line 'watch web01'
	see '[2] watching'
	line unwatch
	see "unwatch all"
	line 'unwatch 1; unwatch; unwatch'
	see 'nothing is being watched'
}

# a process that leads its own group, below the shell, is stuck in write()
watch_is_stuck() {
	local pid
	for pid in $(pgrep -x xvif); do
		[ "$(ps -o pgid= -p "$pid" | tr -d ' ')" = "$pid" ] && grep -q '^1 ' "/proc/$pid/syscall" &&
			return 0
	done
	return 1
}

@test "a watch whose lines nobody took for a while can be ended" {
	local i nodes=()
	terminal 100
	line 'watch /t'
	see '[1] watching'
	line 'wait /go; unwatch'
	for i in $(seq 500); do
		nodes+=("/t/n$i" "$(printf '%0250d' "$i")")
	done
	xenstore-write "${nodes[@]}"
	waited watch_is_stuck
	xenstore-write /go 1
	line 'echo-is-no-command'
	see 'echo-is-no-command: unknown command'
}

@test "a watch survives a restart of xenstored, and so does the shell" {
	terminal 120
	line 'watch -v web01'
	see 'web01: watching'
	line 'begin; set /a 1'
	prompt 'xvif:/ [1 change]>'
	kill "$XENSTORED_PID"
	see 'waiting for xenstored'
	line 'ls'
	see 'xenstored: cannot connect'
	see "1 recorded change: kept; 'commit' when xenstored is back"
	daemon_start "${XENSTORED:-xenstored}" 9>&-
	see 'xenstored is back'
	line commit
	prompt 'xvif:/>'
	[ "$(xenstore-read /a)" = 1 ]
}

@test "the terminal changes its size" {
	terminal 80 24
	press 'cat 0123456789012345678901234567890123456789012345678901234567890123456789'
	see 0123456789
	$TERMINAL resize-window -x 40 -y 12
	waited eval '[ "$(screen | tail -n 3 | head -n 1)" = "xvif:/> cat 0123456789012345678901234567" ]'
	press x
	ends <<-'EOF'
	8901234567890123456789012345678901234567
	89x
	EOF
	press C-u pwd Enter
	prompt 'xvif:/>'
}

@test "Ctrl-Z stops the shell, fg brings it back" {
	export PS1='$ ' HOME=/run/xen/home TERM=xterm-256color LC_ALL=C.UTF-8
	mkdir -p $HOME
	$TERMINAL new-session -d -x 80 -y 24 'bash --norc --noprofile -i' 3>&-
	line 'PS1="bash> "; clear'
	prompt 'bash>'
	line 'xvif shell'
	prompt 'xvif:/>'
	press pw
	prompt 'xvif:/> pw'
	press C-z
	see Stopped
	line fg
	prompt 'xvif:/> pw'
	press d Enter
	ends <<-'EOF'
	xvif:/> pwd
	/
	xvif:/>
	EOF
}

@test "UTF-8, ~/.inputrc, no colours unless they are wanted" {
	mkdir -p /run/xen/home
	# shellcheck disable=SC2016
	echo '"\C-t": "ls -l\C-m"' >/run/xen/home/.inputrc
	terminal
	press 'set /u grün' Left BSpace u
	prompt 'xvif:/> set /u grun'
	press Enter
	prompt 'xvif:/>'
	line 'cat /u'
	ends <<-'EOF'
	xvif:/> set /u grun
	xvif:/> cat /u
	grun
	xvif:/>
	EOF
	press C-t
	see 'local/'
	$TERMINAL capture-pane -e -p >/run/xen/colours
	grep -q $'\033\\[1m\033\\[34mlocal' /run/xen/colours || grep -q $'\033\\[1;34m' /run/xen/colours
	terminal_end
	NO_COLOR=1 terminal
	line ls
	see local/
	run grep -c $'\033\\[[0-9;]*34m' <($TERMINAL capture-pane -e -p)
	[ "$output" = 0 ]
}

asks_to_move() {
	ends <<-'EOF'
		xvif:/> mv /local/domain/1/name /t
		move /local/domain/1/name, which running domains and Xen's toolstack depend on?
		[y/N]
	EOF
}

@test "rm, mv, set, perms ask where running domains depend on it" {
	local was
	was=$(xvif shell -c 'cat @web01/name; perms @web01/name')
	terminal
	line 'rm /local/domain/1/name'
	see "remove /local/domain/1/name, which running domains and Xen's"
	press n Enter
	prompt 'xvif:/>'
	[ "$(xenstore-read /local/domain/1/name)" = web01 ]
	line 'mv /local/domain/1/name /t'
	asks_to_move
	press Enter
	prompt 'xvif:/>'
	[ "$(xenstore-read /local/domain/1/name)" = web01 ]
	line 'mv /local/domain/1/name /t'
	asks_to_move
	press y Enter
	wait_until 10 xenstore-exists /t
	prompt 'xvif:/>'
	line 'mv /t /local/domain/1/name'
	wait_until 10 xenstore-exists /local/domain/1/name
	line 'set /local/domain/1/name x'
	see "change /local/domain/1/name, which running domains and Xen's"
	press n Enter
	prompt 'xvif:/>'
	line 'perms n7 /local/domain/1/name'
	see "change permissions of /local/domain/1/name, which running"
	press n Enter
	prompt 'xvif:/>'
	[ "$(xvif shell -c 'cat @web01/name; perms @web01/name')" = "$was" ]
}

@test "rm -r asks, an open transaction is not left without a word" {
	terminal
	line 'rm -r /local/domain/2'
	see "remove /local/domain/2 and 23 nodes below it, which running domains and Xen's"
	press n Enter
	prompt 'xvif:/>'
	[ "$(xenstore-read /local/domain/2/name)" = db01 ]
	line 'begin; rm -r /local/domain/2'
	prompt 'remove /local/domain/2 and 23 nodes below it? [y/N]'
	press y Enter
	prompt 'xvif:/ [1 change]>'
	[ "$(xenstore-read /local/domain/2/name)" = db01 ]
	press C-d
	see '1 recorded change would be forgotten'
	press C-d
	see 'left with 0'
	[ "$(xenstore-read /local/domain/2/name)" = db01 ]
}

@test "a conflict at commit: shown, and the steps are redone when wanted" {
	terminal
	line 'begin; set /t/a 1'
	prompt 'xvif:/ [1 change]>'
	xenstore-write /t/a 9
	line commit
	ends <<-'EOF'
	xvif:/ [1 change]> commit
	changed by others since it was recorded:
	+ /t/a = "9"
	make your changes on top of that? [y/N]
	EOF
	press n Enter
	see '/t/a: somebody else has changed it meanwhile'
	[ "$(xenstore-read /t/a)" = 9 ]
	line commit
	prompt 'make your changes on top of that? [y/N]'
	press y Enter
	prompt 'xvif:/>'
	[ "$(xenstore-read /t/a)" = 1 ]
	line undo
	see '~ /t/a = "1" -> "9"'
	[ "$(xenstore-read /t/a)" = 9 ]
}

@test "a session that is killed in a transaction has written nothing" {
	snapshot >/run/xen/before
	terminal
	line 'begin; set /t/a 1; rm -r --force /vm'
	see '[2 changes]'
	pkill -KILL -f '^xvif shell'
	see 'left with 137'
	snapshot >/run/xen/after
	diff /run/xen/before /run/xen/after
}
