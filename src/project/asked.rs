//! What an evaluator has asked the index of callers. The index only grows: as
//! long as it has no more to say to the same questions, what was worked out of
//! its answers stands.

use std::cell::RefCell;

use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use super::{Callers, ClassRef, FileId, FunctionRef};
use crate::facts::ExprId;

/// The index of callers, with a record of what it was asked.
#[derive(Debug)]
pub struct Asking<'p> {
    index: &'p Callers,
    asked: RefCell<FxHashMap<Question, usize>>,
}

/// The questions an evaluator has asked, with how much was said to each.
#[derive(Debug)]
pub struct Asked(Vec<(Question, usize)>);

impl Asked {
    /// Whether the index still says the same.
    #[must_use]
    pub fn stands(&self, index: &Callers) -> bool {
        self.0.iter().all(|(q, said)| q.answers(index) == *said)
    }
}

impl<'p> Asking<'p> {
    pub(super) fn new(index: &'p Callers) -> Self {
        Self {
            index,
            asked: RefCell::default(),
        }
    }

    pub(super) fn into_asked(self) -> Asked {
        Asked(self.asked.into_inner().into_iter().collect())
    }

    fn record(&self, question: Question, said: usize) {
        self.asked.borrow_mut().insert(question, said);
    }
}

/// What a list is asked by, of what is kept of it.
trait Key<'k, T> {
    fn as_key(&'k self) -> T;
}

impl<'k> Key<'k, &'k str> for SmolStr {
    fn as_key(&'k self) -> &'k str {
        self
    }
}

impl Key<'_, FileId> for FileId {
    fn as_key(&self) -> FileId {
        *self
    }
}

/// For each list of the index: the question it answers, and asking it on record.
macro_rules! lists {
    ($($question:ident($key:ty) = $list:ident($ask:ty) -> $answer:ty;)*) => {
        /// One of the index's lists.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        enum Question {
            $($question($key),)*
        }

        impl Question {
            /// How much the index has to say to it.
            fn answers(&self, index: &Callers) -> usize {
                match self {
                    $(Self::$question(key) => index.$list(key.as_key()).len(),)*
                }
            }
        }

        impl<'p> Asking<'p> {
            $(
                #[doc = concat!("See [`Callers::", stringify!($list), "`].")]
                #[must_use]
                pub fn $list(&self, key: $ask) -> $answer {
                    let answer = self.index.$list(key);
                    self.record(Question::$question(key.into()), answer.len());
                    answer
                }
            )*
        }
    };
}

lists! {
    Named(SmolStr) = named(&str) -> &'p [(FileId, ExprId)];
    Passed(SmolStr) = passed(&str) -> &'p [(FileId, ExprId)];
    Renamed(SmolStr) = renamed(&str) -> Vec<SmolStr>;
    DerivedFrom(SmolStr) = derived_from(&str) -> &'p [ClassRef];
    WithMethod(SmolStr) = with_method(&str) -> &'p [ClassRef];
    HoldersOf(SmolStr) = holders_of(&str) -> &'p [ClassRef];
    LiteralsOf(SmolStr) = literals_of(&str) -> &'p [(FileId, ExprId)];
    Extending(SmolStr) = extending(&str) -> &'p [FunctionRef];
    DecoratedReturning(SmolStr) = decorated_returning(&str) -> &'p [FunctionRef];
    DecoratedNamed(SmolStr) = decorated_named(&str) -> &'p [FunctionRef];
    ExtensionsOf(SmolStr) = extensions_of(&str) -> &'p [ClassRef];
    ImportedAs(FileId) = imported_as(FileId) -> &'p [SmolStr];
}
