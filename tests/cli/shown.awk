# SPDX-License-Identifier: GPL-2.0-or-later
# shown.awk - are the rows of "show" true? First input: the states that the
# store was in, by churn; second: for each run, one after the other, "+", then
# its rows as
#	DOMID NAME MAC IP STATE		with TAB between
# and "=" if it was asked for all domains.
#
# A row must be one state of its domain, all of it, and none before that of an
# earlier run. A domain that was there from one run to the next but one may not
# be missing in between.
BEGIN {
	FS = "\t"
	split("initialising init-wait initialised connected closing closed", word, " ")
}

function wrong(why) {
	print FILENAME ":" FNR ": " why ": " $0
	failures++
}

FNR == 1 { file++ }

file == 1 {
	split($0, f, " ")
	n = ++states[f[1]]
	truth[f[1], n] = f[2] == "-" ? "-" : f[2] "\t" f[4] "\t" f[5] "\t" word[f[6]]
	lives[f[1], n] = lives[f[1], n - 1] + (f[2] == "-")
	next
}

/^\+/ {
	run++
	next
}

# of each domain that this run has not, it must have been away since the last sighting
/^=/ {
	whole++
	for (d in position)
		if (last[d] < run)
			missing[d] = 1
	next
}

{
	d = $1
	rows++
	last[d] = run
	row = $2 "\t" $3 "\t" $4 "\t" $5
	for (at = position[d] ? position[d] : 1; at <= states[d] && truth[d, at] != row; at++)
		;
	if (at > states[d]) {
		wrong("was never so, or not in this order")
		next
	}
	if (missing[d] && lives[d, at] == lives[d, position[d]])
		wrong("was there in the run before, too, which did not show it")
	delete missing[d]
	position[d] = at
}

END {
	print run " runs, " rows " rows, " failures + 0 " wrong"
	exit failures > 0 || whole < 3 || rows < 20
}
