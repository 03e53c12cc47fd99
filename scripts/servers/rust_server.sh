# Sourced by the scripts of servers that are Rust crates: builds a pinned crate once into the cache.
# The sum is that of the crate's source, whose own Cargo.lock, which the sum covers, pins all that it is built from.

# build_rust_server CRATE VERSION SUM FEATURES: leaves the program $program; does nothing when it is there.
build_rust_server() {
    local crate=$1 number=$2 sum=$3 features=$4 archive source
    [[ -x "$program" ]] && return 0
    # The one way in which cargo downloads a crate's source and nothing else; the cargo of Debian 12 does not know it.
    if ! cargo info --quiet "$crate@$number" >/dev/null 2>&1; then
        echo "$name: not installed, and there is no current Rust to build it (cargo 1.82 or newer)" >&2
        return 1
    fi
    archive=$(compgen -G "${CARGO_HOME:-$HOME/.cargo}/registry/cache/*/$crate-$number.crate" | head -n 1)
    if ! sha256sum --check --status <<<"$sum  $archive"; then
        echo "$name: $crate@$number is not what was pinned: $(sha256sum "$archive")" >&2
        return 1
    fi
    echo "$name: building $number into ${program%/*} (once; ten minutes)" >&2
    source=$(mktemp -d)
    tar -C "$source" --strip-components=1 -xzf "$archive"
    mkdir -p "${program%/*}"
    # Into place at the end, so that a build that was ended leaves no half program.
    cargo install --quiet --locked --no-default-features --features "$features" --path "$source" \
        --root "$source/installed" --target-dir "$source/target" >&2 &&
        mv "$source/installed/bin/$crate" "$program"
    rm -rf "$source"
    [[ -x "$program" ]]
}
