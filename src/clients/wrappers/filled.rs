//! Names that stand in a collection which a method of the project fills: each call
//! of the method is a place of its own, however far from where the collection is used.

use smol_str::SmolStr;

use super::{Named, Search};
use crate::analysis::Role;
use crate::clients::matching::Match;
use crate::clients::model::Kind;
use crate::project::{ParamRef, Reading, Slot, Text, Trail};

type Name = Option<(Text, Trail)>;

/// Whether fields are read as what their objects were made with, not as what their
/// types say: only so does a name lead to the collection it comes from.
#[derive(Default)]
pub(super) struct ByObject {
    pub(super) reads: bool,
    /// A name is said in functions that have nothing to do with the site, or by
    /// nobody.
    pub(super) far: bool,
    /// Names were found in a collection.
    pub(super) filled: bool,
    /// Names that the site has of its own.
    own: Vec<Text>,
}

/// What a site is called beside the names in a collection.
#[derive(Clone, Default)]
pub(super) struct Beside {
    /// Names of the site's own.
    own: Vec<Text>,
    /// Names said elsewhere.
    told: Vec<Text>,
}

impl Search<'_, '_, '_> {
    /// Reads a site object by object whose names are said far from it; false if
    /// that leads to no collection.
    pub(super) fn told_by_objects(&mut self, matched: &Match) -> bool {
        if !std::mem::take(&mut self.by_object.far) || self.by_object.reads || self.produces() {
            return false;
        }
        let before = (self.uses.endpoints.len(), self.uses.declarations.len());
        let reading = Reading {
            filling: self.environments(0).1,
            by_object: true,
        };
        self.by_object = ByObject {
            reads: true,
            ..ByObject::default()
        };
        let ev = self.matcher.ev;
        ev.reading(reading, || self.explore(matched));
        let found = std::mem::take(&mut self.by_object).filled;
        if !found {
            self.uses.endpoints.truncate(before.0);
            self.uses.declarations.truncate(before.1);
        }
        found
    }

    /// Who fills a collection with what is to be sent by others sends nothing.
    fn produces(&self) -> bool {
        matches!(self.rule.kind, Kind::Endpoint(Role::Producer))
    }

    /// Whether one of the levels is a call that fills a collection.
    pub(super) fn is_filling(&self) -> bool {
        self.levels.iter().any(|level| level.fills.is_some())
    }

    /// Whether a parameter is of a method that fills a collection, elsewhere.
    pub(super) fn fills(&self, param: &ParamRef) -> bool {
        !self.produces()
            && !self.is_filling()
            && matches!(param.slot, Slot::Argument(_))
            && self.is_elsewhere(param)
            && self.matcher.ev.fills(param.function)
    }

    /// `this` of the method around a site that goes through a collection of its own
    /// object: which object that is says what is in it.
    pub(super) fn own_object(&self, param: &ParamRef) -> Option<ParamRef> {
        let ev = self.matcher.ev;
        let outermost = self.outermost();
        let scope = ev.project.facts(outermost.file).expr(outermost.expr).scope;
        let method = ev.method_of_scope(outermost.file, scope)?;
        (self.fills(param) && self.shares_class(method, param.function)).then(|| ParamRef {
            function: method,
            slot: Slot::This,
            path: Vec::new(),
            text: SmolStr::new_static("this"),
        })
    }

    /// What a site is called beside what is in a collection that a parameter says.
    pub(super) fn beside(&self, param: &ParamRef, told: Vec<Text>) -> Option<Beside> {
        self.fills(param).then(|| Beside {
            own: self.by_object.own.clone(),
            told,
        })
    }

    /// Notes what a site is called of its own; under a call that fills a collection
    /// that says nothing of it.
    pub(super) fn leave_own(&mut self, names: &mut Vec<Name>) {
        if !self.is_filling() {
            let own = names.iter().flatten().map(|(text, _)| text);
            let own = own.filter(|text| text.params().next().is_none());
            self.by_object.own = own.cloned().collect();
            return;
        }
        let is_own = |text: &Text| {
            let mut beside = self.levels.iter().flat_map(|l| &l.fills);
            beside.any(|b| b.own.contains(text))
        };
        names.retain(|name| name.as_ref().is_some_and(|(text, _)| !is_own(text)));
    }

    /// Of the names under a call that fills a collection those that it makes.
    pub(super) fn keep_filled(&self, names: &mut Vec<Name>) {
        if !self.is_filling() {
            return;
        }
        let others = |text: &Text| {
            let mut beside = self.levels.iter().flat_map(|l| &l.fills);
            beside.any(|b| b.told.contains(text))
        };
        names.retain(|name| {
            name.as_ref().is_some_and(|(text, _)| {
                let is_said = text.is_partly_known() || text.params().next().is_some();
                is_said && !others(text)
            })
        });
    }

    /// The parameters that have to be known first: one of a function around the
    /// site, else all of those that fill a collection.
    pub(super) fn open(&self, names: &[Named]) -> Vec<(ParamRef, usize)> {
        let mut all: Vec<(ParamRef, usize)> = Vec::new();
        for (param, known) in names.iter().filter_map(Named::open) {
            if !self.fills(&param) {
                return vec![(param, known)];
            }
            if all.iter().all(|(p, _)| p.function != param.function) {
                all.push((param, known));
            }
        }
        all
    }

    /// What can be reported where some names have to be known first: what fills a
    /// collection says nothing of what else is told elsewhere.
    pub(super) fn ready(&self, names: Vec<Named>, open: &[(ParamRef, usize)]) -> Vec<Named> {
        let Some((param, _)) = open.first() else {
            return names;
        };
        if !self.fills(param) {
            return Vec::new();
        }
        let is_told = |named: &Named| {
            let name = named.name.as_ref().map(|(text, _)| text);
            let is_far = |text: &Text| text.is_partly_known() && !self.by_object.own.contains(text);
            named.open().is_none() && name.is_some_and(is_far)
        };
        names.into_iter().filter(is_told).collect()
    }
}
