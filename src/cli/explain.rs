//! `msgmap explain`: a check, a client, or a channel of a tree.

mod channel;

use std::fmt::Write;

use anstyle::Style;
use msgmap::Analysis;
use msgmap::analysis::Channel;
use msgmap::report::escape::visible;
use msgmap::report::view::View;
use msgmap::{checks, clients};

use super::output::label;
use super::{Error, output, similar, tree};

const STRONG: Style = Style::new().bold();

#[derive(clap::Args)]
pub struct Args {
    /// A check such as `orphan-producer`, a client such as `kafkajs`, or a
    /// channel such as `orders` or `kafka:orders`; without it, the checks are listed
    name: Option<String>,
    #[command(flatten)]
    tree: tree::TreeArgs,
}

pub fn run(args: &Args, quiet: bool) -> Result<(), Error> {
    let Some(name) = &args.name else {
        return output::styled(&list());
    };
    if let Some(check) = checks::by_id(name) {
        return output::plain(check.page);
    }
    if let Some(page) = clients::page(name) {
        return output::plain(page);
    }
    let tree = args.tree.scan(quiet)?;
    let channels = called(name, &tree.analysis);
    if channels.is_empty() {
        return Err(Error::UnknownName {
            name: name.clone(),
            similar: similar::to(name, &names(&tree.analysis)),
        });
    }
    let view = View::new(&tree.analysis);
    let pages: Vec<_> = channels
        .into_iter()
        .map(|channel| channel::render(&view, channel, &tree))
        .collect();
    output::styled(&pages.join("\n"))
}

/// The channels of this name, of every technology that has one; or the one
/// given as `technology:name`.
fn called<'a>(name: &str, analysis: &'a Analysis) -> Vec<&'a Channel> {
    let is_called = |c: &&Channel| c.name == name || full_name(c) == name;
    analysis.channels.iter().filter(is_called).collect()
}

fn full_name(channel: &Channel) -> String {
    format!("{}:{}", channel.technology, channel.name)
}

/// All that could have been meant.
fn names(analysis: &Analysis) -> Vec<String> {
    let checks = checks::all().iter().map(|check| check.id.to_owned());
    let channels = &analysis.channels;
    checks
        .chain(clients::names())
        .chain(channels.iter().map(|c| c.name.clone()))
        .chain(channels.iter().map(full_name))
        .collect()
}

/// The checks, one a line.
fn list() -> String {
    let width = checks::all().iter().map(|c| c.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for check in checks::all() {
        let (style, severity) = label(check.severity);
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{STRONG}{id:width$}{STRONG:#}  {style}{severity:7}{style:#}  {summary}",
            id = check.id,
            summary = visible(check.summary),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::sample::{HOSTILE, huge, shop};
    use super::*;
    use crate::cli::tree::Tree;

    fn page(name: &str, analysis: Analysis) -> String {
        let tree = Tree::of_current_folder(analysis);
        let view = View::new(&tree.analysis);
        let channels = called(name, &tree.analysis).into_iter();
        let pages: Vec<_> = channels
            .map(|channel| channel::render(&view, channel, &tree))
            .collect();
        pages.join("\n")
    }

    fn colourless(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn the_pages_of_all_channels() {
        let names: Vec<_> = shop().channels.iter().map(full_name).collect();
        let pages: Vec<_> = names.iter().map(|name| page(name, shop())).collect();
        insta::assert_snapshot!(colourless(&pages.join("\n----\n")));
    }

    #[test]
    fn a_name_of_several_technologies_has_several_pages() {
        let mut analysis = shop();
        let mut twin = analysis.channels[0].clone();
        twin.technology = "another".into();
        let name = twin.name.clone();
        analysis.channels.push(twin);
        assert_eq!(called(&name, &analysis).len(), 2);
        assert_eq!(called(&format!("another:{name}"), &analysis).len(), 1);
        assert!(called("another", &analysis).is_empty());
    }

    #[test]
    fn names_from_the_code_are_harmless() {
        let analysis = shop();
        assert!(!called(HOSTILE, &analysis).is_empty());
        let page = colourless(&page(HOSTILE, analysis));
        let acts = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!page.contains(acts), "{page:?}");
    }

    #[test]
    fn nothing_is_cut() {
        let analysis = huge(50);
        let channel = full_name(&analysis.channels[0]);
        let ids = analysis.channels[0].producers.clone();
        let places: Vec<_> = ids
            .iter()
            .filter_map(|id| analysis.endpoint(id))
            .map(|e| e.location.to_string())
            .collect();
        let page = page(&channel, analysis);
        assert!(!places.is_empty());
        for place in places {
            assert!(page.contains(&place), "{place} is missing in {page}");
        }
    }
}
