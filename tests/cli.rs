//! The `msgmap` command as its users run it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A small project with messaging of its own.
const CODE: &str = r#"import { Kafka } from "kafkajs";

const kafka = new Kafka({ brokers: ["localhost:9092"] });

export async function place() {
  await kafka.producer().send({ topic: "order-placed", messages: [{ value: "{}" }] });
}
"#;

fn msgmap(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_msgmap"));
    command.current_dir(folder).stdin(Stdio::null());
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "CI"] {
        command.env_remove(variable);
    }
    command
}

fn run(folder: &Path, args: &[&str]) -> Output {
    let output = msgmap(folder).args(args).output();
    output.expect("the command can be started")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("output is UTF-8")
}

/// What a command printed that came to an end with `code`.
fn stdout_of(folder: &Path, args: &[&str], code: i32) -> String {
    let output = run(folder, args);
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{args:?}\n{out}\n{err}");
    out.to_owned()
}

/// What a command said that could not run.
fn refusal(folder: &Path, args: &[&str]) -> String {
    let output = run(folder, args);
    let err = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{args:?}\n{err}");
    assert_eq!(text(&output.stdout), "", "{args:?}");
    err.to_owned()
}

fn project() -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    write(folder.path(), "package.json", r#"{"name": "shop"}"#);
    write(folder.path(), "src/orders.ts", CODE);
    folder
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    let parent = path.parent().expect("a file is in a folder");
    fs::create_dir_all(parent).expect("a folder can be made");
    fs::write(path, text).expect("a file can be written");
}

fn shop() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop")
}

/// Every file below a folder, relative to it.
fn files(folder: &Path) -> BTreeSet<String> {
    let walk = ignore::WalkBuilder::new(folder)
        .standard_filters(false)
        .build();
    walk.map(|entry| entry.expect("the folder can be read"))
        .filter(|entry| entry.file_type().is_some_and(|t| t.is_file()))
        .map(|entry| {
            let path = entry.path().strip_prefix(folder).expect("it is below");
            path.to_string_lossy().replace('\\', "/")
        })
        .collect()
}

#[test]
fn help() {
    let folder = project();
    let help = |args: &[&str]| stdout_of(folder.path(), args, 0);
    insta::assert_snapshot!("help", help(&["--help"]));
    insta::assert_snapshot!("help_scan", help(&["scan", "-h"]));
    insta::assert_snapshot!("help_check", help(&["check", "-h"]));
    insta::assert_snapshot!("help_explain", help(&["explain", "-h"]));
    insta::assert_snapshot!("help_clients", help(&["clients", "-h"]));
    insta::assert_snapshot!("help_schema", help(&["schema", "-h"]));
}

/// What the README links to is what the models say.
#[test]
fn the_committed_table_of_clients_is_true() {
    let folder = project();
    let printed = stdout_of(folder.path(), &["clients", "--format", "markdown"], 0);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/clients.md");
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        printed == committed,
        "docs/clients.md is not what the models say; make it anew:\n  \
         cargo run -- clients --format markdown > docs/clients.md"
    );
}

#[test]
fn scan_is_the_default_command() {
    let folder = project();
    let json = |args: &[&str]| stdout_of(folder.path(), args, 0);
    let here = json(&["scan", "--format", "json"]);
    assert!(here.contains("\"schema_version\""), "{here}");
    assert_eq!(json(&["--format", "json"]), here);
    assert_eq!(json(&["--format", "json", "."]), here);
    assert_eq!(json(&["scan", ".", "--format", "json"]), here);
    let path = folder.path().to_string_lossy();
    assert_eq!(json(&["-f", "json", &path]), here);
    assert!(json(&["."]).starts_with("msgmap "));
}

#[test]
fn a_path_that_does_not_exist() {
    let folder = project();
    for args in [
        &["nowhere"][..],
        &["scan", "nowhere"],
        &["check", "nowhere"],
        &["explain", "orders", "nowhere"],
    ] {
        let error = refusal(folder.path(), args);
        assert!(error.starts_with("error: cannot scan nowhere: "), "{error}");
        assert!(error.contains("\nhelp: "), "{error}");
    }
    let error = refusal(folder.path(), &["chekc"]);
    assert!(
        error.contains("did you mean the command `msgmap check`"),
        "{error}"
    );
}

#[test]
fn wrong_usage() {
    let folder = project();
    for args in [
        &["--no-such-flag"][..],
        &["--threads", "0"],
        &["--format", "pdf"],
        &["--memory", "notes"],
        &[".", "check"],
        &["--format", "json", "check"],
        &["check", "--fail-under", "80"],
        &["check", "--fail-under", "NaN"],
        &["check", "--write-baseline"],
    ] {
        let error = refusal(folder.path(), args);
        assert!(error.starts_with("error: "), "{args:?}: {error}");
    }
}

#[test]
fn a_malformed_configuration() {
    let folder = project();
    write(
        folder.path(),
        "msgmap.toml",
        "\n\nexclude = \"\u{1b}[2Jnot a list\"\n",
    );
    for args in [&["scan"][..], &["check"], &["explain", "orders"]] {
        let error = refusal(folder.path(), args);
        assert!(error.contains("msgmap.toml"), "{error}");
        assert!(error.contains("line 3"), "{error}");
        assert!(!error.contains('\u{1b}'), "{error:?}");
    }
    write(folder.path(), "good.toml", "exclude = [\"legacy/**\"]\n");
    stdout_of(folder.path(), &["--config", "good.toml"], 0);
    write(folder.path(), "bad.toml", "no_such_key = 1\n");
    let error = refusal(folder.path(), &["--config", "bad.toml"]);
    assert!(
        error.contains("bad.toml") && error.contains("line 1"),
        "{error}"
    );
    let error = refusal(folder.path(), &["--config", "none.toml"]);
    assert!(error.contains("none.toml"), "{error}");
}

#[test]
fn colours_are_for_terminals_and_those_who_ask() {
    let coloured = |args: &[&str], variables: &[(&str, &str)]| {
        let output = msgmap(&shop())
            .args(args)
            .envs(variables.iter().copied())
            .output()
            .expect("the command can be started");
        output.stdout.contains(&0x1b) || output.stderr.contains(&0x1b)
    };
    for args in [&["scan"][..], &["check"], &["explain"], &["explain", "?"]] {
        let always = [args, &["--color", "always"]].concat();
        let never = [args, &["--color", "never"]].concat();
        assert!(!coloured(args, &[]), "{args:?}");
        assert!(!coloured(args, &[("NO_COLOR", "1")]), "{args:?}");
        assert!(coloured(args, &[("CLICOLOR_FORCE", "1")]), "{args:?}");
        assert!(!coloured(
            args,
            &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]
        ));
        assert!(coloured(&always, &[("NO_COLOR", "1")]), "{always:?}");
        assert!(!coloured(&never, &[("CLICOLOR_FORCE", "1")]), "{never:?}");
    }
    for format in ["json", "markdown", "mermaid"] {
        assert!(!coloured(&["--format", format, "--color", "always"], &[]));
    }
}

#[test]
fn every_artifact_is_written() {
    let folder = project();
    let before = files(folder.path());
    let output = run(folder.path(), &["--out", "docs/messaging"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).starts_with("msgmap "));

    let after = files(folder.path());
    let written: BTreeSet<_> = after.difference(&before).cloned().collect();
    for name in [
        "docs/messaging/MESSAGING_GUIDE.md",
        "docs/messaging/EVENT_FLOWS.json",
        "docs/messaging/messaging_analysis.json",
        "docs/messaging/msgmap.json",
        ".claude/memory/messaging/event_catalog.json",
        ".claude/memory/messaging/message_flows.json",
        ".claude/memory/messaging/queue_config.json",
        ".claude/memory/messaging/resilience_patterns.json",
        ".claude/memory/messaging/websocket_events.json",
    ] {
        assert!(written.contains(name), "{name} is not among {written:?}");
    }
    let diagram =
        |name: &&String| name.starts_with("docs/messaging/diagrams/") && name.ends_with(".mmd");
    assert!(written.iter().any(|name| diagram(&name)), "{written:?}");

    let said: Vec<_> = text(&output.stderr)
        .lines()
        .filter_map(|line| line.strip_prefix("wrote "))
        .collect();
    assert_eq!(said.len(), written.len(), "{said:?}");
    for name in written.iter().filter(|name| name.starts_with("docs/")) {
        assert!(
            said.contains(&name.as_str()),
            "{name} is not among {said:?}"
        );
    }
}

#[test]
fn the_memory_of_another_place() {
    let folder = project();
    let elsewhere = TempDir::new().expect("a temporary folder");
    let path = folder.path().to_string_lossy();
    let args = [
        "scan", &path, "--out", "out", "--memory", "notes", "--quiet",
    ];
    let output = run(elsewhere.path(), &args);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stderr), "");
    let written = files(elsewhere.path());
    assert!(written.contains("out/MESSAGING_GUIDE.md"), "{written:?}");
    assert!(written.contains("notes/event_catalog.json"), "{written:?}");
    assert!(!folder.path().join(".claude").exists());
}

#[test]
fn a_place_that_cannot_be_written() {
    let folder = project();
    let error = refusal(folder.path(), &["--out", "package.json"]);
    assert!(error.contains("package.json"), "{error}");
}

#[test]
fn the_same_bytes_from_every_run_and_number_of_threads() {
    for format in ["json", "markdown", "mermaid"] {
        let output = |threads| {
            let args = ["--format", format, "--threads", threads];
            stdout_of(&shop(), &args, 0)
        };
        let one = output("1");
        assert_eq!(output("1"), one);
        assert_eq!(output("4"), one);
    }
}

#[test]
fn a_reader_who_has_seen_enough() {
    let mut command = msgmap(&shop());
    command.args(["--format", "json"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = child.spawn().expect("the command can be started");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the command ends");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(!text(&output.stderr).contains("error"));
}

#[test]
fn the_schema_is_the_committed_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let committed = fs::read_to_string(root.join("schema/msgmap.schema.json"));
    let printed = stdout_of(root, &["schema"], 0);
    assert_eq!(printed, committed.expect("the schema is committed"));
}

#[test]
fn check_exits_by_what_it_prints() {
    let output = run(&shop(), &["check", "--severity", "note"]);
    let out = text(&output.stdout);
    let findings = out.lines().filter(|line| line.contains("]: ")).count();
    let verdict = out.lines().last().expect("a summary");
    match output.status.code() {
        Some(0) => assert!(findings == 0 && verdict == "passed", "{out}"),
        Some(1) => assert!(findings > 0 && verdict.starts_with("failed: "), "{out}"),
        code => panic!("{code:?}: {out}"),
    }
    let passed = stdout_of(&shop(), &["check", "--severity", "never"], 0);
    assert_eq!(passed.lines().last(), Some("passed"));
}

#[test]
fn check_prints_json() {
    let args = ["check", "--format", "json", "--severity", "never"];
    let document: serde_json::Value =
        serde_json::from_str(&stdout_of(&shop(), &args, 0)).expect("JSON");
    assert_eq!(document["passed"], true);
    assert_eq!(document["failing"], 0);
    assert!(document["findings"].is_array());
}

#[test]
fn findings_of_a_baseline_do_not_count() {
    let folder = TempDir::new().expect("a temporary folder");
    let shop = shop();
    let shop = shop.to_string_lossy();
    let baseline = |more: &[&str], code| {
        let args = [
            &[
                "check",
                &shop,
                "--severity",
                "note",
                "--baseline",
                "known.json",
            ],
            more,
        ];
        stdout_of(folder.path(), &args.concat(), code)
    };
    let error = refusal(folder.path(), &["check", &shop, "--baseline", "known.json"]);
    assert!(
        error.contains("known.json") && error.contains("--write-baseline"),
        "{error}"
    );

    assert_eq!(baseline(&["--write-baseline"], 0), "");
    let text = fs::read_to_string(folder.path().join("known.json")).expect("a baseline");
    assert!(baseline(&[], 0).ends_with("passed\n"));

    let gone = text.replace("\"fingerprints\": [", "\"fingerprints\": [\"gone\",");
    write(folder.path(), "known.json", &gone.replace(",]", "]"));
    assert!(baseline(&[], 0).contains("1 finding of the baseline"));

    write(
        folder.path(),
        "known.json",
        &text.replace("\"version\": 1", "\"version\": 99"),
    );
    let error = refusal(folder.path(), &["check", &shop, "--baseline", "known.json"]);
    assert!(error.contains("version 99"), "{error}");
}

#[test]
fn every_check_is_explained_by_its_page() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list = stdout_of(root, &["explain"], 0);
    let listed = list.lines().filter_map(|line| line.split(' ').next());
    let mut explained = 0;
    for check in listed {
        let page = fs::read_to_string(root.join(format!("fixtures/checks/{check}.md")));
        let page = page.expect("a check has a page");
        assert_eq!(stdout_of(root, &["explain", check], 0), page);
        explained += 1;
    }
    assert_eq!(explained, msgmap::checks::all().len());
}

#[test]
fn an_unknown_name_is_suggested() {
    let error = refusal(&shop(), &["explain", "orphan-produce"]);
    assert!(error.contains("`orphan-produce`"), "{error}");
    assert!(error.contains("did you mean orphan-producer?"), "{error}");
    let error = refusal(&shop(), &["explain", "\u{1b}[2J"]);
    assert!(!error.contains('\u{1b}'), "{error:?}");
}
