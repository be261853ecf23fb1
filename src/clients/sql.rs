//! What a statement of SQL does with messages: the channels it listens to and
//! notifies, the tables it takes rows from as from a queue, and those it puts
//! rows into.
//!
//! SQL in code has placeholders, holes and dialects, and is often a piece of a
//! statement. It is therefore scanned for the few clauses that matter and never
//! parsed; whatever else stands there is passed over.

mod tokens;

use smol_str::SmolStr;

use crate::project::{Piece, Text};
use tokens::{Lexed, Token};

/// What is asked of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Channels of `LISTEN`.
    Listen,
    /// Channels of `NOTIFY` and `pg_notify()`.
    Notify,
    /// Tables whose rows are locked with `FOR UPDATE … SKIP LOCKED`: each
    /// reader gets rows that no other has, which is a queue.
    Queue,
    /// Tables of `INSERT INTO`.
    Insert,
    /// Tables of `CREATE TABLE`.
    Table,
}

impl Asked {
    /// As client models spell it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "listen" => Self::Listen,
            "notify" => Self::Notify,
            "queue" => Self::Queue,
            "insert" => Self::Insert,
            _ => return None,
        })
    }

    /// A word without which there is nothing to find.
    fn needs(self) -> &'static str {
        match self {
            Self::Listen => "listen",
            Self::Notify => "notify",
            Self::Queue => "locked",
            Self::Insert => "insert",
            Self::Table => "table",
        }
    }

    /// Told without taking the statement apart: most have nothing to do with messages.
    fn can_be_in(self, sql: &Text) -> bool {
        let word = self.needs().as_bytes();
        sql.pieces.iter().any(|piece| match piece {
            Piece::Plain(text) => text
                .as_bytes()
                .windows(word.len())
                .any(|w| w.eq_ignore_ascii_case(word)),
            _ => false,
        })
    }
}

/// A name in a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Name {
    Text(Text),
    /// The n-th parameter of the statement, from 0.
    Parameter(usize),
    /// A parameter with a name: `:channel`, `%(channel)s`.
    Named(SmolStr),
}

/// The schema that names need not say.
const DEFAULT_SCHEMA: &str = "public.";

/// Words behind which a statement of a block begins.
const OPENS: [&str; 5] = ["begin", "then", "else", "loop", "also"];

/// Words that end a list of tables, or are no alias of the table before.
const NO_ALIAS: [&str; 26] = [
    "where",
    "join",
    "inner",
    "left",
    "right",
    "full",
    "cross",
    "natural",
    "on",
    "using",
    "order",
    "group",
    "limit",
    "for",
    "set",
    "returning",
    "union",
    "having",
    "offset",
    "fetch",
    "window",
    "lateral",
    "values",
    "select",
    "tablesample",
    "as",
];

/// The names a statement gives to what is asked; each once, in the order of the text.
#[must_use]
pub fn names(sql: &Text, asked: Asked) -> Vec<Name> {
    if !asked.can_be_in(sql) {
        return Vec::new();
    }
    let lexed = Lexed::of(sql);
    let names = (0..lexed.tokens.len()).flat_map(|i| asked_at(&lexed, i, asked));
    let mut distinct: Vec<Name> = Vec::new();
    for name in names {
        if !distinct.contains(&name) {
            distinct.push(name);
        }
    }
    distinct
}

/// What is asked of the clause that begins at a token.
fn asked_at(lexed: &Lexed, i: usize, asked: Asked) -> Vec<Name> {
    match asked {
        Asked::Listen => listen(lexed, i).into_iter().collect(),
        Asked::Notify => notify(lexed, i).into_iter().collect(),
        Asked::Queue => queue(lexed, i),
        Asked::Insert => insert(lexed, i).into_iter().collect(),
        Asked::Table => created(lexed, i).into_iter().collect(),
    }
}

/// A name in a file of SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    pub name: String,
    /// 1-based.
    pub line: u32,
    /// The function it is in the body of, if it is in one; without a name where
    /// none could be read.
    pub function: Option<String>,
}

/// What is asked of a whole file, wherever it says it.
#[must_use]
pub fn places(text: &str, asked: Asked) -> Vec<Placed> {
    let sql = Text::plain(text);
    if !asked.can_be_in(&sql) {
        return Vec::new();
    }
    let lexed = Lexed::of(&sql);
    let mut function = String::new();
    let mut placed = Vec::new();
    for i in 0..lexed.tokens.len() {
        let (line, in_body) = lexed.place(i);
        let is_function = lexed.word(i, "function") || lexed.word(i, "procedure");
        if !in_body
            && is_function
            && let Some((name, _)) = table(&lexed, i + 1)
        {
            function = name.to_string();
        }
        for name in asked_at(&lexed, i, asked) {
            if let Name::Text(name) = name {
                placed.push(Placed {
                    name: name.to_string(),
                    line,
                    function: in_body.then(|| function.clone()),
                });
            }
        }
    }
    placed
}

/// Whether a statement begins at a token.
fn begins(lexed: &Lexed, i: usize) -> bool {
    let Some(before) = i.checked_sub(1).and_then(|b| lexed.tokens.get(b)) else {
        return true;
    };
    *before == Token::Mark(';') || OPENS.iter().any(|word| before.is(word))
}

/// `LISTEN channel`
fn listen(lexed: &Lexed, i: usize) -> Option<Name> {
    if !lexed.word(i, "listen") || !begins(lexed, i) {
        return None;
    }
    lexed.tokens.get(i + 1)?.identifier().map(Name::Text)
}

/// `NOTIFY channel`, `pg_notify('channel', …)`
fn notify(lexed: &Lexed, i: usize) -> Option<Name> {
    if lexed.word(i, "notify") && begins(lexed, i) {
        return lexed.tokens.get(i + 1)?.identifier().map(Name::Text);
    }
    if !lexed.word(i, "pg_notify") || lexed.tokens.get(i + 1) != Some(&Token::Mark('(')) {
        return None;
    }
    match lexed.tokens.get(i + 2)? {
        Token::Literal(text) if lexed.ends_argument(i + 3) => Some(Name::Text(text.clone())),
        Token::Parameter(n) => Some(Name::Parameter(*n)),
        Token::Named(name) => Some(Name::Named(name.clone())),
        // A parameter of code around the SQL stays one; a variable of the
        // database's own code is a hole, and so is an expression.
        Token::Word(text) if text.as_plain().is_none() => Some(Name::Text(text.clone())),
        Token::Literal(text) => {
            let mut text = text.clone();
            text.push(Piece::Hole(SmolStr::new_static("…")));
            Some(Name::Text(text))
        }
        token => token
            .identifier()
            .map(|t| Name::Text(Text::hole(SmolStr::new(t.to_string())))),
    }
}

/// `INSERT INTO table`
fn insert(lexed: &Lexed, i: usize) -> Option<Name> {
    if !lexed.word(i, "insert") || !lexed.word(i + 1, "into") {
        return None;
    }
    let (table, _) = table(lexed, i + 2)?;
    Some(Name::Text(table))
}

/// `CREATE TABLE [IF NOT EXISTS] table`
fn created(lexed: &Lexed, i: usize) -> Option<Name> {
    // Beside it may stand that the table is unlogged.
    let creates = |back: usize| i.checked_sub(back).is_some_and(|b| lexed.word(b, "create"));
    if !lexed.word(i, "table") || !(creates(1) || creates(2)) {
        return None;
    }
    let given = ["if", "not", "exists"];
    let is_given = given
        .iter()
        .zip(i + 1..)
        .all(|(word, at)| lexed.word(at, word));
    let (table, _) = table(lexed, i + 1 + if is_given { given.len() } else { 0 })?;
    Some(Name::Text(table))
}

/// `SELECT … FROM table … FOR UPDATE [OF table] SKIP LOCKED`
fn queue(lexed: &Lexed, i: usize) -> Vec<Name> {
    let Some(of) = skips_locked(lexed, i).filter(|_| gives_rows(lexed, i)) else {
        return Vec::new();
    };
    let tables = tables_before(lexed, i);
    let locked: Vec<Text> = if of.is_empty() {
        // What a queue is joined with is read beside it.
        tables.into_iter().take(1).map(|t| t.name).collect()
    } else {
        let is_locked = |t: &Table| of.iter().any(|o| t.is_called(o));
        tables
            .into_iter()
            .filter(is_locked)
            .map(|t| t.name)
            .collect()
    };
    locked.into_iter().map(Name::Text).collect()
}

/// The tables a locking clause that begins here names; `None` if there is none
/// that passes over locked rows.
fn skips_locked(lexed: &Lexed, i: usize) -> Option<Vec<Text>> {
    if !lexed.word(i, "for") {
        return None;
    }
    let mut next = i + 1;
    if lexed.word(next, "no") && lexed.word(next + 1, "key") {
        next += 2;
    }
    if !lexed.word(next, "update") {
        return None;
    }
    next += 1;
    let mut of = Vec::new();
    if lexed.word(next, "of") {
        next += 1;
        while let Some((name, behind)) = table(lexed, next) {
            of.push(name);
            next = behind;
            if lexed.tokens.get(next) != Some(&Token::Mark(',')) {
                break;
            }
            next += 1;
        }
    }
    (lexed.word(next, "skip") && lexed.word(next + 1, "locked")).then_some(of)
}

/// Whether the rows that a clause locks come out of its statement. A subquery
/// of one that changes or deletes them, and says nothing of it, only spreads
/// the work of cleaning up.
fn gives_rows(lexed: &Lexed, clause: usize) -> bool {
    if lexed.depth(clause) == 0 {
        return true;
    }
    let is_end = |i: &usize| lexed.tokens.get(*i) == Some(&Token::Mark(';'));
    let start = (0..clause).rev().find(is_end).map_or(0, |i| i + 1);
    let end = (clause..lexed.tokens.len()).find(is_end);
    let mut outer = (start..end.unwrap_or(lexed.tokens.len())).filter(|i| lexed.depth(*i) == 0);
    let verbs = ["select", "update", "delete", "insert"];
    let verb = outer.find(|i| verbs.iter().any(|verb| lexed.word(*i, verb)));
    // Only a piece of a statement is written there.
    verb.is_none_or(|i| lexed.word(i, "select")) || outer.any(|i| lexed.word(i, "returning"))
}

/// A table of a `FROM`, and what the statement calls it.
struct Table {
    name: Text,
    alias: Option<Text>,
}

impl Table {
    fn is_called(&self, name: &Text) -> bool {
        if let Some(alias) = &self.alias {
            return alias == name;
        }
        let (own, other) = (self.name.to_string(), name.to_string());
        own == other || own.rsplit('.').next() == Some(&other)
    }
}

/// The tables of the `SELECT` that a clause belongs to.
fn tables_before(lexed: &Lexed, clause: usize) -> Vec<Table> {
    let depth = lexed.depth(clause);
    let mut from = None;
    for i in (0..clause).rev() {
        let (here, token) = (lexed.depth(i), lexed.tokens.get(i));
        if here < depth || (here == depth && token == Some(&Token::Mark(';'))) {
            break;
        }
        if here == depth && lexed.word(i, "select") {
            break;
        }
        if here == depth && lexed.word(i, "from") && !lexed.word(i.wrapping_sub(1), "distinct") {
            from = Some(i);
        }
    }
    let Some(from) = from else {
        return Vec::new();
    };
    let mut tables = Vec::new();
    let mut lists = true;
    for i in from..clause {
        if lexed.depth(i) != depth {
            continue;
        }
        lists &= !lexed.word(i, "where");
        let begins = i == from
            || lexed.word(i, "join")
            || (lists && lexed.tokens.get(i) == Some(&Token::Mark(',')));
        if !begins {
            continue;
        }
        let start = i + 1 + usize::from(lexed.word(i + 1, "only") || lexed.word(i + 1, "lateral"));
        if let Some((name, behind)) = table(lexed, start) {
            let alias = behind + usize::from(lexed.word(behind, "as"));
            let is_alias = |t: &&Token| !NO_ALIAS.iter().any(|word| t.is(word));
            let alias = lexed.tokens.get(alias).filter(is_alias);
            tables.push(Table {
                name,
                alias: alias.and_then(Token::identifier),
            });
        }
    }
    tables
}

/// `table`, `schema.table`, and where it ends. The default schema is left out.
fn table(lexed: &Lexed, at: usize) -> Option<(Text, usize)> {
    let mut name = lexed.tokens.get(at)?.identifier()?;
    let mut next = at + 1;
    while lexed.tokens.get(next) == Some(&Token::Mark('.'))
        && let Some(part) = lexed.tokens.get(next + 1).and_then(Token::identifier)
    {
        name.push(Piece::Plain(SmolStr::new_static(".")));
        name.extend(&part);
        next += 2;
    }
    if let Some(Piece::Plain(first)) = name.pieces.first_mut()
        && let Some(rest) = first.strip_prefix(DEFAULT_SCHEMA)
    {
        *first = SmolStr::new(rest);
        name.pieces
            .retain(|p| *p != Piece::Plain(SmolStr::default()));
    }
    Some((name, next))
}

#[cfg(test)]
mod tests;
