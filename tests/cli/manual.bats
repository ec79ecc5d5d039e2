#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# the transcripts of xvif(1) and of README.md are what happens
# bats file_tags=long
load setup
load transcript

source=$BATS_TEST_DIRNAME/../..
page=$XVIF_BUILD/man/xvif.1
[ -e "$page" ] || page=$source/man/xvif.1

# performed FILE: in a fresh host
performed() {
	(
		set +eET
		trap - ERR DEBUG
		perform "$1"
	) >"$1.found"
	same "$1" "$1.found"
}

# the displays of the page that are transcripts, each in a file of its own
of_manual() { # DIRECTORY
	sed 's/\\-/-/g; s/\\&//g; s/\\e/\\/g' "$page" | awk -v dir="$1" '
		/^\.Ss / { name = $0; sub(/^\.Ss /, "", name); gsub(/ /, "-", name) }
		/^\.Ed/ { if (file) close(file); file = "" }
		file { print >file }
		is_first && /^# / && !file { file = dir "/" name; print >file }
		{ is_first = /^\.Bd -literal/ }'
}

# the same of README
of_readme() { # DIRECTORY
	awk -v dir="$1" '
		/^```/ { file = ""; is_first = !is_inside; is_inside = !is_inside; next }
		is_first && /^# / { file = sprintf("%s/%02d", dir, ++n) }
		{ is_first = 0 }
		file { print >file }' "$source/README.md"
}

@test "each example of xvif(1), in a host of its own" {
	local file failed='' n=0
	mkdir /run/xen/examples
	of_manual /run/xen/examples
	for file in /run/xen/examples/*; do
		n=$((n + 1))
		world_stop || true
		setup
		performed "$file" || failed+=" ${file##*/}"
	done
	echo "$n examples; not as they say:$failed"
	[ "$n" = "$(xvif help --manual | grep -A1 '^\.Bd -literal -offset' | grep -c '^# ')" ]
	[ "$n" -ge 24 ]
	[ -z "$failed" ]
}

@test "the transcripts of README.md, one after the other" {
	local file failed='' n=0
	mkdir /run/xen/readme
	of_readme /run/xen/readme
	for file in /run/xen/readme/*; do
		n=$((n + 1))
		performed "$file" || failed+=" ${file##*/}"
	done
	echo "$n transcripts; not as they say:$failed"
	[ "$n" -ge 3 ]
	[ -z "$failed" ]
}

# tests/man/differences compares the manual with the program
@test "each kind of difference in the manual is tried by a test" {
	local kind
	sed -n '/^\.Sh WHAT CAN DIFFER/,/^\.El/s/^\.It Li //p' "$BATS_TEST_DIRNAME/../../man/xvif.1.in" |
		sed 's/ , /\n/g' >/run/xen/kinds
	[ "$(wc -l </run/xen/kinds)" -ge 17 ]
	while read -r kind; do
		grep -q "$kind" "$BATS_TEST_DIRNAME"/*.bats "$BATS_TEST_DIRNAME"/../native/*.bats || { echo "no test of $kind"; return 1; }
	done </run/xen/kinds
}
