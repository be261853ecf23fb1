//! Ways of reading a program that hold for a whole question.

use super::evaluate::{Calls, Evaluator, Memo, Params};
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
    /// Whether both are the same without a call that fills something.
    fn is_same(&self, other: &Self) -> bool {
        let fills = self.filling.is_some() || other.filling.is_some();
        !fills && self.by_object == other.by_object
    }
}

/// What is remembered of a reading object by object, which sites of a file share.
#[derive(Default)]
pub(super) struct Aside {
    memo: Memo,
    params: Params,
    calls: Calls,
}

impl Evaluator<'_> {
    /// Answers a question in this way. What is remembered holds for one reading only.
    pub fn reading<T>(&self, reading: Reading, f: impl FnOnce() -> T) -> T {
        if reading.is_same(&self.reading.borrow()) {
            return f();
        }
        let is_shared = reading.by_object && reading.filling.is_none();
        let aside = match is_shared {
            true => self.aside.take(),
            false => Aside::default(),
        };
        let before = self.reading.replace(reading);
        let memo = self.memo.replace(aside.memo);
        let local = self.local.take();
        let params = self.params.replace(aside.params);
        let calls = self.calls.replace(aside.calls);
        let result = f();
        self.local.replace(local);
        let aside = Aside {
            memo: self.memo.replace(memo),
            params: self.params.replace(params),
            calls: self.calls.replace(calls),
        };
        if is_shared {
            self.aside.replace(aside);
        }
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
