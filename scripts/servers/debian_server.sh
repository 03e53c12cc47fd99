# Sourced by the scripts of servers that are Debian packages and several processes: the process that a script starts and ends
# is this shell, and the others live no longer than it does.
readonly program=$(readlink -f "$(command -v bash)")

# need_programs PROGRAM…: whether all are installed.
need_programs() {
    command -v "$@" >/dev/null && return 0
    echo "$name: not installed: scripts/setup --long installs what the long tier needs" >&2
    return 1
}

# child COMMAND…: one of the processes.
child() { setpriv --pdeathsig KILL -- "$@" & }

# Returns when this shell is told to end, or when one of the children has ended: a server that lost a part of itself is none.
watch_children() {
    trap 'kill $(jobs -p) 2>/dev/null' TERM
    wait -n || true
    # shellcheck disable=SC2046
    kill $(jobs -p) 2>/dev/null || true
    wait || true
}
