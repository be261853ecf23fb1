//! Tables of policies, which several chapters show by their kind.

use crate::analysis::Policy;

use super::md::{Md, Table, Writer, settings};

/// A chapter's policies as a table; nothing if there are none of these kinds.
pub(super) fn table(writer: &Writer<'_>, kinds: &[&str]) -> Option<Md> {
    let found = of(writer, kinds).map(|policy| {
        [
            Md::text(&policy.kind),
            Md::text(&policy.technology),
            settings(&policy.detail),
            Md::some(policy.applies_to.iter().map(|id| writer.subject(id)), ", "),
            Md::text(&policy.service),
            writer.at(&policy.location),
        ]
    });
    Table::new([
        "What",
        "Technology",
        "Settings",
        "Applies to",
        "Service",
        "Where",
    ])
    .rows(found)
    .written()
}

/// Policies of these kinds in production code.
pub(super) fn of<'a>(
    writer: &'a Writer<'_>,
    kinds: &'a [&str],
) -> impl Iterator<Item = &'a Policy> {
    let policies = writer.view.analysis.policies.iter();
    policies.filter(move |p| !p.test && kinds.contains(&p.kind.as_str()))
}
