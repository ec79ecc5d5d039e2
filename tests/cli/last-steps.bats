#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# the last step of whatever is written can fail, too: it is told, in one line, with the status that is due
load setup

# at PATH CALL=ERROR COMMAND...: runs it; its calls for PATH fail; true if one was made
at() {
	local path=$1 call=${2%=*} error=${2#*=}
	shift 2
	run strace -f -o /run/xen/trace -P "$path" -e trace="$call" -e inject="$call:error=$error" "$@"
	echo "status $status: $output"
	grep -q INJECTED /run/xen/trace
}

config() {
	mkdir -p /run/xen/site
	cat >/run/xen/site/web01.cfg <<-'END'
	name = "web01"
	vif = [ 'mac=00:16:3e:00:00:01, script=vif-route, ip=10.0.0.1 10.0.0.2' ]
	END
}

@test "a result that its file system takes back when it is closed" {
	at /run/xen/shown close=EDQUOT bash -c 'exec xvif show >/run/xen/shown'
	[ "$status" = 1 ]
	[ "$output" = "xvif: cannot write the result: Disk quota exceeded" ]
	at /run/xen/shown close=EDQUOT bash -c 'exec xvif add-ip web01 10.0.0.5 >/run/xen/shown'
	[ "$status" = 0 ]
	[ "$output" = "xvif: cannot write the result: Disk quota exceeded" ]
}

@test "locks that cannot be written, or taken, change nothing" {
	mkdir -p /run/xvif
	mount -t tmpfs -o size=4k none /run/xvif
	head -c 4096 /dev/zero >/run/xvif/full || true
	refused 1 "cannot write the lock '/run/xvif/vif-1.0.lock': No space left on device" xvif add-ip web01 10.0.0.5
	umount /run/xvif
	snapshot >/run/xen/before
	at /run/xvif/vif-1.0.lock flock=ENOLCK xvif add-ip --timeout 5 web01 10.0.0.5
	snapshot >/run/xen/after
	[ "$status" = 1 ]
	[ "$output" = "xvif: cannot take the lock '/run/xvif/vif-1.0.lock': No locks available" ]
	diff /run/xen/before /run/xen/after
}

@test "a stored configuration or a configuration file that is not on the disk" {
	snapshot >/run/xen/before
	at /var/lib/xen/userdata-n.1.$(uuid_of 1).libxl-json close=EDQUOT xvif add-ip web01 10.0.0.5
	snapshot >/run/xen/after
	[ "$status" != 0 ]
	[[ "$output" == *"Disk quota exceeded"* ]]
	diff /run/xen/before /run/xen/after
	config
	cp /run/xen/site/web01.cfg /run/xen/web01.cfg
	at /run/xen/site fsync=EIO xvif add-ip --config=/run/xen/site/web01.cfg web01 10.0.0.5
	[[ "$output" == *"/run/xen/site/web01.cfg: is written, but may not be on the disk: Input/output error"* ]]
	grep -q 10.0.0.5 /run/xen/site/web01.cfg
	# the old one is kept where one of its own is made beside it
	diff "/var/lib/xvif/backup/run/xen/site/web01.cfg" /run/xen/web01.cfg
	# file systems that know no such thing
	at /run/xen/site fsync=EINVAL xvif add-ip --config=/run/xen/site/web01.cfg web01 10.0.0.6
	[ "$status" = 0 ]
	[[ "$output" != *"disk"* ]]
}

@test "an edit that is not in the log says so; a host without a log keeps none" {
	run xvif add-ip web01 10.0.0.5
	[ "$status" = 0 ]
	[ "$output" = "web01 vif 0: 10.0.0.1 10.0.0.2 +10.0.0.5" ]
	# a /dev of its own, with a log that nobody reads
	mkdir /run/xen/dev
	run unshare -m bash -ec 'mount --rbind /dev /run/xen/dev; mount -t tmpfs none /dev
		ln -s /run/xen/dev/* /dev; : >/run/xen/no-log; ln -s /run/xen/no-log /dev/log
		exec xvif del-ip web01 10.0.0.5'
	echo "$output"
	[ "$status" = 0 ]
	[ "${lines[0]}" = "xvif: web01 vif 0: this edit is not in the log of this host: /dev/log: Connection refused" ]
	[ "${#lines[@]}" = 2 ]
}
