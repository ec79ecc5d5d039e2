# SPDX-License-Identifier: GPL-2.0-or-later
# random-lines.awk -v seed=N -v count=N: lines for the shell, some right, most wrong.
# Nothing in them ends the shell, waits, or lets sh do more than "cat" and "true".

function pick(list,   n, a) {
	n = split(list, a, " ")
	return a[1 + int(rand() * n)]
}

function bytes(   i, n, s) {
	n = int(rand() * 12)
	for (i = 0; i < n; i++)
		s = s sprintf("%c", 1 + int(rand() * 255))
	gsub(/[\n!|>`$]/, "", s)
	return s
}

function path(   i, n, s) {
	if (rand() < .2)
		return pick("/ . .. ~ @web01 @db01 @nobody @ - /local/domain/1 ~/device @web01/device/vif/0 * /t/* [a-z]* ? //..//a /t/a/../b")
	n = 1 + int(rand() * 4)
	for (i = 0; i < n; i++)
		s = s "/" pick("a b c d x1 x2 .. * a? local")
	return (rand() < .5 ? "/t" : "") (rand() < .7 ? s : substr(s, 2))
}

function word() {
	if (rand() < .5)
		return path()
	if (rand() < .3)
		return pick("-l -R -r -v -d -n -J -S -q -k --force --depth=2 --depth --values --dry-run --redo --help -h --color=always --json --nope -- --vif=0 -x --timeout=1")
	if (rand() < .3)
		return pick("'a b' \"\\x00\\n\" \"a\\q\" 'open \"open \\ \"\\xff\" '' \"\" a\\ b ; # n0,r1 b1,w2,n3 n99999 1 2 web01 db01 10.0.0.7 10.0.0.0/29")
	if (rand() < .5)
		return bytes()
	return pick("help undo abort begin commit preview ls set")
}

function command() {
	if (rand() < .75)
		return pick("ls cat get tree stat match count diff set set touch rm mv cp perms begin preview commit abort undo undo changes cd cd pwd history help clear unwatch")
	if (rand() < .9)
		return pick("show check find dump load sxp version xvif complete shell lss sett")
	return rand() < .3 ? pick("add-ip del-ip set-ips repair") : bytes()
}

BEGIN {
	srand(seed)
	for (i = 0; i < count; i++) {
		line = command()
		n = int(rand() * 5)
		for (j = 0; j < n; j++)
			line = line " " word()
		if (rand() < .1)
			line = line "; " command() " " word()
		r = rand()
		if (r < .02)
			line = line " | cat"
		else if (r < .04)
			line = line " > /dev/null"
		else if (r < .05)
			line = "!true"
		else if (r < .07)
			line = substr(line, 1 + int(rand() * length(line)))
		gsub(/exit|quit/, "", line)
		gsub(/(^|[; ])watch/, " unwatch", line)
		print line
	}
}
