# SPDX-License-Identifier: GPL-2.0-or-later
# churn.awk - are the lines of "watch -J" true? First input: the states that
# the store was in, by churn; second: the changes as
#	DOMID NODE NAME KEY=VALUE...		with TAB between
#
# Allowed is only this: what a line says was before is what the lines up to
# then say; what it says is now was so, together with the name that it gives
# the domain, in a state not before the one that the last line was about. At
# the end the lines add up to the last state.
BEGIN {
	FS = "\t"
	split("initialising init-wait initialised connected closing closed", word, " ")
	number = split("name uuid mac ip state", nodes, " ")
}

function wrong(why) {
	print FILENAME ":" FNR ": " why ": " $0
	failures++
}

FNR == 1 { file++ }

file == 1 {
	split($0, f, " ")
	i = f[1] SUBSEP (++states[f[1]])
	there[i] = f[2] != "-"
	truth[i, "name"] = f[2]
	truth[i, "uuid"] = f[3]
	truth[i, "mac"] = f[4]
	truth[i, "ip"] = f[5]
	truth[i, "state"] = word[f[6]]
	next
}

{
	d = $1
	if (!(d in states)) {
		wrong("of another domain")
		next
	}
	lines++
	delete is
	for (i = 4; i <= NF; i++) {
		n = index($i, "=")
		is[substr($i, 1, n - 1)] = substr($i, n + 1)
	}
	for (at = position[d] ? position[d] : 1; at <= states[d]; at++)
		if (fits(d SUBSEP at))
			break
	if (at > states[d]) {
		wrong("was never so, or not in this order")
		next
	}
	position[d] = at
	check_before()
}

function fits(state,    k) {
	if ($2 == "vanished")
		return !there[state]
	if (!there[state] || truth[state, "name"] != $3)
		return 0
	if ($2 != "appeared")
		return truth[state, $2] == is["after"]
	return truth[state, "mac"] == is["mac"] && truth[state, "ip"] == is["ip"] &&
		truth[state, "state"] == is["state"]
}

function check_before(    k) {
	if ($2 == "appeared") {
		if (seen[d])
			wrong("was there already")
		seen[d] = 1
		for (k in is)
			known[d, k] = is[k]
		known[d, "name"] = $3
		known[d, "uuid"] = truth[d, at, "uuid"]
		return
	}
	if (!seen[d])
		wrong("was not there")
	if ($2 == "vanished") {
		for (k in is)
			if (known[d, k] != is[k])
				wrong(k " was " known[d, k])
		if (known[d, "name"] != $3)
			wrong("the name was " known[d, "name"])
		seen[d] = 0
		return
	}
	if (known[d, $2] != is["before"])
		wrong("was " known[d, $2])
	if (is["before"] == is["after"])
		wrong("no change")
	known[d, $2] = is["after"]
}

END {
	for (d in states) {
		if (!seen[d] && ++failures)
			print "domain " d " is missing at the end"
		for (k = 1; k <= number; k++)
			if (known[d, nodes[k]] != truth[d, states[d], nodes[k]] && ++failures)
				print "domain " d ": " nodes[k] " is " truth[d, states[d], nodes[k]] ", not " known[d, nodes[k]]
		total += states[d]
	}
	print lines " lines of " total " states, " failures + 0 " wrong"
	exit failures > 0 || lines < 10
}
