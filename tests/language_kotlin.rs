//! What Kotlin source means, as facts.

mod printed;

use std::path::Path;

use msgmap::facts::{Facts, ScopeId};
use msgmap::language::{Language, LanguageId, Roles};
use printed::{bindings, calls, class, exprs, field, function};
use proptest::prelude::*;

fn kotlin() -> &'static Language {
    LanguageId::of_path(Path::new("a.kt"))
        .expect("Kotlin is a language")
        .get()
}

fn facts(source: &str) -> Facts {
    kotlin()
        .facts(source.as_bytes())
        .expect("the grammar and its roles are in order")
}

#[test]
fn the_query_is_one_and_names_known_roles() {
    let grammar = kotlin().grammar();
    tree_sitter::Query::new(&grammar, kotlin().query()).expect("a valid query");
    Roles::parse(kotlin().query(), &grammar).expect("a table of roles");
}

#[test]
fn imports_bind_names() {
    let facts = facts("package a\nimport a.b.C\nimport a.b.send as dispatch\nimport c.d.*\n");
    assert_eq!(
        bindings(&facts, ScopeId(0)),
        ["C = import a.b: C", "dispatch = import a.b: send"]
    );
    assert_eq!(facts.globs.len(), 1);
}

#[test]
fn texts_numbers_and_collections() {
    let facts = facts(
        "fun a() = \"x.$y.${z.w}\"\nfun b() = listOf(\"a\", 1L)\nfun c() = mapOf(\"k\" to v)\nfun d() = a ?: b\n",
    );
    let returns = |name: &str| exprs(&facts, &function(&facts, name).returns);
    assert_eq!(returns("a"), ["concat(\"x.\", y, \".\", z.w)"]);
    assert_eq!(returns("b"), ["[\"a\", 1]"]);
    assert_eq!(returns("c"), ["{k: v}"]);
    assert_eq!(returns("d"), ["either(a, b)"]);
}

#[test]
fn classes_have_constructors_properties_and_companions() {
    let source = "
class Orders(private val bus: Bus, name: String = \"x\") : Base(name), Runnable {
    val topic: String = \"orders\"
    companion object { const val KEY = \"k\" }
    override fun run() { bus.send(topic, KEY) }
}
";
    let facts = facts(source);
    let orders = class(&facts, "Orders");
    assert_eq!(exprs(&facts, &orders.bases), ["Base", "Runnable"]);
    let fields: Vec<String> = orders.fields.iter().map(|f| field(&facts, f)).collect();
    assert_eq!(
        fields,
        [
            "bus: Bus = param bus",
            "name: ?String = param name",
            "topic: ?String = \"orders\"",
            "static KEY = \"k\"",
        ]
    );
    assert_eq!(
        calls(&facts),
        ["super(name)", "this.bus.send(this.topic, Orders.KEY)"]
    );
}

#[test]
fn scope_functions_say_what_bare_calls_are_of() {
    let facts = facts(
        "fun f() { val q = make().apply { put(1) }\n x.let { it.go() }\n with(y) { run2() } }",
    );
    let made = calls(&facts);
    assert!(made.iter().any(|c| c == "make().put(1)"), "{made:?}");
    assert!(made.iter().any(|c| c == "it.go()"), "{made:?}");
    assert!(made.iter().any(|c| c == "y.run2()"), "{made:?}");
}

#[test]
fn annotations_are_calls_with_keywords() {
    let facts =
        facts("class A {\n @Listener(topics = [\"a\"], group = \"g\") @Other\n fun on(x: X) {}\n}");
    assert_eq!(
        exprs(&facts, &function(&facts, "on").decorators),
        ["Listener(topics=[\"a\"], group=\"g\")", "Other"]
    );
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(source in "\\PC*") {
        let _ = kotlin().facts(source.as_bytes());
    }

    #[test]
    fn no_pile_of_kotlin_makes_it_panic(parts in proptest::collection::vec(
        prop_oneof![
            Just("class A("), Just("val x: "), Just("{"), Just("}"), Just("("), Just(")"), Just("@X("), Just("enum class E { A("),
            Just("when (x) { is A -> "), Just("object : B() {"), Just("-> "), Just("x::y "), Just("\"$a.${b}\""), Just("by lazy {"),
            Just("companion object {"), Just("x[1] = 2\n"), Just("import a.b.*\n"), Just("fun <T> A.f("), Just("?: "), Just("it.let {"),
        ], 0..24)) {
        let _ = kotlin().facts(parts.concat().as_bytes());
    }
}
