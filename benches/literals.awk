# Client models to a pattern file for `rg --fixed-strings --file`.
#
#     awk -f benches/literals.awk queries/clients/*.toml
#
# A model's `literals` are taken as they are; a model without any is known by
# the imports of its `packages`, as each of its languages spells them.
# Reads the [client] table only. A list over several lines is joined first.

table == "[client]" && /^(languages|packages|literals) *=.*\[[^\]]*$/ { list = $0; next }
list != "" { list = list $0; if ($0 !~ /\]/) next; $0 = list; list = "" }
/^\[[a-z]/ { table = $0; if (table == "[client]") begin() }
table == "[client]" && $1 == "languages" { languages = $0 }
table == "[client]" && $1 == "packages" { packages = $0 }
table == "[client]" && $1 == "literals" { literals = $0 }
END { finish() }

function begin() { finish(); languages = packages = literals = "" }

function finish() {
    if (literals != "") { each(literals, ""); return }
    if (languages ~ /"(typescript|javascript)"/) { each(packages, "script") }
    if (languages ~ /"python"/) { each(packages, "python") }
    if (languages ~ /"rust"/) { each(packages, "rust") }
    if (languages ~ /"go"/) { each(packages, "go") }
    if (languages ~ /"csharp"/) { each(packages, "csharp") }
    if (languages ~ /"(java|kotlin)"/) { each(packages, "jvm") }
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
    } else if (language == "go") {
        put("\"" name "\"")
        put("\"" name "/")
    } else if (language == "jvm") {
        put(name ".")
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
