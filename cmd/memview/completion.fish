function __memview_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    $before[1] complete words $before[2..] (string unescape -- $current; or echo $current) 2>/dev/null
end
complete -c memview -f -a '(__memview_complete)'
