use std::fmt::Write as _;

use proptest::prelude::*;

use super::super::{LANGUAGES, Language, Roles};
use crate::facts::{
    Class, ClassKind, ExprId, ExprKind, Facts, FunctionId, Imported, Key, ScopeId, SmolStr,
};

fn rust() -> &'static Language {
    LANGUAGES.iter().find(|l| l.name == "rust").unwrap()
}

fn facts(source: &str) -> Facts {
    rust().facts(source.as_bytes()).unwrap()
}

/// An expression in full, for comparison.
fn show(f: &Facts, id: ExprId) -> String {
    let list = |ids: &[ExprId]| {
        ids.iter()
            .map(|id| show(f, *id))
            .collect::<Vec<_>>()
            .join(", ")
    };
    match &f.expr(id).kind {
        ExprKind::Text(text) => format!("{text:?}"),
        ExprKind::Number(text) | ExprKind::Name(text) => text.to_string(),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::Null => "null".into(),
        ExprKind::Concat(parts) => format!("concat({})", list(parts)),
        ExprKind::This => "this".into(),
        ExprKind::Super => "super".into(),
        ExprKind::Member { object, name, .. } => format!("{}.{name}", show(f, *object)),
        ExprKind::Index { object, index } => {
            format!("{}[{}]", show(f, *object), show(f, *index))
        }
        ExprKind::Call {
            callee,
            args,
            type_args,
            ..
        } => {
            let types = match type_args.as_slice() {
                [] => String::new(),
                types => format!("<{}>", list(types)),
            };
            let args: Vec<String> = args
                .iter()
                .map(|arg| match &arg.name {
                    Some(name) => format!("{name}={}", show(f, arg.value)),
                    None => show(f, arg.value),
                })
                .collect();
            format!("{}{types}({})", show(f, *callee), args.join(", "))
        }
        ExprKind::Object { ty, entries } => {
            let ty = ty.map_or(String::new(), |ty| show(f, ty));
            let entries: Vec<String> = entries
                .iter()
                .map(|entry| match &entry.key {
                    Key::Name(name) => format!("{name}: {}", show(f, entry.value)),
                    Key::Computed(key) => format!("[{}]: {}", show(f, *key), show(f, entry.value)),
                    Key::Spread => format!("..{}", show(f, entry.value)),
                })
                .collect();
            format!("{ty}{{{}}}", entries.join(", "))
        }
        ExprKind::List(items) => format!("[{}]", list(items)),
        ExprKind::Function(id) => match f.function(*id).name.as_str() {
            "" => format!("|| {}", list(&f.function(*id).returns)),
            name => format!("fn {name}"),
        },
        ExprKind::Class(id) => format!("class {}", f.class(*id).name),
        ExprKind::Either(options) => format!("either({})", list(options)),
        ExprKind::Match { subject, arms } => {
            let arms: Vec<String> = arms
                .iter()
                .map(|arm| format!("{} => {}", list(&arm.patterns), show(f, arm.value)))
                .collect();
            format!("match {} {{{}}}", show(f, *subject), arms.join("; "))
        }
        ExprKind::Element(of) => format!("each {}", show(f, *of)),
        ExprKind::Part { of, index } => format!("{}#{index}", show(f, *of)),
        ExprKind::Param { index, .. } => format!("param {index}"),
        ExprKind::Import(id) => {
            let import = f.import(*id);
            match &import.what {
                Imported::Named(name) => format!("<{}>::{name}", import.module),
                Imported::All => format!("<{}>::*", import.module),
                _ => format!("<{}>", import.module),
            }
        }
        ExprKind::Generic { base, args } => format!("{}<{}>", show(f, *base), list(args)),
        ExprKind::Spread(inner) => format!("*{}", show(f, *inner)),
        ExprKind::Cast { value, ty } => format!("{} as {}", show(f, *value), show(f, *ty)),
        ExprKind::Unknown(text) => format!("?{text}"),
    }
}

fn calls(source: &str) -> Vec<String> {
    let f = facts(source);
    f.calls.iter().map(|id| show(&f, *id)).collect()
}

/// Every binding of a scope as `name: type = value`, in source order.
fn bindings_of(f: &Facts, scope: ScopeId) -> Vec<String> {
    let mut found: Vec<(u32, &SmolStr, String)> = Vec::new();
    for (name, bindings) in &f.scope(scope).names {
        for binding in bindings {
            let mut line = name.to_string();
            if let Some(ty) = binding.ty {
                let _ = write!(line, ": {}", show(f, ty));
            }
            if binding.assigns {
                let _ = write!(line, " = {}", show(f, binding.value));
            }
            found.push((binding.at, name, line));
        }
    }
    found.sort();
    found.into_iter().map(|(_, _, line)| line).collect()
}

/// The bindings of the module's scope.
fn module(source: &str) -> Vec<String> {
    bindings_of(&facts(source), ScopeId(0))
}

/// The bindings of `statements` in the body of a function, in all scopes.
fn locals(statements: &str) -> Vec<String> {
    let f = facts(&format!("async fn f() {{ {statements} }}"));
    (1..f.scopes.len())
        .flat_map(|scope| bindings_of(&f, ScopeId(scope as u32)))
        .collect()
}

/// The value of an expression at the end of a function.
fn value(expression: &str) -> String {
    let f = facts(&format!("fn f() {{ {expression} }}"));
    let returns = &f.function(FunctionId(0)).returns;
    show(&f, *returns.last().unwrap())
}

/// The fields of a class as `name: type = values (wire name)`.
fn fields(f: &Facts, class: &Class) -> Vec<String> {
    class
        .fields
        .iter()
        .map(|field| {
            let mut line = field.name.to_string();
            if field.optional {
                line.push('?');
            }
            if let Some(ty) = field.ty {
                let _ = write!(line, ": {}", show(f, ty));
            }
            for value in &field.values {
                let _ = write!(line, " = {}", show(f, *value));
            }
            if let Some(wire) = &field.wire_name {
                let _ = write!(line, " ({wire})");
            }
            line
        })
        .collect()
}

fn class(f: &Facts, kind: ClassKind) -> &Class {
    f.classes.iter().find(|c| c.kind == kind).unwrap()
}

// --- the query -----------------------------------------------------------

#[test]
fn query_is_a_table_and_a_query() {
    Roles::parse(rust().query(), &rust().grammar()).unwrap();
    tree_sitter::Query::new(&rust().grammar(), rust().query()).unwrap();
}

// --- imports and modules ---------------------------------------------------

#[test]
fn use_trees() {
    let source = "use a::b::{self, C as D, e::*, f::{G, h}}; use x; use rdkafka as k; \
                  pub use crate::topics::ORDERS; use super::super::y::Z; extern crate serde as s; \
                  use t::Trait as _; mod child; use ::abs::Path; use self::child::Item;";
    assert_eq!(
        module(source),
        [
            "b = <a::b>",
            "D = <a::b>::C",
            "G = <a::b::f>::G",
            "h = <a::b::f>::h",
            "x = <x>",
            "k = <rdkafka>",
            "ORDERS = <crate::topics>::ORDERS",
            "Z = <super::super::y>::Z",
            "s = <serde>",
            "child = <self::child>",
            "Path = <abs>::Path",
            "Item = <self::child>::Item",
        ]
    );
    let f = facts(source);
    let globs: Vec<&str> = f
        .globs
        .iter()
        .map(|g| f.import(*g).module.as_str())
        .collect();
    assert_eq!(globs, ["a::b::e"]);
    assert!(
        f.imports
            .iter()
            .any(|i| i.what == Imported::Named("Trait".into()))
    );
}

#[test]
fn inline_modules_are_objects_and_test_modules_are_marked() {
    let source = "mod topics { pub const A: &str = \"a\"; pub fn f() { g(super::X) } }\n\
                  #[cfg(test)] mod tests { use super::*; #[test] fn t() { send() } }\n\
                  #[cfg(not(test))] fn real() {}";
    assert_eq!(
        module(source),
        [
            "topics = {A: \"a\", f: fn f}",
            "tests = {t: fn t}",
            "real = fn real"
        ]
    );
    assert_eq!(calls(source), ["g(<self>.X)", "send()"]);
    let f = facts(source);
    assert!(f.globs.is_empty());
    let start = source.find("#[cfg(test)]").unwrap() as u32;
    let end = source.find("\n#[cfg(not").unwrap() as u32;
    assert_eq!(f.test_ranges[0], (start, end));
    assert_eq!(f.test_ranges.len(), 2);
}

#[test]
fn relative_paths_of_inline_modules_are_relative_to_the_file() {
    let source =
        "mod a { mod b { use super::super::super::x::Y; use super::z::W; use self::q::R; } }";
    let f = facts(source);
    let modules: Vec<&str> = f.imports.iter().map(|i| i.module.as_str()).collect();
    assert_eq!(modules, ["super::x", "self::a::z", "self::a::b::q"]);
}

// --- expressions --------------------------------------------------------------

#[test]
fn paths_and_calls() {
    assert_eq!(value("a::b::C"), "a.b.C");
    assert_eq!(value("crate::x::y(1)"), "<crate>.x.y(1)");
    assert_eq!(value("super::super::x"), "<super::super>.x");
    assert_eq!(value("f::<T, Vec<U>>(x)"), "f<T, Vec<U>>(x)");
    assert_eq!(value("a.get::<T>(x)?.b().await"), "a.get<T>(x).b()");
    assert_eq!(value("Queue::<Job>::new(n)"), "Queue<Job>.new(n)");
    assert_eq!(value("<T as Topic>::NAME"), "T.NAME");
    assert_eq!(value("pair.0"), "pair[0]");
    assert_eq!(value("r#type"), "type");
}

#[test]
fn what_only_holds_a_value_is_left_out() {
    assert_eq!(value("&mut *(x as T)"), "x");
    assert_eq!(value("Some(Arc::new(std::sync::Mutex::new(f(1))))"), "f(1)");
    assert_eq!(value("Ok(String::from(\"a\"))"), "\"a\"");
    assert_eq!(value("unsafe { x }"), "x");
    assert_eq!(value("Box::pin(async move { g().await })"), "g()");
    assert_eq!(value("x.clone().unwrap()"), "x.clone().unwrap()");
    assert_eq!(value("None"), "null");
    assert_eq!(calls("fn f() { Arc::new(Some(g())) }"), ["g()"]);
}

#[test]
fn literals() {
    assert_eq!(value(r#""a\n\u{e9}\"\x41""#), "\"a\\né\\\"A\"");
    assert_eq!(value("\"a\\\n   b\""), "\"ab\"");
    assert_eq!(value("r#\"a\"b\\\"#"), "\"a\\\"b\\\\\"");
    assert_eq!(value("b\"x\""), "\"x\"");
    assert_eq!(value("'c'"), "\"c\"");
    assert_eq!(value("[1, true]"), "[1, true]");
    assert_eq!(value("(a, b)"), "[a, b]");
    assert_eq!(value("[x; 3]"), "[x]");
}

#[test]
fn operators() {
    assert_eq!(value("a + \".\" + &b"), "concat(a, \".\", b)");
    assert_eq!(value("f() == g()"), "?f() == g()");
    assert_eq!(calls("fn x() { f() && g(h()); }"), ["f()", "g(h())", "h()"]);
}

#[test]
fn struct_literals_fill_the_fields_of_their_struct() {
    let f = facts(
        "fn make() -> Foo { Foo { a: x, b, ..rest } }\n\
         struct Foo { a: A, b: Option<B> }\n\
         impl Foo { fn new(p: P) -> Self { Self { a: p, b: None } } fn set(&mut self) { self.b = q(); } }",
    );
    assert_eq!(
        show(&f, f.functions[0].returns[0]),
        "Foo{a: x, b: b, ..rest}"
    );
    assert_eq!(
        fields(&f, class(&f, ClassKind::Struct)),
        ["a: A = p = x", "b?: B = null = q() = b"]
    );
    let extension = class(&f, ClassKind::Extension);
    assert_eq!(fields(&f, extension), [""; 0]);
    assert_eq!(
        show(&f, f.function(extension.methods[0]).returns[0]),
        "class Foo{a: p, b: null}"
    );
}

#[test]
fn assignments() {
    assert_eq!(
        calls("fn f() { o.x = a; m[k()] = v; t.0.y = b; }"),
        ["o.x=(a)", "m.[]=(k(), v)", "k()", "t[0].y=(b)"]
    );
    assert_eq!(
        calls("fn f() { *m.lock().unwrap() = g(); }"),
        ["m.lock()", "m.lock().unwrap()", "g()"]
    );
    assert_eq!(locals("(a, b) = f();"), ["a = f()[0]", "b = f()[1]"]);
    assert_eq!(
        locals("let mut x = \"a\"; if c { x = \"b\"; } x += \"d\";"),
        ["x = \"a\"", "x = \"b\"", "x = concat(x, \"d\")"]
    );
}

#[test]
fn a_shadowing_name_is_bound_behind_its_value() {
    let source = "fn f() { let x = 1; let x = g(x); }";
    let f = facts(source);
    let scope = f.functions[0].scope;
    let at: Vec<u32> = f.scope(scope).names["x"].iter().map(|b| b.at).collect();
    assert!(at[1] > source.find("g(x)").unwrap() as u32);
}

#[test]
fn values_of_control_flow() {
    assert_eq!(
        value("if c { a } else if d { return b } else { e }").as_str(),
        "either(a, e)"
    );
    assert_eq!(
        value(
            "match x { A::B | \"b\" => 1, Event::C(e) if e.ok() => g(e), Some(P { .. }) => 2, _ if q() => 4, n => 3 }"
        ),
        "match x {A.B, \"b\" => 1; Event.C => g(e); P => 2;  => 4;  => 3}"
    );
    assert_eq!(
        value("match x { A => return, B => { f(); } (C, _) => 1 }"),
        "match x {B => ?{ f(); }; [C, ?_] => 1}"
    );
    assert_eq!(value("{ let a = 1; a }"), "a");
    assert_eq!(value("-1"), "-1");
}

#[test]
fn returns_of_a_function() {
    let f = facts("fn f() -> T { if a { return b; } match c { X => d(), _ => e } }");
    let returns: Vec<String> = f.functions[0]
        .returns
        .iter()
        .map(|r| show(&f, *r))
        .collect();
    assert_eq!(returns, ["b", "match c {X => d();  => e}"]);
}

#[test]
fn guards_of_arms_without_a_name_are_no_patterns() {
    assert_eq!(
        value("match x { _ if ready() => 1, _ => 2 }"),
        "match x { => 1;  => 2}"
    );
    assert_eq!(
        calls("fn f() { match x { _ if ready() => 1, _ => 2 } }"),
        ["ready()"]
    );
}

// --- patterns ---------------------------------------------------------------

#[test]
fn patterns_bind_parts() {
    assert_eq!(
        locals(
            "let (tx, mut rx) = channel(); let Foo { a, b: [c, ..], .. } = foo; let W(w) = v; let (p, q) = (1, 2); let z: Z;"
        ),
        [
            "rx = channel()[1]",
            "tx = channel()[0]",
            "a = foo.a",
            "c = foo.b[0]",
            "w = v[0]",
            "p = 1",
            "q = 2",
            "z: Z"
        ]
    );
}

#[test]
fn conditions_and_loops_bind_patterns() {
    assert_eq!(
        locals("while let Some(Ok(msg)) = stream.next().await { use_it(msg); }"),
        ["msg = stream.next()"]
    );
    assert_eq!(
        locals("if let Some(a) = x && let E::V(b, c) = y() { }"),
        ["a = x", "b: E.V[0] = y()[0]", "c = y()[1]"]
    );
    assert_eq!(
        locals("for (k, v) in &map { } let Some(e) = o else { return f(); };"),
        ["e = o", "k = each map[0]", "v = each map[1]"]
    );
    assert_eq!(
        locals("match x { Err(e) => {}, n @ 1..=3 => {}, FOO => {} }"),
        ["e = ?e", "n = x"]
    );
}

// --- items -----------------------------------------------------------------

#[test]
fn constants_and_lazy_values() {
    assert_eq!(
        module(
            "const A: &str = \"a\"; static C: LazyLock<Client> = LazyLock::new(|| Client::new(A));\n\
             static D: Lazy<Arc<X>> = Lazy::new(make); type R<T> = Result<T, E>; const _: () = check();"
        ),
        [
            "A: str = \"a\"",
            "C: Client = Client.new(A)",
            "D: X = make()",
            "R = class R"
        ]
    );
}

#[test]
fn functions_with_parameters() {
    let f = facts(
        "/// Sends it. And more.\n/// Second line.\n#[task(name = \"t\", retry(max = 3))]\n#[inline]\n\
         pub async fn send<P: Publisher + Send, F>(p: Arc<P>, (a, b): (A, B), _: u8, f: F) -> Result<Vec<T>, E>\n\
         where F: Handler<T> { }",
    );
    let function = &f.functions[0];
    assert_eq!(function.doc.as_deref(), Some("Sends it."));
    assert_eq!(function.span.line, 3);
    assert_eq!(function.type_params, ["P", "F"]);
    assert_eq!(show(&f, function.return_type.unwrap()), "Vec<T>");
    let names: Vec<&str> = function.params.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["p", "", "", "f"]);
    assert_eq!(
        show(&f, function.decorators[0]),
        "task(name=\"t\", retry(max=3))"
    );
    assert_eq!(function.decorators.len(), 1);
    assert_eq!(
        bindings_of(&f, function.scope),
        [
            "F = Handler<T>",
            "P = Publisher",
            "p: P = param 0",
            "a: A = param 1[0]",
            "b: B = param 1[1]",
            "f: F = param 3"
        ]
    );
}

#[test]
fn a_newtype_parameter_gives_its_type_to_what_is_inside() {
    let f = facts("fn h(State(app): State<App>, extract::Json(body): Json<Order>) {}");
    assert_eq!(
        bindings_of(&f, f.functions[0].scope),
        ["app: App = ?app", "body: Order = ?body"]
    );
}

#[test]
fn closures() {
    let f = facts("fn f() { on(\"x\", move |msg: Msg, _, n| async move { g(msg, n).await }); }");
    assert_eq!(show(&f, f.calls[0]), "on(\"x\", || g(msg, n))");
    let lambda = &f.functions[1];
    assert_eq!(lambda.params.len(), 3);
    assert_eq!(
        bindings_of(&f, lambda.scope),
        ["msg: Msg = param 0", "n = param 2"]
    );
}

#[test]
fn structs_and_their_wire_names() {
    let f = facts(
        "#[derive(Serialize)] #[serde(rename_all = \"camelCase\")]\n\
         struct Order { order_id: Uuid, #[serde(rename = \"sum\")] total: Option<Arc<Money>>, \
         #[serde(rename(serialize = \"s\", deserialize = \"d\"))] both: Vec<u8> }\n\
         struct Wrapper(pub Client, u8);",
    );
    assert_eq!(
        fields(&f, &f.classes[0]),
        [
            "order_id: Uuid (orderId)",
            "total?: Money (sum)",
            "both: Vec<u8> (s)"
        ]
    );
    assert_eq!(show(&f, f.classes[0].decorators[0]), "derive(Serialize)");
    assert_eq!(fields(&f, &f.classes[1]), ["0: Client", "1: u8"]);
}

#[test]
fn enums_and_their_wire_names() {
    let f = facts(
        "#[strum(serialize_all = \"kebab-case\")]\n\
         enum Event { OrderPlaced(Order), #[strum(serialize = \"x\")] B { at: Time }, C = 3 }",
    );
    assert_eq!(
        fields(&f, &f.classes[0]),
        ["OrderPlaced: Order (order-placed)", "B: Time (x)", "C (c)"]
    );
    assert!(f.classes[0].fields.iter().all(|field| field.is_static));
}

#[test]
fn case_conventions_are_those_of_serde() {
    let field = |convention| super::wire::rename("order_id", convention, false).unwrap();
    let variant = |convention| super::wire::rename("OrderPlaced", convention, true).unwrap();
    for (convention, of_field, of_variant) in [
        ("lowercase", "order_id", "orderplaced"),
        ("UPPERCASE", "ORDER_ID", "ORDERPLACED"),
        ("PascalCase", "OrderId", "OrderPlaced"),
        ("camelCase", "orderId", "orderPlaced"),
        ("snake_case", "order_id", "order_placed"),
        ("SCREAMING_SNAKE_CASE", "ORDER_ID", "ORDER_PLACED"),
        ("kebab-case", "order-id", "order-placed"),
        ("SCREAMING-KEBAB-CASE", "ORDER-ID", "ORDER-PLACED"),
    ] {
        assert_eq!(field(convention), of_field, "{convention}");
        assert_eq!(variant(convention), of_variant, "{convention}");
    }
    assert_eq!(super::wire::rename("a", "other", false), None);
}

#[test]
fn traits_and_impls() {
    let f = facts(
        "trait Handler: Base + Send { const NAME: &'static str; type Out: Shape; \
         fn run(&self, m: Msg) { self.ack(m) } fn make() -> Self; }\n\
         impl<P: Publisher> Handler for a::Service<P> { const NAME: &'static str = \"n\"; type Out = Order; \
         fn run(self: Arc<Self>, p: P) { self.0.send(Self::NAME); } }\n\
         struct Service<T> { p: T }",
    );
    let interface = class(&f, ClassKind::Interface);
    let bases: Vec<String> = interface.bases.iter().map(|b| show(&f, *b)).collect();
    assert_eq!(bases, ["Base", "Send"]);
    assert_eq!(fields(&f, interface), ["NAME: str", "Out: Shape"]);
    let is_static: Vec<bool> = interface
        .methods
        .iter()
        .map(|m| f.function(*m).is_static)
        .collect();
    assert_eq!(is_static, [false, true]);
    assert_eq!(
        show(&f, f.function(interface.methods[1]).return_type.unwrap()),
        "class Handler"
    );

    let extension = class(&f, ClassKind::Extension);
    assert_eq!(extension.name, "Service");
    assert_eq!(show(&f, extension.target.unwrap()), "a.Service<P>");
    assert_eq!(show(&f, extension.bases[0]), "Handler");
    assert_eq!(fields(&f, extension), ["NAME: str = \"n\"", "Out: Order"]);
    let run = f.function(extension.methods[0]);
    assert!(!run.is_static);
    assert_eq!(
        bindings_of(&f, run.scope),
        ["P = Publisher", "self = this", "p: P = param 0"]
    );
    assert_eq!(show(&f, f.calls[1]), "this.0.send(class Service.NAME)");
    // The bound of the impl also tells what the struct's field is.
    let service = class(&f, ClassKind::Struct);
    assert_eq!(bindings_of(&f, service.scope), ["T = Publisher"]);
}

#[test]
fn transparent_types() {
    let types = |ty: &str| {
        let f = facts(&format!("fn f(x: {ty}) {{}}"));
        show(&f, f.functions[0].params[0].ty.unwrap())
    };
    assert_eq!(types("&'a mut Arc<Mutex<Option<T>>>"), "T");
    assert_eq!(types("Box<dyn Publisher + Send + 'static>"), "Publisher");
    assert_eq!(types("&dyn a::B"), "a.B");
    assert_eq!(types("impl Future<Output = Result<T>>"), "T");
    assert_eq!(types("Cow<'static, str>"), "str");
    assert_eq!(types("&[T]"), "[]<T>");
    assert_eq!(types("HashMap<K, Vec<V>>"), "HashMap<K, Vec<V>>");
    assert_eq!(types("anyhow::Result<(A, B)>"), "[A, B]");
}

// --- macros ---------------------------------------------------------------------

#[test]
fn format_fills_its_holes() {
    assert_eq!(
        value("format!(\"a.{}.{x}\", y())"),
        "concat(\"a.\", y(), \".\", x)"
    );
    assert_eq!(
        value("format!(\"{1:?}{0}{{}}{n:>5}{}\", a, b.c, n = d)"),
        "concat(b.c, a, \"{}\", d, a)"
    );
    assert_eq!(value("format!(\"plain\")"), "concat(\"plain\")");
    assert_eq!(value("concat!(\"a\", b)"), "concat(\"a\", b)");
}

#[test]
fn values_of_macros() {
    assert_eq!(value("vec![a(), b]"), "[a(), b]");
    assert_eq!(value("vec![x; 3]"), "[x]");
    assert_eq!(
        value("serde_json::json!({ \"a\": f(x), \"b\": [1, null], k: { \"c\": d.e } })"),
        "{a: f(x), b: [1, null], [k]: {c: d.e}}"
    );
    assert_eq!(value("env!(\"X\")"), "env!(\"X\")");
    assert_eq!(
        value("tokio::try_join!(a(), b.c())"),
        "tokio.try_join!(a(), b.c())"
    );
    assert_eq!(
        value("hashmap! { \"k\" => a(), \"l\" => b }"),
        "{k: a(), l: b}"
    );
    assert_eq!(value("stream! { yield a; g() }"), "stream!(g())");
}

#[test]
fn calls_in_macros_are_seen_where_they_stand() {
    let source = "fn f() {\n info!(target: \"t\", %id, user = ?get(u), \"x {}\", g(h()));\n}";
    assert_eq!(
        calls(source),
        [
            "info!(\"t\", id, user=get(u), \"x {}\", g(h()))",
            "get(u)",
            "g(h())",
            "h()"
        ]
    );
    let f = facts(source);
    let get = f.expr(f.calls[1]).span;
    assert_eq!(
        (get.line, source.find("get(u)").unwrap() as u32),
        (2, get.start)
    );
    assert_eq!(
        calls("fn f() { assert!(matches!(next(), Some(_))); }"),
        [
            "assert!(matches!(next(), ?_))",
            "matches!(next(), ?_)",
            "next()"
        ]
    );
}

#[test]
fn fields_of_log_macros_are_named_arguments() {
    assert_eq!(
        calls("fn f() { span!(http.url = uri(), other.x = ?y()); }"),
        ["span!(http.url=uri(), other.x=y())", "uri()", "y()"]
    );
    assert_eq!(
        calls("fn f() { span!(http.url = uri()); }"),
        ["span!(http.url=uri())", "uri()"]
    );
}

#[test]
fn select_binds_its_patterns() {
    let statements = "tokio::select! { Some(msg) = rx.recv() => { handle(msg).await; } \
                      _ = stop.changed(), if ready() => break, r = task => out(r), else => { end() } }";
    assert_eq!(
        calls(&format!("fn f() {{ {statements} }}")),
        [
            "rx.recv()",
            "handle(msg)",
            "stop.changed()",
            "ready()",
            "out(r)",
            "end()"
        ]
    );
    assert_eq!(locals(statements), ["msg = rx.recv()", "r = task"]);
}

#[test]
fn items_in_macros() {
    assert_eq!(
        module("lazy_static! { static ref C: Client = Client::new(\"x\"); }"),
        ["C: Client = Client.new(\"x\")"]
    );
    assert!(calls("fn f() { quote! { fn #name() { a.b(#x); } }; }").is_empty());
    assert!(calls("macro_rules! m { ($x:expr) => { send($x) } }").is_empty());
}

// --- every call once, whatever the source -------------------------------------------

/// Calls that were lowered more than once.
fn repeated(f: &Facts) -> usize {
    let mut spans: Vec<(u32, u32)> = f
        .calls
        .iter()
        .map(|id| (f.expr(*id).span.start, f.expr(*id).span.end))
        .collect();
    let all = spans.len();
    spans.dedup();
    all - spans.len()
}

#[test]
fn every_call_is_lowered_once() {
    let f = facts(include_str!("../rust.rs"));
    assert!(f.calls.len() > 50);
    assert_eq!(repeated(&f), 0);
    let f = facts(include_str!("expressions.rs"));
    assert_eq!(repeated(&f), 0);
}

#[test]
fn calls_in_every_corner_are_seen() {
    let names = calls(
        "fn f() { let a = async { c1() }; if c2() { loop { break c3(); } } while c4() { c5(); } \
         for x in c6() { c7(); } x[c8()]; |y| c9(y); c10()..c11(); !c12(); -c13(); match c14() { 1 if c15() => c16(), _ => {} } \
         return c17(); } const X: u8 = c18(); static Y: [u8; c19()] = Z { a: c20(), ..c21() }; \
         enum E { A = c22() as isize } fn g(x: [u8; 2]) -> u8 { unsafe { c23() } } impl T { const Q: u8 = c24(); }",
    );
    let missing: Vec<u32> = (1..=24)
        .filter(|n| *n != 19 && !names.iter().any(|name| name.starts_with(&format!("c{n}("))))
        .collect();
    assert!(missing.is_empty(), "{missing:?} of {names:?}");
}

#[test]
fn deep_nesting_does_not_overflow() {
    let nest = |open: &str, middle: &str, close: &str, n: usize| {
        format!("fn f() {{ {}{middle}{} }}", open.repeat(n), close.repeat(n))
    };
    assert_eq!(calls(&nest("(", "g()", ")", 10_000)), ["g()"]);
    for source in [
        nest("{", "g()", "}", 10_000),
        nest("if a {", "g()", "}", 10_000),
        nest("f(", "g()", ")", 10_000),
        nest("vec![", "g()", "]", 10_000),
        nest("m!{", "g()", "}", 5_000),
        nest("|| ", "g()", "", 10_000),
        nest("match x { A => ", "g()", "}", 5_000),
        nest("mod m {", "", "}", 5_000),
        nest("let Some(", "x", ")", 5_000),
        nest("let x: A<", "B", ">", 5_000),
        format!("use {}c{};", "a::{".repeat(5_000), "}".repeat(5_000)),
        format!(
            "#[a{}{}] fn f() {{}}",
            "(b".repeat(5_000),
            ")".repeat(5_000)
        ),
    ] {
        facts(&source);
    }
}

#[test]
fn long_chains_are_lowered_whole() {
    let sum = vec!["a()"; 5_000].join(" + ");
    assert_eq!(facts(&format!("fn f() {{ {sum} }}")).calls.len(), 5_000);
    let chain = ".b(1)?".repeat(2_000);
    assert_eq!(facts(&format!("fn f() {{ a{chain} }}")).calls.len(), 2_000);
    let otherwise = "if a() { b() } else ".repeat(1_000);
    assert_eq!(
        facts(&format!("fn f() {{ {otherwise} {{ c() }} }}"))
            .calls
            .len(),
        2_001
    );
    let path = vec!["a"; 5_000].join("::");
    facts(&format!("fn f() {{ {path} }}"));
}

#[test]
fn half_written_code_gives_what_can_be_read() {
    let source =
        "use a::B;\nfn f() {\n let x = B::new(\"q\");\n x.send(y, \n}\nconst C: &str = \"c\";\n";
    let f = facts(source);
    assert!(!f.errors.is_empty());
    assert_eq!(module(source)[0], "B = <a>::B");
    assert!(calls(source).contains(&"B.new(\"q\")".to_owned()));
    let lines = facts("fn f( {}\nstruct {\nimpl X for\n").errors;
    assert!(!lines.is_empty());
}

/// Pieces that garbled source is made of.
const PIECES: [&str; 44] = [
    "fn", "f", "(", ")", "{", "}", "[", "]", "<", ">", "::", ".", ",", ";", ":", "=", "=>", "->",
    "let", "match", "if", "else", "|", "!", "&", "*", "?", "#", "\"a\"", "\"", "'a", "1", "impl",
    "struct", "enum", "use", "mod", "format!", "select!", "json!", "self", "é", "Some", "\n",
];

proptest! {
    #[test]
    fn garbled_source_never_panics(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..60)) {
        let f = facts(&pieces.join(" "));
        prop_assert!(f.calls.len() <= f.exprs.len());
        let f = facts(&pieces.concat());
        prop_assert_eq!(f.parents.len(), f.exprs.len());
    }

    #[test]
    fn cut_source_never_panics(from in 0usize..9_000, length in 0usize..3_000) {
        let source = include_bytes!("expressions.rs");
        let cut = source.get(from..(from + length).min(source.len())).unwrap_or(b"");
        prop_assert!(rust().facts(cut).is_ok());
    }

    #[test]
    fn bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(rust().facts(&bytes).is_ok());
    }
}
