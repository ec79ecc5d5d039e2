#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# CONTRIBUTING.md: what it says of adding a command is done, word by word, to a copy of the tree
load ../cli/setup
load ../cli/transcript

source=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)

# part KIND N: the N-th block that begins with ```KIND below "Add a command"
part() {
	sed -n '/^## Add a command/,/^## Add a family/p' "$source/CONTRIBUTING.md" |
		awk -v begin="\`\`\`$1" -v wanted="$2" '
			inside && /^```/ { inside = other = 0; next }
			other && /^```/ { other = 0; next }
			inside { if (n == wanted) print; next }
			other { next }
			$0 == begin { n++; inside = 1; next }
			/^```/ { other = 1 }'
}

# copy DIRECTORY: the sources, without what was built in them
copy() {
	tar -C "$source" --exclude=.git --exclude='./build*' --exclude=autom4te.cache --exclude=config.status \
		--exclude='*.o' --exclude='*.lo' --exclude='*.tar.xz' --exclude=man/xvif.1 -cf - . | tar -C "$1" -xf -
}

@test "a command in one file and one word: help, completion, manual, shell, and what it does" {
	local tree=$BATS_TEST_TMPDIR/tree
	mkdir "$tree"
	copy "$tree"
	part c 1 >"$tree/src/commands/total.c"
	[ "$(wc -l <"$tree/src/commands/total.c")" -gt 20 ]
	[ "$(wc -l <"$tree/src/commands/total.c")" -lt 40 ]
	(cd "$tree" && part sh 1 >walk && bash -e walk) >"$BATS_TEST_TMPDIR/log" 2>&1 || {
		tail -n 30 "$BATS_TEST_TMPDIR/log"
		false
	}
	[ "$(diff "$source/Makefile.am" "$tree/Makefile.am" | grep -c '^>')" = 1 ]

	part '' 1 >"$BATS_TEST_TMPDIR/transcript"
	[ "$(grep -c '^# ' "$BATS_TEST_TMPDIR/transcript")" -gt 5 ]
	(
		set +eET
		trap - ERR DEBUG
		PATH=$tree/build/.libs:$PATH LD_LIBRARY_PATH=$tree/build/.libs perform "$BATS_TEST_TMPDIR/transcript"
	) >"$BATS_TEST_TMPDIR/found"
	same "$BATS_TEST_TMPDIR/transcript" "$BATS_TEST_TMPDIR/found"

	grep -qx '\.Ss total' "$tree/build/man/xvif.1"
	(cd "$tree/build" && srcdir=.. builddir=. ../tests/man/xvif-help)
	(cd "$tree" && srcdir=. tests/layers)
}
