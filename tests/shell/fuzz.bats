#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# random lines: the shell reads on to the last of them. XVIF_FUZZ: another xvif, as
# "make fuzz-shell" builds it, with sanitizers; FUZZ_LINES, FUZZ_SEED: how many, which.
load ../cli/setup

@test "random lines" {
	local xvif=${XVIF_FUZZ:-xvif} status=0 lines=/run/xen/random-lines
	LC_ALL=C awk -v count="${FUZZ_LINES:-1000}" -v seed="${FUZZ_SEED:-$RANDOM}" \
		-f "$BATS_TEST_DIRNAME/random-lines.awk" >$lines
	echo 'abort' >>$lines
	echo 'set /end reached' >>$lines
	"$xvif" shell -k -f $lines </dev/null >/run/xen/out 2>&1 || status=$?
	echo "seed ${FUZZ_SEED:-}: status $status"
	if [ "$status" -gt 6 ] || grep -qE 'ERROR: |runtime error' /run/xen/out; then
		cp $lines "${FUZZ_KEEP:-/run/xen/failed}"
		grep -aE -A 40 'ERROR: |runtime error' /run/xen/out || tail -n 20 /run/xen/out
		false
	fi
	[ "$(xenstore-read /end)" = reached ]
}
