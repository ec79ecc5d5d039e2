# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of xvif for fish: "xvif complete" knows what there is.

function __xvif_ask
    set -l words (commandline -opc)
    # also takes away a quote that is still open
    set -l partial (string unescape -- (commandline -ct))
    command xvif complete --marked -- $words "$partial" 2>/dev/null
end

# fish does not quote a "~" that begins a word, and expands it then: where none was typed, and no
# quote, such a word is not offered
function __xvif_offer
    set -l hidden '^(\*|.~)'
    string match -qr '^["\'\\\\]' -- (commandline -ct); and set hidden '^\*'
    __xvif_ask | string match -vr $hidden | string sub -s 2
end

function __xvif_wants_files
    __xvif_ask | string match -q '\**'
end

complete -c xvif -f -k -a '(__xvif_offer)'
complete -c xvif -n __xvif_wants_files -F
