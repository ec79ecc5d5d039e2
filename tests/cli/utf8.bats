#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# names and values beyond ASCII: what is printed as JSON or S-expressions is read back as it was
load setup

@test "a domain named bücher: shown, applied, dumped, loaded, read from a file" {
	xenstore-write /local/domain/1/name bücher "/vm/$(uuid_of 1)/name" bücher
	write_userdata 1
	xvif show bücher | grep -q '^bücher '
	[ "$(xvif show -J bücher | jq -r '.vifs[0].domain')" = bücher ]
	xvif show -J >/run/xen/shown
	xvif -q del-ip bücher 10.0.0.2
	xvif -q apply - </run/xen/shown
	[ "$(xenstore-read /local/domain/0/backend/vif/1/0/ip)" = "10.0.0.1 10.0.0.2" ]
	xvif show -S bücher >/run/xen/shown
	[ "$(xvif sxp to-json /run/xen/shown | xvif sxp from-json - | xvif sxp to-json -)" = "$(xvif sxp to-json /run/xen/shown)" ]
	printf 'bücher: [10.0.0.1, 10.0.0.3]\n' | xvif -q apply -
	printf '{"b\\u00fccher": ["10.0.0.1"]}' | xvif -q apply -
	[ "$(xenstore-read /local/domain/0/backend/vif/1/0/ip)" = 10.0.0.1 ]
	local form
	for form in "" -J; do
		xvif dump $form >/run/xen/dump
		[ "$(xvif show --store=/run/xen/dump -o DOMAIN,IPS -n bücher)" = "bücher 10.0.0.1" ]
		xvif dump $form "/vm/$(uuid_of 1)" >/run/xen/part
		xvif dump $form --store=/run/xen/dump "/vm/$(uuid_of 1)" | diff /run/xen/part -
		xenstore-write "/vm/$(uuid_of 1)/name" other
		xvif load --force </run/xen/part
		[ "$(xenstore-read -R "/vm/$(uuid_of 1)/name")" = bücher ]
	done
	xvif check bücher
}

@test "each kind of character and each control byte goes through JSON and back" {
	local i text byte
	# one to four bytes, the first and last of each length, surrogates of UTF-16, a noncharacter, a joiner
	text=$'\x7f \u0080 \u07ff \u0800 \ud7ff \ue000 \ufeff \ufffd \uffff \U00010000 \U0001f4a9 \U0010ffff e\u0301 \u200d \u202e'
	xenstore-write /tool/t ""
	printf '%s' "$text" | xargs -0 -I{} xenstore-write /tool/t/text {}
	for ((i = 1; i < 256; i++)); do
		printf '(node "%s" "a\\x%02xb")\n' "b$i" $i
	done | { echo '(node /tool/t/bytes ""'; cat; echo ')'; } >/run/xen/bytes
	xvif load --force </run/xen/bytes
	# bytes that are no UTF-8, and NUL
	xvif load --force <<<'(node /tool/t/more "" (node nul "a\x00b") (node cut "\xe2\x82") (node long "\xc0\x80") (node half "\xed\xa0\x80") (node high "\xf4\x90\x80\x80"))'
	# each byte is in the store, as another program reads it
	for ((i = 1; i < 256; i++)); do
		printf -v byte '\\x%02x' $i
		printf 'a%bb' "$byte"
	done >/run/xen/wanted
	# shellcheck disable=SC2046
	xenstore-read -R $(printf '/tool/t/bytes/b%d ' {1..255}) | cmp - /run/xen/wanted
	xvif dump /tool/t >/run/xen/sxp
	xvif dump -J /tool/t >/run/xen/json
	[ "$(jq -r '.. | objects | select(.path == "/tool/t/text" or .name == "text") | .value' /run/xen/json)" = "$text" ]
	for i in json sxp; do
		xenstore-rm /tool/t
		xvif load --force </run/xen/$i
		xvif dump /tool/t | diff /run/xen/sxp -
		xvif dump -J /tool/t | diff /run/xen/json -
	done
	# also in the way other programs write them: all of it escaped, as pairs of surrogates
	jq -a . /run/xen/json >/run/xen/escaped
	not grep -q '[^ -~]' /run/xen/escaped
	xenstore-rm /tool/t
	xvif load --force </run/xen/escaped
	xvif dump /tool/t | diff /run/xen/sxp -
	# and without a store
	xvif sxp from-json /run/xen/json >/run/xen/once
	xvif sxp to-json /run/xen/once | xvif sxp from-json - | cmp /run/xen/once -
}
