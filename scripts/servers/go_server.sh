# Sourced by the scripts of servers that are Go modules: builds a pinned module once into the cache.
# The version names the module's source, the sum is that of its content (as in a go.sum), and its own go.sum, which the sum
# covers, pins all that it is built from. Nothing is taken that is not named by these.

# Go as found on PATH, else as Debian installs it; it fetches a newer toolchain itself where a module asks for one.
find_go() {
    command -v go || { compgen -G '/usr/lib/go-*/bin/go' | sort -V | tail -n 1 | grep .; } || {
        echo "$name: not installed, and there is no Go to build it: apt-get install golang-1.23-go (Debian backports)" >&2
        return 1
    }
}

# build_go_server MODULE SUM PACKAGE: leaves the program $program, of $version; does nothing when it is there.
build_go_server() {
    local module=$1 sum=$2 package=$3 go downloaded folder
    [[ -x "$program" ]] && return 0
    go=$(find_go) || return 1
    echo "$name: building $version into ${program%/*} (once; a minute or two)" >&2
    # A folder without a go.mod: the module is downloaded as it is.
    downloaded=$(cd / && GOFLAGS=-modcacherw GOTOOLCHAIN=auto "$go" mod download -json "$module@$version") || {
        echo "$downloaded" >&2
        return 1
    }
    if [[ $(jq -r .Sum <<<"$downloaded") != "$sum" ]]; then
        echo "$name: $module@$version is not what was pinned: $(jq -r .Sum <<<"$downloaded")" >&2
        return 1
    fi
    folder=$(jq -r .Dir <<<"$downloaded")
    mkdir -p "${program%/*}"
    # Into place at the end, so that a build that was ended leaves no half program.
    (cd "$folder" && CGO_ENABLED=0 GOTOOLCHAIN=auto "$go" build -mod=readonly -trimpath -ldflags "-s -w" \
        -o "$program.$$" "$package") && mv "$program.$$" "$program"
}
