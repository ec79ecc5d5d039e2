#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# CONTRIBUTING.md: what it says of adding a command, a column, an output format and a family of scripts
# is done, word by word, to a copy of the tree
load ../cli/setup
load ../cli/transcript

source=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)

# part TITLE KIND N: the N-th block that begins with ```KIND below the title
part() {
	awk -v title="## $1" -v begin="\`\`\`$2" -v wanted="$3" '
		/^## / { below = $0 == title }
		!below { next }
		inside && /^```/ { inside = other = 0; next }
		other && /^```/ { other = 0; next }
		inside { if (n == wanted) print; next }
		other { next }
		$0 == begin { n++; inside = 1; next }
		/^```/ { other = 1 }' "$source/CONTRIBUTING.md"
}

# copy DIRECTORY: the sources, without what was built in them
copy() {
	tar -C "$source" --exclude=.git --exclude='./b' --exclude='./build*' --exclude=autom4te.cache \
		--exclude=config.status --exclude='*.o' --exclude='*.lo' --exclude='*.tar.xz' --exclude=man/xvif.1 \
		-cf - . | tar -C "$1" -xf -
}

# log COMMAND: its output only if it fails
log() {
	"$@" >"$BATS_TEST_TMPDIR/log" 2>&1 || {
		tail -n 30 "$BATS_TEST_TMPDIR/log"
		false
	}
}

# do_script TITLE: its commands, in the tree
do_script() {
	part "$1" sh 1 >"$tree/walk"
	(cd "$tree" && log bash -e walk)
}

# add_lines: each line with a + goes behind the line before it, which is there once
add_lines() {
	awk 'FNR == NR {
		if (/^[+]/ && !/^[+][+][+]/)
			new[old] = new[old] substr($0, 2) "\n"
		else if (/^ /)
			old = substr($0, 2)
		next
	}
	{ print }
	$0 in new { printf "%s", new[$0]; n++; delete new[$0] }
	END { exit n != 2 }' "$1" "$2"
}

# tells TITLE: what it shows is what the program built in the tree prints
tells() {
	part "$1" '' 1 >"$BATS_TEST_TMPDIR/transcript"
	[ "$(grep -c '^# ' "$BATS_TEST_TMPDIR/transcript")" -gt 3 ]
	(
		set +eET
		trap - ERR DEBUG
		PATH=$tree/build/.libs:$PATH LD_LIBRARY_PATH=$tree/build/.libs perform "$BATS_TEST_TMPDIR/transcript"
	) >"$BATS_TEST_TMPDIR/found"
	same "$BATS_TEST_TMPDIR/transcript" "$BATS_TEST_TMPDIR/found"
}

added_words() {
	diff "$source/Makefile.am" "$tree/Makefile.am" | grep -c '^>'
}

@test "a command, a column, an output format: the files that are named, help, completion, manual, shell" {
	tree=$BATS_TEST_TMPDIR/tree
	mkdir "$tree"
	copy "$tree"
	part "Add a command" c 1 >"$tree/src/commands/total.c"
	[ "$(wc -l <"$tree/src/commands/total.c")" -gt 20 ]
	[ "$(wc -l <"$tree/src/commands/total.c")" -lt 40 ]
	do_script "Add a command"
	[ "$(added_words)" = 1 ]
	tells "Add a command"
	grep -qx '\.Ss total' "$tree/build/man/xvif.1"

	part "Add a column" diff 1 >"$BATS_TEST_TMPDIR/diff"
	add_lines "$BATS_TEST_TMPDIR/diff" "$tree/src/commands/show.c" >"$BATS_TEST_TMPDIR/show.c"
	cp "$BATS_TEST_TMPDIR/show.c" "$tree/src/commands/show.c"
	part "Add an output format" c 1 >"$tree/src/output/output-csv.c"
	do_script "Add an output format"
	[ "$(added_words)" = 2 ]
	tells "Add an output format"
	tells "Add a column"

	(cd "$tree/build" && srcdir=.. builddir=. ../tests/man/xvif-help)
	(cd "$tree" && srcdir=. tests/layers)
}

# family_part KIND N: the N-th block that begins with ```KIND below "Add a family", without what it is indented by
family_part() {
	sed -n '/^## Add a family/,/^## Style/p' "$source/CONTRIBUTING.md" | awk -v begin="   \`\`\`$1" -v wanted="$2" '
		inside && /^   ```/ { inside = 0; next }
		inside && n == wanted { print substr($0, 4) }
		$0 == begin { n++; inside = 1 }'
}

# build TARGET: of the copy; what the compiler says is in $BATS_TEST_TMPDIR/log
build() {
	make -C "$tree/build" -j2 "$1" >"$BATS_TEST_TMPDIR/log" 2>&1
}

@test "a family of scripts: digests and a row; what lacks a field or swaps two does not build" {
	tree=$BATS_TEST_TMPDIR/tree
	local script=/etc/xen/scripts/vif-site digest row
	sed '/ifconfig/s/.*/ip link set "$dev" up; ip addr replace "$main_ip\/32" dev "$dev"/' /etc/xen/scripts/vif-route >$script
	chmod +x $script
	not cmp -s $script /etc/xen/scripts/vif-route
	xenstore-write /local/domain/0/backend/vif/1/0/script $script
	not xvif add-ip web01 10.0.0.5

	mkdir "$tree"
	copy "$tree"
	digest=$(family_part sh 1 | sed "s|FILE|$script|" | bash | cut -c1-64)
	DIGESTS=$(family_part c 1 | sed "s/DIGEST/$digest/") perl -0pi -e 's/(\n#define STOCK_VIF_ROUTE)/\n$ENV{DIGESTS}\n$1/' \
		"$tree/src/hotplug/stock-digests.h"
	row=$(family_part c 2)
	(cd "$tree" && autoreconf -fi && mkdir -p build && cd build && ../configure --enable-werror) >/dev/null 2>&1
	insert() {
		cp "$source/src/hotplug/family.c" "$tree/src/hotplug/family.c"
		ROW=$1 perl -0pi -e 's/(families\[\] = \{\n)/$1$ENV{ROW}\n/' "$tree/src/hotplug/family.c"
	}

	insert "${row/ HOOKS_CALLED,/}"
	not build src/hotplug/family.lo
	grep -q 'macro "FAMILY" requires 14 arguments, but only 13 given' "$BATS_TEST_TMPDIR/log"
	insert "${row/HOOKS_CALLED, EDIT_BY_SCRIPT/EDIT_BY_SCRIPT, HOOKS_CALLED}"
	not build src/hotplug/family.lo
	grep -q 'Werror=enum-conversion' "$BATS_TEST_TMPDIR/log"

	insert "$row"
	build all || {
		tail -n 30 "$BATS_TEST_TMPDIR/log"
		false
	}
	PATH=$tree/build/.libs:$PATH LD_LIBRARY_PATH=$tree/build/.libs
	[[ "$(command -v xvif)" == "$tree"/* ]]
	xvif doctor scripts | grep "$script is as Xen ships it"
	xvif add-ip web01 10.0.0.5
	xvif show web01 | grep 10.0.0.5
	[ "$(ip -4 route show dev vif1.0 10.0.0.5)" != "" ]
	xvif check
}
