//! What Python source means, as facts.

mod printed;

use std::path::Path;

use msgmap::facts::{ClassKind, Facts, FunctionKind, ScopeId};
use msgmap::language::{Language, LanguageId, Roles};
use printed::{bindings, calls, class, expr, exprs, field, function};
use proptest::prelude::*;

fn python() -> &'static Language {
    LanguageId::of_path(Path::new("a.py"))
        .expect("Python is a language")
        .get()
}

fn facts(source: &str) -> Facts {
    python()
        .facts(source.as_bytes())
        .expect("the grammar and its roles are in order")
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
    let grammar = python().grammar();
    tree_sitter::Query::new(&grammar, python().query()).expect("a valid query");
    Roles::parse(python().query(), &grammar).expect("a table of roles");
}

#[test]
fn imports_bind_names() {
    let source = "
import os
import a.b.c
import a.b as x
from m import y as z, w
from . import s
from ..pkg . mod import *
from .near import (one, two)
from __future__ import annotations
";
    binds(
        source,
        &[
            "os = import os",
            "a = import a",
            "x = import a.b",
            "z = import m: y",
            "w = import m: w",
            "s = import .: s",
            "one = import .near: one",
            "two = import .near: two",
        ],
    );
    let facts = facts(source);
    assert!(facts.imports.iter().any(|i| i.module == "a.b.c"));
    let globs: Vec<&str> = facts
        .globs
        .iter()
        .map(|id| facts.import(*id).module.as_str())
        .collect();
    assert_eq!(globs, ["..pkg.mod"]);
}

#[test]
fn imports_count_wherever_they_stand() {
    let source = "
if TYPE_CHECKING:
    from m import T
try:
    import fast as impl
except ImportError:
    import slow as impl
def f():
    from deep import g
    g()
";
    binds(
        source,
        &[
            "T = import m: T",
            "impl = import fast",
            "impl = import slow",
            "f = function f",
        ],
    );
    let facts = facts(source);
    assert_eq!(
        bindings(&facts, function(&facts, "f").scope),
        ["g = import deep: g"]
    );
}

#[test]
fn strings_are_decoded() {
    binds(
        r#"
a = "x\n\x41\u00e9\101\q"
b = r"\d\n"
c = b'bytes'
d = """a
b"""
e = "one" 'two'
f = "a\
b"
"#,
        &[
            r#"a = "x\nAéA\\q""#,
            r#"b = "\\d\\n""#,
            r#"c = "bytes""#,
            r#"d = "a\nb""#,
            r#"e = "onetwo""#,
            r#"f = "ab""#,
        ],
    );
}

#[test]
fn strings_with_holes_are_concatenations() {
    binds(
        r#"
a = f"user:{user.id}:{{x}}"
b = "pre." f"{x!r:>{width()}}" ".post"
c = "a." + name + ".b"
d = rf"\d{x}"
e = f"{x}"
"#,
        &[
            r#"a = concat("user:", user.id, ":{x}")"#,
            r#"b = concat("pre.", x, ".post")"#,
            r#"c = concat("a.", name, ".b")"#,
            r#"d = concat("\\d", x)"#,
            r#"e = concat(x)"#,
        ],
    );
    makes(r#"a = f"{x:>{width()}}{y()}""#, &["width()", "y()"]);
}

#[test]
fn formatting_puts_arguments_into_the_holes() {
    binds(
        r#"
a = "{}.{}".format(x, f())
b = "{1}.{0}.{name}".format(x, y, name=z)
c = "%s.%d" % (x, y)
d = "%(a)s-%%" % {"a": x}
e = "%s!" % x
f = "%s.%s" % pair
g = "{{{0!r:>5}}}".format(x)
"#,
        &[
            r#"a = concat(x, ".", f())"#,
            r#"b = concat(y, ".", x, ".", z)"#,
            r#"c = concat(x, ".", y)"#,
            r#"d = concat(x, "-%")"#,
            r#"e = concat(x, "!")"#,
            r#"f = concat(pair[0], ".", pair[1])"#,
            r#"g = concat("{", x, "}")"#,
        ],
    );
}

#[test]
fn formatting_that_cannot_be_worked_out_stays_as_it_is() {
    binds(
        r#"
a = "{0.name}".format(x)
b = "{} {}".format(*xs)
c = template.format(x)
d = "%*d" % (3, x)
e = "{}}".format(x)
f = "%(a)s" % values
"#,
        &[
            r#"a = "{0.name}".format(x)"#,
            r#"b = "{} {}".format(*xs)"#,
            "c = template.format(x)",
            r#"d = ?"%*d" % (3, x)"#,
            r#"e = "{}}".format(x)"#,
            r#"f = ?"%(a)s" % values"#,
        ],
    );
}

#[test]
fn sums_of_lists_are_lists_and_sums_with_numbers_are_arithmetic() {
    binds(
        "a = BASE + ['x']\nb = ['x'] + ['y'] + more\nc = n + 1\nd = a + b + c\n",
        &[
            r#"a = [*BASE, "x"]"#,
            r#"b = ["x", "y", *more]"#,
            "c = ?n + 1",
            "d = concat(a, b, c)",
        ],
    );
}

#[test]
fn alternatives_are_either() {
    binds(
        "a = x or y or 'z'\nb = x if c() else y\nc = x and y\nd = x or y and z\n",
        &[
            r#"a = either(x, y, "z")"#,
            "b = either(x, y)",
            "c = either(x, y)",
            "d = either(x, either(y, z))",
        ],
    );
}

#[test]
fn wrappers_are_transparent() {
    binds(
        "
import typing
from typing import cast
a = (await (f()))
b = cast(T, g())
c = typing.cast('T', x)
d = other.cast(T, x)
if (n := make()) > 3: pass
e = not x
f = -1
",
        &[
            "typing = import typing",
            "cast = import typing: cast",
            "a = f()",
            "b = g()",
            "c = x",
            "d = other.cast(T, x)",
            "n = make()",
            "e = ?not x",
            "f = -1",
        ],
    );
}

#[test]
fn targets_are_taken_apart() {
    binds(
        "
a, (b, c) = f()
d, e = x, y
first, *rest, last = xs
p = q = r()
for k, v in items: pass
for i, item in enumerate(xs): pass
with f() as g, (h()) as (i, j): pass
async def unused(): pass
",
        &[
            "a = f()[0]",
            "b = f()[1][0]",
            "c = f()[1][1]",
            "d = x",
            "e = y",
            "first = xs[0]",
            "rest = [*xs]",
            "last = xs[-1]",
            "p = r()",
            "q = r()",
            "k = each(items)[0]",
            "v = each(items)[1]",
            "i = each(enumerate(xs))[0]",
            "item = each(xs)",
            "g = f()",
            "i = h()[0]",
            "j = h()[1]",
            "unused = function unused",
        ],
    );
}

#[test]
fn a_binding_counts_behind_the_value_it_is_bound_to() {
    let facts = facts("x = a\nx = wrap(x)\n");
    let scope = facts.scope(ScopeId(0));
    let at: Vec<(u32, bool)> = scope.names["x"]
        .iter()
        .map(|binding| (binding.at, binding.declares))
        .collect();
    assert_eq!(at, [(5, true), (17, false)]);
}

#[test]
fn declared_types_are_kept() {
    binds(
        "
a: T = f()
b: Optional[m.T]
try: pass
except E as e: pass
except (A, B) as e: pass
",
        &["a: T = f()", "b: m.T", "e: E = ?e", "e: either(A, B) = ?e"],
    );
}

#[test]
fn assignments_to_parts_are_calls() {
    makes(
        "d[k] = v()\nobj.attr = f\nxs += [h]\nevent.fired -= h\nn += 1\nd[a, b] = c\n",
        &[
            "d.[]=(k, v())",
            "v()",
            "obj.attr=(f)",
            "xs.+=([h])",
            "event.fired.-=(h)",
            "d.[]=([a, b], c)",
        ],
    );
    binds(
        "s = 'a'\ns += 'b'\ns += other\n",
        &[r#"s = "a""#, r#"s = concat(s, "b")"#],
    );
}

#[test]
fn calls_are_found_once_wherever_they_stand() {
    makes(
        r#"
@deco(a())
def f(x=b(), *, y: c() = d()) -> e():
    assert g(), h()
    yield i()
    await j()
    raise k() from l()
    del m()[n()]
    while o(): p()
    else: q()
    try: r()
    except s(): t()
    finally: u()
    match v():
        case A(b=1) if w(): return x()
    return lambda z=y(): z1()
class C(z2(), metaclass=z3()):
    z4()
print(f"{z5()}", *z6(), **z7(), k=z8(z9()))
[z10(x) for x in z11() if z12()]
a = b = z13() < z14() + z15()[z16():z17()]
super().__init__(z18())
global_name: z19() = 1
if z20(): pass
elif z21(): pass
with z22() as (c, z23().d): z24()
for z25().e in z26(): z27()
"#,
        &[
            "deco(a())",
            "a()",
            "b()",
            "c()",
            "d()",
            "e()",
            "g()",
            "h()",
            "i()",
            "j()",
            "k()",
            "l()",
            "m()",
            "n()",
            "o()",
            "p()",
            "q()",
            "r()",
            "s()",
            "t()",
            "u()",
            "v()",
            "w()",
            "x()",
            "y()",
            "z1()",
            "z2()",
            "z3()",
            "z4()",
            r#"print(concat(z5()), *z6(), *z7(), k=z8(z9()))"#,
            "z5()",
            "z6()",
            "z7()",
            "z8(z9())",
            "z9()",
            "z10(x)",
            "z11()",
            "z12()",
            "z13()",
            "z14()",
            "z15()",
            "z16()",
            "z17()",
            "super.__init__(z18())",
            "z18()",
            "z19()",
            "z20()",
            "z21()",
            "z22()",
            "z23().d=(z22()[1])",
            "z23()",
            "z24()",
            "z25()",
            "z25().e=(each(z26()))",
            "z26()",
            "z27()",
        ],
    );
}

#[test]
fn scopes_of_functions_are_their_own() {
    let source = "
count = 0
def outer(a, b: T = 1, *args, c=None, **kw):
    local = a
    def inner():
        nonlocal local
        global count
        local = x
        count = y
    for v in a: w = v
    ys = [v2.send(n := u) for v2 in a for u in v2]
    return local
";
    let facts = facts(source);
    assert_eq!(
        bindings(&facts, ScopeId(0)),
        ["count = 0", "outer = function outer", "count = y"]
    );
    let outer = function(&facts, "outer");
    assert_eq!(
        bindings(&facts, outer.scope),
        [
            "a = param a",
            "b: T = param b",
            "args = param args",
            "c = param c",
            "kw = param kw",
            "local = a",
            "inner = function inner",
            "local = x",
            "v = each(a)",
            "w = v",
            "n = u",
            "ys = [v2.send(u)]",
        ]
    );
    assert_eq!(exprs(&facts, &outer.returns), ["local"]);
    let params: Vec<(&str, bool, Option<String>)> = outer
        .params
        .iter()
        .map(|p| (p.name.as_str(), p.rest, p.default.map(|d| expr(&facts, d))))
        .collect();
    assert_eq!(
        params,
        [
            ("a", false, None),
            ("b", false, Some("1".into())),
            ("args", true, None),
            ("c", false, Some("null".into())),
            ("kw", true, None),
        ]
    );
    let inner = function(&facts, "inner");
    assert!(bindings(&facts, inner.scope).is_empty());
    assert!(inner.outer.is_some());
}

#[test]
fn comprehensions_have_a_scope() {
    let facts = facts("x = 1\ns = {x for x in x if x}\nd = {k: 'v' for k, v in y}\n");
    assert_eq!(
        bindings(&facts, ScopeId(0)),
        ["x = 1", "s = [x]", r#"d = {[k]: "v"}"#]
    );
    assert_eq!(bindings(&facts, ScopeId(1)), ["x = each(x)"]);
    assert_eq!(
        bindings(&facts, ScopeId(2)),
        ["k = each(y)[0]", "v = each(y)[1]"]
    );
}

#[test]
fn functions_carry_what_is_written_on_them() {
    let source = "
@app.task(bind=True)
@other
async def f[T, *U](x: 'T', y: list[\"m.U\"]) -> Awaitable[R]:
    \"\"\"Sends the order. And more.

    Details.\"\"\"
    if x: return a
    return b, c
h = lambda x, *y: x.send(y)
";
    let facts = facts(source);
    let f = function(&facts, "f");
    assert_eq!(
        exprs(&facts, &f.decorators),
        ["app.task(bind=true)", "other"]
    );
    assert_eq!(f.doc.as_deref(), Some("Sends the order."));
    assert_eq!(exprs(&facts, &f.returns), ["a", "[b, c]"]);
    assert_eq!(f.return_type.map(|t| expr(&facts, t)).as_deref(), Some("R"));
    assert_eq!(f.type_params, ["T", "U"]);
    assert_eq!(f.span.line, 2);
    assert_eq!(
        bindings(&facts, f.scope),
        ["x: T = param x", "y: list<m.U> = param y"]
    );
    let lambda = function(&facts, "");
    assert_eq!(lambda.kind, FunctionKind::Lambda);
    assert_eq!(exprs(&facts, &lambda.returns), ["x.send(y)"]);
}

#[test]
fn methods_have_a_receiver() {
    let source = "
class A(Base[T], m.Other, metaclass=M):
    '''Holds it'''
    def __init__(self, bus: Bus):
        self.bus = bus
        self.queue: Queue[str] = make(self)
        self.late: Late
        other.bus = bus
        def inner(): self.deep = 1
    @property
    def name(this): return this.bus
    @staticmethod
    def make(x): pass
    @classmethod
    def build(cls, x):
        cls.made = x
        return cls(x)
    @name.setter
    def name(self, value): pass
    class Meta: pass
";
    let facts = facts(source);
    let a = class(&facts, "A");
    assert_eq!(exprs(&facts, &a.bases), ["Base<T>", "m.Other"]);
    assert_eq!(a.doc.as_deref(), Some("Holds it"));
    assert_eq!(
        bindings(&facts, a.scope),
        [
            "__init__ = function __init__",
            "name = function name",
            "make = function make",
            "build = function build",
            "name = function name",
            "Meta = class Meta",
        ]
    );
    let fields: Vec<String> = a.fields.iter().map(|f| field(&facts, f)).collect();
    assert_eq!(
        fields,
        [
            "bus = bus",
            "queue: Queue<str> = make(self)",
            "late: Late",
            "deep = 1",
            "made = x",
        ]
    );
    let methods: Vec<(FunctionKind, bool, usize)> = a
        .methods
        .iter()
        .map(|id| facts.function(*id))
        .map(|f| (f.kind, f.is_static, f.params.len()))
        .collect();
    assert_eq!(
        methods,
        [
            (FunctionKind::Constructor, false, 1),
            (FunctionKind::Getter, false, 0),
            (FunctionKind::Method, true, 1),
            (FunctionKind::Method, true, 1),
            (FunctionKind::Method, false, 1),
        ]
    );
    assert_eq!(
        bindings(&facts, function(&facts, "__init__").scope),
        [
            "self = this",
            "bus: Bus = param bus",
            "inner = function inner"
        ]
    );
    assert_eq!(
        bindings(&facts, function(&facts, "build").scope),
        ["cls = this", "x = param x"]
    );
    assert_eq!(calls(&facts), ["make(self)", "other.bus=(bus)", "cls(x)"]);
}

#[test]
fn class_bodies_declare_fields() {
    let source = "
@dataclass
class Order:
    id: int
    note: str | None
    tags: list[str] = field(default_factory=list)
    must: int = field(repr=False)
    also: int = Field(...)
    n: int = 3
    shared: ClassVar[str] = 'x'
    plain = 'y'
";
    let facts = facts(source);
    let order = class(&facts, "Order");
    assert_eq!(exprs(&facts, &order.decorators), ["dataclass"]);
    let fields: Vec<String> = order.fields.iter().map(|f| field(&facts, f)).collect();
    assert_eq!(
        fields,
        [
            "id: int",
            "optional note: str",
            "optional tags: list<str> = field(default_factory=list)",
            "must: int = field(repr=false)",
            "also: int = Field(?...)",
            "optional n: int = 3",
            r#"static shared: str = "x""#,
            r#"static plain = "y""#,
        ]
    );
    assert_eq!(bindings(&facts, order.scope).len(), 8);
}

#[test]
fn enumerations_have_values() {
    let source = "
class Topic(str, enum.Enum):
    ORDERS = 'orders'
    PAIR = 'pair', 'Label'
class Auto(StrEnum):
    CREATED = auto()
class Plain(Enum):
    ONE = auto()
class Not(Model):
    PAIR = 'a', 'b'
";
    let facts = facts(source);
    let fields = |name: &str| -> Vec<String> {
        let class = class(&facts, name);
        class
            .fields
            .iter()
            .map(|f| expr(&facts, f.values[0]))
            .collect()
    };
    assert_eq!(class(&facts, "Topic").kind, ClassKind::Enum);
    assert_eq!(fields("Topic"), [r#""orders""#, r#""pair""#]);
    assert_eq!(fields("Auto"), [r#""created""#]);
    assert_eq!(fields("Plain"), ["auto()"]);
    assert_eq!(class(&facts, "Not").kind, ClassKind::Class);
    assert_eq!(fields("Not"), [r#"["a", "b"]"#]);
}

#[test]
fn types_are_read_through_their_wrappers() {
    let types = [
        ("Optional[T]", "T"),
        ("T | None", "T"),
        ("None | A | B", "either(A, B)"),
        ("Union[A, 'B', None]", "either(A, B)"),
        ("Annotated[T, Depends(get)]", "T"),
        ("Final[ClassVar[m.T]]", "m.T"),
        ("type[T]", "T"),
        ("typing.Coroutine[Any, Any, T]", "T"),
        ("'Optional[pkg.T]'", "pkg.T"),
        ("'not a type'", r#""not a type""#),
        ("dict[str, list[T]]", "dict<str, list<T>>"),
        ("Literal['a', 'b']", r#"either("a", "b")"#),
        ("Callable[[A], B]", "Callable<[A], B>"),
        ("None", "null"),
    ];
    for (written, expected) in types {
        binds(&format!("x: {written}\n"), &[&format!("x: {expected}")]);
    }
    makes(
        "x: Annotated[T, Depends(get())]",
        &["Depends(get())", "get()"],
    );
}

#[test]
fn generic_classes_have_type_parameters() {
    let facts = facts("class A(Generic[T, U]): pass\nclass B[V: m.X]: pass\ntype L[T] = list[T]\n");
    assert_eq!(class(&facts, "A").type_params, ["T", "U"]);
    assert_eq!(class(&facts, "B").type_params, ["V"]);
    let alias = class(&facts, "L");
    assert_eq!(alias.kind, ClassKind::Alias);
    assert_eq!(alias.type_params, ["T"]);
    assert_eq!(exprs(&facts, &alias.bases), ["list<T>"]);
}

#[test]
fn literals_and_arguments() {
    binds(
        "
a = {'k': 1, K: 2, **more, f'x{y}': 3}
b = dict(a=1)
c = {1, 2}, [*xs], ()
d = f(x, *args, key=v, **kw)
e = xs[0][1:2]
f = g(x for x in y)
g = (None, True, 1.5)
",
        &[
            r#"a = {k: 1, [K]: 2, ...: more, [concat("x", y)]: 3}"#,
            "b = dict(a=1)",
            "c = [[1, 2], [*xs], []]",
            "d = f(x, *args, key=v, *kw)",
            "e = xs[0][?1:2]",
            "f = g([x])",
            "g = [null, true, 1.5]",
        ],
    );
}

#[test]
fn a_star_spreads_the_whole_expression() {
    binds(
        "a = f(*g(), *h.i(j)[0].k, *(l()), *m + n)\nb = [*g(), *h.i()]\n",
        &[
            "a = f(*g(), *h.i(j)[0].k, *l(), *concat(m, n))",
            "b = [*g(), *h.i()]",
        ],
    );
    let facts = facts("f(*g())");
    let columns: Vec<u32> = facts
        .calls
        .iter()
        .map(|call| facts.expr(*call).span.column)
        .collect();
    assert_eq!(columns, [1, 4]);
}

#[test]
fn members_are_reported_at_their_name() {
    let facts = facts("x = (a\n  .send(1)\n)\n");
    let call = facts.expr(facts.calls[0]);
    assert_eq!((call.span.line, call.span.end_line), (1, 2));
    let msgmap::facts::ExprKind::Call { callee, .. } = call.kind else {
        panic!("{call:?}");
    };
    let msgmap::facts::ExprKind::Member { at, .. } = facts.expr(callee).kind else {
        panic!("{callee:?}");
    };
    assert_eq!((at.line, at.column), (2, 4));
}

#[test]
fn patterns_capture_the_subject_and_its_parts() {
    binds(
        "
match event():
    case Created(id=x) as e: pass
    case {'type': t, **rest}: pass
    case [1, *more] | m.CONST: pass
    case other: pass
    case _: pass
",
        &[
            "x = ?x",
            "e: Created = event()",
            "t = ?t",
            "rest = ?rest",
            "more = ?more",
            "other = event()",
        ],
    );
}

#[test]
fn half_written_code_gives_what_can_be_read() {
    let facts = facts("import a\nx = client.\ndef f(:\n  a.send('t'\n\ny = b.send('u')\n");
    assert!(!facts.errors.is_empty());
    assert!(calls(&facts).contains(&r#"b.send("u")"#.to_owned()));
    assert_eq!(bindings(&facts, ScopeId(0))[0], "a = import a");
}

#[test]
fn deep_nesting_is_cut_off() {
    const DEPTH: usize = 10_000;
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("f(", ")"),
        ("x[", "]"),
        ("{1: ", "}"),
        ("lambda: ", ""),
        ("not ", ""),
        ("await ", ""),
        ("[x for x in ", "]"),
        ("y if z else ", ""),
    ] {
        let source = format!("a()\nx = {}1{}\n", open.repeat(DEPTH), close.repeat(DEPTH));
        assert_eq!(calls(&facts(&source))[0], "a()", "{open}");
    }
    let mut blocks = String::from("a()\n");
    for depth in 0..1000 {
        blocks.push_str(&format!("{}if x:\n", " ".repeat(depth)));
    }
    assert_eq!(calls(&facts(&blocks))[0], "a()");
    let annotation = format!("a()\nx: {}T{}\n", "list[".repeat(DEPTH), "]".repeat(DEPTH));
    assert_eq!(calls(&facts(&annotation))[0], "a()");
}

#[test]
fn long_chains_are_read_to_their_end() {
    const TERMS: usize = 5_000;
    for (operator, name) in [(" + ", "concat"), (" or ", "either")] {
        let terms = vec!["f()"; TERMS].join(operator);
        let facts = facts(&format!("x = {terms}\n"));
        assert_eq!(facts.calls.len(), TERMS);
        let value = bindings(&facts, ScopeId(0)).remove(0);
        assert!(
            value.starts_with(&format!("x = {name}(f(), f()")),
            "{operator}"
        );
        assert_eq!(value.matches("f()").count(), TERMS);
    }
}

/// Pieces that meet in every order: most of it is no Python.
const PIECES: [&str; 48] = [
    "def f",
    "(",
    ")",
    ":",
    "\n",
    "\n  ",
    "\n    ",
    "class A",
    "[",
    "]",
    "{",
    "}",
    "self",
    ".",
    "x",
    " = ",
    "lambda ",
    "'",
    "\"\"\"",
    "f'{",
    "}'",
    "import ",
    "from ",
    " as ",
    "*",
    "**",
    ",",
    "@",
    "match x",
    "case ",
    "with ",
    "for ",
    " in ",
    "if ",
    "else",
    "return ",
    "global x",
    "nonlocal x",
    "except ",
    "try:",
    " += ",
    "%",
    "'{}'.format(",
    "'%s' % ",
    "é",
    "\\",
    "type ",
    "await ",
];

proptest! {
    #[test]
    fn garbled_code_never_panics(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..60)) {
        let facts = facts(&pieces.concat());
        prop_assert_eq!(facts.parents.len(), facts.exprs.len());
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let facts = python().facts(&bytes).expect("facts of anything");
        prop_assert_eq!(facts.parents.len(), facts.exprs.len());
    }
}
