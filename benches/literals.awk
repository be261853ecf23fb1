# Client models to a pattern file for `rg --fixed-strings --file`.
#
#     awk -f benches/literals.awk queries/clients/*.toml
#
# A model's `literals` are taken as they are; a model without any is known by
# the imports of its `packages`, as each of its languages spells them.
# Reads the [client] table only, whose lists stand on one line each.

/^\[/ { table = $0; if (table == "[client]") begin() }
table == "[client]" && $1 == "languages" { languages = $0 }
table == "[client]" && $1 == "packages" { packages = $0 }
table == "[client]" && $1 == "literals" { literals = $0 }
table == "[client]" && /^(languages|packages|literals) *=.*\[[^\]]*$/ {
    print FILENAME ": a list over several lines is not understood: " $0 > "/dev/stderr"
    failed = 1
    exit
}
END { finish(); exit failed }

function begin() { finish(); languages = packages = literals = "" }

function finish() {
    if (literals != "") { each(literals, ""); return }
    if (languages ~ /"(typescript|javascript)"/) { each(packages, "script") }
    if (languages ~ /"python"/) { each(packages, "python") }
    if (languages ~ /"rust"/) { each(packages, "rust") }
}

# Every string of a TOML list on one line.
function each(list, language, text) {
    sub(/^[^=]*=/, "", list)
    while (match(list, /"([^"\\]|\\.)*"/)) {
        text = substr(list, RSTART + 1, RLENGTH - 2)
        list = substr(list, RSTART + RLENGTH)
        gsub(/\\"/, "\"", text)
        spell(text, language)
    }
}

# As `src/clients/literals.rs` spells imports. Sub-modules are imported as
# `pkg/sub`, `pkg.sub` and `pkg::sub`.
function spell(name, language) {
    if (language == "script") {
        sub(/^node:/, "", name)
        quoted("\"", name)
        quoted("'", name)
    } else if (language == "python") {
        put("import " name)
        put("from " name)
    } else if (language == "rust") {
        put(name "::")
        put("use " name ";")
    } else {
        put(name)
    }
}

function quoted(quote, name) {
    put(quote name quote)
    put(quote name "/")
    put(quote "node:" name quote)
}

function put(literal) { if (!seen[literal]++) { print literal } }
