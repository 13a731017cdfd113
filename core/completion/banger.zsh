#compdef banger
# Completion of banger for zsh, all by `banger complete`. For this shell alone: source <(banger completion zsh)
_banger() {
  local banger=banger line value paths
  local -a lines words_ open_
  [[ $words[1] == */* ]] && banger=${~words[1]}
  lines=("${(@f)$("$banger" complete zsh "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null </dev/null)}")
  paths=$lines[1]
  shift lines
  [[ $PREFIX == --*=* ]] && compset -P '*='
  for line in $lines; do
    value=${${line%%$'\t'*}//:/\\:}
    [[ $line == *$'\t'* ]] && line="$value:${line#*$'\t'}" || line=$value
    # No space follows what goes on: box:
    if [[ $value == *[:=] ]]; then open_+=($line); else words_+=($line); fi
  done
  local found=1
  (( $#words_ )) && _describe -V banger words_ && found=0
  (( $#open_ )) && _describe -V banger-open open_ -S '' && found=0
  case $paths in
    files) _files && found=0 ;;
    folders) _files -/ && found=0 ;;
  esac
  return found
}
# Called by zsh as the file of that function, or sourced.
if [[ $funcstack[1] == _banger ]]; then _banger "$@"; else compdef _banger banger; fi
