//! Ways of reading a program that hold for a whole question.

use super::evaluate::Evaluator;
use super::value::Env;

/// How a question is to be answered.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Calls of methods that fill a collection: of what is in it, that counts which
    /// these calls put in.
    pub filling: Env,
    /// A field is what its object was made with, rather than anything of its type:
    /// who asks goes on with those that make the objects.
    pub by_object: bool,
}

impl Reading {
    fn is_plain(&self) -> bool {
        self.filling.is_none() && !self.by_object
    }
}

impl Evaluator<'_> {
    /// Answers a question in this way. What is remembered holds for one reading only.
    pub fn reading<T>(&self, reading: Reading, f: impl FnOnce() -> T) -> T {
        if reading.is_plain() && self.reading.borrow().is_plain() {
            return f();
        }
        let before = self.reading.replace(reading);
        let (memo, params) = (self.memo.take(), self.params.take());
        let result = f();
        self.memo.replace(memo);
        self.params.replace(params);
        self.reading.replace(before);
        result
    }

    pub(super) fn is_by_object(&self) -> bool {
        self.reading.borrow().by_object
    }

    /// The calls that fill collections, innermost first.
    pub(super) fn filling(&self) -> Env {
        self.reading.borrow().filling.clone()
    }
}
