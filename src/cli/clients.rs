//! `msgmap clients`: which clients are understood, and what of them.

use std::fmt::Write;

use anstyle::Style;
use msgmap::clients::coverage::{Coverage, coverage};

use super::{Error, output};

const STRONG: Style = Style::new().bold();

/// Where the committed form of the table stands, the pages of cases are there.
const PAGES: &str = "../fixtures/clients";

/// How the table is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Aligned columns, for people in a shell
    #[default]
    Terminal,
    /// A table with links to the pages of cases: docs/clients.md
    Markdown,
    /// For programs
    Json,
}

#[derive(clap::Args)]
pub struct Args {
    /// Only clients whose name, language or technology has this in it
    word: Option<String>,
    /// How the table is printed
    #[arg(short, long, value_enum, default_value_t)]
    format: Format,
}

pub fn run(args: &Args) -> Result<(), Error> {
    let mut all = coverage().map_err(Error::Models)?;
    if let Some(word) = &args.word {
        let word = word.to_lowercase();
        all.retain(|client| concerns(client, &word));
    }
    match args.format {
        Format::Terminal => output::styled(&terminal(&all)),
        Format::Markdown => output::plain(&markdown(&all)),
        Format::Json => {
            let mut text = serde_json::to_string_pretty(&all).unwrap_or_default();
            text.push('\n');
            output::plain(&text)
        }
    }
}

fn concerns(client: &Coverage, word: &str) -> bool {
    std::iter::once(&client.client)
        .chain(&client.languages)
        .chain(&client.technologies)
        .any(|text| text.to_lowercase().contains(word))
}

/// The cells of a row: client, languages, technology, what is modelled; lists
/// of more than `most` are cut.
fn cells(client: &Coverage, most: usize) -> [String; 7] {
    let mark = |is: bool| if is { "yes" } else { "" }.to_owned();
    let list = |all: &[String]| match all.split_at_checked(most) {
        Some((shown, [_, ..])) => format!("{} +{}", shown.join(", "), all.len() - most),
        _ => all.join(", "),
    };
    [
        client.client.clone(),
        list(&client.languages),
        list(&client.technologies),
        mark(client.producer),
        mark(client.consumer),
        list(&client.declarations),
        list(&client.policies),
    ]
}

/// How much of a list a terminal has room for; the other formats have all of it.
const SHOWN: usize = 2;

const HEADS: [&str; 7] = [
    "client",
    "language",
    "technology",
    "producer",
    "consumer",
    "declarations",
    "policies",
];

/// Columns as wide as what is in them; the last one is as long as it is.
fn terminal(all: &[Coverage]) -> String {
    let rows: Vec<[String; 7]> = all.iter().map(|c| cells(c, SHOWN)).collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([HEADS[column].len()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..HEADS.len() - 1).map(width).collect();
    let line = |row: [&str; 7]| {
        let mut text = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(text, "{cell:width$}  ");
        }
        text.push_str(row[6]);
        text.trim_end().to_owned()
    };
    let mut text = format!("{STRONG}{}{STRONG:#}\n", line(HEADS));
    for row in &rows {
        let _ = writeln!(text, "{}", line(row.each_ref().map(String::as_str)));
    }
    let _ = writeln!(text, "\n{}", output::count(all.len(), "client"));
    text
}

fn markdown(all: &[Coverage]) -> String {
    let mut text = String::from(
        "# Clients\n\nWhat of each client is modelled. A link leads to its cases: what is recognised, and what looks \
         like it and is not. This page is what `msgmap clients --format markdown` prints.\n\n",
    );
    let _ = writeln!(text, "| {} |", HEADS.join(" | "));
    let _ = writeln!(text, "|{}", " --- |".repeat(HEADS.len()));
    for client in all {
        let mut row = cells(client, usize::MAX);
        row[0] = format!("[{}]({PAGES}/{}.md)", client.client, client.page);
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
    let _ = writeln!(text, "\n{}.", output::count(all.len(), "client"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Coverage {
        Coverage {
            client: "kafkajs".into(),
            page: "kafkajs".into(),
            languages: vec!["typescript".into(), "javascript".into()],
            technologies: vec!["kafka".into()],
            producer: true,
            consumer: false,
            declarations: vec!["topic".into()],
            policies: vec!["auth".into(), "retry".into(), "tls".into()],
        }
    }

    #[test]
    fn the_table_as_people_see_it() {
        let text = anstream::adapter::strip_str(&terminal(&[some()])).to_string();
        assert_eq!(
            text,
            "client   language                technology  producer  consumer  declarations  policies\n\
             kafkajs  typescript, javascript  kafka       yes                 topic         auth, retry +1\n\
             \n1 client\n"
        );
    }

    #[test]
    fn a_word_is_looked_for_in_names_languages_and_technologies() {
        assert!(concerns(&some(), "kafka") && concerns(&some(), "script"));
        assert!(!concerns(&some(), "retry"));
    }

    #[test]
    fn a_row_links_to_its_cases() {
        let page = markdown(&[some()]);
        assert!(page.contains("| [kafkajs](../fixtures/clients/kafkajs.md) | typescript, javascript | kafka | yes |  | topic | auth, retry, tls |\n"));
        assert!(page.ends_with("\n1 client.\n"));
    }
}
