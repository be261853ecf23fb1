//! The reports, on a hand-made analysis.
//!
//! Snapshots are reviewed by reading them (`cargo insta review`); the other
//! tests hold what must be true of every analysis.

mod sample;

use std::fs;

use msgmap::analysis::Analysis;
use msgmap::report::{Format, Options, json, markdown, memory, mermaid, out, render, terminal};
use sample::{HOSTILE, huge, shop};

fn shown(format: Format) -> String {
    render(&shop(), format, &Options::default())
}

/// Text without the escape sequences that set colours.
fn colourless(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[test]
fn terminal_snapshot() {
    insta::assert_snapshot!(colourless(&shown(Format::Terminal)));
}

#[test]
fn terminal_colours_snapshot() {
    let text = terminal::render(&shop(), 100);
    let head: Vec<_> = text.lines().take(24).collect();
    insta::assert_snapshot!(head.join("\n").replace('\u{1b}', "ESC"));
}

#[test]
fn guide_snapshot() {
    insta::assert_snapshot!(shown(Format::Markdown));
}

#[test]
fn mermaid_snapshot() {
    insta::assert_snapshot!(shown(Format::Mermaid));
}

#[test]
fn diagrams_snapshot() {
    let files = mermaid::diagrams(&shop());
    let text: Vec<_> = files
        .iter()
        .map(|(name, text)| format!("== {name}\n{text}"))
        .collect();
    insta::assert_snapshot!(text.join("\n"));
}

#[test]
fn memory_snapshot() {
    let shop = shop();
    let mut text = format!("== EVENT_FLOWS.json\n{}", memory::event_flows(&shop));
    text += &format!(
        "== messaging_analysis.json\n{}",
        memory::messaging_analysis(&shop)
    );
    for (name, file) in memory::files(&shop) {
        text += &format!("== {name}\n{file}");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn an_empty_tree_says_so() {
    let empty = Analysis {
        // Else every release would change the snapshots.
        tool: shop().tool,
        ..Analysis::default()
    };
    insta::assert_snapshot!("empty_terminal", colourless(&terminal::render(&empty, 100)));
    insta::assert_snapshot!("empty_guide", markdown::render(&empty, ""));
    insta::assert_snapshot!("empty_mermaid", mermaid::render(&empty));
}

#[test]
fn the_committed_schema_is_the_generated_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/msgmap.schema.json");
    let generated = json::json_schema();
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        fs::write(path, &generated).expect("the schema can be written");
    }
    let committed = fs::read_to_string(path).expect("the schema is committed");
    assert!(
        committed == generated,
        "schema/msgmap.schema.json is out of date: run UPDATE_SCHEMA=1 cargo test --test report"
    );
}

#[test]
fn the_contract_is_valid_and_reads_back() {
    let text = shown(Format::Json);
    assert!(text.ends_with("}\n"));
    let schema = serde_json::from_str(&json::json_schema()).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let document = serde_json::from_str(&text).expect("the contract is JSON");
    let errors: Vec<_> = validator
        .iter_errors(&document)
        .map(|e| e.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");

    let mut wrong = document.clone();
    wrong["endpoints"][0]["role"] = "bystander".into();
    assert!(!validator.is_valid(&wrong));

    let mut shop = shop();
    shop.stats.seconds = 0.0;
    let back: Analysis = serde_json::from_value(document).expect("the contract reads back");
    assert_eq!(back, shop);
}

#[test]
fn the_terminal_gets_no_escapes_but_ours() {
    let hidden = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    for format in [Format::Json, Format::Markdown, Format::Mermaid] {
        assert!(!shown(format).contains(hidden), "{format:?}");
    }
    let text = colourless(&shown(Format::Terminal));
    assert!(!text.contains(hidden));
    assert!(
        text.contains("\\u{1b}[31m"),
        "the hostile name is spelled out"
    );
}

#[test]
fn hostile_names_stay_in_their_cells() {
    let guide = shown(Format::Markdown);
    assert!(!guide.contains("<script") && !guide.contains('\u{1b}'));
    let mut fenced = false;
    let mut columns = None;
    for line in guide.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
            assert!(line == "```mermaid" || line == "```", "{line}");
        }
        if fenced || !line.starts_with('|') {
            columns = None;
            continue;
        }
        let found = line.matches('|').count();
        assert_eq!(*columns.get_or_insert(found), found, "{line}");
    }
    assert!(!fenced);
}

#[test]
fn the_guide_has_its_chapters_and_sections() {
    for analysis in [shop(), Analysis::default()] {
        let guide = markdown::render(&analysis, "");
        let mut fenced = false;
        let headings: Vec<_> = guide
            .lines()
            .filter(|line| {
                fenced ^= line.starts_with("```");
                !fenced && line.starts_with('#')
            })
            .collect();
        let wanted = "\
            # Messaging guide\n\
            ## Messaging Stack\n### Message Brokers\n### Event Bus\n### Real-time Communication\n\
            ## Event Catalog\n### Domain Events\n### Integration Events\n### Command Events\n\
            ## Message Flows\n### Critical Workflows\n### Event Choreography\n### Saga Patterns\n\
            ## Message Contracts\n### Schema Definitions\n### Evolution Strategy\n### Validation Rules\n\
            ## Queue Management\n### Topology\n### Routing Rules\n### Dead Letter Handling\n\
            ## Reliability Patterns\n### Retry Policies\n### Idempotency\n### Ordering Guarantees\n### At-least-once Delivery\n\
            ## Monitoring & Observability\n### Metrics\n### Distributed Tracing\n### Alerting Rules\n\
            ## Security\n### Encryption\n### Authentication\n### Authorization\n\
            ## Best Practices\n### Message Design\n### Error Handling\n### Testing Strategies";
        assert_eq!(headings.join("\n"), wanted);
        assert!(guide.ends_with('\n') && !guide.contains("\n\n\n"));
    }
}

#[test]
fn links_begin_where_the_guide_is_kept() {
    let options = Options {
        source: "../..".into(),
        ..Options::default()
    };
    let guide = render(&shop(), Format::Markdown, &options);
    assert!(guide.contains("](../../services/checkout/src/pay.ts#L88)"));
}

#[test]
fn a_huge_map_stays_readable() {
    let huge = huge(4000);
    let diagram = mermaid::render(&huge);
    assert!(diagram.len() < 50_000);
    assert!(diagram.matches("-->").count() <= 500);
    assert!(diagram.contains("%% too many channels to draw each"));
    assert!(diagram.contains("%% not drawn: names that nobody in this tree receives (400)"));

    let summary = colourless(&terminal::render(&huge, 100));
    assert!(summary.lines().count() < 250, "{}", summary.lines().count());
    assert!(
        summary.contains("… and 3580 more, see --format json"),
        "{summary}"
    );

    let guide = markdown::render(&huge, "");
    assert!(guide.contains("… and 3800 more, in `msgmap.json`."));
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    use unicode_width::UnicodeWidthStr;
    for width in [60, 80, 100, 160] {
        let text = colourless(&terminal::render(&shop(), width));
        for line in text.lines() {
            assert!(line.width() <= width, "{width}: {line}");
        }
    }
}

#[test]
fn everything_is_written_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let (out, memory) = (folder.path().join("out"), folder.path().join("a/memory"));
    let written = out::write_all(&shop(), &out, &memory).expect("all files can be written");

    let mut found = Vec::new();
    let mut folders = vec![folder.path().to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path)
            } else {
                found.push(path)
            }
        }
    }
    let mut expected = written.clone();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
    let names: Vec<_> = written
        .iter()
        .map(|path| {
            path.strip_prefix(folder.path())
                .expect("inside")
                .to_string_lossy()
                .replace('\\', "/")
        })
        .collect();
    insta::assert_snapshot!(names.join("\n"));
    for path in written {
        let text = fs::read_to_string(&path).expect("text");
        assert!(text.ends_with('\n'), "{}", path.display());
        if path.extension().is_some_and(|e| e == "json") {
            serde_json::from_str::<serde_json::Value>(&text).expect("JSON");
        }
    }
}

#[test]
fn flows_cannot_name_files_outside() {
    let mut shop = shop();
    for (flow, name) in shop
        .flows
        .iter_mut()
        .zip(["../../x", "/etc/passwd", HOSTILE])
    {
        flow.name = name.into();
        flow.critical = true;
    }
    for (name, _) in mermaid::diagrams(&shop) {
        assert!(
            name.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.'),
            "{name}"
        );
        assert!(!name.contains(".."), "{name}");
    }
}

#[test]
fn an_error_names_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let blocked = folder.path().join("EVENT_FLOWS.json");
    fs::create_dir(&blocked).expect("a folder in the way");
    let error =
        out::write_all(&shop(), folder.path(), folder.path()).expect_err("it is in the way");
    assert!(error.to_string().contains("EVENT_FLOWS.json"), "{error}");
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    let elsewhere = folder.path().join("elsewhere");
    fs::write(&elsewhere, "mine").expect("a file");
    let out = folder.path().join("out");
    fs::create_dir(&out).expect("a folder");
    std::os::unix::fs::symlink(&elsewhere, out.join("msgmap.json")).expect("a link");
    let error = out::write_all(&shop(), &out, &out).expect_err("a link is in the way");
    assert!(error.to_string().contains("msgmap.json"), "{error}");
    assert_eq!(fs::read_to_string(&elsewhere).expect("a file"), "mine");
}
