#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# 1 MB of the worst bytes for each reader: what takes time in proportion to the square of it would
# take minutes, and is killed after 20 s of CPU
load setup

SIZE=1000000

# of TEXT: again and again, without newlines but those that it has as \n
of() {
	yes "$(printf '%b.' "$1")" | awk -v ORS= 'BEGIN { RS = "\\.\n" } { print }' | head -c $SIZE
}

# ends COMMAND...: in time, with a result or with one line that says what is wrong
ends() {
	local status=0
	(ulimit -t 20; exec "$@") >/run/xen/out 2>/run/xen/said || status=$?
	echo "$status: $*: $(head -c 200 /run/xen/said)"
	[[ $status == [01236] ]]
}

@test "YAML" {
	local f=/run/xen/worst text
	for text in '[' '{a: ' '- ' '? ' 'a: ' '[a: ' '!a ' '--- a\n' '#' '&a ' '*a ' '%YAML 1.1\n' '? [a]\n' '"\n' "'" '|\n' '\t'; do
		of "$text" >$f
		ends xvif apply --dry-run $f
		[[ $text != '[' ]] || grep -q '1:101: nested too deeply$' /run/xen/said
	done
	{ printf '[%.0s' $(seq 99); of a,; } >$f
	ends xvif apply --dry-run $f
	seq -f '- &a%.0f x' 80000 >$f
	ends xvif apply --dry-run $f
	grep -q ':1001:3: too many anchors$' /run/xen/said
	{ seq -f '%%TAG !a%.0f! x' 60000; echo '--- a'; } >$f
	ends xvif apply --dry-run $f
	grep -q ':101:1: too many directives$' /run/xen/said
	{ echo '- &a x'; yes -- '- *a' | head -n 200000; } >$f
	ends xvif apply --dry-run $f
	seq -f 'a%.0f: x' 100000 >$f
	ends xvif apply --dry-run $f
}

@test "JSON, and dumps in it" {
	local f=/run/xen/worst text
	for text in '[' '{"a":' '1 ' '{}' '[] ' "\"\\\\" '"a" ' '-' '/*' '\xff' '123456789012345678901 ' '{"a":1,"a":2}' '"\\u0000'; do
		of "$text" >$f
		ends xvif sxp from-json $f
		ends xvif apply --dry-run $f
		{ printf '{"path":"/a","value":"b","children":['; cat $f; } >$f.dump
		ends xvif show --store $f.dump
	done
	for text in '-0,' '123456789012345678901,' '"\\u0000",' '[[]],'; do
		{ printf '['; of "$text"; } >$f
		ends xvif sxp from-json $f
	done
	{ printf '{'; seq -s , -f '"a%.0f":1' 80000; printf '}'; } >$f
	ends xvif sxp from-json $f
	{ printf '{"a":2,'; yes '"a":1,' | head -n 150000; printf '"b":1}'; } >$f
	ends xvif sxp from-json $f
	grep -q '"a" occurs twice' /run/xen/said
}

@test "S-expressions, and dumps of them" {
	local f=/run/xen/worst text command
	for text in '(' ')' '(a ' "'" '#' '#\n(' "\\\\" '()' '(a)' "(a 'b" ') (' '"\\0' '\x01' '\xff'; do
		of "$text" >$f
		for command in fmt to-json 'get a/b/c' 'get **/a' 'set a/b c'; do
			# shellcheck disable=SC2086
			ends xvif sxp $command $f
		done
		{ printf '(node /a '; cat $f; } >$f.dump
		ends xvif show --store $f.dump
		head -c 100000 $f >$f.part
		ends xvif sxp fmt --recover $f.part
	done
	{ printf '(%.0s' $(seq 200000); printf ')%.0s' $(seq 200000); } >$f
	ends xvif sxp fmt $f
	{ printf '(node /a '; seq -s ' ' -f '(node a%.0f)' 70000; printf ')'; } >$f
	ends xvif show --store $f
	{ printf '(node /a '; printf '(node a %.0s' $(seq 1500); seq -s ' ' -f '(node a%.0f)' 60000; printf ')%.0s' $(seq 1501); } >$f
	ends xvif show --store $f
}

@test "configurations" {
	local f=/run/xen/worst text
	for text in '[' 'a=[' '#' '"' "'" '\n' '$' '+' 'a' 'a ' '$\n' 'a=\n' '\\\n' 'a=1\n' "a=['b',\n"; do
		of "$text" >$f
		ends xvif sxp from-config $f
	done
	seq -f 'a%.0f=1' 90000 >$f
	ends xvif sxp from-config $f
	grep -q "has more than 5000 settings$" /run/xen/said
	{ echo "vif=['ip=1']"; yes "vif+=['ip=1']" | head -n 4900; } >$f
	ends xvif sxp from-config --all $f
	{ printf "a=["; yes "'b'," | head -n 190000; printf ']\n'; } >$f
	ends xvif sxp from-config --all $f
}

@test "scripts.conf" {
	local f=/etc/xvif/scripts.conf text
	echo true >>/etc/xen/scripts/vif-route
	for text in 'a' ' ' '#' '\n' '/a b c\n' '\t#'; do
		of "$text" >$f
		ends xvif add-ip web01 10.0.0.5
		ends xvif check
	done
	for text in delta cycle; do
		yes "/etc/xen/scripts/vif-route $(printf '0%.0s' {1..64}) $text" | head -c $SIZE >$f
		ends xvif add-ip web01 10.0.0.5
	done
}
