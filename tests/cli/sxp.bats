#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# xvif sxp: documents of S-expressions; needs no xenstored

setup() {
	PATH=$XVIF_BUILD:$PATH
	cd "$BATS_TEST_TMPDIR" || exit 1
	cat >web.sxp <<-'END'
	# as xm list -l printed it
	(domain (name web01)   # the name
	    (device (vif (mac 00:16:3e:01:23:45) (ip "10.0.0.1 10.0.0.2")))
	    (device (vif (mac 00:16:3e:01:23:46))))
	END
}

@test "fmt: indented, comments kept; --compact as xend; several files" {
	run xvif sxp fmt --compact web.sxp web.sxp
	[ "$status" = 0 ]
	[ "${#lines[@]}" = 2 ]
	[ "${lines[0]}" = "(domain (name web01) (device (vif (mac 00:16:3e:01:23:45) (ip '10.0.0.1 10.0.0.2'))) (device (vif (mac 00:16:3e:01:23:46))))" ]
	run xvif sxp fmt <web.sxp
	[[ "$output" == *"# as xm list -l printed it"* ]]
	[[ "$output" == *"# the name"* ]]
	xvif sxp fmt web.sxp | xvif sxp fmt --check
	[ "$(xvif sxp fmt web.sxp | xvif sxp fmt --compact)" = "$(xvif sxp fmt --compact web.sxp)" ]
}

@test "fmt --check and --in-place" {
	run xvif sxp fmt --check web.sxp
	[ "$status" = 6 ]
	[ "$output" = "web.sxp: is formatted otherwise" ]
	chmod 640 web.sxp
	ln -s web.sxp link.sxp
	xvif sxp fmt --in-place link.sxp
	[ -L link.sxp ]
	[ "$(stat -c %a web.sxp)" = 640 ]
	xvif sxp fmt --check web.sxp
	[ "$(ls)" = $'link.sxp\nweb.sxp' ]
	run xvif sxp fmt --in-place
	[ "$status" = 2 ]
}

@test "fmt of what is not well-formed: an error with its place, nothing printed, file untouched" {
	printf '(a (b c)\n  (d\n' >bad.sxp
	run xvif sxp fmt --in-place bad.sxp
	[ "$status" = 1 ]
	[ "$output" = "xvif: bad.sxp:3:1: end of text, expected ')': list opened at line 2, column 3 is not closed" ]
	[ "$(cat bad.sxp)" = $'(a (b c)\n  (d' ]
	run xvif sxp fmt --recover --compact bad.sxp
	[ "$status" = 0 ]
	[ "${lines[-1]}" = "(a (b c) (d))" ]
}

@test "check: a line for each defect, exit status 6" {
	run xvif sxp check web.sxp
	[ "$status" = 0 ]
	[ -z "$output" ]
	printf "(a))\n'b\\\\400'\n(" >bad.sxp
	run xvif sxp check web.sxp bad.sxp
	[ "$status" = 6 ]
	[ "${#lines[@]}" = 3 ]
	[[ "${lines[0]}" == "bad.sxp:1:4: "* ]]
	[[ "${lines[1]}" == "bad.sxp:2:3: "* ]]
	[[ "${lines[2]}" == "bad.sxp:3:2: "* ]]
	run xvif sxp check - <bad.sxp
	[[ "${lines[0]}" == "-:1:4: "* ]]
	run xvif sxp check nosuch.sxp
	[ "$status" = 1 ]
}

@test "get: paths, --raw, nothing there" {
	[ "$(xvif sxp get 'domain/device/vif[mac=00:16:3e:01:23:45]/ip' web.sxp)" = "(ip '10.0.0.1 10.0.0.2')" ]
	[ "$(xvif sxp get --raw domain/device/vif/ip web.sxp)" = "10.0.0.1 10.0.0.2" ]
	[ "$(xvif sxp get domain/device/vif/mac web.sxp | wc -l)" = 2 ]
	[ "$(xvif sxp get -r 'domain/device[2]/vif/mac' web.sxp)" = 00:16:3e:01:23:46 ]
	run xvif sxp get domain/nosuch web.sxp
	[ "$status" = 3 ]
	run xvif sxp get 'domain/[' web.sxp
	[ "$status" = 2 ]
	[[ "$output" == *"character"* ]]
}

@test "set and del change the bytes concerned, no others" {
	xvif sxp set 'domain/device/vif[mac=00:16:3e:01:23:45]/ip' '10.0.0.1 10.0.0.5' web.sxp >new.sxp
	[ "$(diff web.sxp new.sxp | grep -c '^<')" = 1 ]
	grep -q "10.0.0.1 10.0.0.5" new.sxp
	[ "$(sed 's/10.0.0.1 10.0.0.5/10.0.0.1 10.0.0.2/' new.sxp | tr \" \')" = "$(tr \" \' <web.sxp)" ]
	xvif sxp set --expr domain/name "web02" --in-place web.sxp
	grep -q '(name web02)   # the name' web.sxp
	xvif sxp del domain/device/vif/ip web.sxp | xvif sxp get domain/device/vif >got
	[ "$(cat got)" = $'(vif (mac 00:16:3e:01:23:45))\n(vif (mac 00:16:3e:01:23:46))' ]
	run xvif sxp set domain/nosuch 1 web.sxp
	[ "$status" = 3 ]
	run xvif sxp set --expr domain/name "(" web.sxp
	[ "$status" = 2 ]
}

@test "JSON there and back, bytes and all" {
	printf "(a '' 'b c' \"\\\\x00\\\\xff\" (d) ())\n" >odd.sxp
	xvif sxp to-json odd.sxp >odd.json
	jq -e . odd.json
	[ "$(xvif sxp from-json odd.json)" = "(a '' 'b c' '\\x00\\xff' (d) ())" ]
	[ "$(xvif sxp to-json web.sxp | xvif sxp from-json)" = "$(xvif sxp fmt --compact web.sxp)" ]
	[ "$(echo '{"n":[1,2.50,true,null],"o":{"p":"q"}}' | xvif sxp from-json)" = "((n (1 2.50 true ())) (o ((p q))))" ]
	run xvif sxp from-json <<<'{"a":'
	[ "$status" = 2 ]
	[[ "$output" == "xvif: -:2:1: "* ]]
}

@test "JSON: numbers stay as they are written, several values, nothing, what cannot be held" {
	local n='[0,-0,1e999,0.10,9223372036854775808,18446744073709551616,-9223372036854775809,123456789012345678901234567890]'
	[ "$(xvif sxp from-json <<<"$n" | tr ' ' ,)" = "(${n:1:-1})" ]
	[ "$(printf 123456789012345678901234567890 | xvif sxp from-json)" = 123456789012345678901234567890 ]
	printf "(a (b c))\n'x y' () (d)\n" >several.sxp
	[ "$(xvif sxp to-json several.sxp | xvif sxp from-json)" = "$(xvif sxp fmt --compact several.sxp)" ]
	[ -z "$(xvif sxp from-json </dev/null)" ]
	run xvif sxp from-json <<<'{"b":1,"a\u0000b":2}'
	[ "$status" = 2 ]
	[ "$output" = "xvif: -:1:10: the name of a member holds NUL" ]
	run xvif sxp from-json <<<'["\ud83d\ude00","\ud83d"]'
	[ "$status" = 2 ]
	[[ "$output" == "xvif: -:1:18: half of a surrogate pair"* ]]
	run xvif sxp from-json <<<'[{"a":1},{"b":{"a":":"},"a":"\"a\":",  "\u0061" :2,"a":3}]'
	[ "$status" = 2 ]
	[ "$output" = 'xvif: -:1:40: "\u0061" occurs twice in one object' ]
	[ "$(xvif sxp from-json <<<'[{"hex":"41"},{"a":1},{"a":1}] {"a":{"a":"{"},"b":{"a":"}"}}')" = "(A ((a 1)) ((a 1)))"$'\n'"((a ((a '{'))) (b ((a '}'))))" ]
	run xvif sxp from-json <<<'{"hex":"41","hex":"42"}'
	[ "$status" = 2 ]
	run xvif sxp from-json <<<'[12345678901234567890'
	[ "$status" = 2 ]
	[[ "$output" == "xvif: -:2:1: unexpected end"* ]]
	run xvif sxp from-json <<<'{12345678901234567890: 1}'
	[ "$status" = 2 ]
	run xvif sxp from-json <<<'[1] ,'
	[ "$status" = 2 ]
	[[ "$output" == "xvif: -:1:5: "* ]]
}

@test "long input and output say on a terminal how far they are" {
	yes '(name web01)' | head -c 39000000 >long.sxp
	run script -qec "xvif sxp fmt --compact long.sxp >out.sxp" /dev/null
	[ "$status" = 0 ]
	[[ "$output" == *"printing: 16 MiB"* ]]
	cmp long.sxp out.sxp
	run script -qec "cat long.sxp | xvif sxp check" /dev/null
	[ "$status" = 0 ]
	[[ "$output" == *"reading: 16 MiB"* ]]
}

@test "a reader that goes is no failure to speak of" {
	local command
	{ echo '(node /'; seq -f '(node n%g 1)' 20000; echo ')'; } >/run/xen/big
	for command in 'sxp fmt' 'sxp get node/node' 'dump --store' 'dump -J --store'; do
		run bash -c "xvif $command /run/xen/big 2>/run/xen/error | head -n 1 >/dev/null; exit \${PIPESTATUS[0]}"
		[ "$status" = 1 ]
		cat /run/xen/error
		[ ! -s /run/xen/error ]
	done
}

@test "a file that is cut short while its contents are in use" {
	yes '(name web01)' | head -n 100000 >cut.sxp
	(xvif sxp fmt --compact cut.sxp; echo $? >status) | { read -r line; : >cut.sxp; echo "$line"; cat; } >out.sxp
	[ "$(cat status)" = 0 ]
	[ "$(wc -l <out.sxp)" = 100000 ]
}

@test "more than can be read is refused, before it is read if it is a file" {
	local trace=(strace -f -qq -o trace -e trace=read,mmap -e signal=none)
	echo '(a)' >short.sxp
	"${trace[@]}" -P "$PWD/short.sxp" xvif sxp check short.sxp
	grep -q 'read(' trace
	truncate -s 3G long.sxp
	run "${trace[@]}" -P "$PWD/long.sxp" xvif sxp check long.sxp
	echo "$output"
	[ "$status" = 1 ]
	[ ! -s trace ] || { cat trace; return 1; }
	[ "$output" = "xvif: long.sxp: longer than 2147483391 bytes, the most that can be read" ]
	[ -z "$(truncate -s 0 long.sxp; xvif sxp fmt long.sxp)" ]
}

@test "the configuration of a domain" {
	echo "vif=['ip=10.0.0.1 10.0.0.2, mac=00:16:3e:01:23:45']" >web.cfg
	[ "$(xvif sxp from-config web.cfg)" = "(device (vif (ip '10.0.0.1 10.0.0.2') (mac 00:16:3e:01:23:45)))" ]
	cat >>web.cfg <<-'END'
	# comment = 1
	name = "web01"; memory = 512
	disk = [ 'phy:/dev/vg/web01,xvda,w',
	         "format=raw, vdev=xvdb, access=ro" ]
	vif += [ 'bridge=xenbr0' ]
	cpus = [ "1", [ "2", "3" ] ]
	END
	[ "$(xvif sxp from-config --all web.cfg)" = "(domain (device (vif (ip '10.0.0.1 10.0.0.2') (mac 00:16:3e:01:23:45))) (device (vif (bridge xenbr0))) (name web01) (memory 512) (device (disk phy:/dev/vg/web01 xvda w)) (device (disk (format raw) (vdev xvdb) (access ro))) (cpus 1 (2 3)))" ]
	run xvif sxp from-config - <<<"vif = [ 'a' "
	[ "$status" = 2 ]
	[[ "$output" == "xvif: -:"* ]]
}
