//! The shop of `fixtures/shop` as people and programs see it. Read a changed
//! snapshot beside the shop's sources before accepting it.

use std::path::Path;

use msgmap::report::{self, Format, Options};
use msgmap::{Analysis, Config};

fn shop() -> Analysis {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/shop");
    let mut analysis = msgmap::scan(&root, &Config::default()).expect("the shop is readable");
    // What differs from run to run or from version to version.
    analysis.stats.seconds = 0.0;
    analysis.tool.version = "0.0.0".into();
    analysis.revision = None;
    analysis
}

fn rendered(format: Format) -> String {
    let text = report::render(&shop(), format, &Options::default());
    // Colours are not what is looked at here.
    anstream::adapter::strip_str(&text).to_string()
}

#[test]
fn terminal() {
    insta::assert_snapshot!(rendered(Format::Terminal));
}

#[test]
fn guide() {
    insta::assert_snapshot!(rendered(Format::Markdown));
}

#[test]
fn diagram() {
    insta::assert_snapshot!(rendered(Format::Mermaid));
}

#[test]
fn json() {
    insta::assert_snapshot!(rendered(Format::Json));
}

#[test]
fn every_saga_step_is_linked() {
    let analysis = shop();
    for name in [
        "order.placed",
        "payment.completed",
        "payment.failed",
        "shipment.failed",
        "payment.refunded",
        "order.cancelled",
        "order.shipped",
    ] {
        assert!(
            analysis.links.iter().any(|l| l.on == name),
            "nobody receives {name}"
        );
    }
}
