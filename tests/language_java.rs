//! What Java source means, as facts.

mod printed;

use std::path::Path;

use msgmap::facts::{ClassKind, Facts, FunctionKind, ScopeId};
use msgmap::language::{Language, LanguageId, Roles};
use printed::{bindings, calls, class, expr, exprs, field, function};
use proptest::prelude::*;

fn java() -> &'static Language {
    LanguageId::of_path(Path::new("A.java"))
        .expect("Java is a language")
        .get()
}

fn facts(source: &str) -> Facts {
    java()
        .facts(source.as_bytes())
        .expect("the grammar and its roles are in order")
}

/// What a method `f` of a class `A` returns.
#[track_caller]
fn returns(body: &str, expected: &[&str]) {
    let facts = facts(&format!("class A {{ Object f() {{ {body} }} }}"));
    assert_eq!(exprs(&facts, &function(&facts, "f").returns), expected);
}

/// The fields of a class as lines.
fn fields(facts: &Facts, name: &str) -> Vec<String> {
    let class = class(facts, name);
    class.fields.iter().map(|f| field(facts, f)).collect()
}

#[test]
fn the_query_is_one_and_names_known_roles() {
    let grammar = java().grammar();
    tree_sitter::Query::new(&grammar, java().query()).expect("a valid query");
    Roles::parse(java().query(), &grammar).expect("a table of roles");
}

#[test]
fn imports_bind_classes_and_static_members() {
    let source = "
package com.acme;
import com.acme.a.Order;
import com.acme.a.Outer.Inner;
import static com.acme.Topics.ORDERS;
import com.acme.b.*;
import static com.acme.Names.*;
";
    let facts = facts(source);
    let expected = [
        "Order = import com.acme.a: Order",
        "Inner = import com.acme.a.Outer: Inner",
        "ORDERS = import com.acme.Topics: ORDERS",
    ];
    assert_eq!(bindings(&facts, ScopeId(0)), expected);
    let globs: Vec<&str> = facts
        .globs
        .iter()
        .map(|id| facts.import(*id).module.as_str())
        .collect();
    assert_eq!(globs, ["com.acme.b", "com.acme.Names"]);
}

#[test]
fn bare_names_are_locals_or_members_of_the_classes_around() {
    let source = "
class A {
    static final String TOPIC = \"a\";
    private final Bus bus;
    class B {
        String name = TOPIC;
        void f(String name) { g(name, bus, TOPIC, this.name, other); }
    }
    void g() { Runnable r = () -> bus.run(); }
    Object h(Bus bus) { return new Base() { void run() { bus.run(); call(h(null)); } void call(Object o) {} }; }
}
";
    let facts = facts(source);
    assert_eq!(
        calls(&facts),
        [
            "this.g(name, this.bus, A.TOPIC, this.name, other)",
            "this.bus.run()",
            "class ()",
            "bus.run()",
            "this.call(this.h(null))",
            "this.h(null)",
        ]
    );
    assert_eq!(fields(&facts, "B"), ["name: ?String = A.TOPIC"]);
}

#[test]
fn literals() {
    returns("return \"a\\tb\\u0041\\\"\";", &["\"a\\tbA\\\"\""]);
    returns("return 'c';", &["\"c\""]);
    returns("return 1_000L;", &["1000"]);
    returns("return -1;", &["-1"]);
    returns("return 0xFFL;", &["0xFF"]);
    returns("return 1.5f;", &["1.5"]);
    returns("return true ? null : false;", &["either(null, false)"]);
    returns("return new String[] {\"a\", \"b\"};", &["[\"a\", \"b\"]"]);
    returns(
        "return \"\"\"\n    {\n      \"a\": 1\n    }\n    \"\"\";",
        &["\"{\\n  \\\"a\\\": 1\\n}\\n\""],
    );
}

#[test]
fn texts_are_put_together() {
    returns(
        "return \"a.\" + x + \".b\";",
        &["concat(\"a.\", x, \".b\")"],
    );
    returns("return String.valueOf(x);", &["x"]);
    returns("return (String) (x);", &["x"]);
}

#[test]
fn collections_of_the_platform_are_literals() {
    returns("return List.of(a, b);", &["[a, b]"]);
    returns("return Arrays.asList(a);", &["[a]"]);
    returns("return Map.of(\"k\", v, X, w);", &["{k: v, [X]: w}"]);
    returns("return Map.ofEntries(Map.entry(\"k\", v));", &["{k: v}"]);
    returns(
        "Map<String, Object> m = new HashMap<>(); m.put(\"k\", v); m.putAll(n); return m;",
        &["m"],
    );
    let facts = facts(
        "class A { void f() { Map<String, Object> m = new HashMap<>(); m.put(\"k\", v); List<X> l = new ArrayList<>(n); l.add(x); } }",
    );
    let scope = function(&facts, "f").scope;
    assert_eq!(
        bindings(&facts, scope),
        ["m: Map<?String, ?Object> = {k: v}", "l: [X] = [*n, x]"]
    );
}

#[test]
fn a_map_of_somebody_else_is_no_literal() {
    let facts = facts("import com.acme.Map; class A { Object f() { return Map.of(a, b); } }");
    assert_eq!(
        exprs(&facts, &function(&facts, "f").returns),
        ["Map.of(a, b)"]
    );
}

#[test]
fn classes_have_bases_fields_and_constructors() {
    let source = "
/** Sends orders. And more. */
@Service(\"x\")
public abstract class Orders<T extends Event> extends Base<T> implements Runnable, a.b.C {
    @Inject private Bus bus, other = new Bus(1);
    private static final String TOPIC = \"orders\";
    private final String name;
    public Orders(@Named(\"n\") String name, int... rest) { super(name); this.name = name; other = null; }
    abstract void f();
    static T g(T event) { return event; }
}
";
    let facts = facts(source);
    let orders = class(&facts, "Orders");
    assert_eq!(orders.kind, ClassKind::Class);
    assert!(orders.is_abstract);
    assert_eq!(orders.doc.as_deref(), Some("Sends orders."));
    assert_eq!(orders.type_params, ["T"]);
    assert_eq!(
        exprs(&facts, &orders.bases),
        ["Base<T>", "Runnable", "import a.b: C"]
    );
    assert_eq!(exprs(&facts, &orders.decorators), ["Service(\"x\")"]);
    assert_eq!(
        fields(&facts, "Orders"),
        [
            "bus: Bus",
            "other: Bus = Bus(1)",
            "static TOPIC: ?String = \"orders\"",
            "name: ?String = name",
        ]
    );
    let constructor = facts.function(orders.methods[0]);
    assert_eq!(constructor.kind, FunctionKind::Constructor);
    assert_eq!(
        exprs(&facts, &constructor.params[0].decorators),
        ["Named(\"n\")"]
    );
    assert!(constructor.params[1].rest);
    assert!(function(&facts, "g").is_static);
}

#[test]
fn records_have_constructor_and_accessors() {
    let facts =
        facts("record Order(String id, @NotNull Money total) { String total() { return \"t\"; } }");
    let order = class(&facts, "Order");
    assert_eq!(order.kind, ClassKind::Struct);
    assert_eq!(
        fields(&facts, "Order"),
        ["id: ?String = param id", "total: Money = param total"]
    );
    let names: Vec<&str> = order
        .methods
        .iter()
        .map(|m| facts.function(*m).name.as_str())
        .collect();
    assert_eq!(names, ["", "id", "total"]);
}

#[test]
fn what_a_processor_generates_is_there() {
    let source = "
@RequiredArgsConstructor
class A {
    private final Bus bus;
    private final String set = \"x\";
    private int count;
}
";
    let facts = facts(source);
    let a = class(&facts, "A");
    let constructor = a
        .methods
        .iter()
        .map(|m| facts.function(*m))
        .find(|f| f.kind == FunctionKind::Constructor)
        .expect("a constructor for the final field");
    assert_eq!(constructor.params.len(), 1);
    assert_eq!(
        exprs(&facts, &function(&facts, "getBus").returns),
        ["this.bus"]
    );
}

#[test]
fn interfaces_hold_constants() {
    let facts = facts(
        "interface Topics { String ORDERS = \"orders\"; void f(); @interface Mark { String value() default \"x\"; } }",
    );
    assert_eq!(
        fields(&facts, "Topics"),
        ["static ORDERS: ?String = \"orders\""]
    );
    assert_eq!(fields(&facts, "Mark"), ["value: ?String = \"x\""]);
    assert_eq!(class(&facts, "Mark").kind, ClassKind::Interface);
}

#[test]
fn enum_constants_are_statics_with_what_they_are_made_of() {
    let facts = facts(
        "enum Kind { A, B(\"b\"), C(\"c\") { String key() { return \"C\"; } }; private final String key; Kind(String key) { this.key = key; } String key() { return key; } }",
    );
    assert_eq!(
        fields(&facts, "Kind"),
        [
            "static A",
            "static B = class Kind(\"b\")",
            "static C = class (\"c\")",
            "key: ?String = key",
        ]
    );
}

#[test]
fn annotations_are_calls_with_keywords() {
    let source = "
class A {
    @Listener(topics = {\"a\", Names.B + \".x\"}, bindings = @Bind(queue = @Queue(\"q\")))
    @Other
    void on(@Payload Order order) {}
}
";
    let facts = facts(source);
    assert_eq!(
        exprs(&facts, &function(&facts, "on").decorators),
        [
            "Listener(topics=[\"a\", concat(Names.B, \".x\")], bindings=Bind(queue=Queue(\"q\")))",
            "Other",
        ]
    );
}

#[test]
fn classes_and_methods_are_values() {
    returns("return X.class;", &["X"]);
    returns("return this::f;", &["this.f"]);
    returns("return X::new;", &["X"]);
    returns(
        "return com.acme.orders.Order.class;",
        &["import com.acme.orders: Order"],
    );
    returns(
        "return com.acme.Topics.ORDERS;",
        &["import com.acme: Topics.ORDERS"],
    );
}

#[test]
fn lambdas_have_parameters_and_results() {
    let facts =
        facts("class A { void f() { g(x -> x.y, (a, b) -> { return b; }, (int c) -> c); } }");
    let results: Vec<String> = facts
        .functions
        .iter()
        .filter(|f| f.kind == FunctionKind::Lambda)
        .flat_map(|f| exprs(&facts, &f.returns))
        .collect();
    assert_eq!(results, ["x.y", "b", "c"]);
}

#[test]
fn switches_are_values_and_narrow() {
    returns(
        "return switch (kind) { case A -> \"a\"; case B, C -> { yield \"b\"; } default -> throw new X(); };",
        &["match kind"],
    );
    let facts =
        facts("class A { void f() { switch (kind) { case A: g(kind); break; default: h(); } } }");
    assert!(facts.narrows);
}

#[test]
fn patterns_resources_loops_and_catches_bind() {
    let source = "
class A {
    void f(Object o, List<X> xs) {
        if (o instanceof Order order && order.ok()) { g(order); }
        try (Channel c = open(); var d = c.more()) { g(c); } catch (IOException | X e) { g(e); }
        for (X x : xs) { g(x); }
        for (int i = 0; i < 3; i++) { g(i); }
    }
}
";
    let facts = facts(source);
    let bound: Vec<String> = (0..facts.scopes.len() as u32)
        .flat_map(|s| bindings(&facts, ScopeId(s)))
        .filter(|b| !b.contains("class A"))
        .collect();
    assert_eq!(
        bound,
        [
            "o: ?Object = param o",
            "xs: [X] = param xs",
            "order: Order",
            "c: Channel = open()",
            "d = c.more()",
            "e: IOException",
            "x: X = each(xs)",
            "i: ?int = 0",
        ]
    );
}

#[test]
fn fields_assigned_without_this_are_fields() {
    let facts =
        facts("class A { Bus bus; void init(Bus b) { bus = b; this.bus = b; other.bus = b; } }");
    let bus = &class(&facts, "A").fields[0];
    assert_eq!(exprs(&facts, &bus.values), ["b", "b"]);
    assert_eq!(calls(&facts), ["other.bus=(b)"]);
}

#[test]
fn half_written_code_gives_what_can_be_read() {
    let facts =
        facts("class A { void f() { bus.send(\"a\"); } void g( { }\nclass B { String t = \"t\"; }");
    assert!(!facts.errors.is_empty());
    assert!(calls(&facts).iter().any(|c| c == "bus.send(\"a\")"));
}

#[test]
fn builder_chains_are_calls_of_calls() {
    let facts = facts("class A { Object q = QueueBuilder.durable(\"q\").ttl(5).build(); }");
    assert_eq!(
        calls(&facts).last().map(String::as_str),
        Some("QueueBuilder.durable(\"q\").ttl(5).build()")
    );
    let value = class(&facts, "A").fields[0].values[0];
    assert_eq!(
        expr(&facts, value),
        "QueueBuilder.durable(\"q\").ttl(5).build()"
    );
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(source in "\\PC*") {
        let _ = java().facts(source.as_bytes());
    }

    #[test]
    fn no_pile_of_java_makes_it_panic(parts in proptest::collection::vec(
        prop_oneof![
            Just("class A "), Just("{"), Just("}"), Just("("), Just(")"), Just("@X("), Just("enum E { A("),
            Just("record R(String a) "), Just("switch (x) { case A -> "), Just("new B() {"), Just("-> "), Just("x::y "),
            Just("\"\"\"\n a\n\"\"\""), Just("String.format(\"%s\", a)"), Just("map.put(\"k\", v);"), Just("this.x = y;"),
            Just("import a.b.*;"), Just("case A: "), Just("yield 1;"), Just("for (A a : b) "), Just("a.b.C.D "),
        ], 0..24)) {
        let _ = java().facts(parts.concat().as_bytes());
    }
}
