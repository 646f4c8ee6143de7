#compdef memview
_memview() {
	local -a whole partial
	local candidate
	for candidate in ${(f)"$(${(Q)words[1]/#\~/$HOME} complete words "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)"}; do
		if [[ $candidate == *[./:=] ]]; then
			partial+=("$candidate")
		else
			whole+=("$candidate")
		fi
	done
	(($#whole)) && compadd -- "${whole[@]}"
	(($#partial)) && compadd -S '' -- "${partial[@]}"
}
compdef _memview memview
