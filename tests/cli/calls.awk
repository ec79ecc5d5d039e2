# SPDX-License-Identifier: GPL-2.0-or-later
# calls.awk - what a traced xvif changed, in the words of a plan (see plan.bats).
# Reads what "strace -x" wrote of its process; -v children=PREFIX: the traces of those it started.
BEGIN {
	for (i = 0; i < 256; i++)
		byte[sprintf("%02x", i)] = i
}

# "\x0b\x00..." as an array of bytes; a string without hexadecimals is no request
function add_bytes(hex, done,    n, parts, i) {
	n = split(hex, parts, /\\x/)
	for (i = 2; i <= n && i <= done + 1; i++)
		stream[++n_stream] = byte[parts[i]]
}

function number(at) {
	return stream[at] + 256 * (stream[at + 1] + 256 * (stream[at + 2] + 256 * stream[at + 3]))
}

# the bytes FROM to TO up to the first NUL, or all
function text(from, to, stops,    s, i) {
	for (i = from; i <= to && !(stops && !stream[i]); i++)
		s = s sprintf("%c", stream[i])
	return s
}

# xenstored's messages: type, request, transaction, length, each of 4 bytes, and the body (Xen, xs_wire.h)
function requests(    type, len, path, from) {
	while (n_stream - at >= 16) {
		type = number(at + 1)
		len = number(at + 13)
		if (n_stream - at - 16 < len)
			return
		from = at + 17
		path = text(from, from + len - 1, 1)
		if (type == 11)
			print "write " path " = \"" text(from + length(path) + 1, from + len - 1, 0) "\""
		else if (type == 13)
			print "remove " path
		else if (type == 14)
			print "permissions " path " = " text(from + length(path) + 1, from + len - 1, 1)
		at += 16 + len
	}
}

/^sendto\([0-9]+, "\\x/ {
	match($0, /"[^"]*"/)
	add_bytes(substr($0, RSTART + 1, RLENGTH - 2), $NF)
	requests()
}

/nlmsg_type=RTM_(NEW|DEL)ROUTE/ {
	match($0, /RTA_DST\}, inet_addr\("[^"]*"/)
	address = substr($0, RSTART, RLENGTH)
	gsub(/.*\("|"$/, "", address)
	match($0, /rtm_dst_len=[0-9]+/)
	len = substr($0, RSTART + 12, RLENGTH - 12)
	print "ip route " (/DELROUTE/ ? "del" : /NLM_F_REPLACE/ ? "replace" : "add") " " address (len == 32 ? "" : "/" len)
}

/nlmsg_type=RTM_(SETLINK|NEWADDR)/ {
	match($0, /if_nametoindex\("[^"]*"/)
	address = substr($0, RSTART, RLENGTH)
	gsub(/.*\("|"$/, "", address)
	print "link " address
}

/^rename\(/ {
	split($0, part, "\"")
	print "change " part[4]
}

/^(clone|vfork|clone3)\(.* = [0-9]+$/ {
	file = children "." $NF
	while ((getline line <file) > 0)
		if (line ~ /^execve\(.* = 0$/) {
			match(line, /\[.*\]/)
			line = substr(line, RSTART + 1, RLENGTH - 2)
			gsub(/", "/, " ", line)
			gsub(/"/, "", line)
			print "run " line
			break
		}
	close(file)
}
