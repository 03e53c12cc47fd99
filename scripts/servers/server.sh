# Sourced by the script of each server that the tests start on loopback. All of them have the same commands:
#
#   install     leaves the server's program in the cache; does nothing when it is there
#   start DIR   starts it with all that it writes in DIR, on a free port, or on the one that DIR had before; prints its URL, and
#               does no more where it runs already
#   wait DIR    returns when it answers
#   stop DIR    ends it, by its process id, and waits until it is gone
#   keys        prints the access key and the secret key that it takes
#
# DIR then holds port, pid, log and data. A DIR with certs/public.crt and certs/private.key is served over TLS. The script
# defines install, launch DIR PORT (which ends in exec) and answers URL DIR. Everything that is not on loopback is out of reach:
# no server here is for anything but tests.
set -euo pipefail

readonly kCache=${XDG_CACHE_HOME:-$HOME/.cache}/slipway/servers
# The keys of every S3 server that the tests start, unless its script says that it takes no such ones.
kAccessKey=slipway-test kSecretKey=slipway-test-secret

# free_ports COUNT: as many, each on a line; none of those that the system gives to whoever asks for any (32768 and above), so that
# a server that comes back finds its port as it left it.
free_ports() {
    python3 -c 'import random, socket, sys
taken = []
while len(taken) < int(sys.argv[1]):
    try:
        taken.append(socket.create_server(("127.0.0.1", random.randrange(10_000, 32_000))))
    except OSError:
        pass
print(*(one.getsockname()[1] for one in taken), sep="\n")' "$1"
}

# Whether the process of DIR runs, and is not another one that was given its number.
runs() { [[ -f "$1/pid" && /proc/$(<"$1/pid")/exe -ef "$program" ]]; }

url_of() {
    local scheme=http
    ! serves_tls "$1" || scheme=https
    echo "$scheme://127.0.0.1:$(<"$1/port")"
}
serves_tls() { [[ -f "$1/certs/public.crt" ]]; }
# What curl prints of a URL, whoever signed the server's certificate.
ask() { curl -sk --max-time 2 "$@"; }

start() {
    local folder=$1
    if runs "$folder"; then
        url_of "$folder"
        return
    fi
    mkdir -p "$folder/data"
    [[ -f "$folder/port" ]] || free_ports 1 >"$folder/port"
    (launch "$folder" "$(<"$folder/port")") >>"$folder/log" 2>&1 </dev/null &
    echo $! >"$folder/pid"
    # Until it is the server and no shell any more, stop would not know it.
    until runs "$folder" || ! kill -0 $! 2>/dev/null; do
        sleep 0.01
    done
    url_of "$folder"
}

wait_until_it_answers() {
    local folder=$1 end=$((SECONDS + 300))
    until answers "$(url_of "$folder")" "$folder"; do
        if ! runs "$folder" || ((SECONDS > end)); then
            echo "$name: does not answer; the end of $folder/log:" >&2
            tail -n 20 "$folder/log" >&2
            return 1
        fi
        sleep 0.05
    done
}

stop() {
    local folder=$1 pid end=$((SECONDS + 10))
    runs "$folder" || return 0
    pid=$(<"$folder/pid")
    kill "$pid"
    while runs "$folder"; do
        ((SECONDS <= end)) || kill -KILL "$pid" 2>/dev/null || true
        sleep 0.02
    done
    rm -f "$folder/pid"
}

serve() {
    case "${1:-}" in
        install) install ;;
        start) install && start "$2" ;;
        wait) wait_until_it_answers "$2" ;;
        stop) stop "$2" ;;
        keys) echo "$kAccessKey $kSecretKey" ;;
        *) echo "usage: ${0##*/} install | start DIR | wait DIR | stop DIR | keys" >&2 && return 2 ;;
    esac
}
