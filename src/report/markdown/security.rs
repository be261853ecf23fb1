//! Chapter 8: who may read and write, and who could listen in.

use std::collections::BTreeSet;

use askama::Template;

use crate::report::kinds::Kind;

use super::md::{Md, Writer, filters};
use super::policies;

#[derive(Template)]
#[template(path = "guide/security.md")]
pub(super) struct Security {
    encryption: Option<Md>,
    authentication: Option<Md>,
    authorization: Option<Md>,
    /// Technologies with a network connection and no such statement.
    unencrypted: Option<Md>,
    unauthenticated: Option<Md>,
}

const ENCRYPTION: &[&str] = &["tls", "encryption"];
const AUTHENTICATION: &[&str] = &["auth", "authentication", "sasl"];

impl Security {
    pub(super) fn of(writer: &Writer<'_>) -> Self {
        Self {
            encryption: policies::table(writer, ENCRYPTION),
            authentication: policies::table(writer, AUTHENTICATION),
            authorization: policies::table(writer, &["acl", "authorization"]),
            unencrypted: without(writer, ENCRYPTION),
            unauthenticated: without(writer, AUTHENTICATION),
        }
    }
}

/// The technologies that leave the process and have no policy of these kinds.
fn without(writer: &Writer<'_>, kinds: &[&str]) -> Option<Md> {
    let with: BTreeSet<_> = policies::of(writer, kinds)
        .map(|p| p.technology.as_str())
        .collect();
    let technologies = writer.view.technologies().into_iter();
    let mut without = technologies
        .filter(|t| Kind::of(t) != Kind::InProcess && !with.contains(t))
        .peekable();
    without.peek()?;
    Some(Md::join(without.map(Md::code), ", "))
}
