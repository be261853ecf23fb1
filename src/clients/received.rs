//! Where what arrives is in the code that receives it, as models write it.

use smol_str::SmolStr;

/// `result`, `arg0[]`, `handler.param0.data`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub from: From,
    /// The way from there to the message.
    pub steps: Vec<Part>,
}

/// What is given the message, or gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// The call of the site.
    Result,
    /// A parameter of the site's handler.
    Handler(u32),
    /// An argument of the call: the variable of a loop.
    Argument(u32),
}

/// A part of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Member(SmolStr),
    Element,
}

impl Received {
    /// Reads what a model writes.
    ///
    /// # Errors
    /// A sentence that says what is not understood.
    pub fn parse(text: &str) -> Result<Self, String> {
        let fail = || format!("`{text}`: not `result`, `argN` or `handler.paramN` with members");
        let spaced = text.replace("[]", ".[]");
        let mut words = spaced.split('.');
        let number = |word: &str, prefix: &str| word.strip_prefix(prefix)?.parse().ok();
        let from = match words.next().unwrap_or("") {
            "result" => From::Result,
            "handler" => {
                let param = words.next().and_then(|word| number(word, "param"));
                From::Handler(param.ok_or_else(fail)?)
            }
            word => From::Argument(number(word, "arg").ok_or_else(fail)?),
        };
        let steps = words
            .map(|word| match word {
                "[]" => Part::Element,
                name => Part::Member(SmolStr::new(name)),
            })
            .collect();
        Ok(Self { from, steps })
    }
}
