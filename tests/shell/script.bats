#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# the shell without a terminal: -c, -f, stdin; every command for nodes
load ../cli/setup

# sh TEXT: run it, and have $status and $output
sh_() {
	run xvif shell -c "$1"
	echo "status $status: $output"
}

# says STATUS TEXT PATTERN: exits so, and says so
says() {
	sh_ "$2"
	[ "$status" = "$1" ]
	[[ "$output" == *"$3"* ]]
}

@test "look: ls, cat, tree, stat, match, count, paths" {
	xenstore-write /t/b 'two words' /t/a/x 1 /t/a/y '' /t/n10 10 /t/n9 9
	[ "$(xvif shell -c 'ls /t')" = $'a/\nb = "two words"\nn9 = "9"\nn10 = "10"' ]
	[ "$(xvif shell -c 'cd /t; ls -R; pwd')" = $'/t/a/\n/t/a/x = "1"\n/t/a/y = ""\n/t/b = "two words"\n/t/n9 = "9"\n/t/n10 = "10"\n/t' ]
	[ "$(xvif shell -c 'cd /t/a; cat ../b x; get /t/b')" = $'two words\n1\ntwo words' ]
	[ "$(xvif shell -c 'cat /t/n*' | sort -n | xargs)" = '9 10' ]
	[ "$(xvif shell -c 'cat /t/n[0-9]; ls /t/n?')" = $'9\n/t/n9 = "9"' ]
	says 2 'cat "/t/n*"' "cannot hold '*'"
	[ "$(LC_ALL=C xvif shell -c 'tree /t/a')" = $'/t/a/\n|-- x = "1"\n`-- y = ""' ]
	[ "$(xvif shell -c 'tree -d 1 /t')" = "$(xvif shell -c 'tree /t' | grep -v '[xy] = ')" ]
	[ "$(xvif shell -c 'count /t')" = 6 ]
	[ "$(xvif shell -c 'cd /t; match "n*"; match -v "two*"; match "a/*"')" = $'/t/n9 = "9"\n/t/n10 = "10"\n/t/b = "two words"\n/t/a/x = "1"\n/t/a/y = ""' ]
	sh_ 'stat /t/b'
	[[ "$output" == *'size:  9 bytes'* ]]
	[ "$(xvif shell -c 'ls -J /t/a' | jq -r '.children[].path' | xargs)" = '/t/a/x /t/a/y' ]
	[ "$(xvif shell -c 'cd @web01/device/vif; cd ..; pwd; cd ~; pwd; cd /local/domain/0/backend/vif/2/1; cd ~; pwd; cd -; cd')" = \
		$'/local/domain/1/device\n/local/domain/1\n/local/domain/2\n/local/domain/0/backend/vif/2/1' ]
}

@test "change: set, touch, rm, mv, cp, perms, and what each leaves" {
	xvif shell -c 'set /t/v "two\nlines\0end\xff"; touch /t/v /t/w; cd /t; set a/b/c 1; perms n0,r1 a/b'
	xvif shell -c 'cat -r /t/v' | cmp - <(printf 'two\nlines\0end\xff')
	[ "$(xvif dump -J /t/v | jq -r .value.hex)" = 74776f0a6c696e657300656e64ff ]
	[ "$(xvif shell -c 'cat /t/v')" = 'two\x0alines\x00end\xff' ]
	[ "$(xvif shell -c 'cp /t/a /t/k; perms -R /t/k; diff /t/a /t/k')" = $'n0 /t/k\nn0,r1 /t/k/b\nn0 /t/k/b/c' ]
	xvif shell -c 'mv /t/k /t/a/; ls /t/a/k/b' | grep -qx 'c = "1"'
	run xenstore-exists /t/k
	[ "$status" = 1 ]
	says 2 'rm /t/a' 'has 5 nodes below it'
	says 1 'cp /t/v /t/w' 'is there already'
	says 2 'mv /t/a /t/a/b/z' 'one is below the other'
	says 2 'rm -r /' 'cannot be removed'
	xvif shell -c 'cp --force /t/v /t/w; rm -r /t/a; rm /t/v /t/w; rm --force /t/none'
	[ -z "$(xenstore-list /t)" ]
	xvif shell -c 'perms -R b0,r1,w2 /t'
	[ "$(xvif shell -c 'perms /t')" = 'b0,r1,w2 /t' ]
}

# bats test_tags=oxenstored
@test "a transaction: all or nothing, seen inside, undone as a whole" {
	xvif shell -c 'begin; set /t/a 1; !xenstore-exists /t && exit 1; true
		cat /t/a; rm -r /vm; preview; abort; ls /vm' >/run/xen/out
	grep -qx 1 /run/xen/out
	grep -qx '+ /t/a = "1"' /run/xen/out
	grep -q '^- /vm/.*/name = "web01"' /run/xen/out
	run xenstore-exists /t
	[ "$status" = 1 ]
	snapshot | sort >/run/xen/before
	xvif shell -c 'begin; set /t/a 1; mv /vm /vm2; perms -R n0,r2 /vm2; rm /local/domain/1/name; commit; undo'
	snapshot | sort >/run/xen/after
	diff /run/xen/before /run/xen/after
	xenstore-write /t/a 1
	says 3 'begin; rm -r /t; !xenstore-write /t/new/x 1
cat /t/new/x' '/t/new/x: no such node'
	says 1 'begin; rm -r /t; !xenstore-write /t/other 1
commit' '+ /t/other = ""'
	[ "$(xenstore-read /t/a)" = 1 ]
	says 1 commit 'no transaction is open'
	says 1 'begin; add-ip web01 10.0.0.7' 'cannot be part of a transaction'
	[ "$(xvif shell -c 'begin; set /x/y 1; set /x/z 2; undo; commit; ls -R /x')" = $'set /x/z 2\n/x/y = "1"' ]
}

# many changes, picked by a seed: COUNT lines for the tree at $1
random_lines() {
	local top=$1 i n
	RANDOM=$2
	names=(a b c a/b a/c a/b/c b/a b/c/d c/a)
	for ((i = 0; i < $3; i++)); do
		n=${names[RANDOM % 9]} m=${names[RANDOM % 9]}
		case $((RANDOM % 7)) in
		0 | 1) echo "set $top/$n v$RANDOM" ;;
		2) echo "rm -r --force $top/$n" ;;
		3) echo "touch $top/$n" ;;
		4) echo "cp --force $top/$n $top/$m" ;;
		5) echo "mv --force $top/$n $top/$m" ;;
		6) echo "perms -R n0,r$((RANDOM % 9)) $top/$n" ;;
		esac
	done
}

# bats test_tags=oxenstored
@test "what a transaction shows is what commit makes, and what single commands make" {
	local seed
	for seed in 1 2 3 4 5 6; do
		xenstore-write /p/a/b/c 1 /p/b 2 /q/a/b/c 1 /q/b 2
		{ echo begin; random_lines /p $seed 30; echo 'tree -l /p > /run/xen/inside'
		  echo commit; echo 'tree -l /p > /run/xen/committed'; echo undo; echo 'tree -l /p > /run/xen/undone'; } |
			xvif shell -k -f - >/dev/null 2>&1 || true
		{ echo 'tree -l /q > /run/xen/first'; random_lines /q $seed 30; echo 'tree -l /q > /run/xen/single'
		  for _ in $(seq 31); do echo 'undo -q'; done; echo 'tree -l /q > /run/xen/unwound'; } |
			xvif shell -k -f - >/dev/null 2>&1 || true
		diff /run/xen/inside /run/xen/committed
		sed -i 's|/q|/p|' /run/xen/single /run/xen/first /run/xen/unwound
		diff /run/xen/committed /run/xen/single
		diff /run/xen/first /run/xen/undone
		diff /run/xen/first /run/xen/unwound
		xvif shell -c 'rm -r --force /p /q'
	done
}

# bats test_tags=oxenstored
@test "undo: refused when somebody else has changed the node since, and for an edit of a list" {
	says 1 'set /t 1; !xenstore-write /t 2
undo' '/t: somebody else has changed it since'
	[ "$(xenstore-read /t)" = 2 ]
	snapshot | sort >/run/xen/before
	xvif shell -c 'add-ip web01 10.0.0.7; del-ip web01 10.0.0.1; undo; undo'
	snapshot | sort >/run/xen/after
	diff /run/xen/before /run/xen/after
	says 1 'add-ip web01 10.0.0.7; !xvif add-ip web01 10.0.0.8
undo' 'somebody else has changed it since'
	says 1 undo 'nothing that could be taken back'
}

# bats test_tags=oxenstored
@test "undo of an edit: refused when somebody else's edit, waited for, has changed the list" {
	local pid other holder lock
	lock=/var/lib/xen/userdata-l.1.$(uuid_of 1).domain-userdata-lock
	mkfifo /run/xen/lines
	xvif shell -f - </run/xen/lines >/run/xen/said 2>&1 3>&- &
	pid=$!
	exec 7>/run/xen/lines
	echo 'add-ip web01 10.0.0.7' >&7
	wait_until 10 grep -q '+10.0.0.7' /run/xen/said
	flock "$lock" -c 'touch /run/xen/locked; while [ ! -e /run/xen/go ]; do sleep 0.02; done' 3>&- 7>&- &
	holder=$!
	wait_until 10 test -e /run/xen/locked
	xvif -q add-ip web01 10.0.0.8 3>&- 7>&- &
	other=$!
	wait_until 10 xenstore-exists /local/domain/0/xvif
	echo undo >&7
	wait_until 10 eval "ls -l /proc/$pid/fd | grep -q /run/xvif/vif-1.0.lock"
	touch /run/xen/go
	wait $holder $other
	snapshot >/run/xen/before
	exec 7>&-
	status=0
	wait $pid || status=$?
	rm /run/xen/lines /run/xen/go /run/xen/locked
	cat /run/xen/said
	[ "$status" = 1 ]
	[ "$(grep -c 'somebody else has changed it since' /run/xen/said)" = 1 ]
	[ "$(xenstore-read /local/domain/0/backend/vif/1/0/ip)" = "10.0.0.1 10.0.0.2 10.0.0.7 10.0.0.8" ]
	snapshot | diff /run/xen/before -
}

@test "all commands of the tool: same words, same output" {
	local words
	for words in show 'show web01' 'show -J' 'show --tree' 'check' 'dump /local/domain/1' 'version'; do
		diff <(xvif shell -c "$words" 2>&1) <(xvif $words 2>&1)
	done
	diff <(xvif shell -c 'xvif show; xvif') <(xvif show; xvif shell -c help)
	[ "$(xvif shell -c 'cd @web01; dump .')" = "$(xvif dump /local/domain/1)" ]
	[ "$(xvif shell -c 'cd @web01; dump ../2/name')" = "$(xvif dump /local/domain/2/name)" ]
	xvif dump / >/run/xen/dump
	[ "$(xvif shell --store /run/xen/dump -c 'cat @web01/name')" = web01 ]
	for words in show 'show -J web01 0' check 'find 10.0.0.2' dump 'dump /local/domain/1'; do
		diff <(xvif shell --store /run/xen/dump -c "begin; $words" 2>&1) <(xvif $words --store /run/xen/dump 2>&1)
	done
	xvif shell -c 'watch db01 --vif 1 --until state=connected'
	mv /run/xenstored/socket /run/xenstored/away
	xvif shell --store /run/xen/dump --dry-run -c 'rm -r /libxl/1; find 10.0.0.1; show' >/run/xen/shown
	mv /run/xenstored/away /run/xenstored/socket
	grep -q '^db01 .*10\.0\.1\.1' /run/xen/shown
	says 2 shell 'unknown command'
}

@test "--store: nothing is done to this host, or followed on it, in the name of another" {
	local journal=/local/domain/0/xvif/journal/1/0 words
	# with an edit in it that was interrupted: repair needs to write no journal
	xenstore-write $journal/before '10.0.0.1 10.0.0.2' $journal/after '10.0.0.1' \
		$journal/uuid "$(uuid_of 1)" /local/domain/0/backend/vif/1/0/ip 10.0.0.1
	xvif dump / >/run/xen/dump
	xenstore-rm /local/domain/0/xvif
	xenstore-write /local/domain/0/backend/vif/1/0/ip '10.0.0.1 10.0.0.2'
	for words in repair 'repair web01' 'add-ip web01 10.0.0.9' 'set-ips --dry-run web01 10.0.0.9' watch \
		'wait /local' 'begin; commit; watch web01'; do
		refused 1 "a dump is only read" timeout 10 xvif shell --store /run/xen/dump -c "$words"
	done
}

@test "pipes, files, programs" {
	[ "$(xvif shell -c 'ls -R | grep mac | wc -l')" = "$(xenstore-ls -f | grep -c '/mac = ')" ]
	xvif shell -c 'cat @web01/name > /run/xen/f; cat @db01/name >> "/run/xen/f"'
	[ "$(cat /run/xen/f)" = $'web01\ndb01' ]
	[ "$(xvif shell -c "cat @web01/name | sed 's/web/a;b/'; pwd")" = $'a;b01\n/' ]
	[ "$(xvif shell -c '!echo "$HOME; x"' )" = "$HOME; x" ]
	says 1 'pwd > /nowhere/x' "'/nowhere/x': cannot be written"
	run bash -c 'xvif shell -c "ls -R" | head -n 1'
	[ "$status" = 0 ]
	seq -f '(node n%g 1)' 20000 >/run/xen/big
	[ "$(xvif shell -c 'sxp get node /run/xen/big | head -n 1; pwd' 2>&1)" = $'(node n1 1)\n/' ]
	[ "$(xvif shell -c 'set /t 1 | cat; cat /t; undo | cat; begin > /dev/null; set /u 1; preview')" = \
		$'1\n- /t = "1"\n+ /u = "1"' ]
}

@test "scripts: the first error ends them, with its line; -k goes on; comments; exit" {
	printf 'set /t 1 # so\n\n# a comment\nlss\nset /t 2\n' >/run/xen/s
	run xvif shell -f /run/xen/s
	echo "$output"
	[ "$status" = 2 ]
	[ "${lines[0]}" = 'xvif: /run/xen/s:4: lss: unknown command' ]
	[ "$(xenstore-read /t)" = 1 ]
	run xvif shell -k -f /run/xen/s
	[ "$status" = 2 ]
	[ "$(xenstore-read /t)" = 2 ]
	run xvif shell -k </run/xen/s
	[ "${lines[0]}" = 'xvif: stdin:4: lss: unknown command' ]
	run xvif shell -c 'exit 7; set /t 3'
	[ "$status" = 7 ]
	run xvif shell -c 'cat /none'
	[ "$status" = 3 ]
	run xvif shell --dry-run -c 'set /t 4; cat /t; add-ip web01 10.0.0.7; preview'
	echo "$output"
	[ "$status" = 0 ]
	[[ "$output" == *'(dry run)'* && "$output" == *'~ /t = "2" -> "4"'* ]]
	[ "$(xenstore-read /t)" = 2 ]
	run xvif shell -f /nowhere
	[ "$status" = 2 ]
}

@test "bad input is named, with its place" {
	says 1 "set /t/v $(printf 'x%.0s' {1..4200})" "cannot write '/t/v': longer than xenstored takes"
	says 2 'lsx' "did you mean 'ls'"
	says 2 'set /a' 'set: VALUE is missing'
	says 2 'set /a b c' "too many arguments at 'c'"
	says 2 'pwd x' "see 'help pwd'"
	says 2 'frobnicate' "xvif: 'help' lists"
	says 2 "ls 'a" "column 4: the quote ' is never closed"
	says 2 'ls "é" "\q"' "column 9: unknown escape '\\q'"
	says 2 'ls | ' 'a command for sh is missing'
	says 2 'set "/a b" 1' "cannot hold ' '"
	says 2 "set /$(printf 'x%.0s' {1..3100}) 1" 'at most 3072 bytes'
	says 1 "set /a '$(printf 'x%.0s' {1..4200})'" '/a'
	says 2 'cat "a\0b"' 'only a value may hold NUL'
	says 3 'cat /local/domian' "did you mean 'domain'"
	says 3 'cd @nobody' 'no such domain'
	says 3 'ls /x*' 'no node matches'
	says 2 'cd @' 'the name of a domain is missing'
	says 2 'exit now' 'is no status'
	xenstore-write /t "$(printf 'a\033[2Jb')"
	[ "$(xvif shell -c 'cat /t; ls /t')" = $'a\\x1b[2Jb\n/t = "a\\x1b[2Jb"' ]
}

# bats test_tags=oxenstored
@test "wait: for what is there, for what comes, not for ever" {
	xvif shell -c 'wait @web01/name =web01; wait /local'
	says 1 'wait --timeout 1 @web01/name =other' 'did not hold within 1 s'
	xvif shell -c 'wait /t =2; set /u done' &
	local pid=$!
	xenstore-write /t 1
	xenstore-write /t 2
	wait_until 10 xenstore-exists /u
	wait $pid
}

# bats test_tags=oxenstored
@test "xenstored gone in the middle: said, and the connection is made anew" {
	local pid
	# what stands there when something is waited for in vain
	tells() { wait_until 10 "$@" || { cat /run/xen/out; return 1; }; }
	mkfifo /run/xen/lines
	xvif shell -k </run/xen/lines >/run/xen/out 2>&1 3>&- &
	pid=$!
	exec 9>/run/xen/lines
	echo 'cat @web01/name' >&9
	tells grep -q web01 /run/xen/out
	kill "$XENSTORED_PID"
	wait_until 10 eval "! kill -0 $XENSTORED_PID"
	echo 'ls' >&9
	tells grep -q 'xenstored' /run/xen/out
	daemon_start "${XENSTORED:-xenstored}" 9>&-
	echo 'set /again yes' >&9
	tells xenstore-exists /again
	exec 9>&-
	wait $pid || true
}

@test "help lists every command, and explains each" {
	local name
	xvif shell -c help >/run/xen/help
	for name in $(sed -n 's/^  \([a-z-]*\)  *[a-z].*/\1/p' /run/xen/help); do
		xvif shell -c "help $name" | grep -q "^usage: .*$name"
	done
	[ "$(sed -n 's/^  \([a-z-]*\)  *[a-z].*/\1/p' /run/xen/help | wc -l)" -gt 35 ]
}

# bats test_tags=oxenstored
@test "load of nodes without a value: made empty, those that are there keep theirs" {
	echo '(node /there (node new (node below v)) (node old))' >/run/xen/dump
	xenstore-write /there/old kept
	xvif shell -c "begin; load /run/xen/dump; commit"
	[ "$(xenstore-read /there/new)" = "" ]
	[ "$(xenstore-read /there/new/below)" = v ]
	[ "$(xenstore-read /there/old)" = kept ]
	xenstore-rm /there/new
	xvif shell -c "load /run/xen/dump"
	[ "$(xenstore-read /there/new/below)" = v ]
}

# bats test_tags=oxenstored
@test "rm, mv, set, perms of what running domains depend on need --force, or a transaction" {
	snapshot >/run/xen/before
	says 1 'rm /local/domain/1/name' "/local/domain/1/name: running domains and Xen's toolstack depend on it"
	[[ "$output" == *"--force does it all the same"* ]]
	says 1 'rm -r /vm' 'depend on it'
	says 1 'cd /local/domain; mv 1 9' '/local/domain/1: running domains'
	says 1 'mv /libxl/1 /t' '/libxl/1: running domains'
	says 1 'set @web01/name x' '/local/domain/1/name: running domains'
	says 1 'perms n0 /vm' '/vm: running domains'
	says 1 'perms -R n0,r7 /local/domain/2' '/local/domain/2: running domains'
	echo '(node /local/domain/1 (node name web77))' >/run/xen/dump.sxp
	says 1 'load /run/xen/dump.sxp' 'depend on what is there'
	snapshot >/run/xen/after
	diff /run/xen/before /run/xen/after
	xvif shell -c 'set /t/a 1; mv /t/a /t/b; rm -r /t; cp /local/domain/1/name /t; rm /t'
	xvif shell --dry-run -c 'rm /local/domain/1/name; mv /local/domain/2 /t; set /local/domain/1/name x'
	# what is so already, and what nobody can depend on yet
	xvif shell -c 'set /local/domain/1/name web01; perms /local/domain/1; set @web01/new 1; rm --force @web01/new'
	snapshot >/run/xen/after
	diff /run/xen/before /run/xen/after
	xvif shell -c 'mv --force /local/domain/1/name /t; rm --force /local/domain/2/name'
	xvif shell -c 'cd /local/domain; set --force 2/vm x; perms --force n0,r7 2/vm; begin; set 0/name x; commit'
	[ "$(xenstore-read /t)" = web01 ]
	[ "$(xenstore-read /local/domain/2/vm /local/domain/0/name)" = $'x\nx' ]
	[ "$(xvif shell -c 'perms /local/domain/2/vm')" = "n0,r7 /local/domain/2/vm" ]
	not xenstore-exists /local/domain/2/name
}
