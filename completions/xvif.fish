# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of xvif for fish: "xvif complete" knows what there is.

function __xvif_ask
    set -l words (commandline -opc)
    # also takes away a quote that is still open
    set -l partial (string unescape -- (commandline -ct))
    command xvif complete --marked -- $words "$partial" 2>/dev/null
end

function __xvif_offer
    __xvif_ask | string match -v '\**' | string sub -s 2
end

function __xvif_wants_files
    __xvif_ask | string match -q '\**'
end

complete -c xvif -f -k -a '(__xvif_offer)'
complete -c xvif -n __xvif_wants_files -F
