# Completion of banger for bash, all by `banger complete`. For this shell alone: source <(banger completion bash)
_banger() {
  local banger=banger paths=
  [[ $1 == */* ]] && banger=${1/#\~\//$HOME/}
  COMPREPLY=()
  {
    read -r paths
    mapfile -t COMPREPLY
  } < <("$banger" complete bash "$2" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null </dev/null)
  if [[ $paths == folders ]]; then
    compopt -o dirnames
  elif [[ $paths == files && ${#COMPREPLY[@]} == 0 ]]; then
    compopt -o default
  elif [[ $paths == files ]]; then
    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$2")
  fi
  [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[:=] ]] && compopt -o nospace
  return 0
}
complete -F _banger banger
