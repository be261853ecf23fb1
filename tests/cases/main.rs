//! Runs the literate cases: every page in `fixtures/clients`,
//! `fixtures/following`, `fixtures/infra` and `fixtures/checks` is specification, documentation and test at once (see
//! `queries/README.md`). A case is one `##` heading: its files are written to a
//! folder of their own, scanned, and compared with what their comments say.
//!
//! `MSGMAP_CASE=kafkajs cargo test --test cases` runs only what has `kafkajs`
//! in its page's name or its heading.

mod compare;
mod expect;
mod found;
mod page;
mod run;

use std::collections::BTreeSet;

use page::{Kind, Page};

#[test]
fn clients() {
    run::all(&pages(Kind::Client));
}

#[test]
fn following() {
    let pages = pages(Kind::Following);
    assert_pages_can_fail(&pages);
    run::all(&pages);
}

#[test]
fn checks() {
    run::all(&pages(Kind::Check));
}

#[test]
fn infra() {
    let pages = pages(Kind::Infra);
    assert_pages_can_fail(&pages);
    run::all(&pages);
}

#[test]
fn every_client_has_cases() {
    let models: BTreeSet<String> = page::files_below("queries/clients", "toml")
        .iter()
        .map(|path| page::stem(path))
        .collect();
    let pages = pages(Kind::Client);
    assert_same("models in queries/clients", &models, &ids(&pages));
    assert_pages_can_fail(&pages);
}

#[test]
fn every_check_has_a_page() {
    let checks = msgmap::checks::all()
        .iter()
        .map(|check| check.id.to_owned())
        .collect();
    let pages = pages(Kind::Check);
    assert_same("checks", &checks, &ids(&pages));
    assert_pages_can_fail(&pages);
    for page in &pages {
        assert_eq!(
            page.title,
            page.id(),
            "{}: its title is not its check",
            page.name
        );
    }
}

fn pages(kind: Kind) -> Vec<Page> {
    let pages = page::read_all(kind).unwrap_or_else(|errors| panic!("\n{}", errors.join("\n")));
    assert!(
        !pages.is_empty(),
        "there is no page in {}",
        kind.folder().display()
    );
    pages
}

fn ids(pages: &[Page]) -> BTreeSet<String> {
    pages.iter().map(Page::id).collect()
}

fn assert_same(what: &str, named: &BTreeSet<String>, pages: &BTreeSet<String>) {
    let without_page: Vec<_> = named.difference(pages).collect();
    let without_subject: Vec<_> = pages.difference(named).collect();
    assert!(
        without_page.is_empty() && without_subject.is_empty(),
        "{what} without a page: {without_page:?}; pages without one: {without_subject:?}"
    );
}

/// A page without any expectation would pass whatever msgmap finds or misses.
fn assert_pages_can_fail(pages: &[Page]) {
    let idle: Vec<&str> = pages
        .iter()
        .filter(|page| !page.cases.iter().any(|case| case.expects_something()))
        .map(|page| page.name.as_str())
        .collect();
    assert!(idle.is_empty(), "pages that expect nothing: {idle:?}");
}
