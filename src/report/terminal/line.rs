//! One line of a terminal, built of styled pieces and cut to its width.

use std::fmt::Write;

use anstyle::Style;
use unicode_width::UnicodeWidthStr;

use crate::report::escape::{shorten, visible};

/// A line; everything pushed onto it is escaped for the terminal.
#[derive(Debug, Default)]
pub(super) struct Line {
    indent: usize,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    style: Style,
    text: String,
    /// May be cut when the line is too long.
    elastic: bool,
}

impl Line {
    /// An empty line that begins `indent` columns from the left.
    pub(super) fn new(indent: usize) -> Self {
        Self {
            indent,
            pieces: Vec::new(),
        }
    }

    /// Text that is cut if the line becomes too long.
    pub(super) fn put(self, style: Style, text: &str) -> Self {
        self.push(style, visible(text).into_owned(), true)
    }

    /// Text that is never cut.
    pub(super) fn whole(self, style: Style, text: &str) -> Self {
        self.push(style, visible(text).into_owned(), false)
    }

    /// Text cut or filled to `width` columns, the last two of them blank.
    pub(super) fn column(self, style: Style, text: &str, width: usize) -> Self {
        let text = visible(text);
        let text = shorten(&text, width.saturating_sub(2));
        let blank = " ".repeat(width.saturating_sub(text.width()));
        self.push(style, text.into_owned(), true)
            .push(Style::new(), blank, true)
    }

    fn push(mut self, style: Style, text: String, elastic: bool) -> Self {
        self.pieces.push(Piece {
            style,
            text,
            elastic,
        });
        self
    }

    /// Writes the line with its newline. What does not fit is taken from the
    /// last pieces first; blanks at the end are left out.
    pub(super) fn write(mut self, out: &mut String, width: usize) {
        let mut over = (self.indent + self.pieces.iter().map(|p| p.text.width()).sum::<usize>())
            .saturating_sub(width);
        for piece in self.pieces.iter_mut().rev().filter(|p| p.elastic) {
            if over == 0 {
                break;
            }
            let before = piece.text.width();
            let keep = before.saturating_sub(over);
            // A blank, or a piece of a word, tells nothing.
            piece.text = if keep < 4 {
                String::new()
            } else {
                shorten(&piece.text, keep).into_owned()
            };
            over = over.saturating_sub(before - piece.text.width());
        }
        while self.pieces.last().is_some_and(|p| p.text.trim().is_empty()) {
            self.pieces.pop();
        }
        out.extend(std::iter::repeat_n(' ', self.indent));
        for Piece { style, text, .. } in &self.pieces {
            // Writing to a String cannot fail.
            let _ = write!(out, "{style}{text}{style:#}");
        }
        out.push('\n');
    }
}

/// Breaks a text into lines of at most `width` columns, between words.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(line: Line, width: usize) -> String {
        let mut out = String::new();
        line.write(&mut out, width);
        out
    }

    #[test]
    fn what_is_pushed_is_escaped() {
        let plain = Style::new();
        let line = Line::new(2)
            .put(plain, "a\u{1b}[2J")
            .column(plain, "b\n", 8)
            .whole(plain, "c\r");
        assert_eq!(written(line, 80), "  a\\u{1b}[2Jb\\n     c\\r\n");
    }

    #[test]
    fn places_are_kept_and_remarks_cut() {
        let plain = Style::new();
        let line = || {
            Line::new(0)
                .whole(plain, "src/main.rs:12")
                .put(plain, "  and a remark")
        };
        assert_eq!(written(line(), 40), "src/main.rs:12  and a remark\n");
        assert_eq!(written(line(), 22), "src/main.rs:12  and a…\n");
        assert_eq!(written(line(), 10), "src/main.rs:12\n");
    }

    #[test]
    fn words_are_wrapped() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert!(wrap("  ", 7).is_empty());
    }
}
