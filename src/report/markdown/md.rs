//! Markdown that is known to be well-formed, and what it is built with.

use std::fmt::{self, Display};

use crate::analysis::{Endpoint, Location, Role};
use crate::report::escape::{markdown_code, markdown_href, markdown_text, shorten, visible};
use crate::report::view::{Attached, Meeting, View, setting};

/// Longest foreign text shown in one piece, in columns.
const LONG: usize = 120;
/// Entries of a list inside of a cell.
const SOME: usize = 4;
/// Rows of a table.
const MANY: usize = 200;

/// Markdown that can stand in a paragraph or a cell: foreign text in it is escaped.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Md(String);

impl Md {
    /// Words of ours, which are Markdown already.
    pub(super) fn ours(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Foreign words.
    pub(super) fn text(text: &str) -> Self {
        Self(markdown_text(&shorten(&visible(text), 4 * LONG)))
    }

    /// A foreign name.
    pub(super) fn code(text: &str) -> Self {
        Self(markdown_code(&shorten(&visible(text), LONG)))
    }

    /// A rendered template.
    pub(super) fn of(template: &impl askama::Template) -> Self {
        Self(
            template
                .render()
                .expect("our templates call nothing that can fail"),
        )
    }

    /// A fenced Mermaid diagram of ours.
    pub(super) fn mermaid(diagram: &str) -> Self {
        // Labels hold neither backticks nor newlines, so none ends the fence.
        Self(format!("```mermaid\n{diagram}```"))
    }

    /// Parts with a separator, or a dash for none.
    pub(super) fn join(parts: impl IntoIterator<Item = Self>, separator: &str) -> Self {
        let parts: Vec<_> = parts.into_iter().map(|part| part.0).collect();
        Self(if parts.is_empty() {
            "–".into()
        } else {
            parts.join(separator)
        })
    }

    /// The first few parts, and how many there are besides.
    pub(super) fn some(parts: impl IntoIterator<Item = Self>, separator: &str) -> Self {
        let mut parts: Vec<_> = parts.into_iter().collect();
        let more = parts.len().saturating_sub(SOME);
        parts.truncate(SOME);
        if more > 0 {
            parts.push(Self(format!("… and {more} more")));
        }
        Self::join(parts, separator)
    }
}

impl Display for Md {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Puts pieces of Markdown together: `md!("{} in {}", Md::code(a), place)`.
/// Only Markdown and numbers may be put in; foreign text does not compile.
macro_rules! md {
    ($format:literal $(, $part:expr)* $(,)?) => {
        $crate::report::markdown::md::Md::ours(format!(
            $format $(, $crate::report::markdown::md::written(&$part))*
        ))
    };
}
pub(super) use md;

/// What `md!` accepts.
pub(super) trait Written: Display {}
impl Written for Md {}
impl Written for usize {}
impl Written for u32 {}

/// Lets through what is [`Written`].
pub(super) fn written<T: Written>(part: &T) -> &T {
    part
}

/// A table, or nothing to put into one.
#[derive(Debug)]
pub(super) struct Table<const N: usize> {
    head: [&'static str; N],
    rows: Vec<[Md; N]>,
}

impl<const N: usize> Table<N> {
    pub(super) fn new(head: [&'static str; N]) -> Self {
        Self {
            head,
            rows: Vec::new(),
        }
    }

    pub(super) fn row(&mut self, cells: [Md; N]) {
        self.rows.push(cells);
    }

    pub(super) fn rows(mut self, rows: impl IntoIterator<Item = [Md; N]>) -> Self {
        self.rows.extend(rows);
        self
    }

    /// The table, or nothing if it has no rows.
    pub(super) fn written(self) -> Option<Md> {
        if self.rows.is_empty() {
            return None;
        }
        let rule = ["---"; N];
        let mut lines = vec![line(&self.head), line(&rule)];
        lines.extend(self.rows.iter().take(MANY).map(|row| line(row)));
        let more = self.rows.len().saturating_sub(MANY);
        if more > 0 {
            lines.push(format!("\n… and {more} more, in `msgmap.json`."));
        }
        Some(Md(lines.join("\n")))
    }
}

fn line(cells: &[impl Display]) -> String {
    let mut line = String::from("|");
    for cell in cells {
        line += &format!(" {cell} |");
    }
    line
}

/// Writes things of an analysis as Markdown.
pub(super) struct Writer<'a> {
    pub(super) view: &'a View<'a>,
    /// Leads to the scanned root; empty, or with a `/` at its end.
    source: String,
}

impl<'a> Writer<'a> {
    pub(super) fn new(view: &'a View<'a>, source: &str) -> Self {
        let source = markdown_href(source.trim_end_matches('/'));
        Self {
            view,
            source: if source.is_empty() {
                source
            } else {
                source + "/"
            },
        }
    }

    /// A link to a place in the code.
    pub(super) fn at(&self, location: &Location) -> Md {
        let text = markdown_code(&location.to_string());
        let href = markdown_href(&location.file);
        Md(format!(
            "[{text}]({}{href}#L{})",
            self.source, location.line
        ))
    }

    /// A link to a folder or file.
    pub(super) fn file(&self, path: &str) -> Md {
        Md(format!(
            "[{}]({}{})",
            markdown_code(path),
            self.source,
            markdown_href(path)
        ))
    }

    /// Service and place of an endpoint.
    pub(super) fn endpoint(&self, endpoint: &Endpoint) -> Md {
        md!(
            "{} {}",
            Md::text(&endpoint.service),
            self.at(&endpoint.location)
        )
    }

    /// The first few endpoints of one side of a channel.
    /// Who sends to a channel.
    pub(super) fn producers(&self, meeting: &Meeting<'_>) -> Md {
        self.side(
            &meeting.producers,
            self.nobody(Role::Consumer, &meeting.consumers),
        )
    }

    /// Who gets what is sent to a channel.
    pub(super) fn consumers(&self, meeting: &Meeting<'_>) -> Md {
        self.side(
            &meeting.consumers,
            self.nobody(Role::Producer, &meeting.producers),
        )
    }

    /// What is said of a side that is not there, by what the other side is.
    fn nobody(&self, role: Role, others: &[Attached<'_>]) -> &'static str {
        let is_orphan = |attached: &Attached<'_>| {
            let mut orphans = self.view.orphans(role);
            orphans.any(|o| o.id == attached.endpoint.id)
        };
        if others.is_empty() || others.iter().any(is_orphan) {
            "*nobody here*"
        } else {
            "*nobody known*"
        }
    }

    pub(super) fn side(&self, side: &[Attached<'_>], nobody: &'static str) -> Md {
        if side.is_empty() {
            return Md::ours(nobody);
        }
        let written = side.iter().map(|attached| match attached.because {
            Some(because) => md!(
                "{} ({})",
                self.endpoint(attached.endpoint),
                Md::text(because)
            ),
            None => self.endpoint(attached.endpoint),
        });
        Md::some(written, "<br>")
    }

    /// What a policy applies to: an endpoint's channel, or a channel.
    pub(super) fn subject(&self, id: &str) -> Md {
        match self.view.endpoint(id) {
            Some(e) => {
                let role = match e.role {
                    Role::Producer => "producer",
                    Role::Consumer => "consumer",
                };
                md!("{} of {}", Md::ours(role), name(e.name.as_deref()))
            }
            None => Md::code(id.split_once(':').map_or(id, |(_, name)| name)),
        }
    }
}

/// A name, or that it is not known.
pub(super) fn name(name: Option<&str>) -> Md {
    name.map_or_else(|| Md::ours("*unknown*"), Md::code)
}

/// Settings as `key: value`, a dash if there are none.
pub(super) fn settings<'a>(
    settings: impl IntoIterator<Item = (&'a String, &'a serde_json::Value)>,
) -> Md {
    Md::join(
        settings
            .into_iter()
            .map(|(key, value)| Md::code(&format!("{key}: {}", setting(value)))),
        ", ",
    )
}

/// Filters for the templates.
pub(super) mod filters {
    use super::Md;
    use askama::Values;
    use askama::filters::Safe;

    /// Markdown is printed as it is; anything else is escaped.
    #[askama::filter_fn]
    pub(in crate::report::markdown) fn md<'a>(
        md: &'a Md,
        _: &dyn Values,
    ) -> askama::Result<Safe<&'a Md>> {
        Ok(Safe(md))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_table_says_what_it_leaves_out() {
        let mut table = Table::new(["a"]);
        for n in 0..=MANY {
            table.row([md!("{}", n)]);
        }
        let text = table.written().map(|md| md.to_string()).unwrap_or_default();
        assert!(text.ends_with("… and 1 more, in `msgmap.json`."));
        assert!(Table::<1>::new(["a"]).written().is_none());
    }

    #[test]
    fn links_lead_to_the_line() {
        let analysis = crate::analysis::Analysis::default();
        let view = View::new(&analysis);
        let location = Location {
            file: "a b/|.ts".into(),
            line: 3,
            column: 1,
            end_line: 3,
        };
        assert_eq!(
            Writer::new(&view, "../..").at(&location).to_string(),
            "[<code>a b/&#124;.ts&#58;3</code>](../../a%20b/%7C.ts#L3)"
        );
    }
}
