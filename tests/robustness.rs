//! Bad input is normal: whatever lies in a tree, the scan ends, says what it
//! could not read, and still finds what stands in the files beside it.
//!
//! Nothing here has a time limit; a scan that hangs hangs the test.

use std::fs;
use std::path::{Path, PathBuf};

use msgmap::analysis::{Analysis, Endpoint};
use msgmap::report::{self, Format, Options};
use msgmap::{Config, ScanError};
use tempfile::TempDir;

/// A file that has a producer of `good`, with nothing wrong about it.
const GOOD: &str = r#"
import { Kafka } from "kafkajs";
const producer = new Kafka({ brokers: ["localhost:9092"] }).producer();
await producer.send({ topic: "good", messages: [] });
"#;

/// What makes a script worth parsing, so that a file is really looked into.
const IMPORT: &str = "import { Kafka } from \"kafkajs\";\n";

/// A tree on disk with a good file in it, gone when dropped.
struct Tree {
    folder: TempDir,
}

impl Tree {
    fn new() -> Self {
        let tree = Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        };
        tree.file("good.ts", GOOD);
        tree
    }

    fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file and the folders above it.
    fn file(&self, path: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(&path, content).expect("a file");
        path
    }

    /// Scans the tree and makes sure that the good file has been understood.
    fn scan(&self) -> Analysis {
        let analysis = msgmap::scan(self.root(), &Config::default()).expect("a readable tree");
        let good: Vec<&Endpoint> = endpoints(&analysis, "good.ts");
        assert_eq!(names(&good), ["good"], "the file beside was not understood");
        analysis
    }

    /// The error of loading the tree's `msgmap.toml` and scanning with it.
    fn config_error(&self) -> String {
        let result = Config::load(self.root())
            .and_then(|config| msgmap::scan(self.root(), &config).map(drop));
        match result {
            Err(error @ ScanError::Config { .. }) => error.to_string(),
            other => panic!("expected an error about msgmap.toml, got {other:?}"),
        }
    }
}

/// The endpoints in a file.
fn endpoints<'a>(analysis: &'a Analysis, file: &str) -> Vec<&'a Endpoint> {
    let of_file = |e: &&Endpoint| e.location.file == file;
    analysis.endpoints.iter().filter(of_file).collect()
}

/// The names of endpoints; `?` for one that is not known.
fn names<'a>(endpoints: &[&'a Endpoint]) -> Vec<&'a str> {
    let name = |e: &&'a Endpoint| e.name.as_deref().unwrap_or("?");
    endpoints.iter().map(name).collect()
}

/// What the diagnostics say about a file.
fn said<'a>(analysis: &'a Analysis, file: &str) -> Vec<&'a str> {
    let of_file = analysis.diagnostics.iter().filter(|d| d.file == file);
    of_file.map(|d| d.message.as_str()).collect()
}

/// Fails unless a diagnostic about the file has the given words in it.
fn assert_said(analysis: &Analysis, file: &str, words: &str) {
    let said = said(analysis, file);
    assert!(
        said.iter().any(|message| message.contains(words)),
        "nothing about {file} says {words:?}: {said:?}"
    );
}

// --- files that are no source ------------------------------------------------

#[test]
fn a_binary_file_is_left_out_and_said() {
    let tree = Tree::new();
    let mut bytes = IMPORT.as_bytes().to_vec();
    bytes.extend((0..4096u32).map(|i| (i * 7) as u8));
    tree.file("blob.ts", bytes);
    assert_said(&tree.scan(), "blob.ts", "binary");
}

#[test]
fn invalid_utf8_is_read_around_or_said() {
    let tree = Tree::new();
    let mut bytes = GOOD.replace("\"good\"", "\"latin\"").into_bytes();
    bytes.extend(b"// caf\xe9\nconst x = \"\xff\xfe\";\n");
    tree.file("latin.ts", bytes);
    let analysis = tree.scan();
    let found = names(&endpoints(&analysis, "latin.ts")) == ["latin"];
    assert!(found || !said(&analysis, "latin.ts").is_empty());
}

#[test]
fn an_empty_file_is_nothing() {
    let tree = Tree::new();
    for name in [
        "empty.ts",
        "empty.tsx",
        "empty.js",
        "empty.py",
        "empty.rs",
        "empty.go",
        "empty.cs",
    ] {
        tree.file(name, "");
    }
    let analysis = tree.scan();
    assert_eq!(analysis.endpoints.len(), 1);
    assert_eq!(analysis.diagnostics, []);
}

#[test]
fn fifty_megabytes_are_left_out_and_said() {
    let tree = Tree::new();
    let line = "await producer.send({ topic: \"huge\", messages: [] });\n";
    let lines = 50 * 1024 * 1024 / line.len();
    tree.file("huge.ts", IMPORT.to_owned() + &line.repeat(lines));
    let analysis = tree.scan();
    assert_said(&analysis, "huge.ts", "too large");
    assert!(endpoints(&analysis, "huge.ts").is_empty());
}

#[test]
fn a_minified_file_is_left_out_and_said() {
    let tree = Tree::new();
    let call = "p.send({topic:\"min\",messages:[]});";
    tree.file("min.js", IMPORT.to_owned() + &call.repeat(2_000));
    let analysis = tree.scan();
    assert_said(&analysis, "min.js", "minified");
    assert!(endpoints(&analysis, "min.js").is_empty());
}

#[test]
#[cfg(unix)]
fn an_unreadable_file_is_said() {
    use std::os::unix::fs::PermissionsExt;

    let tree = Tree::new();
    let path = tree.file("secret.ts", GOOD);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).expect("permissions");
    if fs::read(&path).is_ok() {
        return; // For root, nothing is unreadable.
    }
    assert_said(&tree.scan(), "secret.ts", "cannot be read");
}

#[test]
fn a_name_that_is_no_text_stops_nothing() {
    #[cfg(unix)]
    {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;

        let tree = Tree::new();
        let name = OsStr::from_bytes(b"caf\xe9.ts");
        // Some file systems refuse such a name.
        if fs::write(tree.root().join(name), GOOD).is_ok() {
            tree.scan();
        }
    }
}

// --- things that are no files ------------------------------------------------

#[test]
#[cfg(unix)]
fn links_that_lead_in_circles_or_to_no_end_are_not_followed() {
    use std::os::unix::fs::symlink;

    let tree = Tree::new();
    tree.file("deep/er/other.ts", "export {};\n");
    symlink("../..", tree.root().join("deep/er/up")).expect("a link to a folder above");
    symlink("itself.ts", tree.root().join("itself.ts")).expect("a link to itself");
    symlink("/dev/zero", tree.root().join("endless.ts")).expect("a link to a device");
    symlink("nowhere.ts", tree.root().join("dangling.ts")).expect("a link to nothing");
    let analysis = tree.scan();
    assert_eq!(analysis.endpoints.len(), 1);
}

#[test]
#[cfg(unix)]
fn a_pipe_is_not_opened() {
    let tree = Tree::new();
    fs::create_dir(tree.root().join("service")).expect("a folder");
    // Opening one would wait for a writer that never comes.
    for name in [
        "pipe.ts",
        "service/package.json",
        "docker-compose.yml",
        "msgmap.toml",
    ] {
        let made = std::process::Command::new("mkfifo")
            .arg(tree.root().join(name))
            .status();
        assert!(made.expect("mkfifo").success());
    }
    Config::load(tree.root()).expect("a pipe is no configuration");
    tree.scan();
    let alone = msgmap::scan(&tree.root().join("pipe.ts"), &Config::default());
    assert!(alone.map_or(true, |analysis| analysis.endpoints.is_empty()));
}

#[test]
fn a_path_that_does_not_exist_is_an_error_that_names_it() {
    let missing = Tree::new().root().join("missing");
    let error = msgmap::scan(&missing, &Config::default()).expect_err("nothing is there");
    assert!(matches!(error, ScanError::Root { .. }));
    assert!(error.to_string().contains("missing"), "{error}");
}

// --- code that is not whole --------------------------------------------------

#[test]
fn half_written_code_is_understood_as_far_as_it_goes_and_said() {
    let script = "
import { Kafka } from \"kafkajs\";
const producer = new Kafka({ brokers: [] }).producer();
await producer.send({ topic: \"before\", messages: [] });

export function half(a, {
  if (a ===
";
    let python = "
from kafka import KafkaProducer
producer = KafkaProducer()
producer.send(\"before\", b\"\")

def half(a, (:
    if a ==
";
    let rust = "
use rdkafka::producer::{FutureProducer, FutureRecord};
async fn whole(producer: &FutureProducer) {
    let record: FutureRecord<str, str> = FutureRecord::to(\"before\").payload(\"x\");
    let _ = producer.send(record, std::time::Duration::ZERO).await;
}

fn half(a: {
    match a { Some(
";
    let go = "
package half
import \"github.com/segmentio/kafka-go\"
func whole(writer *kafka.Writer) {
    writer.WriteMessages(ctx, kafka.Message{Topic: \"before\"})
}

func half(a struct {
    switch a { case
";
    let csharp = "
using RabbitMQ.Client;
class Whole
{
    void Send(IModel channel) => channel.BasicPublish(\"\", \"before\", null, null);
}
class Half
{
    void Send(IModel channel, (
    {
        switch (channel
";
    let java = "
import com.rabbitmq.client.Channel;
class Half {
    void whole(Channel channel) throws Exception { channel.basicPublish(\"\", \"before\", null, new byte[0]); }

    void half(a, { switch (a) { case
";
    let tree = Tree::new();
    let halves = [
        ("half.ts", script),
        ("half.tsx", script),
        ("half.js", script),
        ("half.py", python),
        ("half.rs", rust),
        ("half.cs", csharp),
        ("half.go", go),
        ("Half.java", java),
    ];
    for (name, source) in halves {
        tree.file(name, source);
    }
    let analysis = tree.scan();
    for (name, _) in halves {
        assert_eq!(
            names(&endpoints(&analysis, name)),
            ["before"],
            "what stands before the broken part of {name}"
        );
        assert!(
            !said(&analysis, name).is_empty(),
            "nothing is said of {name}"
        );
    }
}

#[test]
fn code_nested_ten_thousand_levels_deep_ends() {
    const LEVELS: usize = 10_000;
    let nest = |head: &str, open: &str, middle: &str, close: &str| {
        format!(
            "{head}{}{middle}{}",
            open.repeat(LEVELS),
            close.repeat(LEVELS)
        )
    };
    let script = IMPORT;
    let python = "from kafka import KafkaProducer\n";
    let rust = "use rdkafka::producer::FutureProducer;\n";
    let csharp = "using RabbitMQ.Client;\n";
    let go = "package a\nimport \"github.com/segmentio/kafka-go\"\n";
    let java = "import com.rabbitmq.client.Channel;\n";
    let kotlin = "import com.rabbitmq.client.Channel\n";
    let tree = Tree::new();
    // One line a level, or the files would count as minified.
    let files = [
        ("lists.ts", nest(script, "f([\n", "1", "])")),
        ("objects.js", nest(script, "({ a:\n", "1", "})")),
        ("functions.ts", nest(script, "(() => {\n", "", "})()")),
        ("classes.ts", nest(script, "x = class { y =\n", "1", "}")),
        ("chain.ts", nest(script, "", "a", ".b()\n")),
        ("sum.ts", nest(script, "\"a\" +\n", "\"b\"", "")),
        ("elements.tsx", nest(script, "<a>\n", "", "</a>")),
        ("open.ts", nest(script, "{[(\n", "", "")),
        ("lists.py", nest(python, "f([\n", "1", "])")),
        ("chain.py", nest(python, "(\n", "a", ".b())")),
        ("lambdas.py", nest(python, "(lambda:\n", "1", ")")),
        ("blocks.rs", nest(rust, "{\n", "", "}")),
        ("modules.rs", nest(rust, "mod a {\n", "", "}")),
        ("calls.rs", nest(rust, "fn f() { g(\n", "1", ") }")),
        ("calls.kt", nest(kotlin, "val a = f(\n", "1", ")")),
        ("lambdas.kt", nest(kotlin, "val a = f {\n", "1", "}")),
        ("classes.kt", nest(kotlin, "class A {\n", "", "}")),
        ("chain.kt", nest(kotlin, "val a = b", "", ".c()\n")),
        (
            "Calls.java",
            nest(java, "class A { Object a = f(\n", "1", "); }"),
        ),
        ("Classes.java", nest(java, "class A {\n", "", "}")),
        (
            "Bodies.java",
            nest(java, "new A() { Object a =\n", "1", "; }"),
        ),
        (
            "Chain.java",
            nest(java, "class A { Object a = b", "", ".c()\n"),
        ),
        ("Types.java", nest(java, "class A extends B<\n", "C", ">")),
        (
            "Switches.java",
            nest(java, "switch (a) { case A:\n", "", "}"),
        ),
        ("types.rs", nest(rust, "type A = Vec<\n", "u8", ">;")),
        ("blocks.go", nest(go, "func f() {\n", "", "}\n")),
        ("lists.go", nest(go, "var a = f([]T{\n", "1", "})")),
        ("literals.go", nest(go, "var a = T{\nA:", "1", "}")),
        ("elided.go", nest(go, "{\n", "1", "},")),
        ("types.go", nest(go, "type A struct{ B\n", "int", "}\n")),
        ("maps.go", nest(go, "map[string]\n", "int", "")),
        ("chain.go", nest(go, "func f() { a", ".b(\n", ")")),
        ("ifs.go", nest(go, "if x := 1; x { \n", "", "} else ")),
        ("closures.go", nest(go, "func() {\n", "", "}()\n")),
        ("blocks.cs", nest(csharp, "{\n", "", "}")),
        ("namespaces.cs", nest(csharp, "namespace A {\n", "", "}")),
        ("classes.cs", nest(csharp, "class A {\n", "", "}")),
        ("calls.cs", nest(csharp, "var x = F(\n", "1", ");")),
        ("chain.cs", nest(csharp, "", "a", ".B()\n")),
        ("types.cs", nest(csharp, "List<\n", "int", "> x;")),
        ("objects.cs", nest(csharp, "new A { B =\n", "1", "};")),
    ];
    for (name, source) in &files {
        tree.file(name, source);
    }
    tree.scan();
}

#[test]
fn definitions_that_lead_in_circles_end() {
    let tree = Tree::new();
    let circle = |next: &str| {
        format!(
            "{IMPORT}import {{ T, make, Base }} from \"./{next}\";
export {{ T as U }} from \"./{next}\";
export * from \"./{next}\";
export const topic = T + topic;
export class Base extends Base {{ producer = make(this.producer); }}
export const make = () => make();
make().producer.send({{ topic, messages: [] }});
"
        )
    };
    tree.file("a.ts", circle("b"));
    tree.file("b.ts", circle("c"));
    tree.file("c.ts", circle("a"));
    tree.scan();
}

// --- configuration -----------------------------------------------------------

#[test]
fn a_malformed_configuration_is_an_error_with_its_line() {
    let tree = Tree::new();
    tree.file(
        "msgmap.toml",
        "exclude = [\"a/**\"]\n[checks\nignore = []\n",
    );
    let error = tree.config_error();
    assert!(error.contains("msgmap.toml"), "{error}");
    assert!(error.contains("line 2"), "{error}");
}

#[test]
fn an_unknown_key_of_the_configuration_is_an_error_with_its_line() {
    let tree = Tree::new();
    tree.file("msgmap.toml", "exclude = []\n\nexcludes = []\n");
    let error = tree.config_error();
    assert!(error.contains("excludes"), "{error}");
    assert!(error.contains("line 3"), "{error}");
}

#[test]
fn a_configuration_that_means_nothing_is_an_error_that_names_the_part() {
    let cases = [
        ("exclude = [\"a[\"]", "a["),
        (
            "[checks]\nignore = [{ check = \"no-such-check\", path = \"**\" }]",
            "no-such-check",
        ),
        (
            "[checks]\nignore = [{ check = \"orphan-producer\", path = \"b[\" }]",
            "b[",
        ),
        ("[[model]]\nnonsense = 1", "nonsense"),
    ];
    for (text, part) in cases {
        let tree = Tree::new();
        tree.file("msgmap.toml", text);
        let error = tree.config_error();
        assert!(error.contains(part), "{part:?} is not named by: {error}");
    }
}

#[test]
fn malformed_manifests_are_said_and_stop_nothing() {
    let tree = Tree::new();
    let deep = "[".repeat(10_000);
    let manifests = [
        ("a/package.json", "{ \"name\": ".to_owned()),
        ("b/Cargo.toml", "[package\nname = ".to_owned()),
        ("c/pyproject.toml", "[project]\nname = \"c\n".to_owned()),
        ("d/tsconfig.json", "{ \"compilerOptions\": { /* ".to_owned()),
        ("e/docker-compose.yml", "services:\n  a: [\n".to_owned()),
        ("f/package.json", format!("{{ \"workspaces\": {deep}")),
        ("g/pyproject.toml", format!("name = {deep}")),
        ("h/compose.yaml", format!("services: {deep}")),
        ("i/package.json", "\u{0}\u{1}".to_owned()),
    ];
    for (path, text) in &manifests {
        tree.file(path, text);
    }
    tree.file("j/package.json", b"{ \"name\": \"caf\xe9\" }");
    let analysis = tree.scan();
    for (path, _) in &manifests {
        assert!(
            !said(&analysis, path).is_empty(),
            "nothing is said of {path}"
        );
    }
    assert_said(&analysis, "j/package.json", "cannot be read");
}

#[test]
fn malformed_settings_are_said_and_stop_nothing() {
    let tree = Tree::new();
    tree.file("docker-compose.yml", "services: {a: [\n");
    tree.file(".env", b"ORDERS_TOPIC=orders\nBROKEN\n=\n\xff\xfe\n");
    tree.file(
        "env.ts",
        format!("{IMPORT}new Kafka({{}}).producer().send({{ topic: process.env.ORDERS_TOPIC }});"),
    );
    let analysis = tree.scan();
    assert_said(&analysis, "docker-compose.yml", "compose");
    assert_eq!(names(&endpoints(&analysis, "env.ts")), ["${ORDERS_TOPIC}"]);
}

#[test]
fn a_bomb_of_aliases_does_not_go_off() {
    let tree = Tree::new();
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let list = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb += &format!("a{level}: &a{level} [{list}]\n");
    }
    bomb += "services:\n  web:\n    build: *a11\n";
    tree.file("compose.yml", bomb);
    assert!(!said(&tree.scan(), "compose.yml").is_empty());
}

// --- text that means harm ----------------------------------------------------

#[test]
fn hostile_names_reach_no_report_unescaped() {
    // As a program in the tree could write them: clear the screen, set the
    // title, a C1 control, reversed text, HTML, the end of a Mermaid label.
    let hostile = [
        r"\u001b[2Jcleared",
        r"\u001b]0;titled\u0007",
        r"\u009b2Jcleared",
        r"\u202edesrever",
        "<script>alert(1)</script>",
        "a\\\"]; click x \\\"javascript:alert(1)\\\"",
        r"a|b`c\n# heading",
    ];
    let sends: String = hostile
        .iter()
        .map(|name| format!("await producer.send({{ topic: \"{name}\", messages: [] }});\n"))
        .collect();
    let source = GOOD.replace("\"good\"", "\"plain\"") + &sends;
    let tree = Tree::new();
    tree.file("hostile.ts", &source);
    // A folder can be called anything too.
    #[cfg(unix)]
    tree.file("\u{1b}[2J<script>/hostile.ts", &source);

    let analysis = tree.scan();
    let found = names(&endpoints(&analysis, "hostile.ts")).join("\n");
    // Else there would be nothing to escape.
    assert!(found.contains("\u{1b}[2Jcleared") && found.contains("<script>"));

    for format in [
        Format::Terminal,
        Format::Json,
        Format::Markdown,
        Format::Mermaid,
    ] {
        let text = report::render(&analysis, format, &Options::default());
        let acting = |c: char| c.is_control() && c != '\n' && c != '\u{1b}' || c == '\u{202e}';
        assert!(!text.contains(acting), "{format:?} has a control character");
        assert_eq!(
            escape_sequences(&text) != 0,
            format == Format::Terminal,
            "{format:?}: only a terminal gets colours"
        );
        if matches!(format, Format::Markdown | Format::Mermaid) {
            let text = without_code(&text);
            assert!(!text.contains("<script>"), "{format:?} has HTML");
            assert!(!text.contains("\"]; click"), "{format:?} has a directive");
            assert!(!text.contains("\n# heading"), "{format:?} has a heading");
        }
    }
}

/// Markdown without its inline code, in which nothing is markup.
fn without_code(text: &str) -> String {
    let text = text.replace("\\`", "");
    let line = |line: &str| line.split('`').step_by(2).collect::<String>();
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Number of escape sequences in a text; fails at one that is no colour or style.
fn escape_sequences(text: &str) -> usize {
    let mut sequences = 0;
    for rest in text.split('\u{1b}').skip(1) {
        let style = rest.strip_prefix('[').and_then(|r| r.split_once('m'));
        let is_style = style
            .is_some_and(|(numbers, _)| numbers.chars().all(|c| c.is_ascii_digit() || c == ';'));
        assert!(is_style, "an escape sequence got through: {rest:.20?}");
        sequences += 1;
    }
    sequences
}

// --- nothing to find ---------------------------------------------------------

#[test]
fn a_tree_without_messaging_is_not_even_parsed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let source = "export const send = (topic: string) => fetch(`/topics/${topic}`);\n";
    fs::write(folder.path().join("plain.ts"), source).expect("a file");
    let analysis = msgmap::scan(folder.path(), &Config::default()).expect("a readable tree");
    assert_eq!(analysis.endpoints, []);
    assert_eq!(analysis.channels, []);
    assert_eq!(analysis.findings, []);
    assert_eq!(analysis.diagnostics, []);
    assert_eq!((analysis.stats.files, analysis.stats.parsed), (1, 0));
    assert_eq!(analysis.resilience_score, 1.0);
}

#[test]
fn an_empty_folder_is_an_empty_map() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let analysis = msgmap::scan(folder.path(), &Config::default()).expect("a readable tree");
    assert_eq!(analysis.endpoints, []);
    assert_eq!(analysis.diagnostics, []);
    assert_eq!(analysis.stats.files, 0);
}

#[test]
fn a_single_file_can_be_scanned() {
    let tree = Tree::new();
    let analysis = msgmap::scan(&tree.root().join("good.ts"), &Config::default());
    let analysis = analysis.expect("a readable file");
    assert_eq!(names(&endpoints(&analysis, "good.ts")), ["good"]);
}

/// Methods that hand each other around as callbacks.
#[test]
fn callbacks_that_call_each_other_end() {
    let tree = Tree::new();
    let code = r"
export class Loop {
  later(done) { setTimeout(() => this.next(done)); }
  next(done) { done(); this.later(done); }
  send(producer) { producer.send({ topic: 'x', messages: [] }); this.relay(producer); }
  relay(producer) { this.send(producer); }
}
";
    tree.file("loop.js", format!("{IMPORT}{code}"));
    tree.scan();
}

/// Modules that take everything of what the other has inside.
#[test]
fn modules_that_offer_each_others_inner_names_end() {
    let tree = Tree::new();
    tree.file("src/lib.rs", "mod a;\nmod b;\nuse redis::Client;\n");
    let uses = "use redis::Client;\nuse crate::b::inner::*;\npub fn f() { publish(); }\n";
    tree.file("src/a.rs", uses);
    tree.file("src/b.rs", "use crate::a::inner::*;\n");
    tree.scan();
}

/// Every function of a layer calls all of the next: the paths through them
/// are too many to walk one by one.
#[test]
fn layers_of_untyped_functions_end() {
    let mut code = String::from("import redis\n");
    for layer in 0..12 {
        for number in 0..8 {
            code.push_str(&format!("def f{layer}_{number}(c):\n"));
            for next in 0..8 {
                code.push_str(&format!("    f{}_{next}(c)\n", layer + 1));
            }
        }
    }
    for number in 0..8 {
        code.push_str(&format!("def f12_{number}(c):\n    c.publish('x', 1)\n"));
    }
    code.push_str("f0_0(redis.Redis())\n");
    let tree = Tree::new();
    tree.file("layers.py", code);
    tree.scan();
}

// --- files of the infrastructure ----------------------------------------------

#[test]
fn half_a_terraform_file_is_said_with_its_line() {
    let tree = Tree::new();
    let half =
        "resource \"aws_sqs_queue\" \"a\" {\n  name = \"a\"\n  redrive_policy = jsonencode({\n";
    tree.file("half.tf", half);
    tree.file(
        "whole.tf",
        "resource \"aws_sqs_queue\" \"b\" {\n  name = \"b\"\n}\n",
    );
    let analysis = tree.scan();
    assert_said(&analysis, "half.tf", "not understood");
    let about = analysis.diagnostics.iter().find(|d| d.file == "half.tf");
    assert!(about.is_some_and(|d| d.line.is_some_and(|line| line > 1)));
    let names: Vec<_> = analysis.declarations.iter().map(|d| &d.name).collect();
    assert_eq!(names, [&Some("b".to_owned())]);
}

#[test]
fn modules_that_call_themselves_or_nest_deeply_end() {
    let tree = Tree::new();
    let queue = "resource \"aws_sqs_queue\" \"q\" {\n  name = \"q\"\n}\n";
    let calls = |target: &str| {
        format!(
            "module \"a\" {{\n  source = \"{target}\"\n}}\nmodule \"b\" {{\n  source = \"{target}\"\n}}\n"
        )
    };
    tree.file("self/main.tf", format!("{queue}{}", calls("./.")));
    for level in 0..30 {
        let next = format!("../l{}", level + 1);
        tree.file(
            &format!("l{level}/main.tf"),
            format!("{queue}{}", calls(&next)),
        );
    }
    let deep = format!("locals {{\n  aws_sqs_queue = {}\n}}\n", "[".repeat(50_000));
    tree.file("deep.tf", deep);
    let analysis = tree.scan();
    assert_said(&analysis, "deep.tf", "not understood");
    assert!(analysis.declarations.len() < 5_000);
}
