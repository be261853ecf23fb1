//! What Go source means, as facts.

mod printed;

use std::path::Path;

use msgmap::facts::{ClassKind, ExprKind, Facts, FunctionKind, ScopeId};
use msgmap::language::{Language, LanguageId, Roles};
use printed::{bindings, calls, class, expr, exprs, field, function};
use proptest::prelude::*;

fn go() -> &'static Language {
    LanguageId::of_path(Path::new("a.go"))
        .expect("Go is a language")
        .get()
}

fn facts(source: &str) -> Facts {
    go().facts(source.as_bytes())
        .expect("the grammar and its roles are in order")
}

/// The bindings of the package's scope in this file.
#[track_caller]
fn binds(source: &str, expected: &[&str]) {
    assert_eq!(bindings(&facts(source), ScopeId(0)), expected);
}

/// The bindings of the function `f`, without those of its blocks.
#[track_caller]
fn binds_inside(body: &str, expected: &[&str]) {
    let facts = facts(&format!("package a\nfunc f() {{\n{body}\n}}\n"));
    let scope = function(&facts, "f").scope;
    assert_eq!(bindings(&facts, scope), expected);
}

/// Every binding of every scope, in the order they count.
#[track_caller]
fn binds_anywhere(source: &str, expected: &[&str]) {
    let facts = facts(source);
    let all = (0..facts.scopes.len() as u32).flat_map(|s| bindings(&facts, ScopeId(s)));
    let mut all: Vec<String> = all.filter(|b| !b.starts_with("f = ")).collect();
    all.dedup();
    assert_eq!(all, expected);
}

/// Every call in the function `f`, in source order.
#[track_caller]
fn makes(body: &str, expected: &[&str]) {
    let facts = facts(&format!("package a\nfunc f() {{\n{body}\n}}\n"));
    assert_eq!(calls(&facts), expected);
}

/// What the function `f` returns.
#[track_caller]
fn returns(source: &str, expected: &[&str]) {
    let facts = facts(source);
    assert_eq!(exprs(&facts, &function(&facts, "f").returns), expected);
}

#[test]
fn the_query_is_one_and_names_known_roles() {
    let grammar = go().grammar();
    tree_sitter::Query::new(&grammar, go().query()).expect("a valid query");
    Roles::parse(go().query(), &grammar).expect("a table of roles");
}

#[test]
fn imports_bind_what_packages_are_called() {
    binds(
        r#"
package a
import "fmt"
import (
    mq "example.com/acme/queue"
    "example.com/acme/bus/v3"
    . "example.com/acme/all"
    _ "example.com/acme/driver"
    "example.com/acme/go-paper.v2"
)
"#,
        &[
            "fmt = import fmt",
            "mq = import example.com/acme/queue",
            "bus = import example.com/acme/bus/v3",
            "paper = import example.com/acme/go-paper.v2",
        ],
    );
    let facts = facts("package a\nimport . \"example.com/all\"");
    assert_eq!(facts.globs.len(), 1);
}

#[test]
fn a_name_in_use_is_no_guess_of_an_import() {
    binds(
        "package a\nimport \"example.com/go-paper\"\nvar paper = 1",
        &["paper = 1"],
    );
    binds(
        "package a\nimport news \"example.com/go-paper\"",
        &["news = import example.com/go-paper"],
    );
}

#[test]
fn constants_repeat_what_stands_above_them() {
    binds(
        "
package a
const Topic = \"orders\"
const (
    A = iota
    B
    _
    D
)
const (
    One Kind = iota + 1
    Two
    Name, Other = \"n\", \"o\"
)
",
        &[
            "Topic = \"orders\"",
            "A = 0",
            "B = 1",
            "D = 3",
            "One: Kind = 1",
            "Two: Kind = 2",
            "Name = \"n\"",
            "Other = \"o\"",
        ],
    );
}

#[test]
fn variables_have_types_and_values() {
    binds(
        "
package a
var x int
var y, z string = \"a\", \"b\"
var (
    w *kafka.Writer
    m = map[string]int{\"a\": 1, key: 2}
)
var _ Bus = (*bus)(nil)
",
        &[
            "x: ?int",
            "y: ?string = \"a\"",
            "z: ?string = \"b\"",
            "w: kafka.Writer",
            "m = {a: 1, [key]: 2}",
        ],
    );
}

#[test]
fn short_declarations_take_results_apart() {
    binds_inside(
        "
conn, err := amqp.Dial(url)
ch, _ := conn.Channel()
v, ok := values[\"k\"]
msg, open := <-messages
a, b := 1, 2
event, is := any.(Event)
a, b = b, a
a += 3
",
        &[
            "conn = amqp.Dial(url)#0",
            "err = amqp.Dial(url)#1",
            "ch = conn.Channel()#0",
            "v = values[\"k\"]",
            "ok = ?ok",
            "msg = each(messages)",
            "open = ?ok",
            "a = 1",
            "b = 2",
            "event: Event = any",
            "is = ?ok",
            "a = b",
            "b = a",
            "a = concat(a, 3)",
        ],
    );
}

#[test]
fn names_of_statements_are_those_of_their_block() {
    binds_anywhere(
        "
package a
func f() {
    if x, err := g(); err != nil {
        y := 1
    } else if z := 2; z > 1 {
        w := 3
    }
    for i := 0; i < 3; i++ {
        n := i
    }
}
",
        &[
            "x = g()#0",
            "err = g()#1",
            "y = 1",
            "z = 2",
            "w = 3",
            "i = 0",
            "n = i",
        ],
    );
}

#[test]
fn loops_bind_elements_keys_and_values() {
    binds_anywhere(
        "
package a
func f() {
    for msg := range consumer.Messages() { use(msg) }
    for k, v := range handlers { use(k, v) }
    for range 3 {}
    for { }
}
",
        &[
            "msg = each(consumer.Messages())",
            "k = each(handlers)#0",
            "v = each(handlers)#1",
        ],
    );
}

#[test]
fn switches_say_what_their_subject_is() {
    let facts = facts(
        "
package a
func f(kind string, event any) {
    switch kind {
    case \"a\", \"b\":
        use(kind)
    default:
        other(kind)
    }
    switch e := event.(type) {
    case *OrderPlaced:
        placed(e)
    case A, B:
        several(e)
    default:
        rest(e)
    }
}
",
    );
    let narrowed: Vec<Vec<String>> = facts
        .scopes
        .iter()
        .filter_map(|s| s.narrowed.as_ref())
        .map(|n| exprs(&facts, &n.values))
        .collect();
    assert_eq!(narrowed, [["\"a\"", "\"b\""]]);
    let all: Vec<String> = (0..facts.scopes.len() as u32)
        .flat_map(|s| bindings(&facts, ScopeId(s)))
        .filter(|b| b.starts_with('e') && !b.starts_with("event"))
        .collect();
    assert_eq!(all, ["e: OrderPlaced", "e = event", "e = event"]);
}

#[test]
fn sends_and_receives_are_calls_and_elements() {
    makes(
        "
producer.Input() <- &Message{Topic: topic}
select {
case out <- 1:
case msg, ok := <-in.Messages():
    use(msg)
case <-done:
}
go run(ctx)
defer shut()
",
        &[
            "producer.Input()",
            "producer.Input().<-({Topic: topic})",
            "out.<-(1)",
            "in.Messages()",
            "use(msg)",
            "run(ctx)",
            "shut()",
        ],
    );
}

#[test]
fn assignments_to_members_are_calls_of_setters() {
    makes(
        "
config.Retry.Max = 3
headers[\"x\"] = value
*p = 1
",
        &["config.Retry.Max=(3)", "headers.[]=(\"x\", value)"],
    );
}

#[test]
fn pointers_conversions_and_parentheses_say_nothing() {
    binds_inside(
        "
a := &x
b := *(y)
c := []byte(\"text\")
d := string(raw[1:2])
e := new(Config)
g := x.(fmt.Stringer)
h := -1
i := `raw\\n` + 'r'
j := \"a\" + b + \"c\"
",
        &[
            "a = x",
            "b = y",
            "c = \"text\"",
            "d = raw",
            "e = {}",
            "g: fmt.Stringer = x",
            "h = -1",
            "i = concat(\"raw\\\\n\", \"r\")",
            "j = concat(\"a\", b, \"c\")",
        ],
    );
}

#[test]
fn literals_may_leave_types_out_inside() {
    binds_inside(
        "
a := []Queue{{Name: \"q\", Durable: true}, {Name: \"r\"}}
b := map[string][]string{\"k\": {\"v\", \"w\"}}
c := kafka.Message{Topic: topic, Value: body}
d := [...]string{2: \"two\"}
e := amqp.Table{\"x-dead-letter-exchange\": \"dlx\", amqp.Arg: 1}
g := append(list, \"a\", more...)
h := make(map[string]int)
i := struct{ Name string }{Name: \"n\"}
",
        &[
            "a = [{Name: \"q\", Durable: true}, {Name: \"r\"}]",
            "b = {k: [\"v\", \"w\"]}",
            "c = {Topic: topic, Value: body}",
            "d = [\"two\"]",
            "e = {x-dead-letter-exchange: \"dlx\", [amqp.Arg]: 1}",
            "g = [*list, \"a\", *more]",
            "h = {}",
            "i = {Name: \"n\"}",
        ],
    );
}

#[test]
fn positions_in_a_literal_are_fields_of_the_struct() {
    binds(
        "package a\nvar q = queue{\"jobs\", true}\ntype queue struct {\n name string\n durable bool\n}",
        &["q = {name: \"jobs\", durable: true}", "queue = class queue"],
    );
}

#[test]
fn structs_have_fields_tags_and_what_they_embed() {
    let facts = facts(
        "
package a

// Order is what was bought. It has more to say.
type Order struct {
    *Base
    events.Emitter
    ID, Name string `json:\"id,omitempty\" db:\"order_id\"`
    Lines []Line `json:\"lines\"`
    Next *Order
    On func(Event) error
    Many map[string]chan Event
}
type Topics []string
type ID = uuid.UUID
type Handler func(ctx context.Context, m Message) error
",
    );
    let order = class(&facts, "Order");
    assert_eq!(order.kind, ClassKind::Struct);
    assert_eq!(exprs(&facts, &order.bases), ["Base", "events.Emitter"]);
    assert_eq!(order.doc.as_deref(), Some("Order is what was bought."));
    let fields: Vec<String> = order.fields.iter().map(|f| field(&facts, f)).collect();
    assert_eq!(
        fields,
        [
            "optional Base: Base",
            "Emitter: events.Emitter",
            "optional ID: ?string",
            "optional Name: ?string",
            "Lines: [Line]",
            "optional Next: Order",
            "On: ?func(Event) error",
            "Many: [[Event]]",
        ]
    );
    assert_eq!(order.fields[2].wire_name.as_deref(), Some("id"));
    assert_eq!(class(&facts, "Topics").kind, ClassKind::Alias);
    assert_eq!(exprs(&facts, &class(&facts, "ID").bases), ["uuid.UUID"]);
}

#[test]
fn interfaces_have_methods_and_what_they_embed() {
    let facts = facts(
        "
package a
type Publisher interface {
    io.Closer
    Publish(ctx context.Context, topic string, events ...Event) error
}
type Number interface { ~int | ~float64 }
type Any interface{}
",
    );
    let publisher = class(&facts, "Publisher");
    assert_eq!(publisher.kind, ClassKind::Interface);
    assert_eq!(exprs(&facts, &publisher.bases), ["io.Closer"]);
    let publish = function(&facts, "Publish");
    assert_eq!(publish.kind, FunctionKind::Method);
    let names: Vec<&str> = publish.params.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["ctx", "topic", "events"]);
    assert!(publish.params[2].rest);
    assert_eq!(class(&facts, "Number").kind, ClassKind::Alias);
    assert_eq!(class(&facts, "Any").kind, ClassKind::Alias);
}

#[test]
fn methods_belong_to_the_type_of_their_receiver() {
    let facts = facts(
        "
package a
func (b *Bus[T]) Publish(topic string, message T) error {
    b.count = 1
    return b.writer.Write(topic)
}
func (o other) Run() {}
func (o *other) Stop() {}
type Bus[T any] struct { writer Writer }
",
    );
    let bus = class(&facts, "Bus");
    assert_eq!(bus.methods.len(), 1);
    assert_eq!(bus.type_params, ["T"]);
    let publish = function(&facts, "Publish");
    assert_eq!(exprs(&facts, &publish.returns), ["b.writer.Write(topic)"]);
    assert!(facts.exprs.iter().any(|e| e.kind == ExprKind::This));
    let fields: Vec<String> = bus.fields.iter().map(|f| field(&facts, f)).collect();
    assert_eq!(fields, ["writer: Writer", "count = 1"]);
    let extension = facts
        .classes
        .iter()
        .find(|c| c.kind == ClassKind::Extension)
        .expect("an addition to a type of another file");
    assert_eq!(extension.methods.len(), 2);
    assert_eq!(
        extension.target.map(|t| expr(&facts, t)).as_deref(),
        Some("other")
    );
}

#[test]
fn literals_say_what_fields_hold() {
    let facts = facts(
        "
package a
func NewBus(topic string) *Bus {
    b := &Bus{topic: topic}
    b.size = 3
    return b
}
type Bus struct { topic string; size int }
",
    );
    let fields: Vec<String> = class(&facts, "Bus")
        .fields
        .iter()
        .map(|f| field(&facts, f))
        .collect();
    assert_eq!(fields, ["topic: ?string = topic", "size: ?int = 3"]);
}

#[test]
fn several_results_are_a_list() {
    returns(
        "package a\nfunc f() (*Bus, error) { if bad { return nil, err }; return &Bus{}, nil }",
        &["[null, err]", "[{}, null]"],
    );
    returns("package a\nfunc f() *Bus { return g() }", &["g()"]);
    returns(
        "package a\nfunc f() (bus *Bus, err error) { bus = g(); return }",
        &["[bus, err]"],
    );
    let facts = facts("package a\nfunc f() (*Bus, error)\nfunc g() (b *Bus)");
    let ty = |name: &str| function(&facts, name).return_type.map(|t| expr(&facts, t));
    assert_eq!(ty("f").as_deref(), Some("[Bus, ?error]"));
    assert_eq!(ty("g").as_deref(), Some("Bus"));
}

#[test]
fn closures_have_parameters_and_see_what_is_around_them() {
    let facts = facts(
        "
package a
func WithTopic(topic string) Option {
    return func(c *config, _ int) { c.topic = topic }
}
type config struct { topic string }
",
    );
    let lambda = facts
        .functions
        .iter()
        .find(|f| f.kind == FunctionKind::Lambda)
        .expect("the closure");
    assert_eq!(lambda.params.len(), 2);
    assert_eq!(
        exprs(&facts, &function(&facts, "WithTopic").returns),
        ["function "]
    );
    let topic = &class(&facts, "config").fields[0];
    assert_eq!(field(&facts, topic), "topic: ?string = topic");
}

#[test]
fn type_arguments_stand_beside_the_call() {
    let facts = facts(
        "
package a
import pkg `example.com/pkg`
func f(i int, table map[string]H) {
    bus.Subscribe[OrderPlaced, *Line](ctx, h)
    Map[Order](x)
    handlers[i](x)
    pkg.Topic[*Order](a, b)
    table[k](a, b)
}
",
    );
    let args: Vec<(String, Vec<String>)> = facts
        .calls
        .iter()
        .map(|id| match &facts.expr(*id).kind {
            ExprKind::Call {
                callee, type_args, ..
            } => (expr(&facts, *callee), exprs(&facts, type_args)),
            _ => Default::default(),
        })
        .collect();
    assert_eq!(
        args[0],
        (
            "bus.Subscribe".into(),
            vec!["OrderPlaced".into(), "Line".into()]
        )
    );
    assert_eq!(args[1], ("Map".into(), vec!["Order".into()]));
    assert_eq!(args[2].0, "handlers[i]");
    assert_eq!(args[3], ("pkg.Topic".into(), vec!["Order".into()]));
    assert_eq!(args[4].0, "table[k]");
}

#[test]
fn half_written_code_gives_what_can_be_read() {
    let facts = facts(
        "
package a
func whole() { bus.Publish(\"a\") }
func half() { bus.Publish(
",
    );
    assert!(!facts.errors.is_empty());
    assert!(calls(&facts).contains(&"bus.Publish(\"a\")".to_owned()));
}

const PIECES: [&str; 48] = [
    "package a\n",
    "func ",
    "f",
    "(",
    ")",
    "{",
    "}",
    "[",
    "]",
    "\n",
    ";",
    "type ",
    "struct ",
    "interface ",
    "T",
    "x",
    " := ",
    " = ",
    "<-",
    "chan ",
    "map[",
    "*",
    "&",
    ".",
    ",",
    ":",
    "switch ",
    "case ",
    "default:",
    "select ",
    "for ",
    "range ",
    "if ",
    "else ",
    "return ",
    "go ",
    "defer ",
    "\"",
    "`",
    "'",
    "\\",
    "iota",
    "const (",
    "var ",
    "import ",
    "...",
    ".(type)",
    "é",
];

proptest! {
    #[test]
    fn garbled_code_never_panics(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..60)) {
        let facts = facts(&pieces.concat());
        prop_assert_eq!(facts.parents.len(), facts.exprs.len());
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let facts = go().facts(&bytes).expect("facts of anything");
        prop_assert_eq!(facts.parents.len(), facts.exprs.len());
    }
}
