#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# xvif complete, each time against another way to know what there is
load setup

# same WORD...: the candidates for the last one are the lines of stdin, in any order
same() {
	diff <(sort) <(offered "$@" | sort)
}

options_in_help() {
	"$@" | sed -n 's/^  \(-.,\|   \) \(--[a-z-]*\).*/\2/p'
}

@test "commands, and their subcommands" {
	xvif help | sed -n '/^  [a-z]/s/^  \([a-z-]*\) .*/\1/p' | same ''
	xvif help sxp | sed -n '/^commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p' | same sxp ''
	printf '%s\n' set-ips shell show sxp | same s
	printf '%s\n' set-ips shell show sxp | same help s
	[ "$(xvif complete -- xvif sho)" = "show	list vifs with their addresses" ]
}

@test "the options that a command takes and was not given" {
	local command everywhere
	everywhere=$(options_in_help xvif help | grep -vE '^--(output|noheadings|raw)$')
	for command in $(offered ''); do
		[ "$command" != sxp ] || continue
		{ echo "$everywhere"; options_in_help xvif help "$command"; } | sort -u | same "$command" --
	done
	for command in $(offered sxp ''); do
		{ echo "$everywhere"; options_in_help xvif help sxp "$command"; } | sort -u | same sxp "$command" --
	done
	echo --verbose | same show --verb
	[ -z "$(offered show --verbose web01 --verb)" ]
}

@test "columns, one by one and in lists" {
	xvif show -o help | same show -o ''
	xvif show -o help | tr '[:upper:]' '[:lower:]' | grep ^b | same show --output b
	xvif show -o help | grep -v DOMID | sed 's/^/-oDOMID,/' | same show -oDOMID,
	[ "$(offered complete -o '')" = '' ]
}

@test "domains by their names" {
	odd_guests
	xvif show -J | jq -r '.vifs[].domain' | sort -u | same add-ip ''
	[ "$(xvif complete -- xvif check we)" = "web01	domain 1" ]
	[ "$(xvif complete -- xvif check Dom)" = "Domain-0	domain 0" ]
	[ "$(xvif complete -- xvif check 1 | sort)" = "1	web01
11	my guest
12	a:b" ]
}

@test "domains by their domids where the name would not do, and never a control byte" {
	local word
	domain_create 21 db01
	domain_create 22 77
	domain_create 23 renamed
	xenstore-write -- /local/domain/23/name --force
	domain_create 24 "$(printf 'we\033[2Jb')"
	domain_create 25 "$(printf 'two\nlines')"
	domain_create 26 "$(printf 'caf\303\251')"
	domain_create 27 "$(printf 'caf\351')"
	xenstore-write /local/domain/28/domid 28
	xenstore-rm /local/domain/1/name
	printf '%s\n' 1 2 21 22 23 24 25 $'caf\303\251' 27 >/run/xen/wanted
	same show '' </run/xen/wanted
	while read -r word; do
		xvif show "$word"
	done </run/xen/wanted
	[ "$(xvif complete -- xvif show 24)" = 24 ]
	[ -z "$(xvif complete -- xvif show '' | LC_ALL=C grep $'[\x01-\x08\x0b-\x1f\x7f]')" ]
}

@test "vifs by devid, link and MAC" {
	xenstore-write /local/domain/0/backend/vif/2/1/vifname fast0 /libxl/2/device/vif/1/vifname fast0
	xvif show -nro VIF,LINK,MAC db01 | tr ' ' '\n' | same show db01 ''
	xvif show -nro VIF,LINK,MAC db01 | tr ' ' '\n' | same add-ip db01 --vif ''
	xvif show -nro LINK db01 | grep f | sed 's/^/--vif=/' | grep '=f' | same del-ip --vif=0 db01 --vif=f
	echo 00:16:3E:00:00:03 | same show 2 00:16:3E:00:00:03
	[ -z "$(offered show --vif '')" ]
	[ -z "$(offered show nobody '')" ]
	[ -z "$(offered show web01 0 '')" ]
}

@test "what guard does, with whom" {
	odd_guests
	{ offered show ''; printf '%s\n' status on observe off confirm restore clear; } | same guard ''
	[ "$(xvif complete -- xvif guard o | grep -v ' domain')" = "on	drop what is not allowed
observe	count what is not allowed, and let it pass
off	check nothing" ]
	offered show '' | same guard off ''
	[ "$(xvif complete -- xvif guard off db01: | sort)" = "db01:0	vif2.0 10.0.1.1
db01:1	vif2.1" ]
	[ "$(offered guard a:)" = a:b ]
	[ "$(offered guard off a:b:)" = a:b:0 ]
	[ -z "$(offered guard off nobody:)" ]
	[ -z "$(offered guard web01 '')" ]
	[ -z "$(offered guard off web01 '')" ]
	[ "$(offered guard on --conf)" = --confirm ]
	offered show '' | same guard on --confirm 60 ''
}

@test "addresses that the vif has and the line does not" {
	xenstore-write /local/domain/0/backend/vif/2/0/ip '10.0.1.1 10.0.1.2 rubbish 2001:db8::5'
	xenstore-read /local/domain/0/backend/vif/2/0/ip | tr ' ' '\n' | grep -v rubbish | same del-ip db01 ''
	printf '%s\n' 10.0.1.2 2001:db8::5 | same set-ips db01 10.0.1.1 --vif 0 ''
	printf '%s\n' 10.0.1.2,10.0.1.1 10.0.1.2,2001:db8::5 | same del-ip db01 10.0.1.2,
	echo '10.0.1.2 10.0.1.1' | same del-ip db01 '10.0.1.2 1'
	[ -z "$(offered del-ip db01 2001:DB8::5 2)" ]
	[ -z "$(offered del-ip db01 --vif 1 '')" ]
	[ -z "$(offered add-ip db01 '')" ]
}

# bats test_tags=oxenstored
@test "nodes, and a / behind those that have others below them" {
	local node
	[ "$(offered dump '')" = / ]
	for node in /local/domain/1 /local/domain/1/device/vif/0; do
		xenstore-list "$node" | while read -r name; do
			[ -z "$(xenstore-list "$node/$name")" ] && echo "$node/$name" || echo "$node/$name/"
		done | same dump "$node/"
	done
	[ "$(offered dump /local/domain/1/devi)" = /local/domain/1/device/ ]
	[ -z "$(offered dump /none/)" ]
	[ -z "$(offered dump //)" ]
	xvif complete --marked -- xvif dump /local/domain/1/ | grep -qx '+/local/domain/1/device/'
	xvif complete --marked -- xvif dump /local/domain/1/ | grep -qx ' /local/domain/1/name'
}

# bats test_tags=oxenstored
@test "one of very many nodes is followed by its /" {
	seq -f '/big/n%.0f/x' 1 2000 | sed 's/$/\nv/' | tr '\n' '\0' | xargs -0 -n 400 xenstore-write
	seq -f '/big/n%.0f' 1 2000 | same dump /big/
	[ "$(offered dump /big/n2000)" = /big/n2000/ ]
}

@test "files, where a command takes them" {
	mkdir -p "$HOME/d/sub"
	cd "$HOME/d"
	touch a.sxp 'a b' .hidden
	printf '%s\n' a.sxp 'a b' sub/ | same sxp fmt ''
	printf '%s\n' a.sxp 'a b' | same sxp get x a
	printf '%s\n' ../ ./ .hidden | same sxp fmt .
	echo --config=../d/sub/ | same add-ip web01 --config=../d/s
	[ "$(xvif complete --marked -- xvif sxp fmt '')" = '*0' ]
	[ "$(xvif complete --marked -- xvif add-ip web01 --config=../d/s)" = '*9' ]
	[ -z "$(offered sxp get '')" ]
}

@test "what a dump has, where the command reads a dump" {
	xvif dump /local/domain/1 >/run/xen/dump
	domain_create 21 new
	xenstore-write /local/domain/1/name else
	echo web01 | same show --store /run/xen/dump ''
	mkfifo /run/xen/dump-fifo
	for file in - /dev/zero /run/xen/dump-fifo; do
		run timeout 20 xvif complete -- xvif show --store "$file" '' </dev/zero
		[ "$status" = 0 ]
		[ -z "$output" ]
	done
}

# Nothing on either stream and status 0, for what needs the store; the rest as ever.
silent() {
	local words
	for words in 'show ' 'show web01 ' 'del-ip web01 ' 'del-ip web01 --vif ' 'dump /'; do
		IFS=' ' read -ra words <<<"$words."
		run timeout 20 "$@" complete -- xvif "${words[@]:0:${#words[@]}-1}" "${words[-1]%.}"
		echo "${words[*]}: $status $output"
		[ "$status" = 0 ]
		[ -z "$output" ]
	done
	[ "$("$@" complete -- xvif show --col | cut -f 1)" = --color ]
}

# bats test_tags=oxenstored
@test "silence when xenstored is down" {
	xenstored_dies
	silent xvif
}

# bats test_tags=oxenstored
@test "silence when xenstored does not answer" {
	kill -STOP "$XENSTORED_PID"
	silent xvif
	kill -CONT "$XENSTORED_PID"
}

# bats test_tags=oxenstored
@test "silence when one may not ask xenstored" {
	mkdir -p -m 755 /run/xen/bin
	cp "$(command -v xvif)" "$XVIF_BUILD"/.libs/libsxp.so* /run/xen/bin
	export LD_LIBRARY_PATH=/run/xen/bin
	local as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups /run/xen/bin/xvif)
	run "${as_nobody[@]}" show
	[[ "$output" == *"no permission"* ]]
	silent "${as_nobody[@]}"
}

@test "no words, no command, nothing" {
	for words in '' '--' '-- xvif' '-- xvif nonsense x' '-- xvif --nonsense=x' '-- xvif show web01 --color=x'; do
		# shellcheck disable=SC2086
		run xvif complete $words
		[ "$status" = 0 ]
		[ -z "$output" ]
	done
}
