//! The tokens of SQL with holes.

use smol_str::SmolStr;

use crate::project::{Piece, Text};

/// A token. Comments, and the quotes around the body of a function, are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A keyword or identifier, perhaps with holes.
    Word(Text),
    /// `"identifier"`
    Quoted(Text),
    /// `'text'`
    Literal(Text),
    /// `$1`, `?`, `%s`: counted from 0.
    Parameter(usize),
    /// `:name`, `%(name)s`, `@name`
    Named(SmolStr),
    Mark(char),
}

impl Token {
    /// Whether it is this word, however it is cased.
    pub(super) fn is(&self, word: &str) -> bool {
        match self {
            Self::Word(text) => text
                .as_plain()
                .is_some_and(|t| t.eq_ignore_ascii_case(word)),
            _ => false,
        }
    }

    /// The name it gives: without quotes the database folds it to lower case.
    pub(super) fn identifier(&self) -> Option<Text> {
        match self {
            Self::Word(text) => Some(text.map_plain(str::to_lowercase)),
            Self::Quoted(text) => Some(text.clone()),
            _ => None,
        }
    }
}

/// A statement as tokens, each with the parentheses it stands in.
pub(super) struct Lexed {
    pub(super) tokens: Vec<Token>,
    depths: Vec<u32>,
    /// Parallel to `tokens`: the line, from 1, and whether it is inside of a
    /// function's body (`$$ … $$`).
    places: Vec<(u32, bool)>,
}

/// What SQL is made of here: characters and holes.
#[derive(Clone)]
enum Symbol {
    Char(char),
    Hole(Piece),
}

impl Symbol {
    fn char(&self) -> Option<char> {
        match self {
            Self::Char(c) => Some(*c),
            Self::Hole(_) => None,
        }
    }

    fn is_word(&self) -> bool {
        match self {
            Self::Char(c) => c.is_alphanumeric() || *c == '_',
            Self::Hole(_) => true,
        }
    }
}

/// Symbols as a text again.
fn text_of<'s>(symbols: impl Iterator<Item = &'s Symbol>) -> Text {
    let mut text = Text::default();
    let mut run = String::new();
    for symbol in symbols {
        match symbol {
            Symbol::Char(c) => run.push(*c),
            Symbol::Hole(piece) => {
                text.push(Piece::Plain(SmolStr::new(&run)));
                run.clear();
                text.push(piece.clone());
            }
        }
    }
    text.push(Piece::Plain(SmolStr::new(&run)));
    text
}

impl Lexed {
    pub(super) fn of(sql: &Text) -> Self {
        let mut symbols = Vec::new();
        for piece in &sql.pieces {
            match piece {
                Piece::Plain(text) => symbols.extend(text.chars().map(Symbol::Char)),
                other => symbols.push(Symbol::Hole(other.clone())),
            }
        }
        let mut lexer = Lexer {
            symbols: &symbols,
            at: 0,
            parameters: 0,
            is_body: false,
        };
        let (mut tokens, mut depths, mut places) = (Vec::new(), Vec::new(), Vec::new());
        let mut depth = 0_u32;
        let (mut line, mut counted) = (1_u32, 0);
        while let Some(next) = lexer.next() {
            let begins = line;
            let passed = symbols.get(counted..lexer.at).unwrap_or_default();
            line += passed.iter().filter(|s| s.char() == Some('\n')).count() as u32;
            counted = lexer.at;
            let Some(token) = next else {
                continue;
            };
            places.push((begins, lexer.is_body));
            if token == Token::Mark(')') {
                depth = depth.saturating_sub(1);
            }
            depths.push(depth);
            if token == Token::Mark('(') {
                depth += 1;
            }
            tokens.push(token);
        }
        Self {
            tokens,
            depths,
            places,
        }
    }

    pub(super) fn word(&self, i: usize, word: &str) -> bool {
        self.tokens.get(i).is_some_and(|t| t.is(word))
    }

    pub(super) fn depth(&self, i: usize) -> u32 {
        self.depths.get(i).copied().unwrap_or(0)
    }

    /// The line of a token, and whether it is in a function's body.
    pub(super) fn place(&self, i: usize) -> (u32, bool) {
        self.places.get(i).copied().unwrap_or((1, false))
    }

    /// Whether an argument of a call ends in front of a token; casts are passed over.
    pub(super) fn ends_argument(&self, i: usize) -> bool {
        matches!(
            self.tokens.get(i),
            None | Some(Token::Mark(',' | ')' | ':'))
        )
    }
}

struct Lexer<'s> {
    symbols: &'s [Symbol],
    at: usize,
    /// Parameters without a number so far.
    parameters: usize,
    /// Between the quotes of a function's body.
    is_body: bool,
}

impl Lexer<'_> {
    fn char(&self, ahead: usize) -> Option<char> {
        self.symbols.get(self.at + ahead)?.char()
    }

    /// The next token; `Some(None)` for what is none, `None` at the end.
    fn next(&mut self) -> Option<Option<Token>> {
        let symbol = self.symbols.get(self.at)?;
        if symbol.is_word() {
            return Some(Some(Token::Word(self.word())));
        }
        let c = symbol.char()?;
        Some(match (c, self.char(1)) {
            ('-', Some('-')) => self.skip_until(&['\n']),
            ('/', Some('*')) => self.skip_until(&['*', '/']),
            ('\'', _) => Some(Token::Literal(self.quoted('\''))),
            ('"', _) => Some(Token::Quoted(self.quoted('"'))),
            ('$', _) => self.dollar(),
            ('?', _) => self.parameter(1),
            ('%', Some('s')) => self.parameter(2),
            ('%', Some('(')) => self.named(2),
            (':', Some(':')) => self.mark(2, ':'),
            (':' | '@', Some(c)) if c.is_alphabetic() || c == '_' => self.named(1),
            (c, _) if c.is_whitespace() => {
                self.at += 1;
                None
            }
            (c, _) => self.mark(1, c),
        })
    }

    fn mark(&mut self, length: usize, c: char) -> Option<Token> {
        self.at += length;
        Some(Token::Mark(c))
    }

    fn parameter(&mut self, length: usize) -> Option<Token> {
        self.at += length;
        self.parameters += 1;
        Some(Token::Parameter(self.parameters - 1))
    }

    fn word(&mut self) -> Text {
        let rest = self.symbols.get(self.at..).unwrap_or_default();
        let length = rest.iter().take_while(|s| s.is_word()).count();
        self.at += length;
        text_of(rest.iter().take(length))
    }

    /// `:name`, `%(name)s`: the name begins `skip` symbols ahead.
    fn named(&mut self, skip: usize) -> Option<Token> {
        self.at += skip;
        let name = self.word().to_string();
        if skip == 2 && self.char(0) == Some(')') {
            self.at += 1 + usize::from(self.char(1) == Some('s'));
        }
        Some(Token::Named(SmolStr::new(name)))
    }

    fn skip_until(&mut self, end: &[char]) -> Option<Token> {
        self.at += 1;
        while self.at < self.symbols.len() {
            let ends = (0..end.len()).all(|i| self.char(i) == end.get(i).copied());
            if ends {
                self.at += end.len();
                break;
            }
            self.at += 1;
        }
        None
    }

    /// Text between quotes; a doubled quote is one.
    fn quoted(&mut self, quote: char) -> Text {
        let mut inside = Vec::new();
        self.at += 1;
        while let Some(symbol) = self.symbols.get(self.at) {
            self.at += 1;
            if symbol.char() == Some(quote) {
                if self.char(0) != Some(quote) {
                    break;
                }
                self.at += 1;
            }
            inside.push(symbol);
        }
        text_of(inside.into_iter())
    }

    /// `$1`, or `$$` and `$body$`, between which stands more SQL.
    fn dollar(&mut self) -> Option<Token> {
        self.at += 1;
        let start = self.at;
        let name = self.word();
        let number = name.as_plain().and_then(|n| n.parse::<usize>().ok());
        if let Some(number) = number {
            return Some(Token::Parameter(number.saturating_sub(1)));
        }
        if self.char(0) == Some('$') {
            self.at += 1;
            self.is_body = !self.is_body;
            // A body begins a statement and ends one.
            return Some(Token::Mark(';'));
        }
        self.at = start;
        Some(Token::Mark('$'))
    }
}
