#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Completion in fish, by its own "complete -C"
load setup

# asked LINE: what fish offers at the end of it
asked() {
	fish -c 'complete -C $argv[1]' -- "$1" 3>&-
}

fish_home() {
	mkdir -p "$HOME/.config/fish/completions"
	cp "$TOP/completions/xvif.fish" "$HOME/.config/fish/completions/"
}

@test "what xvif complete says, with what is said of it" {
	fish_home
	odd_guests
	local line
	for line in '' 's' 'show ' 'show web01 ' 'show --' 'show --color=' 'add-ip --hotplug ' 'show -o ' 'show -oDOMAIN,' \
		'del-ip web01 ' 'del-ip web01 10.0.0.1,' 'dump /local/domain/1/' 'help sxp ' 'add-ip web01 ' 'show nobody ' \
		'guard ' 'guard on ' 'guard off db01:' 'guard on --'; do
		IFS=' ' read -ra words <<<"$line."
		diff <(asked "xvif $line" | sort) \
			<(xvif complete -- xvif "${words[@]:0:${#words[@]}-1}" "${words[-1]%.}" | sort)
	done
}

@test "words in quotes, colons, and commands in front" {
	fish_home
	odd_guests
	local line
	for line in 'xvif show my\ gu' 'xvif show "my gu' "xvif show 'my gu" 'xvif show my'; do
		[ "$(asked "$line")" = $'my guest\tdomain 11' ]
	done
	[ "$(asked 'xvif dump "/local/domain/1/na')" = /local/domain/1/name ]
	[ "$(asked "xvif dump '/local/domain/1/na")" = /local/domain/1/name ]
	[ "$(asked 'xvif show a:')" = $'a:b\tdomain 12' ]
	[ "$(asked 'xvif show db01 00:16:3e:00:00:03')" = $'00:16:3e:00:00:03\tvif 1' ]
	[ "$(asked 'xvif del-ip "my guest" 2001:db8::b1 2001:')" = $'2001:db8::b2\tvif 0' ]
	[ "$(asked 'A=1 xvif show we')" = $'web01\tdomain 1' ]
	[ "$(asked 'true; xvif show we')" = $'web01\tdomain 1' ]
	[ "$(asked 'command xvif show we')" = $'web01\tdomain 1' ]
}

@test "no name is anything but a word to the shell" {
	fish_home
	hostile_guests
	local name
	fish -c 'complete --escape -C "xvif show "' 3>&- | cut -f 1 >/run/xen/got
	fish -c 'for word in (cat /run/xen/got); eval "string join0 -- $word" | string split0; end' >/run/xen/read 3>&-
	for name in "${hostile_names[@]}"; do
		[ "$name" = '~root' ] || grep -xF -- "$name" /run/xen/read
	done
	# fish itself would not quote it
	run ! grep root /run/xen/got
	for name in '"~r' "'~r" '\~r'; do
		[ "$(fish -c 'complete --escape -C $argv[1]' -- "xvif show $name" 3>&- | cut -f 1)" = "${name%r}root${name%%[\\~]*}" ]
	done
	[ -z "$(asked 'xvif show tw')" ]
}

@test "names of files as fish completes them" {
	fish_home
	mkdir -p "$HOME/some folder"
	touch "$HOME/some folder/a b.sxp"
	cd "$HOME"
	[ "$(asked 'xvif sxp fmt so')" = 'some folder/' ]
	[ "$(asked 'xvif sxp fmt "some folder/')" = 'some folder/a b.sxp' ]
	[ "$(asked 'xvif sxp fmt ~/so')" = '~/some folder/' ]
	[ "$(asked 'xvif add-ip web01 --config=so')" = '--config=some folder/' ]
	[ "$(asked 'xvif add-ip web01 --config ~/so')" = '~/some folder/' ]
	[ -z "$(asked 'xvif add-ip web01 so')" ]
}

@test "the installed file is found" {
	make -C "$XVIF_BUILD" install-dist_fishcompletionDATA \
		fishcompletiondir=/run/xen/share/fish/vendor_completions.d
	export XDG_DATA_DIRS=/run/xen/share:/usr/share
	[ "$(asked 'xvif show we')" = $'web01\tdomain 1' ]
}

@test "silence when xenstored is down, when there is no xvif, and when it is broken" {
	fish_home
	xenstored_dies
	run asked 'xvif show '
	[ "$status" = 0 ]
	[ -z "$output" ]
	[ "$(asked 'xvif show --col' | cut -f 1)" = --color ]
	PATH=/usr/bin:/bin run asked 'xvif sho'
	[ -z "$output" ]
	broken_xvif
	run asked 'xvif sho'
	[ -z "$output" ]
}
