#!/usr/bin/env bash
# Instructions of one scan: a number that does not depend on how busy the machine is.
set -euo pipefail

if [[ $# -ne 1 || ! -d $1 ]]; then
    echo "usage: benches/callgrind.sh TREE" >&2
    echo "  \$MSGMAP  a built msgmap to measure instead of this checkout's" >&2
    exit 2
fi
tree=$(realpath -- "$1")
cd "$(dirname "$0")/.."

if ! command -v valgrind >/dev/null; then
    echo "valgrind is not installed; see benches/README.md" >&2
    exit 2
fi

if [[ -z ${MSGMAP:-} ]]; then
    cargo build --release
    target=$(cargo metadata --no-deps --format-version 1 | jq -r .target_directory)
    MSGMAP=$target/release/msgmap
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One thread: waiting for work is counted too, and differs from run to run.
RAYON_NUM_THREADS=1 valgrind --tool=callgrind --callgrind-out-file="$work/callgrind.out" \
    "$MSGMAP" scan --format json "$tree" >/dev/null 2>"$work/log" || {
    cat "$work/log" >&2
    exit 1
}
awk '$1 == "summary:" || $1 == "totals:" { print $2 " instructions"; exit }' "$work/callgrind.out"
