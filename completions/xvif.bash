# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of xvif for bash: "xvif complete" knows what there is.

# Splits the line up to the cursor as bash would, expanding nothing: readline's
# own words end at ':' and '=', which are in MACs, IPv6 addresses and options.
# Into words, the last one partial; quote, the one that is open there; skip, how
# much of the word lies before the part that readline replaces; target, set if
# the word is the target of a redirection.
_xvif_split() {
	local rest=${COMP_LINE:0:COMP_POINT} word='' c in_word='' opened=0
	words=() quote='' skip=0 target=''
	while [[ $rest ]]; do
		c=${rest:0:1} rest=${rest:1}
		case $quote$c in
		\'\' | \"\")
			quote=''
			;;
		\\ | \"\\)
			[[ $quote && $rest != [\"\$\`\\]* ]] && word+=\\
			word+=${rest:0:1} rest=${rest:1} in_word=1
			;;
		\' | \")
			quote=$c in_word=1 opened=${#word}
			;;
		[[:blank:]])
			[[ $in_word && ! $target ]] && words+=("$word")
			[[ $in_word ]] && target=''
			word='' in_word='' skip=0
			;;
		[\<\>])
			[[ $in_word && ! $target && $word != +([0-9]) ]] && words+=("$word")
			word='' in_word='' skip=0 target=1
			;;
		*)
			word+=$c in_word=1
			[[ ! $quote && $COMP_WORDBREAKS == *"$c"* ]] && skip=${#word}
			;;
		esac
	done
	words+=("$word")
	[[ ! $quote ]] || skip=$opened
}

# Quotes the words of COMPREPLY that need it where the given quote is open.
_xvif_quote() {
	local IFS=, i c word special=$' \t\\\'"$`<>|&;()*?[]{}!#~^'
	case $quote in
	\") special=\\\"\$\`! ;;
	\') special=\' ;;
	esac
	[[ ${COMPREPLY[*]} == *["$special"]* ]] || return 0
	for i in "${!COMPREPLY[@]}"; do
		word=${COMPREPLY[i]}
		COMPREPLY[i]=
		while [[ $word ]]; do
			c=${word:0:1} word=${word:1}
			# "!" means history there, and no backslash takes that from it
			[[ $quote$c != '"!' ]] || c="\"'!'\""
			[[ ${#c} != 1 || $special != *"$c"* ]] || c=\\$c
			[[ $quote$c != "'\\'" ]] || c="'\\''"
			COMPREPLY[i]+=$c
		done
	done
}

# Names of files, for what follows $1 characters of the word $2.
_xvif_files() {
	if (($1 == skip)); then
		compopt -o bashdefault -o default
		return
	fi
	compopt -o filenames
	mapfile -t COMPREPLY < <(compgen -f -P "${2:skip:$1 - skip}" -- "${2:$1}")
}

_xvif() {
	local words quote skip target partial lines before
	COMPREPLY=()
	_xvif_split
	partial=${words[-1]}
	if [[ $target ]]; then
		compopt -o default
		return
	fi
	mapfile -t lines < <(exec xvif complete --marked -- "${words[@]}" 2>/dev/null)
	if [[ ${lines[0]} == \** ]]; then
		_xvif_files "${lines[0]:1}" "$partial"
		return
	fi
	[[ ${lines[0]} != +* ]] || compopt -o nospace
	# of paths readline shows only the last step
	[[ $partial != /* ]] || compopt -o filenames
	printf -v before '%*s' $((skip + 1)) ''
	COMPREPLY=("${lines[@]%%$'\t'*}")
	COMPREPLY=("${COMPREPLY[@]#${before// /?}}")
	_xvif_quote
}

complete -F _xvif xvif
