# Completion of banger for fish, all by `banger complete`. For this shell alone: banger completion fish | source
function __banger_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines (command banger complete fish $words[2..-1] "$current" 2>/dev/null </dev/null)
    # A path may be the value of --flag=
    set -l joined (string match -r -- '^--[^=]*=' "$current")
    set -l path (string replace -r -- '^--[^=]*=' '' "$current")
    switch "$lines[1]"
        case files
            printf "$joined%s\n" (__fish_complete_path "$path")
        case folders
            printf "$joined%s\n" (__fish_complete_directories "$path")
    end
    string join \n -- $lines[2..-1]
end
complete --command banger --no-files --arguments '(__banger_complete)'
