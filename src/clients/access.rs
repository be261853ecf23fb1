//! Accesses: what is taken from a site, as client models write it.

use smol_str::SmolStr;

use super::path::{Path, Short};

/// An access of a client model, such as `last(arg0.QueueUrl, '/')`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    Text(SmolStr),
    Number(SmolStr),
    Bool(bool),
    Template(Vec<Access>),
    Apply(Function, Vec<Access>),
    /// Steps behind a function.
    Then(Box<Access>, Vec<TakeStep>),
    Take(Head, Vec<TakeStep>),
}

impl Access {
    /// Whether it is a value of the model's own.
    #[must_use]
    pub fn is_constant(&self) -> bool {
        matches!(self, Self::Text(_) | Self::Number(_) | Self::Bool(_))
    }
}

/// Where an access begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    Argument(Argument),
    /// Positional arguments from this one on.
    Arguments(u32),
    Keywords,
    Receiver,
    Object(SmolStr),
    /// The last call on the matched path.
    Made,
    Item,
    /// The call of the site itself.
    Call,
    Class,
    Function,
    Enclosing,
    Base,
    TypeArgument(u32),
    /// The calls that follow in the method chain.
    Chain,
    Bound,
    Wild(u32),
    /// The field a rule is about, by name.
    Field,
    /// An attribute of that field, by one of these names.
    Attribute(Vec<SmolStr>),
}

/// An argument by position, by keyword, or either.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    pub position: Option<u32>,
    pub keyword: Option<SmolStr>,
}

/// A step of an access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TakeStep {
    Field(SmolStr),
    Element,
    Index(u32),
    Values,
    Keys,
    Argument(Argument),
    Arguments(u32),
    /// Another call of this method on the same object, with this first argument.
    Call(SmolStr, Option<SmolStr>),
    Function,
    Class,
    Parameter(u32),
    Type,
    Static,
    Method(SmolStr),
    Methods(SmolStr),
    Decorator(Path),
    /// The calls of one of these among the arguments of the call that made it:
    /// functional options.
    Option(Vec<Path>),
    TypeArgument(u32),
    /// What a function returns.
    Returns,
    Bound,
    /// The text that tells a message from the others of its channel.
    Discriminator,
}

/// A transformation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    Type,
    Snake,
    /// Snake case in which a number is a word.
    SnakeDigits,
    Kebab,
    Camel,
    Pascal,
    Upper,
    Lower,
    Capital,
    Uncapital,
    Words,
    StripSuffix,
    StripPrefix,
    Last,
    Replace,
    Env,
    OwnName,
    File,
    Setting,
    At,
    Default,
    Join,
    Module,
    Returned,
    Called,
    Sql,
    /// A text with `${setting:default}` and `#{object}` filled in.
    Placeholders,
}

impl Access {
    /// Whether it is taken from the object a method is called on, rather than
    /// from the call.
    #[must_use]
    pub fn is_of_object(&self) -> bool {
        match self {
            Self::Take(head, steps) => {
                matches!(head, Head::Object(_)) || (*head == Head::Receiver && !steps.is_empty())
            }
            Self::Apply(_, parts) | Self::Template(parts) => parts.iter().any(Self::is_of_object),
            Self::Then(access, _) => access.is_of_object(),
            Self::Text(_) | Self::Number(_) | Self::Bool(_) => false,
        }
    }
}

impl Function {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "type" => Self::Type,
            "snake" => Self::Snake,
            "snake_digits" => Self::SnakeDigits,
            "kebab" => Self::Kebab,
            "camel" => Self::Camel,
            "pascal" => Self::Pascal,
            "upper" => Self::Upper,
            "lower" => Self::Lower,
            "capital" => Self::Capital,
            "uncapital" => Self::Uncapital,
            "words" => Self::Words,
            "strip_suffix" => Self::StripSuffix,
            "strip_prefix" => Self::StripPrefix,
            "last" => Self::Last,
            "replace" => Self::Replace,
            "env" => Self::Env,
            "own_name" => Self::OwnName,
            "file" => Self::File,
            "setting" => Self::Setting,
            "at" => Self::At,
            "default" => Self::Default,
            "join" => Self::Join,
            "module" => Self::Module,
            "returned" => Self::Returned,
            "called" => Self::Called,
            "sql" => Self::Sql,
            "placeholders" => Self::Placeholders,
            _ => return None,
        })
    }
}

/// Reads accesses of one model: knows its packages and objects.
pub struct Parser<'m> {
    pub packages: &'m [SmolStr],
    /// What short names of packages stand for.
    pub short: &'m Short,
    pub objects: &'m [SmolStr],
}

impl Parser<'_> {
    /// The path a text writes; one for each package a short name stands for.
    ///
    /// # Errors
    /// A sentence that says what is not understood.
    pub fn paths(&self, text: &str) -> Result<Vec<Path>, String> {
        let parse = |text: &str| Path::parse(text, self.packages, self.objects);
        let (before, body) = match text.rsplit_once(' ') {
            Some((before, body)) => (format!("{before} "), body),
            None => (String::new(), text),
        };
        let short = self.short.iter().find_map(|(name, packages)| {
            let rest = body.strip_prefix(name.as_str())?;
            let ends = rest.is_empty() || rest.starts_with(['.', '(', '[']);
            ends.then_some((packages, rest))
        });
        let Some((packages, rest)) = short else {
            return Ok(vec![parse(text)?]);
        };
        packages
            .iter()
            .map(|package| parse(&format!("{before}{package}{rest}")))
            .collect()
    }

    /// Reads an access.
    ///
    /// # Errors
    /// A sentence that says what is not understood.
    pub fn parse(&self, text: &str) -> Result<Access, String> {
        let text = text.trim();
        self.access(text).map_err(|e| format!("`{text}`: {e}"))
    }

    fn access(&self, text: &str) -> Result<Access, String> {
        if let Some(quoted) = text
            .strip_prefix('\'')
            .and_then(|t| t.strip_suffix('\''))
            .filter(|t| !t.contains('\''))
        {
            return Ok(Access::Text(SmolStr::new(quoted)));
        }
        if let Some(applied) = self.applied(text) {
            return applied;
        }
        if text.contains('{') {
            return self.template(text);
        }
        match text {
            "true" => return Ok(Access::Bool(true)),
            "false" => return Ok(Access::Bool(false)),
            _ => {}
        }
        if text.parse::<f64>().is_ok() {
            return Ok(Access::Number(SmolStr::new(text)));
        }
        self.take(text)
    }

    /// `function(a, b).step`
    fn applied(&self, text: &str) -> Option<Result<Access, String>> {
        let (name, _) = text.split_once('(')?;
        let function = Function::named(name)?;
        let behind = text.get(name.len()..)?;
        let close = closing(behind)?;
        let (inside, rest) = (behind.get(1..close)?, behind.get(close + 1..)?);
        if !(rest.is_empty() || rest.starts_with(['.', '['])) {
            return None;
        }
        let arguments = split_arguments(inside);
        let access = arguments
            .into_iter()
            .map(|a| self.parse(a))
            .collect::<Result<_, _>>()
            .map(|arguments| Access::Apply(function, arguments));
        if rest.is_empty() {
            return Some(access);
        }
        Some(access.and_then(|access| Ok(Access::Then(Box::new(access), self.steps(rest)?))))
    }

    fn steps(&self, text: &str) -> Result<Vec<TakeStep>, String> {
        let mut words = Words { rest: text };
        let mut steps = Vec::new();
        while let Some(word) = words.next()? {
            steps.push(self.step(word)?);
        }
        Ok(steps)
    }

    fn template(&self, text: &str) -> Result<Access, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            if !before.is_empty() {
                parts.push(Access::Text(SmolStr::new(before)));
            }
            let (inside, after) = after.split_once('}').ok_or("a `{` is not closed")?;
            parts.push(self.parse(inside)?);
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Access::Text(SmolStr::new(rest)));
        }
        Ok(Access::Template(parts))
    }

    fn take(&self, text: &str) -> Result<Access, String> {
        let mut words = Words { rest: text };
        let first = words.next()?.ok_or("it is empty")?;
        let (head, mut steps) = self.head(&first)?;
        while let Some(word) = words.next()? {
            // `args[]` is every argument, and the elements of those that are lists.
            let spreads = matches!(head, Head::Arguments(_)) && steps.is_empty();
            if !(spreads && matches!(word, Word::Element)) {
                steps.push(self.step(word)?);
            }
        }
        Ok(Access::Take(head, steps))
    }

    fn head(&self, word: &Word) -> Result<(Head, Vec<TakeStep>), String> {
        let Word::Name(name) = word else {
            if let Word::Call("chain", method) = word {
                let (method, filter) = method_and_filter(method);
                return Ok((Head::Chain, vec![TakeStep::Call(method, filter)]));
            }
            if let Word::Call("attribute", names) = word {
                let names = names.split('|').map(SmolStr::new).collect();
                return Ok((Head::Attribute(names), Vec::new()));
            }
            return Err("it begins with no known word".into());
        };
        let head = match *name {
            "receiver" => Head::Receiver,
            "made" => Head::Made,
            "item" => Head::Item,
            "call" => Head::Call,
            "class" => Head::Class,
            "function" => Head::Function,
            "enclosing" => Head::Enclosing,
            "base" => Head::Base,
            "chain" => Head::Chain,
            "bound" => Head::Bound,
            "field" => Head::Field,
            "kwargs" => Head::Keywords,
            "value" => Head::Argument(Argument {
                position: Some(0),
                keyword: None,
            }),
            "args" => Head::Arguments(0),
            _ => self.other_head(name)?,
        };
        Ok((head, Vec::new()))
    }

    fn other_head(&self, name: &str) -> Result<Head, String> {
        if let Some(argument) = argument(name) {
            return Ok(Head::Argument(argument));
        }
        let number = |prefix: &str| name.strip_prefix(prefix).and_then(|n| n.parse().ok());
        if let Some(n) = number("args") {
            return Ok(Head::Arguments(n));
        }
        if let Some(n) = number("typearg") {
            return Ok(Head::TypeArgument(n));
        }
        if let Some(n) = number("wild") {
            return Ok(Head::Wild(n));
        }
        if self.objects.iter().any(|o| o == name) {
            return Ok(Head::Object(SmolStr::new(name)));
        }
        Err(format!(
            "`{name}` is no head of an access and no object of the model"
        ))
    }

    fn step(&self, word: Word) -> Result<TakeStep, String> {
        Ok(match word {
            Word::Element => TakeStep::Element,
            Word::Index(n) => TakeStep::Index(n),
            Word::Quoted(name) => TakeStep::Field(SmolStr::new(name)),
            Word::Call("chain", inside) => {
                let (method, filter) = method_and_filter(inside);
                TakeStep::Call(method, filter)
            }
            Word::Call("method", name) => TakeStep::Method(SmolStr::new(name)),
            Word::Call("option", path) => TakeStep::Option(self.paths(path)?),
            Word::Call("methods", glob) => TakeStep::Methods(SmolStr::new(glob)),
            Word::Call("decorator", path) => {
                TakeStep::Decorator(Path::parse(path, self.packages, self.objects)?)
            }
            Word::Call(method, filter) => {
                let filter = (!filter.is_empty()).then(|| SmolStr::new(filter.trim_matches('\'')));
                TakeStep::Call(SmolStr::new(method), filter)
            }
            Word::Name("*") => TakeStep::Values,
            Word::Name("keys") => TakeStep::Keys,
            Word::Name("function") => TakeStep::Function,
            Word::Name("class") => TakeStep::Class,
            Word::Name("type") => TakeStep::Type,
            Word::Name("static") => TakeStep::Static,
            Word::Name("bound") => TakeStep::Bound,
            Word::Name("returns") => TakeStep::Returns,
            Word::Name("discriminator") => TakeStep::Discriminator,
            Word::Name("args") => TakeStep::Arguments(0),
            Word::Name(name) => {
                let number = |prefix: &str| name.strip_prefix(prefix).and_then(|n| n.parse().ok());
                if let Some(argument) = argument(name) {
                    TakeStep::Argument(argument)
                } else if let Some(n) = number("param") {
                    TakeStep::Parameter(n)
                } else if let Some(n) = number("typearg") {
                    TakeStep::TypeArgument(n)
                } else {
                    TakeStep::Field(SmolStr::new(name))
                }
            }
        })
    }
}

/// `arg0`, `arg0:topic`, `arg:topic`.
fn argument(name: &str) -> Option<Argument> {
    let rest = name.strip_prefix("arg")?;
    let (number, keyword) = match rest.split_once(':') {
        Some((number, keyword)) => (number, Some(SmolStr::new(keyword))),
        None => (rest, None),
    };
    let position = number.parse().ok();
    if position.is_none() && !(number.is_empty() && keyword.is_some()) {
        return None;
    }
    Some(Argument { position, keyword })
}

/// `set('group.id')` inside `chain(…)`.
fn method_and_filter(text: &str) -> (SmolStr, Option<SmolStr>) {
    match text.split_once('(') {
        Some((method, rest)) => {
            let filter = rest.trim_end_matches(')').trim_matches('\'');
            (
                SmolStr::new(method),
                (!filter.is_empty()).then(|| SmolStr::new(filter)),
            )
        }
        None => (SmolStr::new(text), None),
    }
}

/// A word of an access.
enum Word<'t> {
    Name(&'t str),
    Quoted(&'t str),
    /// `name(inside)`
    Call(&'t str, &'t str),
    Element,
    Index(u32),
}

struct Words<'t> {
    rest: &'t str,
}

impl<'t> Words<'t> {
    fn next(&mut self) -> Result<Option<Word<'t>>, String> {
        self.rest = self.rest.strip_prefix('.').unwrap_or(self.rest);
        if self.rest.is_empty() {
            return Ok(None);
        }
        if let Some(after) = self.rest.strip_prefix('[') {
            let (inside, after) = after.split_once(']').ok_or("a `[` is not closed")?;
            self.rest = after;
            return Ok(Some(match inside.parse() {
                Ok(n) => Word::Index(n),
                Err(_) => Word::Element,
            }));
        }
        if let Some(after) = self.rest.strip_prefix('\'') {
            let (inside, after) = after.split_once('\'').ok_or("a quote is not closed")?;
            self.rest = after;
            return Ok(Some(Word::Quoted(inside)));
        }
        let end = self.rest.find(['.', '(', '[']).unwrap_or(self.rest.len());
        let (name, after) = self.rest.split_at(end);
        if !after.starts_with('(') {
            self.rest = after;
            return Ok(Some(Word::Name(name)));
        }
        let close = closing(after).ok_or("a `(` is not closed")?;
        self.rest = &after[close + 1..];
        Ok(Some(Word::Call(name, &after[1..close])))
    }
}

/// Where the parenthesis at the beginning is closed.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_u32;
    for (i, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(i);
                }
            }
            _ => {}
        }
    }
    None
}

/// Splits at the commas outside parentheses and quotes.
fn split_arguments(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut quoted, mut start) = (0_i32, false, 0);
    for (i, c) in text.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                parts.push(&text[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}
