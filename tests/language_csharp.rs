//! What C# source means, as facts.

mod printed;

use std::path::Path;

use msgmap::facts::{Class, ClassKind, Facts, Field, FunctionKind, ScopeId};
use msgmap::language::{Language, LanguageId, Roles};
use printed::{bindings, calls, class, expr, exprs, function};

/// The field of a class.
#[track_caller]
fn field<'c>(class: &'c Class, name: &str) -> &'c Field {
    let found = class.fields.iter().find(|field| field.name == name);
    found.expect("a field of that name")
}

fn csharp() -> &'static Language {
    LanguageId::of_path(Path::new("a.cs"))
        .expect("C# is a language")
        .get()
}

fn facts(source: &str) -> Facts {
    let facts = csharp()
        .facts(source.as_bytes())
        .expect("the grammar and its roles are in order");
    assert_eq!(facts.errors, Vec::<u32>::new(), "the test is not valid C#");
    facts
}

/// The bindings of the module's own scope.
#[track_caller]
fn binds(source: &str, expected: &[&str]) {
    assert_eq!(bindings(&facts(source), ScopeId(0)), expected);
}

/// Every call, in source order.
#[track_caller]
fn makes(source: &str, expected: &[&str]) {
    assert_eq!(calls(&facts(source)), expected);
}

#[test]
fn the_query_is_one_and_names_known_roles() {
    let grammar = csharp().grammar();
    tree_sitter::Query::new(&grammar, csharp().query()).expect("a valid query");
    Roles::parse(csharp().query(), &grammar).expect("a table of roles");
}

#[test]
fn namespaces_around_come_before_used_ones() {
    let facts = facts(
        "using A.B;
global using static A.C;
using X = A.D.E;
namespace Shop.Orders
{
    using Inner;
    namespace Deep { class Z {} }
    record R;
}",
    );
    let globs: Vec<&str> = facts
        .globs
        .iter()
        .map(|id| facts.import(*id).module.as_str())
        .collect();
    assert_eq!(
        globs,
        [
            "Shop.Orders.Deep",
            "Shop.Orders",
            "Shop",
            "",
            "A.B",
            "A.C",
            "Inner"
        ]
    );
    let mut offered: Vec<&str> = facts.exports.iter().map(|e| e.name.as_str()).collect();
    offered.sort_unstable();
    assert_eq!(offered, ["Shop.Orders.Deep.Z", "Shop.Orders.R"]);
    assert!(bindings(&facts, ScopeId(0)).contains(&"X = import A.D: E".to_owned()));
}

#[test]
fn texts_are_decoded() {
    binds(
        r####"
var a = "x\n\u0041\"";
var b = @"c:\d""q""";
var c = """raw "x" """;
var d = $"user:{id:N}:{{x}}";
var e = $@"a\{f(1)}";
var f = "a." + name + ".b";
var g = string.Format("{0}.{1}!", a, b);
var h = nameof(Shop.Order);
var i = string.Empty;
var j = 'c';
"####,
        &[
            r#"a = "x\nA\"""#,
            r#"b = "c:\\d\"q\"""#,
            r#"c = "raw \"x\" ""#,
            r#"d = concat("user:", id, ":{x}")"#,
            r#"e = concat("a\\", f(1))"#,
            r#"f = concat("a.", name, ".b")"#,
            r#"g = concat(a, ".", b, "!")"#,
            r#"h = "Order""#,
            r#"i = """#,
            r#"j = "c""#,
        ],
    );
}

#[test]
fn what_only_holds_a_value_is_left_out_and_a_type_is_kept() {
    binds(
        "var a = await b.C();
var d = (Order)e;
var f = (g as H)!;
var i = checked(j);
const long K = 1_000L;
var l = -2;
var m = x ?? y;
var n = p ? q : r;",
        &[
            "a = b.C()",
            "d = e as Order",
            "f = g as H",
            "i = j",
            "K: long = 1000",
            "l = -2",
            "m = either(x, y)",
            "n = either(q, r)",
        ],
    );
}

#[test]
fn chains_are_calls_of_members() {
    makes(
        "x?.Y.Z<Order>(a, name: b)?[0].W(out var c, ref d);",
        &["x.Y.Z(a, name=b)", "x.Y.Z(a, name=b)[0].W(?var c, d)"],
    );
}

#[test]
fn objects_are_made() {
    binds(
        r#"
var a = new X(1) { B = c, D = { E = f } };
var g = new Dictionary<string, object> { ["h"] = 1, { "i", j } };
List<string> k = new() { "l", "m" };
Order n = new(2);
var o = new { p.Q, R = 1 };
var s = new[] { t, u };
string[] v = [w, ..x];
var y = z with { A = 1 };
"#,
        &[
            "a = {B: c, D: {E: f}}",
            r#"g = {h: 1, i: j}"#,
            r#"k: []<string> = ["l", "m"]"#,
            "n: Order = Order(2)",
            "o = {Q: p.Q, R: 1}",
            "s = [t, u]",
            "v: []<string> = [w, *x]",
            "y = {...: z, A: 1}",
        ],
    );
}

#[test]
fn members_are_visible_without_this() {
    makes(
        "class A(IBus bus) {
    const string Q = \"q\";
    private readonly Channel _channel = new(bus);
    Kind Kind { get; set; }
    void M(string q) {
        F(q); _channel.Send(Q, this.N, x); S(); bus.Publish(Kind.Big);
        void Local() { F(q); }
        Local();
    }
    void F(string s) {}
    static void S() {}
    string N => \"n\";
    enum Inner { One }
    Inner G() => Inner.One;
}",
        &[
            "Channel(this.bus)",
            "this.F(q)",
            "this._channel.Send(class A.Q, this.N, x)",
            "class A.S()",
            "this.bus.Publish(Kind.Big)",
            "this.F(q)",
            "Local()",
        ],
    );
}

#[test]
fn classes_have_fields_and_getters() {
    let facts = facts(
        "/// <summary>An order. More of it.</summary>
public abstract record Order(Guid Id, [property: JsonPropertyName(\"n\")] string? Name = null) : Base<Order>(Id), IOrder
{
    public static readonly string Topic = \"orders\";
    public List<Line> Lines { get; init; } = new();
    public string Key => $\"o:{Id}\";
    public string Text { get { return \"t\"; } set { _text = value; } }
    private string _text;
    public event Handler? Changed;
}
struct S {}
interface I<T> where T : class { void M(T t); }
enum E { A, [EnumMember(Value = \"b-b\")] B = 2 }",
    );
    let order = class(&facts, "Order");
    assert_eq!(order.doc.as_deref(), Some("An order."));
    assert_eq!(exprs(&facts, &order.bases), ["Base<Order>", "IOrder"]);
    let names: Vec<&str> = order.fields.iter().map(|f| f.name.as_str()).collect();
    assert_eq!(names, ["Id", "Name", "Topic", "Lines", "_text", "Changed"]);
    assert_eq!(
        printed::field(&facts, field(order, "Topic")),
        "static Topic: string = \"orders\""
    );
    assert_eq!(exprs(&facts, &field(order, "Id").values), ["param Id"]);
    assert_eq!(function(&facts, "Key").kind, FunctionKind::Getter);
    assert_eq!(exprs(&facts, &function(&facts, "Text").returns), ["\"t\""]);
    assert_eq!(class(&facts, "S").kind, ClassKind::Struct);
    assert_eq!(class(&facts, "I").kind, ClassKind::Interface);
    assert_eq!(class(&facts, "I").type_params, ["T"]);
    let variant = field(class(&facts, "E"), "B");
    assert_eq!(variant.wire_name.as_deref(), Some("b-b"));
}

#[test]
fn constructors_give_fields_their_values() {
    let facts = facts(
        "class A : B {
    private string _x;
    public A(string x) : base(x, 1) { _x = x; Y = x; this.z = x; }
}",
    );
    let a = class(&facts, "A");
    assert_eq!(exprs(&facts, &field(a, "_x").values), ["x"]);
    assert_eq!(exprs(&facts, &field(a, "z").values), ["x"]);
    assert_eq!(calls(&facts), ["super(x, 1)", "this.Y=(x)"]);
}

#[test]
fn functions_have_parameters() {
    let facts = facts(
        "static class X {
    public static async Task<T?> Send<T>(this IBus bus, T message, int n = 3, params string[] rest) where T : class
        => await bus.Send<T>(message);
}",
    );
    let send = function(&facts, "Send");
    assert!(send.extends && send.is_static);
    let names: Vec<&str> = send.params.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["bus", "message", "n", "rest"]);
    assert!(send.params[3].rest);
    assert_eq!(
        send.params[2].default.map(|d| expr(&facts, d)).as_deref(),
        Some("3")
    );
    assert_eq!(
        send.return_type.map(|t| expr(&facts, t)).as_deref(),
        Some("T")
    );
    assert_eq!(send.type_params, ["T"]);
}

#[test]
fn attributes_are_decorators() {
    let facts = facts(
        "[Route(\"a\"), Obsolete]
class A {
    [Function(nameof(Run))]
    public void Run([QueueTrigger(\"jobs\", Connection = \"c\")] string item) {}
}",
    );
    assert_eq!(
        exprs(&facts, &class(&facts, "A").decorators),
        ["Route(\"a\")", "Obsolete"]
    );
    let run = function(&facts, "Run");
    assert_eq!(exprs(&facts, &run.decorators), ["Function(\"Run\")"]);
    assert_eq!(
        exprs(&facts, &run.params[0].decorators),
        ["QueueTrigger(\"jobs\", Connection=\"c\")"]
    );
}

#[test]
fn handlers_are_added_to_events() {
    makes(
        "consumer.Received += async (ch, ea) => { await F(ea); };
consumer.Gone += OnGone;
count += 1;
text += \"x\";
consumer.Received -= OnGone;
p.X = 1; p[\"k\"] = 2;",
        &[
            "consumer.Received.+=(function )",
            "F(ea)",
            "consumer.Gone.+=(OnGone)",
            "p.X=(1)",
            "p.[]=(\"k\", 2)",
        ],
    );
}

#[test]
fn patterns_bind_names() {
    let facts = facts(
        "void F(object e) {
    if (e is Order { Id: var id } o && o.Ok) A(o, id);
    switch (e) { case Paid p: B(p); break; case \"x\" or \"y\": C(); break; default: D(); break; }
    var r = e switch { Order x => x.Id, null => throw new E(), _ => 0 };
    foreach (var (k, v) in map) G(k, v);
    var (a, b) = H();
    await foreach (var m in s.ReadAsync()) I(m);
}",
    );
    assert!(calls(&facts).contains(&"A(o, id)".to_owned()));
    assert!(calls(&facts).contains(&"G(k, v)".to_owned()));
    let all: Vec<String> = (0..facts.scopes.len())
        .flat_map(|i| bindings(&facts, ScopeId(i as u32)))
        .collect();
    for expected in [
        "o: Order",
        "id = e.Id",
        "p: Paid",
        "k = each(map)[0]",
        "b = H()[1]",
        "m = each(s.ReadAsync())",
    ] {
        assert!(all.iter().any(|b| b == expected), "{expected}: {all:?}");
    }
}

#[test]
fn half_written_code_keeps_the_rest() {
    let source =
        "using A;\nclass X { void F() { bus.Publish( } void G() { bus.Send(1); } }\nclass Y {";
    let facts = csharp().facts(source.as_bytes()).expect("facts");
    assert!(!facts.errors.is_empty());
    assert!(calls(&facts).iter().any(|c| c.contains("Send(1)")));
}

#[test]
fn deep_nesting_ends() {
    for source in [
        format!("var a = {}1{};", "(".repeat(3000), ")".repeat(3000)),
        format!("var a = {}x;", "!".repeat(3000)),
        format!("F({}", "a => F(".repeat(2000)),
        "if (a) {".repeat(3000),
        "namespace A {".repeat(2000),
        "class A {".repeat(2000),
        format!("x{};", ".Y(1)".repeat(4000)),
    ] {
        let facts = csharp().facts(source.as_bytes()).expect("facts");
        assert!(!facts.scopes.is_empty());
    }
}
