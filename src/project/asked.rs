//! What an evaluator has asked the index of callers. The index only grows: as
//! long as it has no more to say to the same questions, what was worked out of
//! its answers stands.

use std::cell::RefCell;

use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use super::{Callers, ClassRef, FileId, FunctionRef};
use crate::facts::ExprId;

/// One of the index's lists.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Question {
    Named(SmolStr),
    Passed(SmolStr),
    Renamed(SmolStr),
    DerivedFrom(SmolStr),
    WithMethod(SmolStr),
    HoldersOf(SmolStr),
    LiteralsOf(SmolStr),
    Extending(SmolStr),
    DecoratedReturning(SmolStr),
    DecoratedNamed(SmolStr),
    ExtensionsOf(SmolStr),
    ImportedAs(FileId),
}

impl Question {
    /// How much the index has to say to it.
    fn answers(&self, index: &Callers) -> usize {
        match self {
            Self::Named(name) => index.named(name).len(),
            Self::Passed(name) => index.passed(name).len(),
            Self::Renamed(name) => index.renamed(name).len(),
            Self::DerivedFrom(name) => index.derived_from(name).len(),
            Self::WithMethod(name) => index.with_method(name).len(),
            Self::HoldersOf(name) => index.holders_of(name).len(),
            Self::LiteralsOf(name) => index.literals_of(name).len(),
            Self::Extending(name) => index.extending(name).len(),
            Self::DecoratedReturning(name) => index.decorated_returning(name).len(),
            Self::DecoratedNamed(name) => index.decorated_named(name).len(),
            Self::ExtensionsOf(name) => index.extensions_of(name).len(),
            Self::ImportedAs(module) => index.imported_as(*module).len(),
        }
    }
}

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

    fn record(&self, question: Question) {
        let said = question.answers(self.index);
        self.asked.borrow_mut().insert(question, said);
    }

    /// See [`Callers::named`].
    #[must_use]
    pub fn named(&self, name: &str) -> &'p [(FileId, ExprId)] {
        self.record(Question::Named(name.into()));
        self.index.named(name)
    }

    /// See [`Callers::passed`].
    #[must_use]
    pub fn passed(&self, name: &str) -> &'p [(FileId, ExprId)] {
        self.record(Question::Passed(name.into()));
        self.index.passed(name)
    }

    /// See [`Callers::renamed`].
    #[must_use]
    pub fn renamed(&self, name: &str) -> Vec<SmolStr> {
        self.record(Question::Renamed(name.into()));
        self.index.renamed(name)
    }

    /// See [`Callers::derived_from`].
    #[must_use]
    pub fn derived_from(&self, name: &str) -> &'p [ClassRef] {
        self.record(Question::DerivedFrom(name.into()));
        self.index.derived_from(name)
    }

    /// See [`Callers::with_method`].
    #[must_use]
    pub fn with_method(&self, name: &str) -> &'p [ClassRef] {
        self.record(Question::WithMethod(name.into()));
        self.index.with_method(name)
    }

    /// See [`Callers::holders_of`].
    #[must_use]
    pub fn holders_of(&self, name: &str) -> &'p [ClassRef] {
        self.record(Question::HoldersOf(name.into()));
        self.index.holders_of(name)
    }

    /// See [`Callers::literals_of`].
    #[must_use]
    pub fn literals_of(&self, name: &str) -> &'p [(FileId, ExprId)] {
        self.record(Question::LiteralsOf(name.into()));
        self.index.literals_of(name)
    }

    /// See [`Callers::extending`].
    #[must_use]
    pub fn extending(&self, name: &str) -> &'p [FunctionRef] {
        self.record(Question::Extending(name.into()));
        self.index.extending(name)
    }

    /// See [`Callers::decorated_returning`].
    #[must_use]
    pub fn decorated_returning(&self, name: &str) -> &'p [FunctionRef] {
        self.record(Question::DecoratedReturning(name.into()));
        self.index.decorated_returning(name)
    }

    /// See [`Callers::decorated_named`].
    #[must_use]
    pub fn decorated_named(&self, name: &str) -> &'p [FunctionRef] {
        self.record(Question::DecoratedNamed(name.into()));
        self.index.decorated_named(name)
    }

    /// See [`Callers::extensions_of`].
    #[must_use]
    pub fn extensions_of(&self, name: &str) -> &'p [ClassRef] {
        self.record(Question::ExtensionsOf(name.into()));
        self.index.extensions_of(name)
    }

    /// See [`Callers::imported_as`].
    #[must_use]
    pub fn imported_as(&self, module: FileId) -> &'p [SmolStr] {
        self.record(Question::ImportedAs(module));
        self.index.imported_as(module)
    }
}
