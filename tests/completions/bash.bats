#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Completion in bash: the function called, and Tab pressed in a terminal
load setup

TERMINAL=(bash --norc --noprofile -i)
SAY='bind "set bell-style none"; PS1="ready "; say() { printf "<%s>" "$@"; echo END; }; say setup'
TERMINAL_SETUP=". $TOP/completions/xvif.bash; $SAY"

# replies LINE: what the function puts in COMPREPLY for a line with the cursor at its end
replies() {
	(
		. "$TOP/completions/xvif.bash"
		compopt() { [ $# = 0 ] || echo "compopt $*" >&3; }
		COMP_WORDBREAKS=$' \t\n"\'><=;|&(:' COMP_LINE=$1 COMP_POINT=${#1}
		_xvif xvif
		[ ${#COMPREPLY[@]} = 0 ] || printf '%s\n' "${COMPREPLY[@]}"
	) 3>/run/xen/compopt
}

@test "the function: domains, vifs, columns, options, nodes are those of xvif complete" {
	odd_guests
	diff <(replies 'xvif ') <(offered '')
	diff <(replies 'xvif show web01 ') <(offered show web01 '')
	diff <(replies 'xvif show -o ') <(offered show -o '')
	diff <(replies 'xvif add-ip --') <(offered add-ip --)
	diff <(replies 'xvif dump /local/domain/') <(offered dump /local/domain/)
	diff <(replies 'xvif show ') <(offered show '' | sed 's/ /\\ /')
}

@test "the function: the parts that readline has of words with colons and equals signs" {
	odd_guests
	[ "$(replies 'xvif show 2 00:16:3e:00:00:0')" = $'02\n03' ]
	[ "$(replies 'xvif show 2 --vif=00:16:3e:00:00:0')" = $'02\n03' ]
	[ "$(replies 'xvif show 2 --vif="00:16:3e:00:00:0')" = $'00:16:3e:00:00:02\n00:16:3e:00:00:03' ]
	[ "$(replies 'xvif del-ip "my guest" 2001:db8::')" = $'b1\nb2' ]
	[ "$(replies 'xvif del-ip my\ guest 10.0.11.1,2001:db8::')" = $'b1\nb2' ]
	[ "$(replies 'xvif show --color=a')" = $'auto\nalways' ]
	[ "$(replies 'xvif show a:')" = b ]
	[ "$(replies 'xvif guard off db01:')" = $'0\n1' ]
	[ "$(replies "xvif show 'a:")" = a:b ]
}

@test "the function: quotes of all kinds" {
	domain_create 21 "a'b\"c\$d\`e\\f g"
	[ "$(replies 'xvif show a')" = "a\\'b\\\"c\\\$d\\\`e\\\\f\\ g" ]
	[ "$(replies 'xvif show "a')" = "a'b\\\"c\\\$d\\\`e\\\\f g" ]
	[ "$(replies "xvif show 'a")" = "a'\\''b\"c\$d\`e\\f g" ]
	[ "$(replies "xvif show a\\'b\\\"c\\\$d")" = "a\\'b\\\"c\\\$d\\\`e\\\\f\\ g" ]
	[ "$(replies 'xvif show "a'"'"'b\"c\$d\`e\\f ')" = "a'b\\\"c\\\$d\\\`e\\\\f g" ]
}

@test "the function: a blank behind a word unless it goes on; files by readline" {
	replies 'xvif show -o DOMA'
	[ "$(cat /run/xen/compopt)" = 'compopt -o nospace' ]
	replies 'xvif dump /local/domain/1/devi'
	[[ "$(cat /run/xen/compopt)" == *nospace* ]]
	replies 'xvif show we'
	[ -z "$(cat /run/xen/compopt)" ]
	[ -z "$(replies 'xvif sxp fmt ')" ]
	[[ "$(cat /run/xen/compopt)" == *default* ]]
	[ -z "$(replies 'xvif show web01 --json > ')" ]
	[[ "$(cat /run/xen/compopt)" == *default* ]]
	[ -z "$(replies 'xvif add-ip web01 10.0.0.')" ]
	[ -z "$(cat /run/xen/compopt)" ]
}

@test "Tab completes what the shell then reads as that word" {
	odd_guests
	typed 'xvif add-ip we\t' 'xvif show my\t' 'xvif show "my\t' "xvif show 'my\\t" 'xvif show a:\t' \
		'xvif show db01 00:16:3e:00:00:03\t' 'xvif del-ip my\\ guest 2001:db8::b1 2001:\t' \
		'xvif show --color=al\t' 'xvif show --vif=vif2.1 d\t' 'xvif show -o DOMA\t,HOT\t' \
		'xvif dump /loc\tdo\t1/devi\t' 'xvif sx\tfrom-c\t' 'xvif show my" g\t' \
		"xvif show 2 --vif='00:16:3e:00:00:03\\t" >/run/xen/got
	diff /run/xen/got - <<-'END'
		<xvif><add-ip><web01>
		<xvif><show><my guest>
		<xvif><show><my guest>
		<xvif><show><my guest>
		<xvif><show><a:b>
		<xvif><show><db01><00:16:3e:00:00:03>
		<xvif><del-ip><my guest><2001:db8::b1><2001:db8::b2>
		<xvif><show><--color=always>
		<xvif><show><--vif=vif2.1><db01>
		<xvif><show><-o><DOMAIN,HOTPLUG>
		<xvif><dump></local/domain/1/device/>
		<xvif><sxp><from-config>
		<xvif><show><my guest>
		<xvif><show><2><--vif=00:16:3e:00:00:03>
	END
}

@test "no name is anything but a word to the shell, in quotes or without" {
	hostile_guests
	typed 'xvif show \\~r\t' 'xvif show "~r\t' "xvif show '~r\\t" 'xvif show \\=\t' 'xvif show "=l\t' 'xvif show it\t' \
		'xvif show "it\t' "xvif show 'it\\t" 'xvif show say\t' 'xvif show "say\t' "xvif show 'say\\t" \
		'xvif show cos\t' 'xvif show "cos\t' "xvif show 'cos\\t" 'xvif show glo\t' 'xvif show new\t' \
		'xvif show "new\t' 'xvif show h\t' "xvif show 'h\\t" 'xvif show "h\t' 'xvif show a\t' 'xvif show br\t' \
		'xvif show x\t' 'xvif show \\#\t' 'xvif show ba\t' 'xvif show "ba\t' 'xvif show tw\tx' >/run/xen/got
	diff /run/xen/got - <<-'END'
		<xvif><show><~root>
		<xvif><show><~root>
		<xvif><show><~root>
		<xvif><show><=ls>
		<xvif><show><=ls>
		<xvif><show><it's>
		<xvif><show><it's>
		<xvif><show><it's>
		<xvif><show><say"so>
		<xvif><show><say"so>
		<xvif><show><say"so>
		<xvif><show><cost$HOME>
		<xvif><show><cost$HOME>
		<xvif><show><cost$HOME>
		<xvif><show><glob*>
		<xvif><show><new`id`>
		<xvif><show><new`id`>
		<xvif><show><h!!x>
		<xvif><show><h!!x>
		<xvif><show><h!!x>
		<xvif><show><a;b&c|d>
		<xvif><show><br{1,2}>
		<xvif><show><x[y]?>
		<xvif><show><#no>
		<xvif><show><ba\ck>
		<xvif><show><ba\ck>
		<xvif><show><twx>
	END
}

@test "Tab completes names of files as the shell does" {
	mkdir -p "$HOME/some folder"
	touch "$HOME/some folder/a b.sxp"
	cd "$HOME"
	typed 'xvif sxp fmt so\ta\t' 'xvif sxp fmt ~/so\ta\t' 'xvif sxp fmt "so\ta\t' \
		'xvif add-ip web01 --config=so\ta\t' 'xvif add-ip --config ~/so\ta\t' >/run/xen/got
	diff /run/xen/got - <<-END
		<xvif><sxp><fmt><some folder/a b.sxp>
		<xvif><sxp><fmt><$HOME/some folder/a b.sxp>
		<xvif><sxp><fmt><some folder/a b.sxp>
		<xvif><add-ip><web01><--config=some folder/a b.sxp>
		<xvif><add-ip><--config><$HOME/some folder/a b.sxp>
	END
}

@test "Tab twice lists what there is; of paths the last step" {
	shown 'xvif show -o \t\t' >/run/xen/got
	for column in $(xvif show -o help); do
		grep -qw "$column" /run/xen/got
	done
	shown 'xvif dump /local/domain/1/\t\t' >/run/xen/got
	grep -q '^attr/* *data/* *device/ *domid *error *name *vm *$' /run/xen/got
	shown 'xvif del-ip web01 \t\t\t' >/run/xen/got
	grep -q '^10.0.0.1 *10.0.0.2 *$' /run/xen/got
}

@test "the package bash-completion loads it when it is first needed" {
	make -C "$XVIF_BUILD" install-nodist_bashcompletionDATA bashcompletiondir=/run/xen/share/bash-completion/completions
	TERMINAL_SETUP="XDG_DATA_DIRS=/run/xen/share; . /usr/share/bash-completion/bash_completion; $SAY"
	odd_guests
	typed 'xvif add-ip we\t' 'xvif show my\t' 'xvif show db01 00:16:3e:00:00:03\t' >/run/xen/got
	diff /run/xen/got - <<-'END'
		<xvif><add-ip><web01>
		<xvif><show><my guest>
		<xvif><show><db01><00:16:3e:00:00:03>
	END
}

@test "silence when xenstored is down, when there is no xvif, and when it is broken" {
	xenstored_dies
	shown 'xvif show \t\t' >/run/xen/got
	diff /run/xen/got <(printf '%s\n' 'xvif show ' 'say ' '<>END' 'ready ')
	broken_xvif
	shown 'xvif sho\t\t' >/run/xen/got
	run ! grep -i 'not found' /run/xen/got
	TERMINAL_SETUP="PATH=/usr/bin:/bin; $TERMINAL_SETUP"
	shown 'xvif sho\t\t' >/run/xen/got
	run ! grep -i 'not found' /run/xen/got
}
