#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Completion in zsh: Tab pressed in a terminal
load setup

TERMINAL=(zsh -f -i)
TERMINAL_SETUP="fpath=($TOP/completions \$fpath); autoload -Uz compinit; compinit -D -u; bindkey -e; unsetopt beep promptsp
	say() { printf \"<%s>\" \"\$@\"; echo END; }; PS1=\"ready \"; say setup"
TERMINAL_SETUP=${TERMINAL_SETUP//$'\n'/;}

@test "Tab completes what the shell then reads as that word" {
	odd_guests
	typed 'xvif add-ip we\t' 'xvif show my\t' 'xvif show "my\t' "xvif show 'my\\t" 'xvif show a:\t' \
		'xvif show db01 00:16:3e:00:00:03\t' 'xvif del-ip my\\ guest 2001:db8::b1 2001:\t' \
		'xvif show --color=al\t' 'xvif show --vif=vif2.1 d\t' 'xvif show -o DOMA\t,HOT\t' \
		'xvif del-ip web01 10.0.0.1,\t' 'xvif dump /loc\tdo\t1/devi\tvi' 'xvif sx\tfrom-c\t' \
		'"xvif" show we\t' 'sudo xvif show we\t' >/run/xen/got
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
		<xvif><del-ip><web01><10.0.0.1,10.0.0.2>
		<xvif><dump></local/domain/1/device/vi>
		<xvif><sxp><from-config>
		<xvif><show><web01>
		<sudo><xvif><show><web01>
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

@test "Tab lists what there is, with what is said of it" {
	odd_guests
	shown 'xvif \t\t' >/run/xen/got
	xvif complete -- xvif '' | while IFS=$'\t' read -r word text; do
		grep -qE "^$word +-- $text" /run/xen/got
	done
	shown 'xvif show \t\t' >/run/xen/got
	grep -qE '^web01 +-- domain 1' /run/xen/got
	grep -qE '^a:b +-- domain 12' /run/xen/got
	grep -qE '^my guest +-- domain 11' /run/xen/got
	shown 'xvif show -o DOMAIN,\t' >/run/xen/got
	for column in $(xvif show -o help | grep -vx DOMAIN); do
		grep -qw "$column" /run/xen/got
	done
	shown 'xvif dump /local/domain/1/\t' >/run/xen/got
	grep -q '^attr/* *data/* *device/ *domid *error *name *vm' /run/xen/got
}

@test "the installed file is found" {
	make -C "$XVIF_BUILD" install-dist_zshcompletionDATA zshcompletiondir=/run/xen/site-functions
	TERMINAL_SETUP=${TERMINAL_SETUP//"$TOP/completions"//run/xen/site-functions}
	[ "$(typed 'xvif show we\t')" = '<xvif><show><web01>' ]
	[ "$(typed 'xvif guard obs\tweb01:\t')" = '<xvif><guard><observe><web01:0>' ]
}

@test "silence when xenstored is down, when there is no xvif, and when it is broken" {
	xenstored_dies
	TERMINAL_SETUP="TERM=dumb; $TERMINAL_SETUP"
	[ "$(typed 'xvif show \tx' 'xvif show --col\t')" = $'<xvif><show><x>\n<xvif><show><--color>' ]
	broken_xvif
	shown 'xvif sho\t\t' >/run/xen/got
	run ! grep -i 'not found' /run/xen/got
	TERMINAL_SETUP="path=(/usr/bin /bin); $TERMINAL_SETUP"
	shown 'xvif sho\t\t' >/run/xen/got
	run ! grep -i 'not found' /run/xen/got
}
