#!/usr/bin/env bash
# msgmap beside ripgrep and ast-grep on one tree; see benches/README.md.
set -euo pipefail

usage() {
    echo "usage: benches/compare.sh TREE [RUNS]" >&2
    echo "  TREE  a checked-out repository" >&2
    echo "  RUNS  runs of each tool, 10 or more (default 10)" >&2
    echo "  \$MSGMAP  a built msgmap to measure instead of this checkout's" >&2
    exit 2
}

[[ $# -ge 1 && $# -le 2 && -d $1 ]] || usage
tree=$(realpath -- "$1")
runs=${2:-10}
[[ $runs =~ ^[0-9]+$ && $runs -ge 10 ]] || usage
cd "$(dirname "$0")/.."

for tool in hyperfine rg ast-grep jq; do
    if ! command -v "$tool" >/dev/null; then
        echo "$tool is not installed; see benches/README.md" >&2
        exit 2
    fi
done

if [[ -z ${MSGMAP:-} ]]; then
    cargo build --release
    target=$(cargo metadata --no-deps --format-version 1 | jq -r .target_directory)
    MSGMAP=$target/release/msgmap
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
awk -f benches/literals.awk queries/clients/*.toml >"$work/literals.txt"

# Arguments that survive the shell hyperfine does not start (--shell none).
quote() { printf '%q ' "$@"; }

msgmap=("$MSGMAP" scan --format json "$tree")
# The same files and the same texts; the first hit settles a file, as it does for msgmap.
rg=(rg --type-add 'source:*.{ts,tsx,mts,cts,js,jsx,mjs,cjs,py,pyi,rs,go,cs,java,kt,vue,svelte,html,htm}' --type source)
search=("${rg[@]}" --fixed-strings --file "$work/literals.txt" --files-with-matches "$tree")
grep=(ast-grep scan --config benches/sgconfig.yml --json=compact "$tree")

"${msgmap[@]}" >"$work/msgmap.json"
"${search[@]}" >"$work/rg.txt" || [[ $? -eq 1 ]]
"${grep[@]}" >"$work/ast-grep.json"

# A pipe, because tools may do less when they see that nobody reads. rg ends
# with 1 where nothing hits; that all three work has been seen above.
hyperfine --shell none --warmup 2 --runs "$runs" --output pipe \
    --ignore-failure --style basic --export-json "$work/times.json" \
    --command-name msgmap "$(quote "${msgmap[@]}")" \
    --command-name rg "$(quote "${search[@]}")" \
    --command-name ast-grep "$(quote "${grep[@]}")" >&2

commit=$(git -c safe.directory='*' -C "$tree" rev-parse HEAD 2>/dev/null || echo "no git commit")

echo
echo "tree      $(basename "$tree") at $commit"
echo "machine   $(nproc) cores, $(uname -sm)"
echo "tools     $("$MSGMAP" --version), $(rg --version | head -n 1), $(ast-grep --version), $(hyperfine --version)"
echo "msgmap    $(jq -r '"\(.stats.files) files read, \(.stats.parsed) parsed, \(.endpoints | length) endpoints"' "$work/msgmap.json")"
echo "rg        $("${rg[@]}" --files "$tree" | wc -l) files read, $(wc -l <"$work/rg.txt") with one of $(wc -l <"$work/literals.txt") literals"
echo "ast-grep  $(jq length "$work/ast-grep.json") matches of $(find benches/rules -name '*.yml' | wc -l) rules"
echo
jq -r '
    def milliseconds: . * 10000 | round / 10;
    def ratio: . * 100 | round / 100;
    (.results | map({key: .command, value: .}) | from_entries) as $of
    | ["", "median ms", "fastest ms", "slowest ms"],
      (.results[] | [.command, (.median, .min, .max | milliseconds)]),
      [],
      ["msgmap / rg", ($of.msgmap.median / $of.rg.median | ratio)],
      ["msgmap / ast-grep", ($of.msgmap.median / $of["ast-grep"].median | ratio)]
    | @tsv' "$work/times.json" | expand -t 20
