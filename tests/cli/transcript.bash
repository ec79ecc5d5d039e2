# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# transcript.bash - transcripts in the documentation, performed. A line "# COMMAND" is typed, the
# lines up to the next are what it prints. What differs each time: a time is any time, and "..." in
# a line stands for what was left out there.

# perform FILE: types its commands into one shell, prints them and what they print. A command with
# "&" behind it goes on once it has said something; the rest comes when "wait" is typed.
perform() {
	local line work status=0
	work=$(mktemp -d /run/xen/transcript.XXXXXX)
	: >"$work.background"
	cd "$work" || return
	while IFS= read -r line <&4; do
		[[ $line == '# '* ]] || continue
		printf '%s\n' "$line"
		case $line in
		*' &')
			eval "${line#\# }" >"$work.background" 2>&1 </dev/null 3>&- 4>&-
			wait_until 10 test -s "$work.background"
			cp "$work.background" "$work.seen"
			cat "$work.seen"
			;;
		'# wait')
			wait
			tail -c "+$(($(stat -c %s "$work.seen") + 1))" "$work.background"
			;;
		*)
			(exit "$status")	# for "echo $?"
			eval "${line#\# }" 2>&1 </dev/null 3>&- 4>&-
			status=$?
			;;
		esac
	done 4<"$1"
	return 0
}

masked() {
	sed -E 's/[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}Z?/TIME/g; s/ +$//'
}

# same EXPECTED FOUND: line by line, or prints the difference
same() {
	local expected found
	exec 5< <(masked <"$1") 6< <(masked <"$2")
	while true; do
		IFS= read -r expected <&5 || expected='(end)'
		IFS= read -r found <&6 || found='(end)'
		expected=${expected//\\/\\\\}
		expected=${expected//\[/\\[}
		expected=${expected//\*/\\*}
		expected=${expected//\?/\\?}
		# shellcheck disable=SC2053
		if [[ $found != ${expected//.../*} ]]; then
			diff -u "$1" "$2"
			return 1
		fi
		[ "$expected" != '(end)' ] || return 0
	done
}
