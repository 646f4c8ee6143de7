# shellcheck shell=bash
_memview() {
	local candidate
	COMPREPLY=()
	while IFS= read -r candidate; do
		COMPREPLY+=("$candidate")
	done < <("${COMP_WORDS[0]/#\~/$HOME}" complete bash "${COMP_LINE:0:COMP_POINT}" "${COMP_WORDS[COMP_CWORD]}" 2>/dev/null)
	compopt -o filenames
	# What goes on is not followed by a space. A folder gets its slash by itself.
	if [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[./:=] ]]; then
		compopt -o nospace
	fi
	COMPREPLY=("${COMPREPLY[@]%/}")
}
complete -F _memview memview
